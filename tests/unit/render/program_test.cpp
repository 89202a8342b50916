#include "tests/unit/render/real.hpp"

// What cardwright-render does for who designs layouts.
namespace {

using real::run;

TEST(program, says_what_is_wrong_with_a_layout) {
  const auto path =
      std::filesystem::temp_directory_path() / ("cardwright-layout-" + std::to_string(::getpid()) + ".svg");
  std::ofstream(path) << "<svg viewBox='-2 -2 89.6 57.98'>\n<g id='k'>\n<script/></g></svg>";
  const auto [output, status] = run(RENDER_PROGRAM " --check " + path.string());
  EXPECT_EQ(status, 1);
  EXPECT_EQ(output, path.string() + ": line 3: <script> is not allowed\n");
  EXPECT_EQ(run(RENDER_PROGRAM " --check " LAYOUTS "/temporary-card-front.svg"),
            std::make_pair(std::string(), 0));
  std::filesystem::remove(path);
}

TEST(program, shows_a_layout) {
  const auto path =
      std::filesystem::temp_directory_path() / ("cardwright-preview-" + std::to_string(::getpid()) + ".png");
  const auto command =
      std::string(RENDER_PROGRAM " --preview " LAYOUTS "/temporary-card-back.svg --out ") + path.string();
  const auto refused = run(command + " --field number=1");
  EXPECT_EQ(refused.second, 1);
  EXPECT_THAT(refused.first, testing::HasSubstr("the card has no product"));
  EXPECT_EQ(run(command + " --field number=1 product=P organisation=O").second, 0);
  EXPECT_EQ(sample::file(path.string()).substr(0, 8), "\x89PNG\r\n\x1a\n");
  std::filesystem::remove(path);
}

TEST(program, checks_a_face_for_what_it_is_printed_on) {
  const real::Folder folder;
  std::ofstream(folder / "face.svg") << sample::svg(
      "<g id='k'>\n<rect x='10' y='20' width='5' height='5'/>\n"
      "<rect x='40' y='6' width='5' height='5'/></g>");
  const auto check = RENDER_PROGRAM " --check " + folder / "face.svg";
  EXPECT_EQ(run(check), std::make_pair(std::string(), 0));
  for (const auto& [option, words] : {std::pair{"--chip", "contacts"}, std::pair{"--stripe", "stripe"}}) {
    const auto [output, status] = run(check + ' ' + option);
    EXPECT_EQ(status, 1) << option;
    EXPECT_THAT(output, testing::StartsWith(folder / "face.svg" + ": line "));
    EXPECT_THAT(output, testing::HasSubstr(words));
  }
}

TEST(program, checks_a_layout_with_the_texts_it_will_show) {
  const auto check = [](const std::string& layout, const std::string& field) {
    return run(RENDER_PROGRAM " --check " LAYOUTS "/" + layout + " --field " + field).first;
  };
  const auto endless = "organisation=" + std::string(200, 'W');
  for (const auto* layout : {"temporary-card-back.svg", "pin-letter.svg --letter"}) {
    EXPECT_EQ(check(layout, "organisation='Example Ltd' product=Badge"), "");
    EXPECT_EQ(check(layout, "organisation=@@home"), "") << "no file";
    EXPECT_THAT(check(layout, endless), testing::ContainsRegex("line [0-9]+: the field organisation "));
  }
}

TEST(program, takes_a_letter_for_a_letter) {
  const std::string letter = LAYOUTS "/pin-letter.svg", face = LAYOUTS "/temporary-card-back.svg";
  EXPECT_EQ(run(RENDER_PROGRAM " --letter --check " + letter), std::make_pair(std::string(), 0));
  EXPECT_EQ(run(RENDER_PROGRAM " --check " + letter).second, 1);
  const auto [output, status] = run(RENDER_PROGRAM " --letter --check " + face);
  EXPECT_EQ(status, 1);
  EXPECT_THAT(output, testing::HasSubstr("a letter may not show the field number"));
  const real::Folder folder;
  EXPECT_EQ(run(RENDER_PROGRAM " --letter --preview " + letter + " --out " + folder / "letter.pdf"),
            std::make_pair(std::string(), 0));
  EXPECT_THAT(run("pdftotext " + folder / "letter.pdf" + " -").first, testing::HasSubstr("PIN: 000000\n"));
  auto hidden = sample::file(letter);
  hidden.replace(hidden.find("</title>"), 8, "</title><style>[data-field='pin'] { display: none }</style>");
  std::ofstream(folder / "hidden.svg") << hidden;
  EXPECT_THAT(run(RENDER_PROGRAM " --letter --check " + folder / "hidden.svg").first,
              testing::ContainsRegex("hidden.svg: line 28: the field pin would not be seen"));
}

TEST(program, shows_a_photo_out_of_a_file) {
  const real::Folder folder;
  std::ofstream(folder / "face.svg") << sample::svg(
      "<g id='color'><image data-field='photo' data-type='photo' width='25' height='31'/></g>");
  const auto preview = RENDER_PROGRAM " --preview " + folder / "face.svg" + " --out " + folder / "out.png";
  EXPECT_EQ(run(preview + " --field photo=@" PORTRAIT), std::make_pair(std::string(), 0));
  EXPECT_EQ(sample::file(folder / "out.png").substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_THAT(run(preview + " --field photo=@/nonexistent").first,
              testing::HasSubstr("/nonexistent cannot be read"));
  EXPECT_THAT(run(preview + " --field photo=@" FONTS).first, testing::HasSubstr("cannot be decoded"));
}

TEST(program, uses_the_fonts_it_is_told) {
  const real::Folder folder;
  std::ofstream(folder / "fonts.conf")
      << "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>";
  std::ofstream(folder / "face.svg") << sample::k("<text font-family='Noto Sans' x='9' y='9'>Ada</text>");
  EXPECT_EQ(run(RENDER_PROGRAM " --check " + folder / "face.svg" + " --fonts " FONTS).second, 0);
  // As a designer in that folder writes it.
  const auto [output, status] =
      run("cd " + folder.path.string() + " && " RENDER_PROGRAM " --check face.svg --fonts fonts.conf");
  EXPECT_EQ(status, 1);
  EXPECT_THAT(output, testing::HasSubstr("not installed"));
}

TEST(program, checks_nothing_with_other_fonts_than_it_is_told) {
  const real::Folder folder;
  std::ofstream(folder / "face.svg") << sample::k("<rect width='9' height='9'/>");
  const auto [output, status] =
      run(RENDER_PROGRAM " --check " + folder / "face.svg" + " --fonts /nowhere.conf 2>&1");
  EXPECT_NE(status, 0);
  EXPECT_THAT(output, testing::HasSubstr("/nowhere.conf"));
}

TEST(program, has_every_option_in_its_manual) {
  auto manual = sample::file(MANUAL);
  std::erase(manual, '\\');
  const auto help = run(RENDER_PROGRAM " --help").first;
  int options = 0;
  for (auto at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2), ++options) {
    const auto option = help.substr(at, help.find_first_not_of("-abcdefghijklmnopqrstuvwxyz", at) - at);
    EXPECT_NE(manual.find(option), std::string::npos) << option;
  }
  EXPECT_GT(options, 10);
}

}  // namespace
