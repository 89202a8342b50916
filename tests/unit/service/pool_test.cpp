#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class pool : public Station {
 protected:
  pool() { engine.commit({card(1, core::CardState::produced)}); }
  template <class Command>
  const Command& last() {
    return std::get<Command>(engine.submitted.back().first);
  }
  static std::string error_of(const json::object& message) {
    if (!message.contains("error")) return "none";
    const std::string name(message.at("error").get_string());
    return name.substr(name.rfind('.') + 1);
  }
  static core::Attempt attempt(core::Phase phase, core::AttemptKind kind = core::AttemptKind::initialize) {
    core::Attempt attempt;
    attempt.id.fill(0x11);
    attempt.card = {1};
    attempt.kind = kind;
    attempt.phase = phase;
    return attempt;
  }
  static core::Change of_attempt(std::string state) {
    auto shown = change("attempt", 0, std::move(state));
    shown.card = core::CardId{1};
    shown.attempt = attempt({}).id;
    return shown;
  }
  static core::Change of_card(std::int64_t id, std::string state) {
    auto shown = change("card", 0, std::move(state));
    shown.card = core::CardId{id};
    return shown;
  }
  // The engine begins an attempt for whatever it is told.
  void begin(core::AttemptKind kind = core::AttemptKind::initialize) {
    engine.answer = [this, kind](const core::Command&) {
      engine.commit({attempt(core::Phase::claimed, kind), of_attempt("claimed")});
      return core::Done{{}, {{1}}, {}, {}, attempt({}).id};
    };
  }
  // The states of the changes; "last" for the last reply.
  std::vector<std::string> shown() {
    std::vector<std::string> result;
    while (const auto message = client.next()) {
      const auto& parameters = message->at("parameters").as_object();
      const auto* change = parameters.if_contains("change");
      result.emplace_back(change ? change->at("state").get_string() : std::string_view("last"));
      EXPECT_EQ(message->contains("continues"), change != nullptr);
      if (!change) last_reply_ = parameters;
    }
    return result;
  }
  json::object last_reply_;
};

TEST_F(pool, knows_holders_as_front_ends_say) {
  EXPECT_EQ(
      call("PutHolder", R"({"holder": {"id": "ada", "state": "inactive", "name": "Ada", "upn": "ada@corp",
      "email": "ada@example.org", "photo": "ab"}})")
          .at("parameters"),
      json::parse(R"({"holder": "ada"})"));
  const auto& holder = last<core::PutHolder>().holder;
  EXPECT_EQ(holder.id, "ada");
  EXPECT_EQ(holder.state, core::HolderState::inactive);
  EXPECT_EQ(holder.name, "Ada");
  EXPECT_EQ(holder.upn, "ada@corp");
  EXPECT_EQ(holder.email, "ada@example.org");
  EXPECT_EQ(holder.photo, "ab");
  call("PutHolder", R"({"holder": {"id": "ada", "state": "active", "name": "Ada"}})");
  EXPECT_EQ(last<core::PutHolder>().holder.email, "");
}

TEST_F(pool, takes_no_holder_who_cannot_stand_in_a_certificate_or_a_log) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {R"("id": "", "name": "Ada")", "holder.id"},
      {R"("id": "a\nb", "name": "Ada")", "holder.id"},
      {R"("id": "a", "name": "")", "holder.name"},
      {R"("id": "a", "name": "A\u001b[2J")", "holder.name"},
      {R"("id": "a", "name": "A", "upn": "u\u0000")", "holder.upn"},
      {R"("id": "a", "name": "A", "email": "nowhere")", "holder.email"},
      {R"("id": "a", "name": "A", "email": "@example.org")", "holder.email"},
      {R"("id": "a", "name": "A", "email": "a@")", "holder.email"},
      {R"("id": "a", "name": "A", "email": "a@b@c")", "holder.email"},
      {R"("id": "a", "name": "A", "email": "a b@example.org")", "holder.email"},
      {R"("id": "a", "name": "A", "email": "ä@example.org")", "holder.email"}};
  for (const auto& [holder, field] : wrong) {
    const auto reply = call("PutHolder", R"({"holder": {"state": "active", )" + holder + "}}");
    EXPECT_EQ(error_of(reply), "InvalidParameter") << holder;
    EXPECT_EQ(reply.at("parameters"), (json::value{{"parameter", field}}));
  }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(pool, shows_a_holder_with_the_cards_that_are_assigned) {
  auto assigned = card(1, core::CardState::assigned), expired = card(2, core::CardState::expired);
  assigned.holder = expired.holder = "ada";
  engine.commit({core::Holder{"ada", core::HolderState::active, "Ada", "ada@corp", "a@b", "ab", {}}, assigned,
                 expired});
  EXPECT_EQ(call("GetHolder", R"({"holder": "ada"})").at("parameters"),
            json::parse(R"({"holder": {"id": "ada",
      "state": "active", "name": "Ada", "upn": "ada@corp", "email": "a@b", "photo": "ab"}, "cards": ["C1"]})"));
  EXPECT_EQ(call("GetHolder", R"({"holder": "bob"})").at("parameters"), json::parse(R"({"holder": "bob"})"));
  EXPECT_EQ(error_of(call("GetHolder", R"({"holder": ""})")), "HolderNotFound");
}

