#include "tools/ctl/commands.hpp"
#include "tests/unit/ctl/fake_station.hpp"

namespace ctl::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto batch_done = R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
    "created": "2026-11-20T13:05:09.007Z", "counts": {"awaitingConfirmation": 2},
    "bodies": {"fed": 3, "good": 2, "rejected": 1, "condemned": 0, "inDoubt": 0, "inMachine": 0}, "cards": [
    {"id": "C1", "number": "T00000018", "product": "staff", "state": "awaitingConfirmation", "batch": "B1",
     "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}},
    {"id": "C2", "number": "T00000026", "product": "staff", "state": "awaitingConfirmation", "batch": "B1",
     "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}}]}})";
constexpr auto batch_failed = R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
    "created": "2026-11-20T13:05:09.007Z", "counts": {"awaitingConfirmation": 1, "failed": 1}, "cards": [
    {"id": "C1", "number": "T00000018", "product": "staff", "state": "awaitingConfirmation", "batch": "B1",
     "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}},
    {"id": "C2", "number": "T00000026", "product": "staff", "state": "failed", "batch": "B1", "reason": "chipMute",
     "text": "no answer", "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}}]}})";

std::string change(int sequence, std::string_view subject, std::string_view card, std::string_view state,
                   std::string_view more = {}) {
  return R"({"batch": "B1", "cards": [], "skipped": [], "change": {"sequence": )" + std::to_string(sequence) +
         R"(, "time": "2026-11-20T13:05:09.007Z", "subject": ")" + std::string(subject) +
         R"(", "batch": "B1")" + (card.empty() ? "" : R"(, "card": ")" + std::string(card) + "\"") +
         R"(, "state": ")" + std::string(state) + "\"" + std::string(more) + "}}";
}

class commands : public Ctl {
 protected:
  void answer_production(const std::string& method, const std::string& batch) {
    answer(method,
           {R"({"batch": "B1", "cards": ["C1", "C2"], "skipped": []})", change(1, "attempt", "C1", "keyed"),
            change(2, "card", "C1", "awaitingConfirmation"),
            change(3, "batch", "", "paused", R"(, "reason": "hopperEmpty", "text": "load blanks")"),
            R"({"batch": "B1", "cards": ["C1", "C2"], "skipped": [], "state": "awaitingConfirmation"})"});
    answer("GetBatch", {batch});
  }
};

TEST_F(commands, request_says_everything_that_was_given) {
  answer("RequestCards", {R"({"cards": ["C1", "C2"]})"});
  const auto [exit, out, err] = run({"request", "-n", "2", "-p", "staff", "--pin-length", "8",
                                     "--puk-length=8", "--no-encode", "--field", "name=Ada = Lovelace",
                                     "--field", "title=", "--note", "for Ada", "--idempotency-key", "k1"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(out, "C1 C2\n");
  EXPECT_EQ(asked("RequestCards"), json::parse(R"({"idempotencyKey": "k1", "amount": 2, "product": "staff",
      "note": "for Ada", "options": {"pinLength": 8, "pukLength": 8, "encode": false},
      "fields": {"name": "Ada = Lovelace", "title": ""}})"));
}

TEST_F(commands, request_leaves_out_what_was_not_given) {
  answer("RequestCards", {R"({"cards": ["C1"]})"});
  EXPECT_EQ(run({"request", "-n", "-1"}).exit, Exit::done);
  EXPECT_EQ(asked("RequestCards"), json::parse(R"({"amount": -1})")) << "the station judges amounts";
}

TEST_F(commands, issue_follows_the_batch_in_plain_lines_and_ends_with_a_table) {
  answer_production("IssueCards", batch_done);
  const auto [exit, out, err] = run({"issue", "C1", "C2", "--pin-length", "7"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(asked("IssueCards"), json::parse(R"({"cards": ["C1", "C2"], "options": {"pinLength": 7}})"));
  EXPECT_EQ(out,
            "B1: 2 cards\n"
            "C1 keyed\n"
            "C1 awaitingConfirmation\n"
            "B1 paused: hopperEmpty, load blanks\n"
            "\n"
            "B1 awaitingConfirmation: 2 awaitingConfirmation\n"
            "blanks: fed 3 = good 2 + rejected 1\n"
            "CARD  NUMBER     PRODUCT  STATE                 BATCH  WHY\n"
            "C1    T00000018  staff    awaitingConfirmation  B1\n"
            "C2    T00000026  staff    awaitingConfirmation  B1\n"
            "\n"
            "look at the cards, then confirm them: `cardwrightctl complete B1`\n");
}

TEST_F(commands, issue_ends_with_4_when_a_card_failed) {
  answer_production("IssueCards", batch_failed);
  const auto [exit, out, err] = run({"issue", "--all"});
  EXPECT_EQ(exit, Exit::someCardsFailed);
  EXPECT_EQ(asked("IssueCards"), json::parse(R"({"all": true})"));
  EXPECT_THAT(out, HasSubstr("chipMute, no answer"));
  EXPECT_THAT(out, HasSubstr("cardwrightctl repeat B1 --failed"));
}

TEST_F(commands, issue_ends_with_4_when_a_card_of_a_batch_too_large_for_one_reply_failed) {
  const auto page = [](const std::string& id, const std::string& state) {
    return R"({"cards": [{"id": ")" + id + R"(", "number": "T1", "product": "staff", "state": ")" + state +
           R"(", "batch": "B1", "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}}]})";
  };
  const std::string large = R"({"batch": {"id": "B1", "state": "awaitingConfirmation", "origin": "request",
      "created": "2026-11-20T13:05:09.007Z", "counts": {"awaitingConfirmation": 1, "failed": 1}}})";
  // The bad one on the first page, then on the last.
  for (const bool first : {true, false}) {
    answer_production("IssueCards", large);
    answer("ListCards", {page("C1", first ? "failed" : "awaitingConfirmation"),
                         page("C2", first ? "awaitingConfirmation" : "failed")});
    const auto [exit, out, err] = run({"issue", "--all"});
    EXPECT_EQ(exit, Exit::someCardsFailed);
    EXPECT_EQ(asked("ListCards"), json::parse(R"({"batch": "B1"})"));
    EXPECT_THAT(out, HasSubstr("cardwrightctl repeat B1 --failed"));
  }
}

TEST_F(commands, repeat_judges_only_the_cards_it_repeated) {
  answer("RepeatProduction",
         {R"({"batch": "B1", "cards": ["C1"], "skipped": []})",
          R"({"batch": "B1", "cards": ["C1"], "skipped": [], "state": "awaitingConfirmation"})"});
  answer("GetBatch", {batch_failed});
  EXPECT_EQ(run({"repeat", "B1", "C1", "--reason", "misprinted"}).exit, Exit::done);
  EXPECT_EQ(asked("RepeatProduction"),
            json::parse(R"({"batch": "B1", "cards": ["C1"], "reason": "misprinted"})"));
}

TEST_F(commands, repeat_without_cards_means_all_that_failed) {
  for (const auto& flags : {std::vector<std::string>{}, {"--failed"}}) {
    answer_production("RepeatProduction", batch_done);
    std::vector<std::string> arguments{"repeat", "B1", "--reason", "damaged"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    EXPECT_EQ(run(arguments).exit, Exit::done);
    EXPECT_EQ(asked("RepeatProduction"), json::parse(R"({"batch": "B1", "reason": "damaged"})"));
  }
}

TEST_F(commands, issue_with_check_only_asks) {
  answer("IssueCards", {R"({"cards": ["C1"], "skipped": [{"card": "C2", "why": "it is failed"}]})"});
  answer("PreviewCard", {R"({"pictures": []})"});
  const auto [exit, out, err] = run({"issue", "C1", "C2", "--check"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(asked("IssueCards"), json::parse(R"({"cards": ["C1", "C2"], "checkOnly": true})"));
  EXPECT_EQ(out, "would be issued: C1\nC2 is skipped: it is failed\n");
}

TEST_F(commands, complete_give_up_pause_and_resume_say_what_happened) {
  answer("CompleteBatch", {R"({"batch": "B1", "cards": ["C1", "C2"]})"});
  answer("GiveUpCards", {R"({"cards": ["C3"]})"});
  answer("Pause", {"{}"});
  answer("Resume", {"{}"});
  EXPECT_EQ(run({"complete", "B1"}).out, "B1 completed: C1 C2\n");
  EXPECT_EQ(run({"give-up", "C3"}).out, "given up: C3\n");
  EXPECT_EQ(run({"pause"}).exit, Exit::done);
  EXPECT_EQ(run({"resume"}).exit, Exit::done);
  EXPECT_EQ(asked("GiveUpCards"), json::parse(R"({"cards": ["C3"]})"));
}

TEST_F(commands, list_cards_over_several_pages_under_one_heading) {
  const auto page = [](const std::string& id) {
    return R"({"cards": [{"id": ")" + id + R"(", "number": "T1", "product": "staff", "state": "requested",
        "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {}, "options": {}}]})";
  };
  answer("ListCards", {page("C1"), page("C2")});
  const auto [exit, out, err] = run({"cards", "--state", "requested", "--batch", "B1", "--limit", "5"});
  EXPECT_EQ(out,
            "CARD  NUMBER  PRODUCT  STATE      BATCH  WHY\n"
            "C1    T1      staff    requested\n"
            "C2    T1      staff    requested\n");
  EXPECT_EQ(asked("ListCards"), json::parse(R"({"state": "requested", "batch": "B1", "limit": 5})"));
}

TEST_F(commands, show_one_card_with_its_attempts) {
  answer("GetCard",
         {R"({"card": {"id": "C1", "number": "T1", "product": "staff", "state": "failed", "batch": "B1",
      "created": "2026-11-20T13:05:09.007Z", "encodingDue": false, "fields": {"name": "Ada"}, "options": {"pinLength": 8},
      "reason": "chipMute", "text": "no answer", "attempts": [{"id": "11111111-1111-1111-1111-111111111111",
      "kind": "produce", "phase": "spoiled", "reached": "identified", "reason": "chipMute",
      "started": "2026-11-20T13:05:09.007Z", "certificates": ["01ab", "02cd"]}]}})"});
  const auto out = run({"card", "C1"}).out;
  EXPECT_THAT(out, StartsWith("id            C1\n"));
  EXPECT_THAT(out, HasSubstr("why           chipMute, no answer\n"));
  EXPECT_THAT(out, HasSubstr("fields        name=Ada\n"));
  EXPECT_THAT(out, HasSubstr("options       pinLength=8\n"));
  EXPECT_THAT(out, HasSubstr("reached       identified\n"));
  EXPECT_THAT(out, HasSubstr("certificates  01ab 02cd\n"));
  EXPECT_THAT(out, Not(HasSubstr("invalidation")));
}

TEST_F(commands, show_products_batches_and_the_station) {
  answer("ListProducts",
         {R"({"products": [{"name": "staff", "title": "Staff card", "pinLength": 6, "pukLength": 8,
      "encode": true, "certificates": ["authentication", "signature"], "confirm": "operator",
      "operatorMayChange": ["pinLength"], "isDefault": true, "poolDays": 365, "validityDays": 14}],
      "productionTypes": [{"name": "standard", "product": "staff", "producer": "station", "isDefault": true},
      {"name": "far", "product": "staff", "producer": "bureau", "queue": true, "isDefault": false}]})"});
  const auto products = run({"products"}).out;
  EXPECT_THAT(products,
              HasSubstr("staff (default)  Staff card  6    8    encoded  authentication signature"));
  EXPECT_THAT(products, HasSubstr("standard (default)  staff    station   as ordered\n"
                                  "far                 staff    bureau    always\n"));
  answer("ListBatches",
         {R"({"batches": [{"id": "B2", "state": "paused", "origin": "request", "reason": "hopperEmpty",
      "created": "2026-11-20T13:05:09.007Z", "counts": {"inProduction": 3, "failed": 1}}]})"});
  EXPECT_THAT(run({"batches"}).out,
              HasSubstr("B2     paused  2026-11-20T13:05:09.007Z  3 inProduction, 1 failed"));
  answer("GetStation", {R"({"name": "front desk", "version": "1.2", "started": "2026-11-20T13:05:09.007Z",
      "waiting": 2, "doubts": 0, "attention": [], "lines": [{"name": "line", "state": "waiting", "reason": "hopperEmpty", "printerState": "ready",
      "conditions": [], "cardPosition": "none", "counters": {"fed": 4, "printed": 3, "ejected": 2, "rejected": 1},
      "encoder": "Reader", "encoderSlot": "empty"}]})"});
  const auto out = run({"status"}).out;
  EXPECT_THAT(out,
              HasSubstr("front desk, cardwright 1.2, since 2026-11-20T13:05:09.007Z; cards waiting: 2\n"));
  EXPECT_THAT(out, HasSubstr("line waiting: hopperEmpty\n"));
  EXPECT_THAT(out, HasSubstr("  printer     ready\n"));
  EXPECT_THAT(out, HasSubstr("fed=4  printed=3  ejected=2  rejected=1"));
}

TEST_F(commands, show_statistics_with_what_was_asked_for) {
  answer("GetStatistics", {R"({"statistics": [{"start": "2026-11-20T00:00:00.000Z",
      "end": "2026-11-21T00:00:00.000Z", "attempts": 20, "good": 15, "spoiled": 1, "condemned": 1, "nothing": 2,
      "inDoubt": 1, "yield": "0.8823", "cardsPerHour": 55, "initialized": 4, "reencoded": 3, "byHandFailed": 0,
      "reasons": {"chipMute": 1, "misprinted": 1}}]})"});
  const auto out =
      run({"stats", "--by", "day", "--since", "2026-11-20", "--until", "2026-11-20T06:00:00Z"}).out;
  EXPECT_EQ(
      out,
      "FROM        ATTEMPTS  GOOD  SPOILED  CONDEMNED  NOTHING  IN DOUBT  YIELD   CARDS/H  INIT  ENCODED  "
      "CAUSES\n"
      "2026-11-20  20        15    1        1          2        1         0.8823  55       4     3        "
      "1 chipMute, 1 misprinted\n");
  EXPECT_EQ(asked("GetStatistics"), json::parse(R"({"by": "day", "since": "2026-11-20T00:00:00Z",
      "until": "2026-11-20T06:00:00Z"})"));
}

