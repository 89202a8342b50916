#include "tools/ctl/explain.hpp"
#include "tests/unit/ctl/fake_station.hpp"

namespace ctl::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Explanation explain_error(const std::string& name, std::string_view parameters) {
  return explain({ipc::Error::Kind::refused, name, json::parse(parameters).as_object(), "refused"});
}

TEST(explanations, say_what_happened_to_which_card_and_what_to_do) {
  const auto [what, advice] = explain_error("org.cardwright.Production.WrongState",
                                            R"({"id": "C3", "state": "failed", "verb": "complete"})");
  EXPECT_EQ(what, "C3 is failed: it cannot be completed");
  EXPECT_THAT(advice, HasSubstr("`cardwrightctl give-up C3`"));
}

TEST(explanations, list_the_cards_that_stand_in_the_way) {
  const auto [what, advice] = explain_error("org.cardwright.Production.BatchNotSettled",
                                            R"({"batch": "B1", "cards": ["C1", "C2"], "text": "failed"})");
  EXPECT_EQ(what, "B1 cannot be completed because of C1 C2: failed");
  EXPECT_THAT(advice, HasSubstr("cardwrightctl give-up C1 C2"));
}

TEST(explanations, say_what_to_do_with_a_card_that_cannot_be_called_good) {
  const auto [what, advice] =
      explain_error("org.cardwright.Production.EvidenceMissing",
                    R"({"card": "C2", "reached": "printIntent", "text": "no proof"})");
  EXPECT_EQ(what, "C2 came as far as printIntent: no proof");
  EXPECT_EQ(advice, "destroy its body, and say so: `cardwrightctl resolve C2 bad`");
  EXPECT_EQ(explain_error("org.cardwright.Production.WrongState",
                          R"({"id": "C2", "state": "failed", "verb": "resolve"})")
                .what,
            "C2 is failed: it cannot be resolved: it is not in doubt");
}

// Every error of the interface, with a value for every parameter: each value is told, no brace stays.
TEST(explanations, exist_for_every_error_and_use_its_parameters) {
  for (const auto& error : interface_of("org.cardwright.Production").errors) {
    json::object parameters;
    for (const auto& field : error.type.fields) {
      if (field.type.kind == ipc::Type::Kind::integer)
        parameters[field.name] = 42;
      else if (field.name == "lines")
        parameters[field.name] = json::array{json::object{{"line", 3}, {"column", "chip"}, {"text", "odd"}}};
      else if (field.type.kind == ipc::Type::Kind::array)
        parameters[field.name] = json::array{"C1"};
      else
        parameters[field.name] = "value of " + field.name;
    }
    const auto [what, advice] = explain(
        {ipc::Error::Kind::refused, "org.cardwright.Production." + error.name, parameters, "refused"});
    EXPECT_THAT(what + advice, Not(HasSubstr("{"))) << error.name;
    EXPECT_THAT(what, Not(HasSubstr("org.cardwright"))) << error.name << " has no words of its own";
    for (const auto& [name, unused] : parameters)
      EXPECT_THAT(what + " " + advice,
                  HasSubstr(name == "lines" ? "\n  line 3, chip: odd" : text(parameters, name)))
          << error.name;
  }
}

TEST(explanations, have_advice_for_every_state_of_a_card_a_batch_and_an_order) {
  const auto& interface = interface_of("org.cardwright.Production");
  for (const auto* type : {"CardState", "BatchState", "OrderState"})
    for (const auto& state : interface.find_type(type)->type.values)
      EXPECT_NE(explain_error("org.cardwright.Production.WrongState",
                              R"({"id": "C3", "verb": "issue", "state": ")" + state + "\"}")
                    .advice,
                "")
          << state;
}

TEST(explanations, tell_cards_batches_and_orders_apart) {
  const auto advice = [](std::string_view parameters) {
    return explain_error("org.cardwright.Production.WrongState", parameters).advice;
  };
  EXPECT_THAT(advice(R"({"id": "B4", "verb": "cancel", "state": "awaitingConfirmation"})"),
              HasSubstr("`cardwrightctl complete B4`"));
  EXPECT_THAT(advice(R"({"id": "C4", "verb": "abort", "state": "awaitingConfirmation"})"),
              HasSubstr("`cardwrightctl card C4`"));
  EXPECT_THAT(advice(R"({"id": "O2", "verb": "hold", "state": "inProduction"})"),
              HasSubstr("`cardwrightctl cancel BATCH`"));
  EXPECT_THAT(advice(R"({"id": "O2", "verb": "abort", "state": "processing"})"),
              HasSubstr("`cardwrightctl abort O2`"));
  EXPECT_EQ(explain_error("org.cardwright.Production.BatchNotFound", R"({"batch": "O1"})").advice,
            "an order has another name: `cardwrightctl orders O1` tells its batch");
}

TEST(explanations, show_errors_of_later_versions_as_they_came) {
  EXPECT_EQ(explain_error("org.cardwright.Production.Later", R"({"a": 1})").what,
            "org.cardwright.Production.Later {\"a\":1}");
}

TEST(explanations, let_nothing_through_that_commands_a_terminal) {
  const auto [what, advice] =
      explain_error("org.cardwright.Production.CardNotFound", R"({"card": "C1\u001b[2J\u009b2J\u0000é"})");
  EXPECT_EQ(what, "C1?[2J?2J?é: there is no such card");
}

TEST(explanations, warn_when_it_is_not_known_whether_the_call_took_effect) {
  for (const auto kind : {ipc::Error::Kind::broken, ipc::Error::Kind::timedOut}) {
    const ipc::Error error{kind, {}, {}, "the connection ended"};
    EXPECT_THAT(explain(error).advice, HasSubstr("--idempotency-key"));
    EXPECT_EQ(exit_for(error), Exit::refused);
  }
}

class refusals : public Ctl {};

TEST_F(refusals, end_with_1_and_are_told_on_stderr) {
  refuse("CompleteBatch", "org.cardwright.Production.WrongState",
         R"({"id": "B1", "state": "producing", "verb": "complete"})");
  const auto [exit, out, err] = run({"complete", "B1"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(out, "");
  EXPECT_EQ(err,
            "cardwrightctl: B1 is producing: it cannot be completed\n"
            "wait until it has ended: `cardwrightctl watch`\n");
}

TEST_F(refusals, are_one_document_with_json) {
  refuse("IssueCards", "org.cardwright.Production.NoCards", R"({"text": "none"})");
  const auto [exit, out, err] = run({"issue", "--all", "--json"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(json::parse(err),
            json::parse(R"({"error": "org.cardwright.Production.NoCards", "parameters": {"text": "none"}})"));
}

}  // namespace
}  // namespace ctl::test
