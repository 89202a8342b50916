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

}  // namespace
