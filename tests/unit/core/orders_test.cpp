#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;
using testing::ElementsAre;

OrderCards order(std::int64_t amount, const std::string& type = {}) {
  OrderCards command;
  command.amount = amount;
  command.production_type = type;
  return command;
}

void expect_wrong_state(const Refusal& refusal, const std::string& id, const std::string& state,
                        const std::string& verb) {
  EXPECT_EQ(refusal.error, Refused::wrongState);
  EXPECT_EQ(refusal.subject, id);
  EXPECT_EQ(refusal.value, state);
  EXPECT_EQ(refusal.text, verb);
}

// A station that has something to do until `settle`: what is ordered waits.
struct Busy : Plant {
  Busy() { produce(1); }
};

TEST(order, without_queue_is_ordered_at_once) {
  Busy plant;
  auto command = order(2, "direct");
  command.fields = {{"name", "Ada"}};
  command.note = "for Monday";
  command.options.pin_length = 8;
  const auto done = plant.done(command);
  EXPECT_EQ(done.order, OrderId{1});
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}, CardId{3}));
  const auto& made = plant.order_row({1});
  EXPECT_EQ(made.state, OrderState::ordered);
  EXPECT_EQ(made.product, "encoded");
  EXPECT_EQ(made.note, "for Monday");
  EXPECT_EQ(made.due, plant.now);
  const auto& card = plant.card(3);
  EXPECT_EQ(card.state, CardState::ordered);
  EXPECT_EQ(card.order, OrderId{1});
  EXPECT_EQ(card.options.pin_length, 8U);
  EXPECT_EQ(card.fields.at("name"), "Ada");
  EXPECT_EQ(plant.records.audits.back().action, "OrderCards");
}

TEST(order, with_queue_waits_in_it_until_it_is_due) {
  Busy plant;
  plant.done(order(1, "later"));
  EXPECT_EQ(plant.order_row({1}).state, OrderState::processing);
  EXPECT_EQ(plant.order_row({1}).due, plant.now + std::chrono::minutes(60));
  EXPECT_EQ(plant.card(2).state, CardState::processing);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::processing);
  EXPECT_FALSE(waits(plant.production, plant.order_row({1}).due - std::chrono::seconds(1)));
  plant.now = plant.order_row({1}).due;
  EXPECT_TRUE(waits(plant.production, plant.now)) << "the timer has to wake";
  plant.tick();
  EXPECT_EQ(plant.card(2).state, CardState::inProduction);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(order, says_whether_it_is_queued_only_where_the_type_leaves_it_open) {
  Busy plant;
  auto command = order(1, "open");
  plant.done(command);
  EXPECT_EQ(plant.order_row({1}).state, OrderState::ordered) << "without a word: no queue";
  command.queue = true;
  plant.done(command);
  EXPECT_EQ(plant.order_row({2}).state, OrderState::processing);
  command.production_type = "queued";
  plant.done(command);
  command.queue = false;
  const auto refusal = plant.refused(command);
  EXPECT_EQ(refusal.error, Refused::optionNotAllowed);
  EXPECT_EQ(refusal.subject, "queue");
  EXPECT_EQ(refusal.value, "queued");
}

TEST(order, is_of_the_default_type_when_it_names_none) {
  Busy plant;
  plant.done(order(1));
  EXPECT_EQ(plant.order_row({1}).production_type, "open");
  EXPECT_EQ(plant.refused(order(1, "bogus")).error, Refused::productionTypeNotFound);
  plant.production.rules.default_production_type.clear();
  EXPECT_EQ(plant.refused(order(1)).error, Refused::productionTypeNotFound);
  plant.production.rules.products.erase("encoded");
  EXPECT_EQ(plant.refused(order(1, "direct")).error, Refused::productNotFound);
}

