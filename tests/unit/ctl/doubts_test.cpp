#include "tests/unit/ctl/fake_station.hpp"

// What an operator sees and says of cards in doubt, and of the sum of blanks.
namespace ctl::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto spoilt = R"({"card": "C2", "number": "T00000026", "product": "staff", "batch": "B1",
    "attempt": "11111111-1111-1111-1111-111111111111", "since": "2026-11-20T13:05:09.007Z",
    "reached": "printIntent", "reason": "restarted", "text": "the station was restarted",
    "known": "the printer was told to print it", "unknown": "how much of it is printed",
    "whereabouts": "output", "whereaboutsText": "the printer counted it into the good output",
    "advice": "the last card in the output is this one; its check code is MQB1Q3", "checkCode": "MQB1Q3",
    "printer": "P1", "chip": "0123", "bodies": 1, "mayBeGood": false, "whyNotGood": "no proof"})";
constexpr auto passed = R"({"card": "C3", "number": "T00000034", "product": "staff", "batch": "B1",
    "attempt": "11111111-1111-1111-1111-111111111111", "since": "2026-11-20T13:05:09.007Z",
    "reached": "ejectIntent", "known": "it passed every check", "unknown": "where the body is",
    "whereabouts": "outside", "whereaboutsText": "somebody took it out", "advice": "find it",
    "checkCode": "A1FGTN", "bodies": 1, "mayBeGood": true})";

std::string page(std::initializer_list<std::string_view> doubts, bool more) {
  std::string list;
  for (const auto doubt : doubts) list += (list.empty() ? "" : ", ") + std::string(doubt);
  return R"({"doubts": [)" + list + R"(], "more": )" + (more ? "true}" : "false}");
}

class doubts : public Ctl {
 protected:
  void answer_status(std::string_view blanks, std::string_view doubts_count = "0") {
    answer("GetStation",
           {R"({"name": "front desk", "version": "1.2", "started": "2026-11-20T13:05:09.007Z", "waiting": 0,
      "doubts": )" +
            std::string(doubts_count) +
            R"(, "attention": [], "lines": [{"name": "line", "state": "idle", "printerState": "ready",
      "conditions": [], "cardPosition": "none", "encoder": "Reader", "encoderSlot": "empty",
      "recovery": "C2 was at printIntent: a person has to look", "blanks": {"printer": "P1",
      "first": {"fed": 100, "printed": 0, "ejected": 0, "rejected": 0},
      "last": {"fed": 112, "printed": 0, "ejected": 0, "rejected": 0}, )" +
            std::string(blanks) + "}}]}"});
  }
};