TEST_F(commands, show_statistics_of_shifts_by_the_minute_and_leave_out_what_did_not_happen) {
  answer("GetStatistics", {R"({"statistics": [{"start": "2026-11-20T06:00:00.000Z",
      "end": "2026-11-20T14:00:00.000Z", "product": "staff", "attempts": 2, "good": 2, "spoiled": 0, "condemned": 0,
      "nothing": 0, "inDoubt": 0, "yield": "1.0000", "cardsPerHour": 0, "initialized": 0, "reencoded": 0,
      "byHandFailed": 0, "reasons": {}}]})"});
  EXPECT_EQ(run({"stats"}).out,
            "FROM              PRODUCT  ATTEMPTS  GOOD  YIELD   CARDS/H  CAUSES\n"
            "2026-11-20 06:00  staff    2         2     1.0000  0\n");
}

TEST_F(commands, say_which_one_there_is_not) {
  const auto [exit, out, err] = run({"--json", "ordr", "-n", "2"});
  EXPECT_EQ(exit, Exit::usage);
  EXPECT_EQ(err, "cardwrightctl: ordr: there is no such command\n`cardwrightctl --help` lists them\n");
  EXPECT_THAT(run({}).err, HasSubstr("A subcommand is required"));
}

TEST_F(commands, watch_shows_lines_and_open_batches_and_then_changes) {
  answer(
      "Watch",
      {R"({"sequence": 7, "lines": [{"name": "desk", "state": "stopped", "reason": "paused"}], "batches": [{"id": "B1", "state": "producing", "origin": "request",
      "created": "2026-11-20T13:05:09.007Z", "counts": {"inProduction": 3}}]})",
       R"({"sequence": 8, "change": {"sequence": 8, "time": "2026-11-20T13:05:09.007Z", "subject": "line",
      "state": "waiting", "reason": "hopperEmpty"}})"});
  EXPECT_EQ(run({"watch"}).out,
            "desk stopped: paused\n"
            "B1 producing: 3 inProduction\n"
            "2026-11-20T13:05:09.007Z  line waiting: hopperEmpty\n");
}

