#include "daemon/core/plan.hpp"
#include "daemon/core/recovery.hpp"
#include "daemon/service/limits.hpp"
#include "daemon/service/wire.hpp"
#include "tests/unit/service/station.hpp"

// Cards of which the machine can tell no more, and the sum of blanks.
namespace service::test {
namespace {

using core::Phase;
using core::Whereabouts;
using testing::HasSubstr;
using testing::Not;

core::Attempt lost(std::int64_t card, Phase reached, Whereabouts whereabouts) {
  core::Attempt attempt;
  attempt.id.fill(static_cast<std::uint8_t>(card));
  attempt.card = {card};
  attempt.batch = {1};
  attempt.phase = Phase::inDoubt;
  attempt.reached = reached;
  attempt.reason = api::Reason::restarted;
  attempt.text = "the station was restarted";
  attempt.ended = api::WallTime{std::chrono::milliseconds{2'500}};
  attempt.printer_serial = "P1";
  attempt.chip_serial = "0123";
  attempt.check_code = "MQB1Q3";
  attempt.bodies = 1;
  attempt.whereabouts = whereabouts;
  return attempt;
}

class doubts : public Station {
 protected:
  doubts() { engine.commit({batch(1, core::BatchState::producing, {})}); }

  json::object call(std::string_view method, const json::object& parameters = {}) {
    return client.call(std::string("org.cardwright.Maintenance.").append(method), parameters);
  }
  json::object list(const json::object& parameters = {}) {
    return call("ListDoubts", parameters).at("parameters").as_object();
  }
  std::vector<std::string> ids(const json::object& reply) {
    std::vector<std::string> result;
    for (const auto& doubt : reply.at("doubts").as_array())
      result.emplace_back(doubt.at("card").get_string());
    return result;
  }
  void put(std::int64_t id, const core::Attempt& attempt) {
    auto one = card(id, core::CardState::inDoubt, 1);
    one.attempt = attempt.id;
    engine.commit({one, attempt});
  }
  void put(std::int64_t id) { put(id, lost(id, Phase::printIntent, Whereabouts::outside)); }
  std::string error(const json::object& message) {
    const std::string name(message.at("error").get_string());
    return name.substr(name.rfind('.') + 1);
  }
};

TEST_F(doubts, say_what_is_known_what_is_not_and_what_to_look_at) {
  put(2, lost(2, Phase::printIntent, Whereabouts::output));
  EXPECT_EQ(list(), json::parse(R"({"more": false, "doubts": [{"card": "C2", "number": "T0000002",
      "product": "staff", "batch": "B1", "attempt": "02020202-0202-0202-0202-020202020202",
      "since": "1970-01-01T00:00:02.500Z", "reached": "printIntent", "reason": "restarted",
      "text": "the station was restarted",
      "known": "it was ready for print, and the printer was told to print it",
      "unknown": "how much of it is printed", "whereabouts": "output",
      "whereaboutsText": "the printer counted it into the good output, unasked or unfinished",
      "advice": "the last card in the output is this one: take it out and compare its check code; destroy it, unless it may be called good and looks it; where it is printed that far, its check code is MQB1Q3; printer P1 was told to feed it",
      "checkCode": "MQB1Q3", "printer": "P1", "chip": "0123", "bodies": 1, "mayBeGood": false,
      "whyNotGood": "the journal does not hold that this card passed every check: it cannot be called good"}]})"));
}

TEST_F(doubts, are_cards_in_doubt_and_no_others) {
  put(2);
  for (const auto& row : core::card_state_rows)
    if (row.value != core::CardState::inDoubt)
      engine.commit({card(10 + static_cast<int>(row.value), row.value)});
  EXPECT_THAT(ids(list()), testing::ElementsAre("C2"));
}

TEST_F(doubts, may_be_called_good_only_where_core_says_so) {
  for (const auto& row : core::phase_rows) {
    const auto attempt = lost(2, row.value, Whereabouts::outside);
    const auto doubt = wire::to_wire(card(2, core::CardState::inDoubt, 1), attempt);
    EXPECT_EQ(doubt.mayBeGood, core::may_be_good(attempt)) << row.name;
    EXPECT_EQ(doubt.mayBeGood, row.value == Phase::inspected || row.value == Phase::ejectIntent) << row.name;
    EXPECT_NE(doubt.mayBeGood, doubt.whyNotGood.has_value()) << row.name;
  }
}

// Of each phase that an attempt can be lost in, wherever its body is.
TEST_F(doubts, have_words_for_every_phase_and_place) {
  for (const auto& phase : core::phase_rows)
    for (const auto& place : core::whereabouts_rows) {
      const auto doubt =
          wire::to_wire(card(2, core::CardState::inDoubt, 1), lost(2, phase.value, place.value));
      const auto where = std::string(phase.name) + " " + std::string(place.name);
      EXPECT_NE(doubt.known, "") << where;
      EXPECT_NE(doubt.unknown, "") << where;
      EXPECT_EQ(doubt.whereabouts, place.name) << where;
      EXPECT_EQ(doubt.whereaboutsText, place.text) << where;
      EXPECT_THAT(doubt.advice, HasSubstr(std::string(place.advice))) << where;
      EXPECT_THAT(doubt.advice, HasSubstr("printer P1")) << where;
    }
}

TEST_F(doubts, do_not_ask_for_a_check_code_that_cannot_be_on_the_body) {
  for (const auto phase : core::produce_plan) {
    if (phase == Phase::done) continue;
    const auto doubt =
        wire::to_wire(card(2, core::CardState::inDoubt, 1), lost(2, phase, Whereabouts::outside));
    const bool printed = phase >= Phase::printIntent;
    EXPECT_EQ(doubt.advice.find("MQB1Q3") != std::string::npos, printed) << api::name_of(phase);
    EXPECT_EQ(doubt.known.find("nothing was printed on it") != std::string::npos, !printed)
        << api::name_of(phase);
  }
}

TEST_F(doubts, of_before_there_was_recovery_say_that_nobody_knows_where_the_body_is) {
  auto attempt = lost(2, Phase::fed, Whereabouts::inside);
  attempt.whereabouts.reset();
  attempt.reached.reset();
  attempt.reason.reset();
  attempt.text.clear();
  attempt.printer_serial.clear();
  attempt.chip_serial.clear();
  put(2, attempt);
  const auto reply = list();
  const auto& doubt = reply.at("doubts").at(0).as_object();
  EXPECT_EQ(doubt.at("whereabouts"), "unclear");
  EXPECT_EQ(doubt.at("reached"), "inDoubt");
  for (const auto* absent : {"reason", "text", "printer", "chip"}) EXPECT_FALSE(doubt.contains(absent));
  EXPECT_EQ(doubt.at("mayBeGood"), false);
}

TEST_F(doubts, come_in_pages_that_say_whether_there_are_more) {
  for (std::int64_t id = 1; id <= 102; ++id) put(id);
  const auto first = list();
  EXPECT_EQ(ids(first).size(), list_doubts_max);
  EXPECT_EQ(first.at("more"), true);
  const auto rest = list({{"after", ids(first).back()}});
  EXPECT_THAT(ids(rest), testing::ElementsAre("C101", "C102"));
  EXPECT_EQ(rest.at("more"), false);
  const auto two = list({{"after", "C7"}, {"limit", 2}});
  EXPECT_THAT(ids(two), testing::ElementsAre("C8", "C9"));
  EXPECT_EQ(two.at("more"), true);
  EXPECT_EQ(ids(list({{"limit", 5000}})).size(), list_doubts_max);
  EXPECT_EQ(list({{"after", "C100"}, {"limit", 2}}).at("more"), false) << "these are the last two";
}

TEST_F(doubts, are_refused_pages_that_make_no_sense) {
  for (const auto& [parameters, field] :
       std::vector<std::pair<json::object, std::string>>{{{{"limit", 0}}, "limit"},
                                                         {{{"limit", -1}}, "limit"},
                                                         {{{"after", "B1"}}, "after"},
                                                         {{{"state", "failed"}}, "state"}}) {
    const auto reply = call("ListDoubts", parameters);
    EXPECT_EQ(reply.at("error"), "org.varlink.service.InvalidParameter");
    EXPECT_EQ(reply.at("parameters").at("parameter"), json::value(field));
  }
}

TEST_F(doubts, are_resolved_by_a_word_and_a_note) {
  engine.answer = [](const core::Command&) { return core::Done{core::BatchId{1}, {{2}}, {}}; };
  for (const bool good : {true, false}) {
    const auto reply = call("ResolveDoubt", {{"card", "C2"},
                                             {"verdict", good ? "good" : "bad"},
                                             {"note", "lay beside the bin: Größe 1"},
                                             {"idempotencyKey", "k1"}});
    EXPECT_EQ(reply.at("parameters"), json::parse(R"({"card": "C2", "batch": "B1"})"));
    const auto& [command, caller] = engine.submitted.back();
    const auto& said = std::get<core::ResolveDoubt>(command);
    EXPECT_EQ(said.card, core::CardId{2});
    EXPECT_EQ(said.good, good);
    EXPECT_EQ(said.note, "lay beside the bin: Größe 1");
    EXPECT_EQ(caller.method, "org.cardwright.Maintenance.ResolveDoubt");
    EXPECT_EQ(caller.key, "k1");
    EXPECT_FALSE(caller.digest.empty());
  }
}

TEST_F(doubts, need_no_note) {
  call("ResolveDoubt", {{"card", "C2"}, {"verdict", "bad"}});
  ASSERT_EQ(engine.submitted.size(), 1U);
  EXPECT_EQ(std::get<core::ResolveDoubt>(engine.submitted.back().first).note, "");
}

TEST_F(doubts, are_not_resolved_by_what_is_no_verdict_or_no_note) {
  const json::object whole{{"card", "C2"}, {"verdict", "bad"}, {"note", "x"}};
  const auto with = [&](std::string_view name, json::value value) {
    auto parameters = whole;
    parameters[name] = std::move(value);
    return parameters;
  };
  auto without = whole;
  without.erase("verdict");
  std::vector<std::pair<json::object, std::string>> wrong{{with("verdict", "maybe"), "verdict"},
                                                          {with("verdict", true), "verdict"},
                                                          {without, "verdict"},
                                                          {with("note", 1), "note"},
                                                          {with("why", "x"), "why"}};
  for (const auto* note : {"two\nlines", "\x1b[2J", "\x7f", "\tx", "\xc2\x85", "\xc2\x9bx"})
    wrong.emplace_back(with("note", note), "note");
  wrong.emplace_back(with("note", json::string("nothing behind\0this", 19)), "note");
  for (const auto& [parameters, field] : wrong) {
    const auto reply = call("ResolveDoubt", parameters);
    EXPECT_EQ(reply.at("error"), "org.varlink.service.InvalidParameter") << json::serialize(parameters);
    EXPECT_EQ(reply.at("parameters").at("parameter"), json::value(field)) << json::serialize(parameters);
  }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(doubts, take_a_note_of_limited_length) {
  std::string umlauts;
  for (std::size_t i = 0; i < note_length_max; ++i) umlauts += "\u00a0";  // the first one that is no control
  EXPECT_FALSE(
      call("ResolveDoubt", {{"card", "C2"}, {"verdict", "bad"}, {"note", umlauts}}).contains("error"));
  const auto reply = call("ResolveDoubt", {{"card", "C2"}, {"verdict", "bad"}, {"note", umlauts + "x"}});
  EXPECT_EQ(error(reply), "LimitExceeded");
  EXPECT_EQ(reply.at("parameters"), (json::value{{"field", "note"}, {"maximum", note_length_max}}));
  EXPECT_EQ(engine.submitted.size(), 1U);
}

TEST_F(doubts, that_are_none_are_said_to_be_none) {
  const auto reply = call("ResolveDoubt", {{"card", "X2"}, {"verdict", "bad"}});
  EXPECT_EQ(error(reply), "CardNotFound");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"card": "X2"})"));
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(doubts, that_the_engine_does_not_let_go_are_refused_with_its_words) {
  using core::Refused;
  const std::vector<std::pair<core::Refusal, std::string>> refusals{
      {{Refused::cardNotFound, "C2", {}, {}, {}, 0}, R"({"card": "C2"})"},
      {{Refused::wrongState, "C2", "failed", "resolve", {}, 0},
       R"({"id": "C2", "state": "failed", "verb": "resolve"})"},
      {{Refused::evidenceMissing, "C2", "printIntent", "why", {}, 0},
       R"({"card": "C2", "reached": "printIntent", "text": "why"})"},
      {{Refused::idempotencyKeyReused, "k", {}, {}, {}, 0}, R"({"idempotencyKey": "k"})"}};
  for (const auto& [refusal, parameters] : refusals) {
    engine.answer = [&answer = refusal](const core::Command&) { return answer; };
    const auto reply = call("ResolveDoubt", {{"card", "C2"}, {"verdict", "good"}});
    EXPECT_EQ(error(reply), api::name_of(refusal.error));
    EXPECT_EQ(reply.at("parameters"), json::parse(parameters));
  }
}

TEST_F(doubts, are_counted_by_the_station_beside_its_sum_of_blanks) {
  put(2);
  put(3);
  core::LineView line;
  line.name = "line";
  line.state = "stopped";
  line.recovery = "C2 was at printIntent";
  auto& blanks = line.blanks.emplace();
  blanks.account = {"P1", "Model", {100, 50, 90, 10}, {114, 61, 99, 13}, 9, 3, 1, 2, 4, -5, api::WallTime{}};
  blanks.fed = 15;
  blanks.in_machine = 1;
  blanks.adds_up = false;
  engine.view = {"front desk", api::WallTime{}, {line}, {}};
  const auto reply = call("GetStation").at("parameters").as_object();
  EXPECT_EQ(reply.at("doubts"), 2);
  EXPECT_EQ(reply.at("lines").at(0).at("recovery"), "C2 was at printIntent");
  EXPECT_EQ(
      reply.at("lines").at(0).at("blanks"),
      json::parse(R"({"printer": "P1", "first": {"fed": 100, "printed": 50, "ejected": 90, "rejected": 10},
      "last": {"fed": 114, "printed": 61, "ejected": 99, "rejected": 13}, "fed": 15, "good": 9, "rejected": 3,
      "condemned": 1, "inDoubt": 2, "samples": 4, "foreign": -5, "inMachine": 1, "addsUp": false})"));
}

TEST_F(doubts, and_blanks_are_left_out_where_nothing_is_known_of_them) {
  core::LineView line;
  line.name = "line";
  line.state = "idle";
  engine.view = {"front desk", api::WallTime{}, {line}, {}};
  const auto reply = call("GetStation").at("parameters").as_object();
  EXPECT_EQ(reply.at("doubts"), 0);
  EXPECT_FALSE(reply.at("lines").at(0).as_object().contains("blanks"));
  EXPECT_FALSE(reply.at("lines").at(0).as_object().contains("recovery"));
}

}  // namespace
}  // namespace service::test
