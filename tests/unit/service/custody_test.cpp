#include "daemon/service/limits.hpp"
#include "tests/unit/service/station.hpp"

// Letters, and who lets them out.
namespace service::test {
namespace {

using core::LetterState;
using testing::ElementsAre;

class custody : public Station {
 protected:
  custody() { engine.commit({card(1, core::CardState::unassigned), card(2, core::CardState::assigned)}); }

  json::object call(std::string_view method, std::string_view parameters = "{}") {
    return client.call(std::string("org.cardwright.Custody.").append(method), object(parameters));
  }
  json::object answer(std::string_view method, std::string_view parameters = "{}") {
    return call(method, parameters).at("parameters").as_object();
  }
  std::string error(std::string_view method, std::string_view parameters) {
    const auto message = call(method, parameters);
    const std::string name(message.at("error").get_string());
    return name.substr(name.rfind('.') + 1);
  }
  std::vector<std::string> listed(std::string_view parameters) {
    std::vector<std::string> ids;
    const auto reply = answer("ListLetters", parameters);
    for (const auto& letter : reply.at("letters").as_array())
      ids.emplace_back(letter.at("letter").get_string());
    return ids;
  }
  void put(std::int64_t id, std::int64_t of_card, LetterState state) {
    engine.commit({letter(id, of_card, state)});
  }
  core::Letter letter(std::int64_t id, std::int64_t of_card, LetterState state) {
    core::Letter letter;
    letter.id = {id};
    letter.attempt.fill(static_cast<std::uint8_t>(id));
    letter.card = {of_card};
    letter.state = state;
    letter.control = "7KQ2-M0XD-" + std::to_string(1000 + id);
    letter.made = api::WallTime{std::chrono::milliseconds{id}};
    return letter;
  }
};

TEST_F(custody, shows_letters_with_all_that_is_known_of_them) {
  auto full = letter(1, 2, LetterState::released);
  full.first_person = 0;
  full.second_person = 1001;
  full.sent = api::WallTime{std::chrono::milliseconds{2'500}};
  full.text = "no paper";
  engine.commit({full, letter(2, 1, LetterState::voided)});
  EXPECT_EQ(answer("ListLetters"), json::parse(R"({"more": false, "letters": [
      {"letter": "L1", "card": "C2", "attempt": "01010101-0101-0101-0101-010101010101", "state": "released",
       "control": "7KQ2-M0XD-1001", "made": "1970-01-01T00:00:00.001Z", "sent": "1970-01-01T00:00:02.500Z",
       "releasedBy": [0, 1001], "text": "no paper"},
      {"letter": "L2", "card": "C1", "attempt": "02020202-0202-0202-0202-020202020202", "state": "void",
       "control": "7KQ2-M0XD-1002", "made": "1970-01-01T00:00:00.002Z", "releasedBy": []}]})"));
}

TEST_F(custody, lists_letters_by_state_and_card_page_by_page) {
  put(1, 1, LetterState::voided);
  put(2, 1, LetterState::waiting);
  put(3, 2, LetterState::waiting);
  EXPECT_THAT(listed(R"({"state": "waiting"})"), ElementsAre("L2", "L3"));
  EXPECT_THAT(listed(R"({"state": "void"})"), ElementsAre("L1"));
  EXPECT_THAT(listed(R"({"card": "C1"})"), ElementsAre("L1", "L2"));
  EXPECT_THAT(listed(R"({"card": "C1", "state": "waiting"})"), ElementsAre("L2"));
  EXPECT_THAT(listed(R"({"limit": 2})"), ElementsAre("L1", "L2"));
  EXPECT_TRUE(answer("ListLetters", R"({"limit": 2})").at("more").as_bool());
  EXPECT_THAT(listed(R"({"after": "L2", "limit": 2})"), ElementsAre("L3"));
  EXPECT_EQ(error("ListLetters", R"({"card": "C9"})"), "CardNotFound");
  EXPECT_EQ(error("ListLetters", R"({"after": "C1"})"), "InvalidParameter");
  EXPECT_EQ(error("ListLetters", R"({"limit": 0})"), "InvalidParameter");
  EXPECT_EQ(error("ListLetters", R"({"state": "lost"})"), "InvalidParameter");
}

TEST_F(custody, never_gives_more_than_a_page) {
  for (std::int64_t id = 1; id <= static_cast<std::int64_t>(list_letters_max) + 1; ++id) {
    auto one = letter(id, 1, LetterState::waiting);
    one.attempt[0] = static_cast<std::uint8_t>(id >> 8);
    engine.commit({one});
  }
  EXPECT_EQ(listed(R"({"limit": 1000})").size(), list_letters_max);
}

TEST_F(custody, hands_over_who_releases_what) {
  core::Done done;
  done.letters = {{1}};
  done.awaiting = {{2}, {3}};
  engine.answer = [done](const core::Command&) { return done; };
  EXPECT_EQ(answer("ReleaseLetters", R"({"letters": ["L1", "L2"], "cards": ["C3"], "idempotencyKey": "k"})"),
            json::parse(R"({"letters": ["L1"], "awaitingSecondPerson": ["L2", "L3"]})"));
  const auto& [command, caller] = engine.submitted.back();
  const auto& release = std::get<core::ReleaseLetters>(command);
  EXPECT_THAT(release.letters, ElementsAre(core::LetterId{1}, core::LetterId{2}));
  EXPECT_THAT(release.cards, ElementsAre(core::CardId{3}));
  EXPECT_FALSE(release.all);
  EXPECT_EQ(caller.uid, static_cast<std::int64_t>(::getuid())) << "as the kernel says";
  EXPECT_EQ(caller.key, "k");
  answer("ReleaseLetters", R"({"all": true})");
  EXPECT_TRUE(std::get<core::ReleaseLetters>(engine.submitted.back().first).all);
}

TEST_F(custody, refuses_releases_that_name_nothing_there_can_be) {
  EXPECT_EQ(error("ReleaseLetters", R"({"letters": ["C1"]})"), "LetterNotFound");
  EXPECT_EQ(error("ReleaseLetters", R"({"cards": ["L1"]})"), "CardNotFound");
  EXPECT_EQ(error("ReleaseLetters", R"({"all": true, "cards": ["C1"]})"), "InvalidParameter");
  engine.known_rules.batch_cards_max = 1;
  EXPECT_EQ(error("ReleaseLetters", R"({"letters": ["L1", "L2"]})"), "LimitExceeded");
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(custody, hands_over_what_became_of_a_letter) {
  EXPECT_EQ(answer("ResolveLetter", R"({"letter": "L7", "delivered": false, "note": "torn"})"),
            json::parse(R"({"letter": "L7"})"));
  const auto& resolve = std::get<core::ResolveLetter>(engine.submitted.back().first);
  EXPECT_EQ(resolve.letter, core::LetterId{7});
  EXPECT_FALSE(resolve.delivered);
  EXPECT_EQ(resolve.note, "torn");
  EXPECT_EQ(error("ResolveLetter", R"({"letter": "L", "delivered": true})"), "LetterNotFound");
  EXPECT_EQ(error("ResolveLetter", R"({"letter": "L7", "delivered": true, "note": "a\nb"})"),
            "InvalidParameter");
  EXPECT_EQ(error("ResolveLetter", R"({"letter": "L7"})"), "InvalidParameter");
}

}  // namespace
}  // namespace service::test