TEST(order, takes_one_to_the_largest_amount) {
  Busy plant;
  for (const auto amount : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10}, INT64_MIN, INT64_MAX})
    EXPECT_EQ(plant.refused(order(amount)).error, Refused::amountOutOfRange);
  EXPECT_EQ(plant.done(order(9)).cards.size(), 9U);
}

TEST(order, has_a_priority_from_0_to_255) {
  Busy plant;
  for (const auto wrong : {std::int64_t{-1}, std::int64_t{256}, INT64_MIN, INT64_MAX}) {
    auto command = order(1);
    command.priority = wrong;
    const auto refusal = plant.refused(command);
    EXPECT_EQ(refusal.error, Refused::numberOutOfRange);
    EXPECT_EQ(refusal.subject, "priority");
    EXPECT_EQ(refusal.value, std::to_string(wrong));
    EXPECT_EQ(refusal.minimum, 0);
    EXPECT_EQ(refusal.maximum, 255);
  }
  plant.order("direct", 1, 0);
  EXPECT_EQ(plant.order_row(plant.order("direct", 1, 255)).priority, 255U);
}

TEST(order, is_for_a_known_and_active_holder_whom_the_order_alone_names) {
  Busy plant;
  auto command = order(1);
  command.holder = "h1";
  EXPECT_EQ(plant.refused(command).error, Refused::holderNotFound);
  plant.records.holders["h1"] = {"h1", HolderState::inactive, "Ada", {}, {}, {}, {}};
  const auto refusal = plant.refused(command);
  EXPECT_EQ(refusal.error, Refused::holderNotActive);
  EXPECT_EQ(refusal.subject, "h1");
  EXPECT_EQ(refusal.value, "inactive");
  plant.records.holders["h1"].state = HolderState::active;
  plant.done(command);
  EXPECT_EQ(plant.order_row({1}).holder, "h1");
  EXPECT_EQ(plant.card(2).holder, "");
}

TEST(order, is_refused_with_wrong_options) {
  Busy plant;
  auto command = order(1);
  command.options.puk_length = 8;
  EXPECT_EQ(plant.refused(command).error, Refused::optionNotAllowed);
  command.options = {};
  command.options.pin_length = 3;
  EXPECT_EQ(plant.refused(command).error, Refused::optionInvalid);
}

TEST(order, is_refused_when_too_many_are_open) {
  Busy plant;
  plant.production.rules.orders_open_max = 2;
  plant.order("queued");
  plant.order("queued");
  const auto refusal = plant.refused(order(1));
  EXPECT_EQ(refusal.error, Refused::limitExceeded);
  EXPECT_EQ(refusal.subject, "orders");
  EXPECT_EQ(refusal.maximum, 2);
  plant.done(AbortCards{{}, OrderId{1}});
  plant.order("queued");
}

TEST(use_case, order_can_be_switched_off) {
  Busy plant;
  plant.order("queued");
  plant.production.rules.use_cases.order = false;
  for (const Command& command : {Command(order(1)), Command(HoldOrder{{1}}), Command(ReleaseOrder{{1}}),
                                 Command(AbortCards{{}, OrderId{1}}), Command(AbortCards{{{2}}, {}})}) {
    const auto refusal = plant.refused(command);
    EXPECT_EQ(refusal.error, Refused::useCaseDisabled);
    EXPECT_EQ(refusal.subject, "order");
  }
  plant.done(RequestCards{1, {}, {}, {}, {}});
  plant.done(AbortCards{{{3}}, {}});
}

TEST(station, makes_an_order_as_soon_as_it_is_free) {
  Plant plant;
  const auto id = plant.order("direct", 2);
  EXPECT_EQ(plant.order_row(id).state, OrderState::inProduction);
  EXPECT_EQ(plant.order_row(id).batch, BatchId{1});
  EXPECT_EQ(plant.batch(1).origin, Origin::order);
  EXPECT_THAT(plant.batch(1).cards, ElementsAre(CardId{1}, CardId{2}));
  plant.settle();
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  EXPECT_EQ(plant.order_row(id).state, OrderState::inProduction);
  plant.done(CompleteBatch{{1}});
  EXPECT_EQ(plant.order_row(id).state, OrderState::completed);
  EXPECT_TRUE(plant.production.orders.empty());
}