TEST_F(commands, print_every_reply_as_one_document_with_json) {
  answer_production("IssueCards", batch_failed);
  const auto [exit, out, err] = run({"--json", "issue", "C1", "C2"});
  EXPECT_EQ(exit, Exit::someCardsFailed);
  std::istringstream lines(out);
  std::vector<json::value> documents;
  for (std::string line; std::getline(lines, line);) documents.push_back(json::parse(line));
  ASSERT_EQ(documents.size(), 5U);
  EXPECT_EQ(documents.front(), json::parse(R"({"batch": "B1", "cards": ["C1", "C2"], "skipped": []})"));
  EXPECT_EQ(documents.back().at("state"), "awaitingConfirmation");

  answer("CompleteBatch", {R"({"batch": "B1", "cards": ["C1"]})"});
  EXPECT_EQ(run({"complete", "B1", "--json"}).out, "{\"batch\":\"B1\",\"cards\":[\"C1\"]}\n");
}

TEST_F(commands, take_the_socket_from_the_command_line_else_the_environment_else_where_it_is) {
  ::unsetenv("CARDWRIGHT_SOCKET");
  answer("Pause", {"{}"});
  run({"pause"});
  EXPECT_EQ(connected_to, "/run/cardwright/station");
  ::setenv("CARDWRIGHT_SOCKET", "/tmp/environment", 1);
  answer("Pause", {"{}"});
  run({"pause"});
  EXPECT_EQ(connected_to, "/tmp/environment");
  answer("Pause", {"{}"});
  run({"--socket", "/tmp/line", "pause"});
  EXPECT_EQ(connected_to, "/tmp/line");
  ::unsetenv("CARDWRIGHT_SOCKET");
}

