#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

using testing::ElementsAre;

class orders : public Station {
 protected:
  template <class Command>
  const Command& last() {
    return std::get<Command>(engine.submitted.back().first);
  }
  static std::string error_of(const json::object& message) {
    if (!message.contains("error")) return "none";
    const std::string name(message.at("error").get_string());
    return name.substr(name.rfind('.') + 1);
  }
  static core::Order order(std::int64_t id, core::OrderState state, std::vector<core::CardId> cards = {}) {
    core::Order order;
    order.id = {id};
    order.state = state;
    order.production_type = "here";
    order.product = "staff";
    order.cards = std::move(cards);
    return order;
  }
  std::vector<std::string> ids(const json::object& message) {
    std::vector<std::string> result;
    for (const auto& one : message.at("parameters").at("orders").as_array())
      result.emplace_back(one.at("id").get_string());
    return result;
  }
};

TEST_F(orders, are_made_with_all_that_was_said) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}, {2}}, {}, core::OrderId{5}}; };
  const auto reply =
      call("OrderCards", R"({"amount": 2, "productionType": "here", "queue": true, "holder": "ada",
      "priority": 0, "options": {"pinLength": 8}, "fields": {"name": "Ada"}, "note": "n"})");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"order": "O5", "cards": ["C1", "C2"]})"));
  const auto& command = last<core::OrderCards>();
  EXPECT_EQ(command.amount, 2);
  EXPECT_EQ(command.production_type, "here");
  EXPECT_EQ(command.queue, true);
  EXPECT_EQ(command.holder, "ada");
  EXPECT_EQ(command.priority, 0);
  EXPECT_EQ(command.options.pin_length, 8U);
  EXPECT_EQ(command.fields.at("name"), "Ada");
  EXPECT_EQ(command.note, "n");
}

TEST_F(orders, have_defaults_for_what_was_not_said) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {}, core::OrderId{5}}; };
  call("OrderCards", R"({"amount": 1})");
  EXPECT_EQ(last<core::OrderCards>().priority, core::priority_default);
  EXPECT_EQ(last<core::OrderCards>().queue, std::nullopt);
  EXPECT_EQ(last<core::OrderCards>().production_type, "");
  EXPECT_EQ(last<core::OrderCards>().holder, "");
}

TEST_F(orders, leave_numbers_to_the_engine) {
  engine.answer = [](const core::Command& command) {
    const auto said = std::get<core::OrderCards>(command).priority;
    core::Refusal refusal{core::Refused::numberOutOfRange, "priority", std::to_string(said), {}, {}, 255};
    refusal.minimum = 0;
    return refusal;
  };
  for (const auto* priority : {"-1", "256", "-9223372036854775808"})
    EXPECT_EQ(
        call("OrderCards", R"({"amount": 1, "priority": )" + std::string(priority) + "}").at("parameters"),
        json::parse(R"({"field": "priority", "minimum": 0, "maximum": 255, "value": )" +
                    std::string(priority) + "}"));
}

TEST_F(orders, are_held_and_released) {
  EXPECT_EQ(call("HoldOrder", R"({"order": "O5"})").at("parameters"), json::parse(R"({"order": "O5"})"));
  EXPECT_EQ(last<core::HoldOrder>().order, core::OrderId{5});
  EXPECT_EQ(call("ReleaseOrder", R"({"order": "O5"})").at("parameters"), json::parse(R"({"order": "O5"})"));
  EXPECT_EQ(last<core::ReleaseOrder>().order, core::OrderId{5});
}

TEST_F(orders, are_aborted_card_by_card_or_as_a_whole) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}, {2}}, {}}; };
  EXPECT_EQ(call("AbortCards", R"({"cards": ["C1", "C2"]})").at("parameters"),
            json::parse(R"({"cards": ["C1", "C2"]})"));
  EXPECT_THAT(last<core::AbortCards>().cards, ElementsAre(core::CardId{1}, core::CardId{2}));
  EXPECT_EQ(last<core::AbortCards>().order, std::nullopt);
  call("AbortCards", R"({"order": "O5"})");
  EXPECT_EQ(last<core::AbortCards>().order, core::OrderId{5});
  EXPECT_EQ(error_of(call("AbortCards")), "NoCards");
  EXPECT_EQ(error_of(call("AbortCards", R"({"cards": []})")), "NoCards");
  EXPECT_EQ(engine.submitted.size(), 2U);
}