TEST(station, completes_an_order_whose_product_confirms_by_itself) {
  Plant plant;
  const auto id = plant.order("automatic", 2);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::unassigned);
  EXPECT_EQ(plant.order_row(id).state, OrderState::completed);
  EXPECT_TRUE(plant.production.orders.empty());
}

// The orders in which batches were opened.
std::vector<std::int64_t> pulled(const Plant& plant) {
  std::vector<std::int64_t> orders;
  for (const auto& change : plant.records.changes)
    if (change.subject == "order" && change.state == "inProduction") orders.push_back(change.order->value);
  return orders;
}

TEST(station, pulls_by_priority_and_then_as_they_came) {
  Busy plant;
  plant.order("queued", 1, 200);
  plant.order("queued", 2, 100);
  plant.order("queued", 1, 100);
  plant.order("queued", 1, 0);
  plant.order("queued", 1, 200);
  plant.settle();
  EXPECT_THAT(pulled(plant), ElementsAre(4, 2, 3, 1, 5));
}

TEST(station, pulls_what_is_ordered_before_what_is_queued) {
  Busy plant;
  plant.order("queued", 1, 0);
  plant.order("direct", 1, 255);
  plant.order("direct", 1, 10);
  plant.settle();
  EXPECT_THAT(pulled(plant), ElementsAre(3, 2, 1));
}

TEST(station, pulls_nothing_while_it_is_stopped_or_was_not_seen) {
  Plant blind(false);
  blind.order("direct");
  EXPECT_EQ(blind.card(1).state, CardState::ordered);
  blind.settle();
  EXPECT_EQ(blind.card(1).state, CardState::awaitingConfirmation);

  Plant plant;
  plant.done(Pause{});
  const auto id = plant.order("direct");
  plant.settle();
  EXPECT_EQ(plant.order_row(id).state, OrderState::ordered);
  EXPECT_FALSE(waits(plant.production, plant.now));
  plant.done(Resume{});
  EXPECT_EQ(plant.order_row(id).state, OrderState::inProduction);
}

TEST(station, leaves_orders_waiting_while_too_many_batches_are_open) {
  Plant plant;
  for (int i = 0; i < 102; ++i) plant.order("queued");
  plant.settle();
  EXPECT_EQ(pulled(plant).size(), 100U);
  plant.done(CompleteBatch{{7}});
  plant.settle();
  EXPECT_EQ(pulled(plant).size(), 101U);
}

TEST(restart, goes_on_with_orders_that_wait) {
  Busy plant;
  plant.order("queued", 1, 200);
  plant.order("direct", 1);
  plant.restart();
  plant.settle();
  EXPECT_THAT(pulled(plant), ElementsAre(2, 1));
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  plant.restart();
  plant.done(CompleteBatch{{2}});
  EXPECT_EQ(plant.order_row({2}).state, OrderState::completed);
}

TEST(hold, keeps_an_order_from_being_pulled_until_its_release) {
  Busy plant;
  plant.order("queued");
  plant.order("direct");
  EXPECT_EQ(plant.done(HoldOrder{{1}}).order, OrderId{1});
  plant.done(HoldOrder{{2}});
  plant.done(HoldOrder{{2}});
  EXPECT_TRUE(plant.order_row({1}).held);
  plant.settle();
  EXPECT_TRUE(pulled(plant).empty());
  plant.restart();
  plant.settle();
  EXPECT_TRUE(pulled(plant).empty()) << "a restart releases nothing";
  plant.done(ReleaseOrder{{1}});
  plant.settle();
  plant.done(ReleaseOrder{{2}});
  plant.settle();
  EXPECT_THAT(pulled(plant), ElementsAre(1, 2));
}