TEST_F(commands, end_with_3_when_no_daemon_is_there) {
  unreachable = ipc::Error{ipc::Error::Kind::unreachable, {}, {}, "/tmp/station: No such file or directory"};
  const auto [exit, out, err] = run({"status"});
  EXPECT_EQ(exit, Exit::noDaemon);
  EXPECT_THAT(err, HasSubstr("/tmp/station: No such file or directory"));
  EXPECT_THAT(err, HasSubstr("systemctl status"));
}

TEST_F(commands, say_who_may_use_the_socket) {
  unreachable = ipc::Error{ipc::Error::Kind::unreachable, {}, {}, "/tmp/station: Permission denied"};
  EXPECT_THAT(run({"status"}).err, HasSubstr("in the group of its socket"));
}

TEST_F(commands, end_with_1_when_the_answer_makes_no_sense) {
  struct Senseless : Station {
    ipc::Client::Result call(std::string_view, json::object) override { return json::object{{"batch", 1}}; }
    ipc::Client::Result call_more(std::string_view, json::object,
                                  const std::function<bool(json::object)>&) override {
      return json::object{};
    }
  };
  std::ostringstream out, err;
  EXPECT_EQ(ctl::run({"batch", "B1"}, Terminal{out, err},
                     [](const std::string&) { return std::make_unique<Senseless>(); }),
            Exit::refused);
  EXPECT_THAT(err.str(), HasSubstr("is this the station's socket?"));
}

