#include "daemon/service/digest.hpp"
#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

using testing::ElementsAre;

// The error's name without its interface, and its parameters.
std::pair<std::string, json::object> error_of(const json::object& message) {
  if (!message.contains("error")) return {"none", {}};
  const std::string name(message.at("error").get_string());
  auto parameters = message.contains("parameters") ? message.at("parameters").as_object() : json::object{};
  return {name.substr(name.rfind('.') + 1), std::move(parameters)};
}

core::Refusal refusal(core::Refused error, std::string subject = {}, std::string value = {},
                      std::string text = {}, std::vector<core::CardId> cards = {}, std::int64_t maximum = 0) {
  return {error, std::move(subject), std::move(value), std::move(text), std::move(cards), maximum};
}

class commands : public Station {
 protected:
  template <class Command>
  const Command& last() {
    return std::get<Command>(engine.submitted.back().first);
  }
  const core::Caller& caller() { return engine.submitted.back().second; }
};

TEST_F(commands, request_cards_with_all_that_was_said) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}, {2}}, {}}; };
  const auto reply = call("RequestCards", R"({"amount": 2, "product": "staff", "note": "für Ada",
      "options": {"pinLength": 8, "encode": true, "certificates": ["authentication"]}, "fields": {"name": "Ada"}})");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"cards": ["C1", "C2"]})"));
  const auto& command = last<core::RequestCards>();
  EXPECT_EQ(command.amount, 2);
  EXPECT_EQ(command.product, "staff");
  EXPECT_EQ(command.note, "für Ada");
  EXPECT_EQ(command.fields, (std::map<std::string, std::string>{{"name", "Ada"}}));
  EXPECT_EQ(command.options, (core::Options{8U, {}, true, std::vector<std::string>{"authentication"}}));
}

TEST_F(commands, say_who_asks_and_under_which_key) {
  call("RequestCards", R"({"amount": 2, "idempotencyKey": "k1"})");
  EXPECT_EQ(caller().uid, ::getuid());
  EXPECT_EQ(caller().method, "org.cardwright.Production.RequestCards");
  EXPECT_EQ(caller().key, "k1");
  EXPECT_EQ(caller().digest, digest_of({{"amount", 2}}));
  call("RequestCards", R"({"amount": 2})");
  EXPECT_EQ(caller().key, "");
}

TEST_F(commands, hand_amounts_on_for_the_engine_to_judge) {
  engine.answer = [](const core::Command& command) {
    const auto amount = std::get<core::RequestCards>(command).amount;
    return refusal(core::Refused::amountOutOfRange, "amount", std::to_string(amount), {}, {}, 9);
  };
  for (const auto* amount : {"0", "-1", "10", "-9223372036854775808"}) {
    const auto [name, parameters] =
        error_of(call("RequestCards", R"({"amount": )" + std::string(amount) + "}"));
    EXPECT_EQ(name, "AmountOutOfRange");
    const auto expected = R"({"amount": )" + std::string(amount) + R"(, "minimum": 1, "maximum": 9})";
    EXPECT_EQ(parameters, object(expected));
  }
}