TEST(hold, is_refused_when_the_order_does_not_wait_here) {
  Plant plant;
  EXPECT_EQ(plant.refused(HoldOrder{{1}}).error, Refused::orderNotFound);
  const auto id = plant.order("direct");
  expect_wrong_state(plant.refused(HoldOrder{id}), "O1", "inProduction", "hold");
  expect_wrong_state(plant.refused(ReleaseOrder{id}), "O1", "inProduction", "release");
  plant.settle();
  plant.done(CompleteBatch{{1}});
  expect_wrong_state(plant.refused(HoldOrder{id}), "O1", "completed", "hold");
  const auto sent = plant.order("bureau");
  expect_wrong_state(plant.refused(HoldOrder{sent}), "O2", "ordered", "hold");
}

TEST(abort, withdraws_requested_cards_and_cards_in_the_queue) {
  Busy plant;
  plant.done(RequestCards{1, {}, {}, {}, {}});
  plant.order("queued", 2);
  const auto done = plant.done(AbortCards{{{2}, {3}, {3}}, {}});
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}, CardId{3}));
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
  EXPECT_EQ(plant.card(3).state, CardState::aborted);
  EXPECT_EQ(plant.card(4).state, CardState::processing);
  EXPECT_EQ(plant.order_row({1}).state, OrderState::processing);
  plant.settle();
  EXPECT_THAT(plant.batch(2).cards, ElementsAre(CardId{4})) << "what was aborted is not made";
}

TEST(abort, of_all_its_cards_aborts_the_order) {
  Busy plant;
  plant.order("queued", 3);
  plant.done(AbortCards{{{3}}, {}});
  EXPECT_THAT(plant.done(AbortCards{{}, OrderId{1}}).cards, ElementsAre(CardId{2}, CardId{4}));
  EXPECT_EQ(plant.order_row({1}).state, OrderState::aborted);
  EXPECT_TRUE(plant.production.orders.empty());
  EXPECT_EQ(plant.refused(AbortCards{{}, OrderId{1}}).error, Refused::noCards);
  plant.settle();
  EXPECT_TRUE(pulled(plant).empty());
}

TEST(abort, is_all_or_nothing) {
  Busy plant;
  plant.done(RequestCards{1, {}, {}, {}, {}});
  plant.order("direct");
  expect_wrong_state(plant.refused(AbortCards{{{2}, {3}}, {}}), "C3", "ordered", "abort");
  expect_wrong_state(plant.refused(AbortCards{{{2}}, OrderId{1}}), "C3", "ordered", "abort");
  expect_wrong_state(plant.refused(AbortCards{{{2}, {1}}, {}}), "C1", "inProduction", "abort");
  EXPECT_EQ(plant.refused(AbortCards{{{2}, {99}}, {}}).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(AbortCards{{{2}}, OrderId{9}}).error, Refused::orderNotFound);
  EXPECT_EQ(plant.refused(AbortCards{}).error, Refused::noCards);
  EXPECT_EQ(plant.card(2).state, CardState::requested);
}

// The station becomes free and a person aborts, at the same moment: decided one after the other.
TEST(race_of_pull_and_abort, is_won_by_the_person_who_came_first) {
  Busy plant;
  plant.order("queued", 2);
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.done(AbortCards{{}, OrderId{1}});
  plant.settle();
  EXPECT_EQ(plant.order_row({1}).state, OrderState::aborted);
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
  EXPECT_TRUE(pulled(plant).empty());
}

TEST(race_of_pull_and_abort, is_won_by_the_station_that_came_first) {
  Busy plant;
  plant.order("queued", 2);
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.finish_one();
  expect_wrong_state(plant.refused(AbortCards{{}, OrderId{1}}), "C2", "inProduction", "abort");
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(3).state, CardState::awaitingConfirmation);
}

}  // namespace
