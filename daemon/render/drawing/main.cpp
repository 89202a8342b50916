// cardwright-render: draws cards for the daemon, checks layouts and shows them to who designs them.

#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/png.hpp"

namespace {

// What a hostile layout or photo may cost. A card takes some 50 ms and 40 MB.
constexpr rlim_t memory_bytes_max = rlim_t{768} * 1024 * 1024;
constexpr rlim_t seconds_per_card_max = 10;  // of processor time
constexpr rlim_t files_open_max = 64;        // fonts and their caches

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
  const rlimit limits{soft, hard};
  if (::setrlimit(resource, &limits) != 0) throw std::runtime_error("setrlimit is refused");
}

// The process gives up what it does not need before it reads anything.
void lock_up() {
  limit(RLIMIT_AS, memory_bytes_max, memory_bytes_max);
  limit(RLIMIT_FSIZE, 0, 0);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_NOFILE, files_open_max, files_open_max);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw std::runtime_error("no_new_privs is refused");
}

// Processor time is counted from the start of the process: the limit moves along with it. SIGXCPU ends us.
void grant_time_for_a_card() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  limit(RLIMIT_CPU, seconds + seconds_per_card_max, RLIM_INFINITY);
}

int serve() {
  lock_up();
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    grant_time_for_a_card();
    const auto request = render::parse_request(line);
    const auto answer = request ? drawing::draw(*request) : tl::unexpected(request.error());
    std::cout << render::answer_bytes(answer) << std::flush;
    if (!std::cout) return 1;
  }
  return 0;
}

std::string read_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(fmt::format("{} cannot be read", path));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

int check(const std::string& path) {
  const auto problems = drawing::problems_of(read_file(path));
  for (const auto& problem : problems) fmt::print("{}: {}\n", path, problem);
  return problems.empty() ? 0 : 1;
}

int preview(const std::string& path, const std::vector<std::string>& assignments, const api::ImageSpec& image,
            const std::string& out) {
  render::Fields fields;
  for (const auto& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos)
      throw std::runtime_error(fmt::format("--field {}: write NAME=VALUE", assignment));
    fields[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  const auto planes = drawing::draw_face(read_file(path), fields, image);
  const auto written = planes ? drawing::write_png(*planes, out) : tl::unexpected(planes.error());
  if (written) return 0;
  fmt::print(stderr, "{}: {}: {}\n", path, api::text_of(written.error().reason), written.error().detail);
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Draws card faces. Without options: answers requests of cardwrightd on its standard input.");
  std::string layout_to_check, layout_to_show, out;
  std::vector<std::string> fields;
  api::ImageSpec image{1016, 648, 300};
  app.add_option("--check", layout_to_check, "Say what is wrong with a layout")->option_text("LAYOUT");
  auto* show =
      app.add_option("--preview", layout_to_show, "Draw a layout to a PNG file")->option_text("LAYOUT");
  app.add_option("--field", fields, "A field of the card shown")->option_text("NAME=VALUE ...")->needs(show);
  app.add_option("--out", out, "The file to write")->option_text("FILE.png")->needs(show);
  app.add_option("--width", image.width, "Pixels")->capture_default_str()->check(CLI::Range(1, 4000));
  app.add_option("--height", image.height, "Pixels")->capture_default_str()->check(CLI::Range(1, 4000));
  app.add_option("--dpi", image.dpi, "Dots per inch")->capture_default_str()->check(CLI::Range(1, 2400));
  CLI11_PARSE(app, argc, argv);
  if (!layout_to_check.empty()) return check(layout_to_check);
  if (layout_to_show.empty()) return serve();
  if (out.empty()) throw std::runtime_error("--preview needs --out FILE.png");
  return preview(layout_to_show, fields, image, out);
} catch (const std::exception& error) {
  fmt::print(stderr, "cardwright-render: {}\n", error.what());
  return 1;
}
