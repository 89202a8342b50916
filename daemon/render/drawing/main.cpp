// cardwright-render: draws cards for the daemon, checks layouts and shows them to who designs them.

#include <fmt/core.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "daemon/render/drawing/commands.hpp"
#include "daemon/render/drawing/serve.hpp"

namespace {

constexpr const char* description =
    "Draws card faces and PIN letters from layouts. Without --check and --preview: answers the questions of "
    "cardwrightd on its standard input.";

constexpr const char* examples = R"(Examples:
  cardwright-render --check badge-front.svg --chip
  cardwright-render --check pin-letter.svg --letter
  cardwright-render --preview badge-front.svg --chip --out badge.png \
      --field name="Ada Lovelace" number=CW-2026-000042 photo=@ada.jpg
  cardwright-render --preview badge-front.svg --out black.png --plane k --field name=Ada
  cardwright-render --preview pin-letter.svg --letter --out letter.pdf)";

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app(description);
  app.footer(examples);
  drawing::Sample sample;
  std::string checked, shown, fonts;
  auto* check = app.add_option("--check", checked, "Say what is wrong with a layout")->option_text("LAYOUT");
  auto* show = app.add_option("--preview", shown, "Draw a layout to a file")->option_text("LAYOUT");
  check->excludes(show);
  app.add_flag("--letter", sample.letter, "The layout is that of a PIN letter, not of a face");
  auto* chip = app.add_flag("--chip", sample.chip, "The face has a chip's contacts");
  app.add_flag("--stripe", sample.stripe, "The face has a magnetic stripe")->excludes(chip);
  app.add_option("--fonts", fonts, "Fontconfig file that names the fonts; else the system's")
      ->option_text("FILE")
      ->check(CLI::ExistingFile);
  app.add_option("--field", sample.fields, "A field of the card; @FILE is a photo, @@ an @")
      ->option_text("NAME=VALUE ...");
  app.add_option("--plane", sample.plane, "What to show: card, color, k or overlay")
      ->capture_default_str()
      ->check(CLI::IsMember({"card", "color", "k", "overlay"}))
      ->needs(show);
  show->needs(
      app.add_option("--out", sample.out, "The PNG file to write, of a letter PDF")->option_text("FILE"));
  app.add_option("--width", sample.image.width, "Pixels of the printer")
      ->capture_default_str()
      ->check(CLI::Range(1, 4000));
  app.add_option("--height", sample.image.height, "Pixels")
      ->capture_default_str()
      ->check(CLI::Range(1, 4000));
  app.add_option("--dpi", sample.image.dpi, "Dots per inch")
      ->capture_default_str()
      ->check(CLI::Range(1, 2400));
  CLI11_PARSE(app, argc, argv);

  // Fontconfig looks for other paths in its own folders.
  if (!fonts.empty()) ::setenv("FONTCONFIG_FILE", std::filesystem::absolute(fonts).c_str(), 1);
  sample.layout = checked.empty() ? shown : checked;
  if (!checked.empty()) return drawing::check(sample);
  if (!shown.empty()) return drawing::preview(sample);
  return drawing::serve();
} catch (const std::exception& error) {
  fmt::print(stderr, "cardwright-render: {}\n", error.what());
  return 1;
}
