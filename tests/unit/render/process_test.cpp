#include "tests/unit/render/real.hpp"

// The process cardwright-render, and the client that outlives it.
namespace render {
namespace {

using namespace std::chrono_literals;
using real::card;
using real::in;
using real::program;
using real::run;

TEST(renderer, draws_both_faces_one_card_after_the_other) {
  Renderer renderer(program);
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
  Renderer renderer(program);
  auto request = card();
  request.fields.erase("number");
  const auto refused = renderer.render(request, in(20s));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, api::Reason::fieldMissing);
  const auto process = renderer.process();
  EXPECT_TRUE(renderer.render(card(), in(20s)));
  EXPECT_EQ(renderer.process(), process);
}

TEST(renderer, that_died_between_two_cards_is_started_again) {
  Renderer renderer(program);
  ASSERT_TRUE(renderer.render(card(), in(20s)));
  const auto process = renderer.process();
  ::kill(process, SIGKILL);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT);
  EXPECT_TRUE(renderer.render(card(), in(20s)));
  EXPECT_NE(renderer.process(), process);
}

// A program that comes up and then does so.
struct Script {
  explicit Script(std::string_view commands) {
    std::ofstream(path) << "#!/bin/sh\necho '" << ready_line << "'\n" << commands << '\n';
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  real::Folder folder;
  std::string path = folder / "script";
};

TEST(renderer, that_dies_blames_the_card_only_for_what_cards_do) {
  constexpr auto card_did = api::Reason::drawingLimit, somebody_did = api::Reason::rendererFailed;
  for (const auto& [end, reason] :
       {std::pair{"kill -PROF $$", card_did}, std::pair{"kill -SEGV $$", card_did},
        std::pair{"kill -ABRT $$", card_did}, std::pair{"kill -TRAP $$", card_did},
        std::pair{"kill -KILL $$", somebody_did}, std::pair{"kill -TERM $$", somebody_did},
        std::pair{"exit 1", somebody_did}}) {
    const Script script(fmt::format("read question\n{}", end));
    Renderer renderer({script.path, {}});
    const auto result = renderer.render(card(), in(20s));
    ASSERT_FALSE(result) << end;
    EXPECT_EQ(result.error().reason, reason) << end << ": " << result.error().detail;
    EXPECT_FALSE(result.error().detail.empty());
    EXPECT_EQ(renderer.process(), -1);
  }
}

// The real program, whose first processes end so when they are asked.
struct Ending {
  Ending(int processes, std::string_view end) {
    std::ofstream(path) << fmt::format(
        "#!/bin/sh\necho >> {0}\n[ $(wc -l < {0}) -le {1} ] || exec {2}\necho '{3}'\nread question\n{4}\n",
        folder / "starts", processes, program.path, ready_line, end);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  real::Folder folder;
  std::string path = folder / "program";
};
constexpr std::array ends{"exit 0", "exit 1", "kill -KILL $$", "kill -TERM $$", "echo nonsense"};

TEST(renderer, that_somebody_ended_once_draws_the_card_all_the_same) {
  for (const auto* end : ends) {
    const Ending ending(1, end);
    Renderer renderer({ending.path, FONTS});
    EXPECT_TRUE(renderer.render(card(), in(20s))) << end;
  }
}

TEST(renderer, that_ends_with_one_card_and_works_otherwise_blames_that_card) {
  for (const auto* end : ends) {
    const Ending ending(2, end);
    Renderer renderer({ending.path, FONTS});
    const auto result = renderer.render(card(), in(20s));
    ASSERT_FALSE(result) << end;
    EXPECT_EQ(result.error().reason, api::Reason::drawingLimit) << end << ": " << result.error().detail;
    EXPECT_TRUE(renderer.preview(card(), in(20s))) << "the next one";
  }
}

TEST(renderer, that_ends_with_whatever_it_is_asked_blames_no_card) {
  for (const auto* end : ends) {
    const Ending ending(3, end);
    Renderer renderer({ending.path, FONTS});
    EXPECT_EQ(renderer.preview(card(), in(20s)).error().reason, api::Reason::rendererFailed) << end;
    EXPECT_EQ(renderer.process(), -1);
  }
}

TEST(renderer, takes_a_new_process_after_many_cards) {
  const Script script("while read question; do echo '{\"reason\":\"fieldMissing\"}'; done");
  Renderer renderer({script.path, {}});
  const auto ask = [&] {
    EXPECT_EQ(renderer.render(card(), in(20s)).error().reason, api::Reason::fieldMissing);
    return renderer.process();
  };
  const auto first = ask();
  for (int card = 2; card <= Renderer::cards_per_process; ++card) ASSERT_EQ(ask(), first) << card;
  const auto second = ask();
  EXPECT_NE(second, first);
  EXPECT_EQ(ask(), second);
}

TEST(renderer, gets_nothing_of_the_environment_but_its_fonts) {
  const Script script("tr '\\0' '\\n' < /proc/$$/environ > $(dirname $0)/environment");
  Renderer renderer({script.path, "/etc/cardwright/fonts.conf"});
  ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials", 1);
  EXPECT_FALSE(renderer.render(card(), in(20s)));
  EXPECT_EQ(sample::file(script.folder / "environment"),
            "LC_ALL=C.UTF-8\nFONTCONFIG_FILE=/etc/cardwright/fonts.conf\n");
}

TEST(renderer, that_is_not_done_at_the_deadline_is_killed) {
  Renderer renderer(program);
  ASSERT_TRUE(renderer.render(card(), in(20s)));
  const auto process = renderer.process();
  ::kill(process, SIGSTOP);
  const auto result = renderer.render(card(), in(300ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::drawingLimit);
  EXPECT_EQ(result.error().certainty, api::Certainty::notDone);
  EXPECT_EQ(::kill(process, 0), -1);
  EXPECT_TRUE(renderer.render(card(), in(20s)));
}

TEST(renderer, that_does_not_speak_the_protocol_fails) {
  // cat answers with the question, true with nothing, tac only at the end of its input.
  for (const std::string other : {"/bin/cat", "/bin/true", "/usr/bin/tac", "/nonexistent"}) {
    Renderer renderer({other, {}});
    for (int i = 0; i < 2; ++i) {
      const auto result = renderer.render(card(), in(200ms));
      ASSERT_FALSE(result) << other;
      EXPECT_EQ(result.error().reason, api::Reason::rendererFailed) << other;
      EXPECT_EQ(renderer.process(), -1) << other;
    }
  }
}

TEST(renderer, that_leaves_a_face_out_fails) {
  const real::Folder folder;
  const auto faceless = folder / "faceless";
  std::ofstream(faceless) << "#!/bin/sh\necho '" << ready_line
                          << "'\nread question\necho '{\"faces\":{}}'\nread another\n";
  std::filesystem::permissions(faceless, std::filesystem::perms::owner_all);
  Renderer renderer({faceless, {}});
  const auto result = renderer.render(card(), in(20s));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, api::Reason::rendererFailed);
  EXPECT_EQ(renderer.process(), -1);
}

// Width, height, bits a channel and colour type of a PNG (W3C PNG 11.2.1).
std::vector<unsigned> kind_of(const api::Bytes& png) {
  const auto number = [&](std::size_t at) {
    return png.at(at) << 24 | png.at(at + 1) << 16 | png.at(at + 2) << 8 | png.at(at + 3);
  };
  return {static_cast<unsigned>(number(16)), static_cast<unsigned>(number(20)), png.at(24), png.at(25)};
}

TEST(renderer, shows_a_card_before_it_is_printed) {
  Renderer renderer(program);
  auto request = card();
  request.chip = true;
  const auto pictures = renderer.preview(request, in(20s));
  ASSERT_TRUE(pictures) << pictures.error().detail;
  std::vector<std::string> names;
  for (const auto& picture : *pictures) {
    names.push_back(picture.face + ' ' + picture.plane);
    ASSERT_EQ(api::text_of(picture.png).substr(0, 8), "\x89PNG\r\n\x1a\n");
    const bool whole = picture.plane == "card", black = picture.plane == "k" || picture.plane == "overlay";
    // The card at its size, with transparent corners; planes as large as the printer's image.
    EXPECT_EQ(kind_of(picture.png), whole   ? (std::vector{1011U, 638U, 8U, 6U})
                                    : black ? (std::vector{1016U, 648U, 8U, 0U})
                                            : (std::vector{1016U, 648U, 8U, 2U}))
        << names.back();
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"front card", "front color", "front k", "back card", "back k"}));
  EXPECT_THAT(names, testing::Not(testing::Contains("back color")));
  EXPECT_EQ(names.front(), "front card");
}

TEST(renderer, makes_codes_that_a_reader_reads_from_the_final_plane) {
  Renderer renderer(program);
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

}  // namespace
}  // namespace render