class UsageErrors : public Ctl, public testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(UsageErrors, end_with_2_and_ask_nothing) {
  const auto [exit, out, err] = run(GetParam());
  EXPECT_EQ(exit, Exit::usage);
  EXPECT_NE(err, "");
  EXPECT_TRUE(station.calls.empty());
}

using Line = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    lines, UsageErrors,
    testing::Values(Line{}, Line{"unknown"}, Line{"request"}, Line{"request", "-n", "x"},
                    Line{"request", "-n", "100000000000000000000"}, Line{"issue", "C1", "--pin-length", "6x"},
                    Line{"request", "-n", "1", "--encode", "--no-encode"},
                    Line{"request", "-n", "1", "--field", "name"},
                    Line{"request", "-n", "1", "--field", "=x"}, Line{"issue"}, Line{"issue", "C1", "--all"},
                    Line{"repeat", "B1"}, Line{"repeat", "B1", "C1", "--failed", "--reason", "lost"},
                    Line{"give-up"}, Line{"card"}, Line{"card", "C1", "C2"}, Line{"products", "extra"},
                    Line{"status", "pause"}, Line{"resolve", "C1"}, Line{"resolve", "C1", "maybe"},
                    Line{"order"}, Line{"order", "-n", "1", "--queue", "--no-queue"},
                    Line{"orders", "O5", "--held"}, Line{"hold"}, Line{"stats", "--by", "year"},
                    Line{"unhold", "O1", "O2"}, Line{"abort"}, Line{"initialize"},
                    Line{"repeat", "C1", "--reason", "lost"}, Line{"cancel"}, Line{"import"},
                    Line{"manifest", "O1"}, Line{"export", "C1"}, Line{"export", "B1", "--format", "xml"},
                    Line{"holder"}, Line{"holder", "a", "--active", "--inactive"}, Line{"assign", "C1"},
                    Line{"extend", "C1", "--days", "x"}, Line{"withdraw"}, Line{"lock"},
                    Line{"order", "-n", "1", "--priority", "high"}, Line{"resolve", "C1", "good", "C2"},
                    Line{"resolve", "good"}, Line{"doubts", "C1"}));