TEST_F(orders, of_a_bureau_end_as_their_manifest_says) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {{{2}, "torn"}}}; };
  const auto reply = call("ImportManifest", R"({"order": "O5",
      "manifest": "order,card,result,chip,reason\nO5,C1,produced,AB,\nO5,C2,failed,,torn\n"})");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"produced": ["C1"], "failed": ["C2"]})"));
  const auto& command = last<core::ImportManifest>();
  EXPECT_EQ(command.order, core::OrderId{5});
  ASSERT_EQ(command.lines.size(), 2U);
  EXPECT_EQ(command.lines.front().chip_serial, "ab");
  EXPECT_EQ(command.lines.back().text, "torn");
}

TEST_F(orders, are_left_alone_by_a_manifest_with_a_wrong_line) {
  const auto reply =
      call("ImportManifest", R"({"order": "O5", "manifest": "order,card,result\nO5,C1,lost\n"})");
  EXPECT_EQ(error_of(reply), "ManifestInvalid");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"order": "O5", "lines": [
      {"line": 2, "column": "result", "text": "neither \"produced\" nor \"failed\""}]})"));
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(orders, of_many_cards_come_from_a_table) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}, {2}}, {}}; };
  EXPECT_EQ(call("ImportBatch", R"({"table": "name\nAda\nBob\n"})").at("parameters"),
            json::parse(R"({"cards": ["C1", "C2"]})"));
  ASSERT_EQ(last<core::ImportBatch>().cards.size(), 2U);
  EXPECT_EQ(last<core::ImportBatch>().cards.back().fields.at("name"), "Bob");
  engine.known_rules.import_cards_max = 1;
  const auto reply = call("ImportBatch", R"({"table": "name\nAda\nBob\n"})");
  EXPECT_EQ(reply.at("parameters"),
            json::parse(R"({"lines": [{"line": 3, "text": "there are more than 2 lines"}]})"));
  EXPECT_EQ(engine.submitted.size(), 1U);
}

TEST_F(orders, of_a_bureau_are_ordered_anew) {
  engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {}, core::OrderId{6}}; };
  const auto reply =
      call("RepeatProduction", R"({"order": "O5", "cards": ["C1"], "reason": "damaged"})", true);
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"order": "O6", "cards": ["C1"], "skipped": []})"));
  EXPECT_EQ(last<core::ReorderCards>().order, core::OrderId{5});
  EXPECT_EQ(last<core::ReorderCards>().reason, api::Reason::damaged);
  EXPECT_EQ(error_of(call("RepeatProduction", R"({"reason": "damaged"})")), "InvalidParameter");
  EXPECT_EQ(error_of(call("RepeatProduction", R"({"batch": "B1", "order": "O5", "reason": "damaged"})")),
            "InvalidParameter");
  EXPECT_EQ(error_of(call("RepeatProduction", R"({"order": "B1", "reason": "damaged"})")), "OrderNotFound");
  EXPECT_EQ(engine.submitted.size(), 1U);
}