TEST_F(doubts, are_told_with_what_to_look_at_and_what_to_type) {
  answer("ListDoubts", {page({spoilt, passed}, false)});
  const auto [exit, out, err] = run({"doubts"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(asked("ListDoubts"), json::object{});
  EXPECT_EQ(out,
            "C2 inDoubt since 2026-11-20T13:05:09.007Z\n"
            "  number      T00000026  staff  B1\n"
            "  why         restarted, the station was restarted\n"
            "  known       the printer was told to print it\n"
            "  not known   how much of it is printed\n"
            "  body        the printer counted it into the good output\n"
            "  look        the last card in the output is this one; its check code is MQB1Q3\n"
            "  good?       no: no proof\n"
            "  when it is destroyed, or given up for lost:\n"
            "    cardwrightctl resolve C2 bad --note 'WHAT WAS FOUND'\n"
            "  and then, to have it made again:\n"
            "    cardwrightctl repeat B1 C2 --reason damaged\n"
            "\n"
            "C3 inDoubt since 2026-11-20T13:05:09.007Z\n"
            "  number      T00000034  staff  B1\n"
            "  known       it passed every check\n"
            "  not known   where the body is\n"
            "  body        somebody took it out\n"
            "  look        find it\n"
            "  good?       it may be\n"
            "  when it is whole and in your hands:\n"
            "    cardwrightctl resolve C3 good\n"
            "  else, when it is destroyed, or given up for lost:\n"
            "    cardwrightctl resolve C3 bad --note 'WHAT WAS FOUND'\n"
            "  and then, to have it made again:\n"
            "    cardwrightctl repeat B1 C3 --reason damaged\n");
}

TEST_F(doubts, wrap_on_a_narrow_terminal_but_not_their_commands) {
  width = 44;
  answer("ListDoubts", {page({spoilt}, false)});
  const auto out = run({"doubts"}).out;
  EXPECT_THAT(out, HasSubstr("  look        the last card in the output is\n"
                             "              this one; its check code is\n"
                             "              MQB1Q3\n"));
  EXPECT_THAT(out, HasSubstr("    cardwrightctl resolve C2 bad --note 'WHAT WAS FOUND'\n"));
}

TEST_F(doubts, come_page_after_page_and_nothing_is_left_out) {
  answer("ListDoubts", {page({spoilt, passed}, true)});
  answer("ListDoubts", {page({spoilt}, false)});
  const auto out = run({"doubts"}).out;
  EXPECT_THAT(out, HasSubstr("damaged\n\nC3 inDoubt"));
  EXPECT_EQ(out.substr(out.rfind("inDoubt") - 3, 3), "C2 ");
  EXPECT_EQ(asked("ListDoubts"), json::parse(R"({"after": "C3"})"));
}

TEST_F(doubts, may_be_none) {
  answer("ListDoubts", {page({}, false)});
  const auto [exit, out, err] = run({"doubts"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(out, "no card is in doubt\n");
}

TEST_F(doubts, are_the_replies_as_they_are_with_json) {
  answer("ListDoubts", {page({spoilt}, true)});
  answer("ListDoubts", {page({}, false)});
  const auto out = run({"--json", "doubts"}).out;
  EXPECT_EQ(json::parse(out.substr(0, out.find('\n'))), json::parse(page({spoilt}, true)));
  EXPECT_EQ(out.substr(out.find('\n') + 1), "{\"doubts\":[],\"more\":false}\n");
}

constexpr auto batch_failed = R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
    "created": "2026-11-20T13:05:09.007Z", "counts": {"awaitingConfirmation": 3, "failed": 1}}})";
constexpr auto batch_in_doubt =
    R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
    "created": "2026-11-20T13:05:09.007Z", "counts": {"failed": 1, "inDoubt": 1}}})";
constexpr auto batch_producing = R"({"batch": {"id": "B1", "state": "producing", "origin": "request",
    "created": "2026-11-20T13:05:09.007Z", "counts": {"inProduction": 1, "failed": 1}}})";