TEST_F(commands, with_a_wrong_type_never_reach_the_engine) {
  const std::map<std::string, std::string> wrong{
      {R"({"amount": 100000000000000000000})", "amount"},
      {R"({"amount": 1.5})", "amount"},
      {R"({"amount": "1"})", "amount"},
      {R"({})", "amount"},
      {R"({"amount": 1, "size": 2})", "size"},
      {R"({"amount": 1, "fields": {"a": 1}})", "fields.a"},
      {R"({"amount": 1, "options": {"pinLength": "6"}})", "options.pinLength"}};
  for (const auto& [parameters, field] : wrong) {
    const auto [name, said] = error_of(call("RequestCards", parameters));
    EXPECT_EQ(name, "InvalidParameter") << parameters;
    EXPECT_EQ(said.at("parameter"), json::value(field)) << parameters;
  }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(commands, never_turn_a_negative_length_into_a_large_one) {
  for (const auto* length : {"-1", "-4294967290", "4294967302"}) {
    const auto [name, said] = error_of(
        call("RequestCards", R"({"amount": 1, "options": {"pukLength": )" + std::string(length) + "}}"));
    EXPECT_EQ(name, "OptionInvalid");
    EXPECT_EQ(said.at("option"), "pukLength");
    EXPECT_EQ(said.at("value"), length);
  }
  EXPECT_TRUE(engine.submitted.empty());
}

core::Refusal with_line(core::Refusal refusal) {
  refusal.lines.push_back({3, "chip", "why"});
  return refusal;
}

TEST_F(commands, become_errors_with_their_parameters_when_they_are_refused) {
  using core::Refused;
  const std::vector<std::tuple<core::Refusal, std::string, std::string>> table{
      {refusal(Refused::cardNotFound, "C9"), "CardNotFound", R"({"card": "C9"})"},
      {refusal(Refused::batchNotFound, "B9"), "BatchNotFound", R"({"batch": "B9"})"},
      {refusal(Refused::productNotFound, "x"), "ProductNotFound", R"({"product": "x"})"},
      {refusal(Refused::orderNotFound, "O9"), "OrderNotFound", R"({"order": "O9"})"},
      {refusal(Refused::productionTypeNotFound, "x"), "ProductionTypeNotFound", R"({"productionType": "x"})"},
      {refusal(Refused::holderNotFound, "x"), "HolderNotFound", R"({"holder": "x"})"},
      {refusal(Refused::holderNotActive, "x", "inactive"), "HolderNotActive",
       R"({"holder": "x", "state": "inactive"})"},
      {refusal(Refused::holderHasCard, "x", {}, {}, {{7}}), "HolderHasCard",
       R"({"holder": "x", "cards": ["C7"]})"},
      {refusal(Refused::photoNotFound, "ab"), "PhotoNotFound", R"({"photo": "ab"})"},
      {refusal(Refused::letterNotFound, "L9"), "LetterNotFound", R"({"id": "L9"})"},
      {refusal(Refused::numberOutOfRange, "priority", "256", {}, {}, 255), "NumberOutOfRange",
       R"({"field": "priority", "value": 256, "minimum": 1, "maximum": 255})"},
      {with_line(refusal(Refused::manifestInvalid, "O9")), "ManifestInvalid",
       R"({"order": "O9", "lines": [{"line": 3, "text": "why", "column": "chip"}]})"},
      {refusal(Refused::manifestOfOtherOrder, "O9", "O8"), "ManifestOfOtherOrder",
       R"({"order": "O9", "found": "O8"})"},
      {with_line(refusal(Refused::importInvalid, {})), "ImportInvalid",
       R"({"lines": [{"line": 3, "text": "why", "column": "chip"}]})"},
      {refusal(Refused::encoderBusy, "C9"), "EncoderBusy", R"({"card": "C9"})"},
      {refusal(Refused::encoderMissing, {}, {}, "why"), "EncoderMissing", R"({"text": "why"})"},
      {refusal(Refused::poolLifeOver, "C9", "2026-01-01T00:00:00.000Z"), "PoolLifeOver",
       R"({"card": "C9", "chipUntil": "2026-01-01T00:00:00.000Z"})"},
      {refusal(Refused::wrongState, "C9", "failed", "issue"), "WrongState",
       R"({"id": "C9", "state": "failed", "verb": "issue"})"},
      {refusal(Refused::amountOutOfRange, "amount", "0", {}, {}, 9), "AmountOutOfRange",
       R"({"amount": 0, "minimum": 1, "maximum": 9})"},
      {refusal(Refused::optionNotAllowed, "encode", "staff"), "OptionNotAllowed",
       R"({"option": "encode", "product": "staff"})"},
      {refusal(Refused::optionInvalid, "pinLength", "3", "why"), "OptionInvalid",
       R"({"option": "pinLength", "value": "3", "text": "why"})"},
      {refusal(Refused::cardNotInBatch, "C9", "B9"), "CardNotInBatch", R"({"card": "C9", "batch": "B9"})"},
      {refusal(Refused::noCards, {}, {}, "why"), "NoCards", R"({"text": "why"})"},
      {refusal(Refused::batchNotSettled, "B9", {}, "why", {{1}, {2}}), "BatchNotSettled",
       R"({"batch": "B9", "cards": ["C1", "C2"], "text": "why"})"},
      {refusal(Refused::reasonInvalid, "x"), "ReasonInvalid", R"({"reason": "x"})"},
      {refusal(Refused::evidenceMissing, "C9", "printIntent", "why"), "EvidenceMissing",
       R"({"card": "C9", "reached": "printIntent", "text": "why"})"},
      {refusal(Refused::idempotencyKeyReused, "k"), "IdempotencyKeyReused", R"({"idempotencyKey": "k"})"},
      {refusal(Refused::limitExceeded, "cards", {}, {}, {}, 5), "LimitExceeded",
       R"({"field": "cards", "maximum": 5})"},
      {refusal(Refused::useCaseDisabled, "request"), "UseCaseDisabled", R"({"useCase": "request"})"},
  };
  EXPECT_EQ(table.size(), core::refused_rows.size());
  for (const auto& [refused, name, parameters] : table) {
    engine.answer = [&answer = refused](const core::Command&) { return answer; };
    EXPECT_EQ(error_of(call("CompleteBatch", R"({"batch": "B1"})")), std::pair(name, object(parameters)));
  }
}

TEST_F(commands, issue_named_cards_or_all_but_not_both) {
  call("IssueCards", R"({"cards": ["C3", "C1"], "options": {"pinLength": 6}, "checkOnly": true})");
  EXPECT_THAT(last<core::IssueCards>().cards, ElementsAre(core::CardId{3}, core::CardId{1}));
  EXPECT_EQ(last<core::IssueCards>().options->pin_length, 6U);
  EXPECT_TRUE(last<core::IssueCards>().check_only);
  EXPECT_FALSE(last<core::IssueCards>().all);
  call("IssueCards", R"({"all": true})");
  EXPECT_TRUE(last<core::IssueCards>().all);
  EXPECT_FALSE(last<core::IssueCards>().options);
  EXPECT_EQ(error_of(call("IssueCards", R"({"all": true, "cards": ["C1"]})")).first, "InvalidParameter");
  EXPECT_EQ(engine.submitted.size(), 2U);
}

TEST_F(commands, answer_a_check_with_what_would_be_issued) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {{{2}, "why not"}}}; };
  const auto reply = call("IssueCards", R"({"all": true, "checkOnly": true})", true);
  EXPECT_EQ(reply.at("parameters"),
            json::parse(R"({"cards": ["C1"], "skipped": [{"card": "C2", "why": "why not"}]})"));
  EXPECT_FALSE(reply.contains("continues"));
}

