#include <signal.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>

#include "daemon/render/renderer.hpp"
#include "tests/unit/render/sample.hpp"

// The process cardwright-render, and the client that outlives it.
namespace render {
namespace {

using namespace std::chrono_literals;

api::Deadline in(std::chrono::milliseconds time) {
  return api::Deadline::clock::now() + time;
}

Request card() {
  return {sample::file(LAYOUTS "/temporary-card-front.svg"),
          sample::file(LAYOUTS "/temporary-card-back.svg"),
          {{"number", "CW-2026-000042"},
           {"product", "Temporary"},
           {"organisation", "Example"},
           {"checkCode", "7KQ4-M2XF"},
           {"expiryDate", "2026-12-31"},
           {"issueDate", "2026-12-30"}},
          sample::image,
          false,
          false};
}

// Blurs so widely, so often, that no processor is done in time.
Request endless() {
  std::string content = "<defs><filter id='f' x='0' y='0' width='1' height='1'>";
  for (int i = 0; i < 300; ++i) content += "<feTurbulence baseFrequency='0.9' numOctaves='400'/>";
  content += "</filter></defs><g id='color'><rect width='85' height='53' filter='url(#f)'/></g>";
  return {sample::svg(content), "", {}, sample::image, false, false};
}

// Runs a command; its output and exit status.
std::pair<std::string, int> run(const std::string& command) {
  std::string output;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  for (int c; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  const auto status = ::pclose(pipe);
  return {output, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

TEST(renderer, draws_both_faces_one_card_after_the_other) {
  Renderer renderer({RENDER_PROGRAM, {}});
  const auto first = renderer.render(card(), in(20s));
  ASSERT_TRUE(first) << first.error().detail;
  const auto process = renderer.process();
  const auto second = renderer.render(card(), in(20s));
  ASSERT_TRUE(second);
  EXPECT_EQ(renderer.process(), process);
  ASSERT_TRUE(first->front && first->back && second->front);
  EXPECT_FALSE(first->front->color.empty());
  EXPECT_TRUE(first->back->color.empty());
  EXPECT_EQ(first->front->color, second->front->color);
  EXPECT_EQ(first->front->k, second->front->k);
}

TEST(renderer, goes_on_after_a_card_that_cannot_be_drawn) {
  Renderer renderer({RENDER_PROGRAM, {}});
  auto request = card();
  request.fields.erase("number");
  const auto refused = renderer.render(request, in(20s));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, api::Reason::fieldMissing);
  const auto process = renderer.process();
  EXPECT_TRUE(renderer.render(card(), in(20s)));
  EXPECT_EQ(renderer.process(), process);
}

TEST(renderer, is_killed_at_the_deadline_and_started_again) {
  Renderer renderer({RENDER_PROGRAM, {}});
  ASSERT_TRUE(renderer.render(card(), in(20s)));
  const auto process = renderer.process();
  const auto result = renderer.render(endless(), in(500ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::rendererFailed);
  EXPECT_EQ(result.error().certainty, api::Certainty::notDone);
  EXPECT_EQ(::kill(process, 0), -1);
  EXPECT_TRUE(renderer.render(card(), in(20s)));
  EXPECT_NE(renderer.process(), process);
}

TEST(renderer, that_died_is_started_again) {
  Renderer renderer({RENDER_PROGRAM, {}});
  ASSERT_TRUE(renderer.render(card(), in(20s)));
  ::kill(renderer.process(), SIGKILL);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(renderer.process()), &ended, WEXITED | WNOWAIT);
  const auto result = renderer.render(card(), in(20s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::rendererFailed);
  EXPECT_TRUE(renderer.render(card(), in(20s)));
}

TEST(renderer, goes_on_after_a_card_that_wants_more_memory_than_there_is) {
  Renderer renderer({RENDER_PROGRAM, {}});
  Request request;
  // Every group and every step of its filter is an image of its own.
  std::string content = "<g id='color'>";
  for (int i = 0; i < 40; ++i) content += "<g opacity='0.5' filter='url(#f)'>";
  content += "<rect width='85' height='53'/>";
  for (int i = 0; i < 40; ++i) content += "</g>";
  content += "</g><defs><filter id='f'>";
  for (int i = 0; i < 400; ++i) content += "<feOffset dx='1' result='r" + std::to_string(i) + "'/>";
  content += "</filter></defs>";
  request.front = sample::svg(content);
  request.image = {2500, 1600, 720};
  const auto result = renderer.render(request, in(20s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::layoutInvalid) << result.error().detail;
  EXPECT_TRUE(renderer.render(card(), in(20s)));
}

TEST(renderer, that_does_not_speak_the_protocol_fails) {
  // cat answers with the question, true with nothing, tac only at the end of its input.
  for (const std::string program : {"/bin/cat", "/bin/true", "/usr/bin/tac", "/nonexistent"}) {
    Renderer renderer({program, {}});
    for (int i = 0; i < 2; ++i) {
      const auto result = renderer.render(card(), in(200ms));
      ASSERT_FALSE(result) << program;
      EXPECT_EQ(result.error().reason, api::Reason::rendererFailed) << program;
      EXPECT_EQ(renderer.process(), -1) << program;
    }
  }
}

TEST(renderer, refuses_a_request_that_is_too_large) {
  Renderer renderer({RENDER_PROGRAM, {}});
  auto request = card();
  request.fields["photo"] = std::string(request_bytes_max, 'A');
  const auto result = renderer.render(request, in(20s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::layoutInvalid);
}

TEST(renderer, makes_codes_that_a_reader_reads_from_the_final_plane) {
  Renderer renderer({RENDER_PROGRAM, {}});
  const auto faces = renderer.render(card(), in(20s));
  ASSERT_TRUE(faces);
  for (const auto* face : {&*faces->front, &*faces->back}) {
    const auto path =
        std::filesystem::temp_directory_path() / ("cardwright-face-" + std::to_string(::getpid()) + ".pbm");
    std::ofstream(path, std::ios::binary) << "P4\n"
                                          << face->width << ' ' << face->height << '\n'
                                          << api::text_of(face->k);
    // zbarimg also complains about a missing D-Bus, for its camera's sake.
    EXPECT_THAT(run("zbarimg --quiet --raw " + path.string()).first, testing::EndsWith("CW-2026-000042\n"));
    std::filesystem::remove(path);
  }
}

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
}  // namespace render