TEST_F(pool, keeps_photos_under_their_digest) {
  const auto reply = call("StorePhoto", R"({"image": "/9j/4AAQ"})");
  EXPECT_EQ(reply.at("parameters").at("photo"), json::value(last<core::StorePhoto>().photo.digest));
  EXPECT_EQ(last<core::StorePhoto>().photo.image.size(), 6U);
  const auto wrong = call("StorePhoto", R"({"image": "R0lGODlh"})");
  EXPECT_EQ(error_of(wrong), "PhotoInvalid");
  EXPECT_EQ(wrong.at("parameters"), json::parse(R"({"text": "it is neither JPEG nor PNG"})"));
  EXPECT_EQ(engine.submitted.size(), 1U);
}

TEST_F(pool, answers_when_an_initialisation_is_over_and_not_before) {
  begin();
  send("InitializeCard", R"({"card": "C1"})", false);
  EXPECT_THAT(shown(), IsEmpty());
  engine.commit({attempt(core::Phase::keyed), of_attempt("keyed"), of_card(1, "produced")});
  EXPECT_THAT(shown(), IsEmpty());
  engine.commit({attempt(core::Phase::done), card(1, core::CardState::unassigned), of_attempt("done")});
  EXPECT_THAT(shown(), ElementsAre("last"));
  EXPECT_EQ(
      last_reply_,
      object(R"({"card": "C1", "state": "unassigned", "attempt": "11111111-1111-1111-1111-111111111111"})"));
  EXPECT_EQ(last<core::InitializeCard>().card, core::CardId{1});
  EXPECT_EQ(engine.listeners(), 0U);
}

TEST_F(pool, shows_the_changes_of_the_card_before_the_answer_with_more) {
  begin();
  send("InitializeCard", R"({"card": "C1"})");
  EXPECT_THAT(shown(), ElementsAre("claimed"));
  engine.commit({attempt(core::Phase::keyed), of_attempt("keyed"), of_card(2, "failed")});
  engine.commit({attempt(core::Phase::done), card(1, core::CardState::unassigned), of_attempt("done"),
                 of_card(1, "unassigned")});
  EXPECT_THAT(shown(), ElementsAre("keyed", "done", "unassigned", "last"));
}

TEST_F(pool, says_why_an_initialisation_failed) {
  begin();
  send("InitializeCard", R"({"card": "C1"})", false);
  EXPECT_THAT(shown(), IsEmpty());
  auto spoiled = attempt(core::Phase::spoiled);
  spoiled.reason = api::Reason::chipMute;
  spoiled.text = "no answer";
  engine.commit({spoiled, card(1, core::CardState::failed), of_attempt("spoiled")});
  EXPECT_THAT(shown(), ElementsAre("last"));
  EXPECT_EQ(last_reply_,
            object(R"({"card": "C1", "state": "failed", "reason": "chipMute", "text": "no answer",
      "attempt": "11111111-1111-1111-1111-111111111111"})"));
}

TEST_F(pool, does_not_stop_an_attempt_when_its_client_goes_and_attaches_another_by_its_key) {
  begin();
  send("InitializeCard", R"({"card": "C1", "idempotencyKey": "k"})");
  EXPECT_THAT(shown(), ElementsAre("claimed"));
  client.close();
  EXPECT_EQ(engine.listeners(), 0U);
  EXPECT_EQ(engine.submitted.size(), 1U) << "nothing was cancelled";

  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {}, {}, attempt({}).id}; };
  Connection second{io, server};
  second.send(std::string(production) + "InitializeCard", object(R"({"card": "C1", "idempotencyKey": "k"})"));
  EXPECT_FALSE(second.next());
  engine.commit({attempt(core::Phase::done), card(1, core::CardState::unassigned), of_attempt("done")});
  EXPECT_EQ(second.next()->at("parameters").at("state"), "unassigned");
  const auto late = second.call(std::string(production) + "InitializeCard",
                                object(R"({"card": "C1", "idempotencyKey": "k"})"));
  EXPECT_EQ(late.at("parameters").at("state"), "unassigned");
}

