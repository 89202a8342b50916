#include "tests/unit/ctl/fake_station.hpp"

// What custodians and operators see of letters, and say of them.
namespace ctl::test {
namespace {

using testing::HasSubstr;

constexpr auto waits = R"({"letter": "L3", "card": "C3", "attempt": "11111111-1111-1111-1111-111111111111",
    "state": "waiting", "control": "7KQ2-M0XD-94BT", "made": "2026-11-20T13:05:09.007Z", "releasedBy": []})";
constexpr auto failed = R"({"letter": "L4", "card": "C4", "attempt": "11111111-1111-1111-1111-111111111112",
    "state": "released", "control": "0000-1111-2222", "made": "2026-11-20T13:05:10.007Z",
    "sent": "2026-11-20T13:06:00.000Z", "releasedBy": [1004], "text": "no paper"})";

std::string page(std::initializer_list<std::string_view> letters, bool more) {
  std::string list;
  for (const auto letter : letters) list += (list.empty() ? "" : ", ") + std::string(letter);
  return R"({"letters": [)" + list + R"(], "more": )" + (more ? "true}" : "false}");
}

class letters : public Ctl {};

TEST_F(letters, are_a_table_with_card_and_control_number) {
  answer("ListLetters", {page({waits}, true)});
  answer("ListLetters", {page({failed}, false)});
  const auto [exit, out, err] = run({"letters"});
  EXPECT_EQ(exit, Exit::done) << err;
  EXPECT_EQ(out,
            "LETTER  CARD  CONTROL         STATE    RELEASED BY  MADE                      SENT  WHY\n"
            "L3      C3    7KQ2-M0XD-94BT  waiting               2026-11-20T13:05:09.007Z\n"
            "L4      C4    0000-1111-2222  released  1004         2026-11-20T13:05:10.007Z  "
            "2026-11-20T13:06:00.000Z  no paper\n");
  EXPECT_EQ(asked("ListLetters"), json::parse(R"({"after": "L3"})"));
}

TEST_F(letters, are_those_of_a_state_and_card) {
  answer("ListLetters", {page({}, false)});
  EXPECT_EQ(run({"letters", "--state", "void", "--card", "C3"}).out, "there is no such letter\n");
  EXPECT_EQ(asked("ListLetters"), json::parse(R"({"state": "void", "card": "C3"})"));
}

TEST_F(letters, may_be_none) {
  answer("ListLetters", {page({}, false)});
  EXPECT_EQ(run({"letters"}).out, "there are no letters\n");
}

TEST_F(letters, are_of_a_state_that_letters_have) {
  const auto [exit, out, err] = run({"letters", "--state", "wating"});
  EXPECT_EQ(exit, Exit::usage);
  EXPECT_THAT(err, HasSubstr("inDoubt"));
  EXPECT_TRUE(station.calls.empty());
}

TEST_F(letters, are_the_replies_as_they_are_with_json) {
  answer("ListLetters", {page({waits}, false)});
  EXPECT_EQ(json::parse(run({"letters", "--json"}).out), json::parse(page({waits}, false)));
}

TEST_F(letters, are_released_by_card_or_by_letter) {
  answer("ReleaseLetters", {R"({"letters": ["L3", "L4"], "awaitingSecondPerson": []})"});
  const auto [exit, out, err] = run({"letters", "release", "C3", "L4", "--idempotency-key", "k"});
  EXPECT_EQ(exit, Exit::done) << err;
  EXPECT_EQ(out, "released: L3 L4\n");
  EXPECT_EQ(asked("ReleaseLetters"),
            json::parse(R"({"idempotencyKey": "k", "letters": ["L4"], "cards": ["C3"]})"));
}

TEST_F(letters, that_wait_for_a_second_person_are_told_plainly) {
  answer("ReleaseLetters", {R"({"letters": [], "awaitingSecondPerson": ["L3", "L4"]})"});
  const auto [exit, out, err] = run({"letters", "release", "--all"});
  EXPECT_EQ(exit, Exit::done) << err;
  EXPECT_EQ(out,
            "noted, and nothing is released yet: L3 L4\n"
            "a second person has to release them: `cardwrightctl letters release L3 L4`\n");
  EXPECT_EQ(asked("ReleaseLetters"), json::parse(R"({"all": true})"));
}

TEST_F(letters, may_be_none_to_release) {
  answer("ReleaseLetters", {R"({"letters": [], "awaitingSecondPerson": []})"});
  EXPECT_EQ(run({"letters", "release", "--all"}).out, "no letter waits\n");
}

TEST_F(letters, are_not_released_without_saying_which) {
  EXPECT_EQ(run({"letters", "release"}).exit, Exit::usage);
  EXPECT_EQ(run({"letters", "release", "--all", "C3"}).exit, Exit::usage);
  EXPECT_EQ(run({"letters", "release", "B3"}).exit, Exit::usage);
  EXPECT_EQ(run({"letters", "L3"}).exit, Exit::usage);
  EXPECT_EQ(run({"letters", "resolve", "L3", "good"}).exit, Exit::usage);
  EXPECT_TRUE(station.calls.empty());
}

TEST_F(letters, in_doubt_are_delivered_or_printed_anew) {
  answer("ResolveLetter", {R"({"letter": "L3"})"});
  EXPECT_EQ(run({"letters", "resolve", "L3", "delivered"}).out, "L3 is delivered, and its PIN erased\n");
  EXPECT_EQ(asked("ResolveLetter"), json::parse(R"({"letter": "L3", "delivered": true})"));
  answer("ResolveLetter", {R"({"letter": "L3"})"});
  EXPECT_EQ(run({"letters", "resolve", "L3", "lost", "--note", "torn"}).out,
            "L3 is printed anew, with another control number, as soon as it is released\n");
  EXPECT_EQ(asked("ResolveLetter"), json::parse(R"({"letter": "L3", "delivered": false, "note": "torn"})"));
}

TEST_F(letters, that_went_out_are_not_released_again) {
  refuse("ReleaseLetters", "org.cardwright.Production.WrongState",
         R"({"id": "L3", "state": "inDoubt", "verb": "release"})");
  const auto [exit, out, err] = run({"letters", "release", "L3"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err, HasSubstr("L3 is inDoubt: it cannot be released\n"));
  EXPECT_THAT(err, HasSubstr("`cardwrightctl letters resolve L3 delivered`"));
}

TEST_F(letters, have_help_for_each_thing_that_can_be_done) {
  EXPECT_THAT(run({"letters", "--help"}).out, HasSubstr("cardwrightctl letters release C17 C18"));
  EXPECT_THAT(run({"letters", "release", "--help"}).out, HasSubstr("--all"));
  EXPECT_THAT(run({"letters", "resolve", "--help"}).out, HasSubstr("delivered|lost"));
}

}  // namespace
}  // namespace ctl::test