TEST_F(orders, are_shown_with_what_became_of_their_cards) {
  auto shown = order(5, core::OrderState::inProduction, {{1}, {2}, {3}});
  shown.priority = 3;
  shown.held = true;
  shown.holder = "ada";
  shown.note = "n";
  shown.created = api::WallTime{std::chrono::seconds{1}};
  shown.due = api::WallTime{std::chrono::seconds{61}};
  shown.batch = core::BatchId{4};
  shown.producer = core::Producer::bureau;
  shown.sent = api::WallTime{std::chrono::seconds{62}};
  engine.commit({core::Holder{"ada", core::HolderState::active, "Ada", {}, {}, {}, {}},
                 batch(4, core::BatchState::producing, {}), shown, card(1, core::CardState::failed),
                 card(2, core::CardState::produced), card(3, core::CardState::failed)});
  EXPECT_EQ(call("GetOrder", R"({"order": "O5"})").at("parameters"), json::parse(R"({"order": {"id": "O5",
      "state": "inProduction", "productionType": "here", "product": "staff", "producer": "bureau", "priority": 3,
      "held": true, "holder": "ada", "note": "n", "created": "1970-01-01T00:00:01.000Z",
      "due": "1970-01-01T00:01:01.000Z", "cards": ["C1", "C2", "C3"], "batch": "B4",
      "sent": "1970-01-01T00:01:02.000Z", "counts": {"failed": 2, "produced": 1}}})"));
  EXPECT_EQ(call("GetOrder", R"({"order": "O6"})").at("parameters"), json::parse(R"({"order": "O6"})"));
}

TEST_F(orders, are_listed_with_the_newest_first) {
  auto held = order(2, core::OrderState::processing);
  held.held = true;
  engine.commit({order(1, core::OrderState::completed), held, order(3, core::OrderState::processing)});
  EXPECT_THAT(ids(call("ListOrders")), ElementsAre("O3", "O2", "O1"));
  EXPECT_THAT(ids(call("ListOrders", R"({"state": "processing"})")), ElementsAre("O3", "O2"));
  EXPECT_THAT(ids(call("ListOrders", R"({"held": true})")), ElementsAre("O2"));
  EXPECT_THAT(ids(call("ListOrders", R"({"after": "O3", "limit": 1})")), ElementsAre("O2"));
  EXPECT_EQ(error_of(call("ListOrders", R"({"after": "B1"})")), "InvalidParameter");
  EXPECT_EQ(error_of(call("ListOrders", R"({"limit": 0})")), "InvalidParameter");
}

TEST_F(orders, are_never_more_than_a_reply_takes) {
  std::vector<core::CardId> cards;
  for (std::int64_t id = 1; id <= 1000; ++id) cards.push_back({1'000'000'000 + id});
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 100; ++id) rows.emplace_back(order(id, core::OrderState::ordered, cards));
  engine.commit(std::move(rows));
  const auto reply = call("ListOrders", R"({"limit": 100})");
  EXPECT_LT(json::serialize(reply).size(), 1024U * 1024U);
  EXPECT_LT(ids(reply).size(), 100U);
  EXPECT_EQ(ids(call("ListOrders", R"({"limit": 100, "after": ")" + ids(reply).back() + "\"}")).front(),
            "O" + std::to_string(100 - ids(reply).size()));
}

TEST_F(orders, have_cards_that_are_listed) {
  auto first = card(1, core::CardState::ordered), second = card(2, core::CardState::ordered);
  second.order = core::OrderId{5};
  second.holder = "ada";
  engine.commit({order(5, core::OrderState::ordered, {{2}}), first, second,
                 core::Holder{"ada", core::HolderState::active, "Ada", {}, {}, {}, {}}});
  for (const auto* filter : {R"({"order": "O5"})", R"({"holder": "ada"})"}) {
    const auto reply = call("ListCards", filter);
    const auto& cards = reply.at("parameters").at("cards").as_array();
    ASSERT_EQ(cards.size(), 1U) << filter;
    EXPECT_EQ(cards.front().at("id"), "C2");
    EXPECT_EQ(cards.front().at("order"), "O5");
    EXPECT_EQ(cards.front().at("holder"), "ada");
  }
  EXPECT_EQ(error_of(call("ListCards", R"({"order": "O6"})")), "OrderNotFound");
  EXPECT_EQ(error_of(call("ListCards", R"({"order": "C1"})")), "OrderNotFound");
  EXPECT_EQ(error_of(call("ListCards", R"({"holder": "bob"})")), "HolderNotFound");
}

}  // namespace
}  // namespace service::test