TEST_F(pool, assigns_at_once_where_nothing_is_to_be_encoded) {
  auto assigned = card(1, core::CardState::assigned);
  assigned.valid_until = api::WallTime{std::chrono::hours{24}};
  assigned.chip_until = api::WallTime{std::chrono::hours{48}};
  engine.commit({assigned});
  const auto reply = call("AssignCard", R"({"card": "C1", "holder": "ada", "days": 3})");
  EXPECT_EQ(reply.at("parameters"),
            json::parse(R"({"card": "C1", "state": "assigned", "validUntil": "1970-01-02T00:00:00.000Z"})"));
  EXPECT_EQ(last<core::AssignCard>().holder, "ada");
  EXPECT_EQ(last<core::AssignCard>().days, 3);
  EXPECT_EQ(call("GetCard", R"({"card": "C1"})").at("parameters").at("card").at("chipUntil"),
            "1970-01-03T00:00:00.000Z");
  call("ExtendCard", R"({"card": "C1"})");
  EXPECT_EQ(last<core::ExtendCard>().days, std::nullopt);
}

TEST_F(pool, answers_an_assignment_that_encodes_when_that_has_ended) {
  begin(core::AttemptKind::reencode);
  auto due = card(1, core::CardState::unassigned);
  due.encoding_due = true;
  engine.commit({due});
  send("AssignCard", R"({"card": "C1", "holder": "ada"})", false);
  EXPECT_THAT(shown(), IsEmpty());
  auto voided = attempt(core::Phase::voided, core::AttemptKind::reencode);
  voided.then = core::Verb::assign;
  voided.reason = api::Reason::chipMute;
  engine.commit({voided, of_attempt("void")});
  EXPECT_THAT(shown(), ElementsAre("last"));
  EXPECT_EQ(last_reply_, object(R"({"card": "C1", "state": "unassigned", "reason": "chipMute",
      "attempt": "11111111-1111-1111-1111-111111111111"})"));
  const auto shown_card = call("GetCard", R"({"card": "C1"})").at("parameters").at("card").as_object();
  EXPECT_EQ(shown_card.at("encodingDue"), true);
  EXPECT_EQ(shown_card.at("attempts").at(0).at("purpose"), "assign");
  EXPECT_EQ(shown_card.at("attempts").at(0).at("kind"), "reencode");
}

TEST_F(pool, takes_cards_back_and_locks_them) {
  EXPECT_EQ(call("WithdrawCard", R"({"card": "C1"})").at("parameters"), json::parse(R"({"card": "C1"})"));
  EXPECT_EQ(last<core::WithdrawCard>().card, core::CardId{1});
  EXPECT_EQ(call("LockCard", R"({"card": "C1"})").at("parameters"), json::parse(R"({"card": "C1"})"));
  EXPECT_FALSE(last<core::LockCard>().replace);
  EXPECT_EQ(last<core::LockCard>().reason, std::nullopt);
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}, {7}}, {}}; };
  EXPECT_EQ(call("LockCard", R"({"card": "C1", "reason": "lost", "replace": true})").at("parameters"),
            json::parse(R"({"card": "C1", "replacement": "C7"})"));
  EXPECT_EQ(last<core::LockCard>().reason, api::Reason::lost);
  EXPECT_TRUE(last<core::LockCard>().replace);
}

TEST_F(pool, is_not_shown_with_more_words_than_a_reply_takes) {
  auto failed = card(1, core::CardState::failed);
  failed.text = std::string(100'000, 'x');
  std::vector<core::Row> rows{failed};
  for (std::uint8_t i = 0; i < 200; ++i) {
    auto one = attempt(core::Phase::spoiled);
    one.id.fill(i);
    one.text = std::string(100'000, '\x01');
    rows.emplace_back(one);
  }
  engine.commit(std::move(rows));
  for (const auto& [method, parameters] : std::map<std::string, std::string>{
           {"GetCard", R"({"card": "C1"})"}, {"ListCards", R"({"attempts": true})"}}) {
    const auto reply = call(method, parameters);
    EXPECT_LT(json::serialize(reply).size(), 1024U * 1024U) << method;
    EXPECT_GT(json::serialize(reply).size(), 512U * 1024U) << method;
  }
}

TEST_F(pool, is_listed_with_attempts_on_pages_that_fit) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 400; ++id) {
    rows.emplace_back(card(id, core::CardState::failed));
    for (std::uint8_t i = 0; i < 5; ++i) {
      auto one = attempt(core::Phase::spoiled);
      one.id = {static_cast<std::uint8_t>(id), static_cast<std::uint8_t>(id >> 8), i};
      one.card = {id};
      one.text = std::string(900, 'x');
      rows.emplace_back(one);
    }
  }
  engine.commit(std::move(rows));
  send("ListCards", R"({"attempts": true})");
  std::size_t cards = 0, pages = 0;
  while (const auto page = client.next()) {
    ++pages;
    EXPECT_LT(json::serialize(*page).size(), 1024U * 1024U);
    for (const auto& one : page->at("parameters").at("cards").as_array()) {
      ++cards;
      EXPECT_EQ(one.at("attempts").as_array().size(), 5U);
    }
  }
  EXPECT_EQ(cards, 400U);
  EXPECT_GT(pages, 2U);
}

}  // namespace
}  // namespace service::test