class Help : public Ctl, public testing::WithParamInterface<const Command*> {};

TEST_P(Help, explains_the_command_with_examples_and_asks_nothing) {
  const auto& command = *GetParam();
  const auto [exit, out, err] = run({command.name, "--help"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_THAT(out, HasSubstr(command.summary));
  EXPECT_THAT(out, HasSubstr(std::string("Examples:\n  cardwrightctl ")));
  EXPECT_TRUE(station.calls.empty());
}

// The words of a line of shell up to a pipe or redirection, quotation marks taken away.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words(1);
  char quote = '\0';
  for (const char one : line) {
    if (quote == '\0' && (one == '|' || one == '>')) break;
    if (quote == '\0' && one == ' ')
      words.emplace_back();
    else if (one == quote)
      quote = '\0';
    else if (quote == '\0' && one == '\'')
      quote = one;
    else
      words.back() += one;
  }
  std::erase(words, "");
  return words;
}

TEST_P(Help, has_examples_that_can_be_given) {
  unreachable = ipc::Error{ipc::Error::Kind::unreachable, {}, {}, "nobody is there"};
  std::istringstream examples(GetParam()->examples);
  for (std::string line; std::getline(examples, line);) {
    const auto begin = line.find("cardwrightctl ");
    ASSERT_NE(begin, line.npos) << line;
    auto words = words_of(line.substr(begin));
    words.erase(words.begin());
    EXPECT_EQ(run(words).exit, Exit::noDaemon) << line;
    EXPECT_NE(std::ranges::find(words, GetParam()->name), words.end()) << line;
  }
}

std::vector<const Command*> all_commands() {
  std::vector<const Command*> result;
  for (const auto& command : ctl::commands()) result.push_back(&command);
  return result;
}
INSTANTIATE_TEST_SUITE_P(commands, Help, testing::ValuesIn(all_commands()));

}  // namespace
}  // namespace ctl::test