TEST_F(commands, repeat_for_a_reason_of_the_catalogue) {
  call("RepeatProduction", R"({"batch": "B2", "cards": ["C1"], "reason": "damaged"})");
  EXPECT_EQ(last<core::RepeatProduction>().batch, core::BatchId{2});
  EXPECT_EQ(last<core::RepeatProduction>().reason, api::Reason::damaged);
  const auto wrong = error_of(call("RepeatProduction", R"({"batch": "B2", "reason": "ugly"})"));
  EXPECT_EQ(wrong, std::pair(std::string("ReasonInvalid"), object(R"({"reason": "ugly"})")));
}

TEST_F(commands, do_not_take_an_empty_list_for_all_that_failed) {
  EXPECT_EQ(error_of(call("RepeatProduction", R"({"batch": "B2", "cards": [], "reason": "lost"})")).first,
            "NoCards");
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(commands, name_the_id_that_is_none) {
  EXPECT_EQ(error_of(call("CompleteBatch", R"({"batch": "C1"})")),
            std::pair(std::string("BatchNotFound"), object(R"({"batch": "C1"})")));
  EXPECT_EQ(error_of(call("GiveUpCards", R"({"cards": ["C1", "C01"]})")),
            std::pair(std::string("CardNotFound"), object(R"({"card": "C01"})")));
  const auto longer = error_of(call("CompleteBatch", R"({"batch": ")" + std::string(100'000, 'x') + "\"}"));
  EXPECT_LT(longer.second.at("batch").get_string().size(), 100U);
}

TEST_F(commands, complete_and_give_up_say_which_cards) {
  engine.answer = [](const core::Command&) { return core::Done{core::BatchId{2}, {{1}, {3}}, {}}; };
  EXPECT_EQ(call("CompleteBatch", R"({"batch": "B2"})").at("parameters"),
            json::parse(R"({"batch": "B2", "cards": ["C1", "C3"]})"));
  EXPECT_EQ(call("GiveUpCards", R"({"cards": ["C1", "C3"]})").at("parameters"),
            json::parse(R"({"cards": ["C1", "C3"]})"));
  EXPECT_THAT(last<core::GiveUpCards>().cards, ElementsAre(core::CardId{1}, core::CardId{3}));
}

TEST_F(commands, of_maintenance_reach_the_engine) {
  const auto paused = client.call("org.cardwright.Maintenance.Pause", {});
  EXPECT_FALSE(paused.contains("error"));
  EXPECT_TRUE(std::holds_alternative<core::Pause>(engine.submitted.back().first));
  client.call("org.cardwright.Maintenance.Resume", {});
  EXPECT_TRUE(std::holds_alternative<core::Resume>(engine.submitted.back().first));
}

TEST_F(commands, of_somebody_without_a_role_are_denied) {
  roles = {};
  for (const auto& row : method_rows) {
    const auto reply = client.call(row.method, {});
    EXPECT_EQ(reply.at("error"), "org.varlink.service.PermissionDenied") << row.method;
  }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(commands, may_be_answered_after_the_client_has_gone) {
  engine.hold = true;
  send("RequestCards", R"({"amount": 1})", false);
  EXPECT_FALSE(client.next());
  client.close();
  engine.release();
  EXPECT_EQ(engine.submitted.size(), 1U);
}

}  // namespace
}  // namespace service::test