TEST_F(doubts, are_resolved_with_a_note_and_the_next_step_is_told) {
  answer("ResolveDoubt", {R"({"card": "C2", "batch": "B1"})"});
  answer("GetBatch", {batch_failed});
  const auto [exit, out, err] =
      run({"resolve", "C2", "bad", "--note", "half printed", "--idempotency-key", "k"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(
      asked("ResolveDoubt"),
      json::parse(R"({"idempotencyKey": "k", "card": "C2", "verdict": "bad", "note": "half printed"})"));
  EXPECT_EQ(asked("GetBatch"), json::parse(R"({"batch": "B1"})"));
  EXPECT_EQ(out,
            "C2 is settled as bad\n"
            "make the failed cards again: `cardwrightctl repeat B1 --failed --reason REASON`; where its data "
            "are wrong, `cardwrightctl give-up CARD` instead\n");
}

TEST_F(doubts, that_are_left_come_before_any_repeat) {
  answer("ResolveDoubt", {R"({"card": "C2", "batch": "B1"})"});
  answer("GetBatch", {batch_in_doubt});
  EXPECT_EQ(run({"resolve", "C2", "good"}).out,
            "C2 is settled as good\n"
            "look for the cards in doubt: `cardwrightctl doubts` says where\n");
  EXPECT_EQ(asked("ResolveDoubt"), json::parse(R"({"card": "C2", "verdict": "good"})"));
}

TEST_F(doubts, of_a_batch_that_goes_on_need_no_next_step) {
  answer("ResolveDoubt", {R"({"card": "C2", "batch": "B1"})"});
  answer("GetBatch", {batch_producing});
  EXPECT_EQ(run({"resolve", "C2", "bad"}).out, "C2 is settled as bad\n");
}

TEST_F(doubts, are_resolved_with_one_document_with_json) {
  answer("ResolveDoubt", {R"({"card": "C2", "batch": "B1"})"});
  EXPECT_EQ(run({"--json", "resolve", "C2", "bad"}).out, "{\"card\":\"C2\",\"batch\":\"B1\"}\n");
}

TEST_F(doubts, stay_when_the_word_is_refused) {
  refuse("ResolveDoubt", "org.cardwright.Production.EvidenceMissing",
         R"({"card": "C2", "reached": "printIntent", "text": "no proof"})");
  const auto [exit, out, err] = run({"resolve", "C2", "good"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(out, "");
  EXPECT_EQ(err,
            "cardwrightctl: C2 came as far as printIntent: no proof\n"
            "destroy its body, and say so: `cardwrightctl resolve C2 bad`\n");
}

TEST_F(doubts, are_counted_by_status_which_also_tells_of_recovery) {
  answer_status(
      R"("fed": 12, "good": 9, "rejected": 2, "condemned": 0, "inDoubt": 1, "samples": 0, "foreign": 0,
      "inMachine": 0, "addsUp": true)",
      "2");
  const auto out = run({"status"}).out;
  EXPECT_THAT(out, HasSubstr("cards in doubt: 2; `cardwrightctl doubts` says what to look at\n"));
  EXPECT_THAT(out, HasSubstr("  recovery    C2 was at printIntent: a person has to look\n"));
  EXPECT_THAT(out, HasSubstr("  blanks      fed 12 = good 9 + rejected 2 + in doubt 1\n"));
}

TEST_F(doubts, stand_beside_what_else_a_person_should_see_to) {
  answer("GetStation", {R"({"name": "station", "version": "1", "started": "2026-01-01T00:00:00Z", "lines": [],
      "waiting": 0, "doubts": 0, "attention": ["2 letters wait for a custodian", "1 letter could not go out: no paper"]})"});
  EXPECT_THAT(run({"status"}).out,
              HasSubstr("2 letters wait for a custodian\n1 letter could not go out: no paper\n"));
}

TEST_F(doubts, that_do_not_exist_are_not_told) {
  answer_status(
      R"("fed": 0, "good": 0, "rejected": 0, "condemned": 0, "inDoubt": 0, "samples": 0, "foreign": 0,
      "inMachine": 0, "addsUp": true)");
  const auto out = run({"status"}).out;
  EXPECT_THAT(out, Not(HasSubstr("doubt")));
  EXPECT_THAT(out, HasSubstr("  blanks      fed 0 = 0\n"));
}

TEST_F(doubts, or_any_other_blank_that_is_missing_is_told_loudly) {
  answer_status(
      R"("fed": 14, "good": 1, "rejected": 2, "condemned": 3, "inDoubt": 0, "samples": 4, "foreign": 1,
      "inMachine": 1, "addsUp": false)");
  EXPECT_THAT(
      run({"status"}).out,
      HasSubstr("  blanks      DO NOT ADD UP: fed 14, but good 1 + rejected 2 + condemned 3 + samples 4 + "
                "foreign 1 + in machine 1\n"));
}

TEST_F(doubts, end_a_production_with_4_and_point_to_themselves) {
  answer("RepeatProduction",
         {R"({"batch": "B1", "cards": ["C1"], "skipped": []})",
          R"({"batch": "B1", "cards": ["C1"], "skipped": [], "state": "awaitingConfirmation"})"});
  answer("GetBatch", {R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
      "created": "2026-11-20T13:05:09.007Z", "counts": {"inDoubt": 1}, "cards": [
      {"id": "C1", "number": "T1", "product": "staff", "state": "inDoubt", "batch": "B1",
       "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}}]}})"});
  const auto [exit, out, err] = run({"repeat", "B1", "--failed", "--reason", "damaged"});
  EXPECT_EQ(exit, Exit::someCardsFailed);
  EXPECT_THAT(out, HasSubstr("look for the cards in doubt: `cardwrightctl doubts` says where\n"));
}

}  // namespace
}  // namespace ctl::test
