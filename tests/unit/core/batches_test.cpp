#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;
using testing::ElementsAre;

void expect_wrong_state(const Refusal& refusal, const std::string& id, const std::string& state,
                        const std::string& verb) {
  EXPECT_EQ(refusal.error, Refused::wrongState);
  EXPECT_EQ(refusal.subject, id);
  EXPECT_EQ(refusal.value, state);
  EXPECT_EQ(refusal.text, verb);
}

TEST(cancel, gives_back_what_was_not_begun_and_finishes_the_card_in_the_machine) {
  Plant plant;
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::print));
  ASSERT_FALSE(plant.attempts_of(2).empty()) << "its faces are rendered ahead";
  const auto done = plant.done(CancelBatch{{1}});
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}, CardId{3}));
  EXPECT_EQ(plant.card(2).state, CardState::requested);
  EXPECT_EQ(plant.attempts_of(2).back().phase, Phase::voided);
  EXPECT_THAT(plant.batch(1).cards, ElementsAre(CardId{1}));
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  EXPECT_EQ(plant.records.audits.back().action, "CancelBatch");
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::feed), 1U);

  IssueCards again;
  again.cards = {{2}, {3}};
  plant.done(again);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(2).size(), 2U);
}

TEST(cancel, of_a_batch_of_which_nothing_was_begun_is_the_end_of_it) {
  Plant plant;
  plant.produce(1);
  plant.produce(2);
  EXPECT_EQ(plant.done(CancelBatch{{2}}).cards.size(), 2U);
  EXPECT_EQ(plant.batch(2).state, BatchState::cancelled);
  EXPECT_TRUE(plant.batch(2).cards.empty());
  EXPECT_FALSE(plant.production.batches.contains(BatchId{2}));
  EXPECT_FALSE(plant.production.cards.contains(CardId{2}));
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(3).state, CardState::requested);
}

TEST(cancel, takes_back_a_card_that_waits_for_its_blank) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(2);
  while (plant.finish_one()) {
  }
  ASSERT_EQ(plant.batch(1).state, BatchState::paused);
  ASSERT_TRUE(plant.production.line.in_machine);
  plant.done(CancelBatch{{1}});
  EXPECT_EQ(plant.batch(1).state, BatchState::cancelled);
  EXPECT_EQ(plant.card(1).state, CardState::requested);
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_FALSE(plant.production.line.block || plant.production.line.in_machine);
  EXPECT_EQ(plant.started(Step::feed), 0U);
}

TEST(cancel, leaves_a_card_failed_that_was_to_be_repeated) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  plant.produce(1);
  plant.settle();
  plant.done(RepeatProduction{{1}, {}, api::Reason::damaged});
  ASSERT_EQ(plant.card(1).state, CardState::inProduction);
  EXPECT_TRUE(plant.done(CancelBatch{{1}}).cards.empty());
  EXPECT_EQ(plant.card(1).state, CardState::failed) << "its blank is in the reject bin";
  EXPECT_EQ(plant.card(1).reason, api::Reason::verificationMismatch);
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  plant.done(GiveUpCards{{{1}}});
  plant.settle();
  plant.done(CompleteBatch{{1}});
}

TEST(cancel, completes_a_batch_whose_other_cards_have_confirmed_themselves) {
  Plant plant;
  plant.produce(2, "automatic");
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.finish_one();
  ASSERT_EQ(plant.card(1).state, CardState::unassigned);
  ASSERT_TRUE(plant.finish_until(Step::check));
  plant.done(Pause{});
  plant.finish_one();  // no blank is fed any more
  plant.done(CancelBatch{{1}});
  EXPECT_EQ(plant.card(2).state, CardState::requested);
  EXPECT_EQ(plant.batch(1).state, BatchState::completed);
}

TEST(cancel, of_an_order_sends_its_cards_back_and_holds_it) {
  Plant plant;
  const auto order = plant.order("direct", 3);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.done(CancelBatch{{1}});
  EXPECT_EQ(plant.card(2).state, CardState::ordered);
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered);
  EXPECT_TRUE(plant.order_row(order).held);
  plant.settle();
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::ordered) << "it is held";
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  plant.done(CompleteBatch{{1}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered);

  plant.done(ReleaseOrder{order});
  EXPECT_THAT(plant.batch(2).cards, ElementsAre(CardId{2}, CardId{3}));
  plant.settle();
  plant.done(CompleteBatch{{2}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::completed);
}

TEST(cancel, of_an_order_of_which_nothing_was_begun_leaves_it_to_be_pulled_later) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  const auto order = plant.order("queued", 2);
  while (plant.finish_one()) {
  }
  plant.done(CancelBatch{{1}});
  EXPECT_EQ(plant.batch(1).state, BatchState::cancelled);
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered);
  EXPECT_TRUE(plant.order_row(order).held);
  expect_wrong_state(plant.refused(AbortCards{{}, order}), "C1", "ordered", "abort");
  plant.done(GiveUpCards{{{1}, {2}}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::aborted);
}

TEST(cancel, is_refused_when_nothing_is_being_produced) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  expect_wrong_state(plant.refused(CancelBatch{{1}}), "B1", "awaitingConfirmation", "cancel");
  plant.done(CompleteBatch{{1}});
  expect_wrong_state(plant.refused(CancelBatch{{1}}), "B1", "completed", "cancel");
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  plant.done(CancelBatch{{2}});
  expect_wrong_state(plant.refused(CancelBatch{{2}}), "B2", "cancelled", "cancel");
  EXPECT_EQ(plant.refused(CancelBatch{{9}}).error, Refused::batchNotFound);
}

TEST(give_up, takes_ordered_cards_that_wait_for_the_station) {
  Plant plant;
  plant.produce(1);
  const auto order = plant.order("direct", 2);
  plant.done(GiveUpCards{{{2}}});
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered);
  plant.settle();
  EXPECT_THAT(plant.batch(2).cards, ElementsAre(CardId{3}));
  plant.done(CompleteBatch{{2}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::completed);
}

TEST(give_up, of_all_cards_in_the_batch_of_an_order_aborts_the_order_with_the_end_of_the_batch) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  const auto order = plant.order("direct");
  plant.settle();
  plant.done(GiveUpCards{{{1}}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::inProduction);
  plant.done(CompleteBatch{{1}});
  EXPECT_EQ(plant.order_row(order).state, OrderState::aborted);
}

TEST(repeat, is_possible_as_often_as_the_station_takes) {
  Plant plant;
  plant.production.rules.attempts_max = 2;
  plant.devices = [&](const Effect& effect) {
    if (effect.step == Step::verify)
      return Plant::Result(api::fail(api::Reason::verificationMismatch, "on purpose"));
    return plant.well(effect);
  };
  plant.produce(1);
  plant.settle();
  const RepeatProduction repeat{{1}, {}, api::Reason::damaged};
  plant.done(repeat);
  plant.settle();
  const auto refusal = plant.refused(repeat);
  EXPECT_EQ(refusal.error, Refused::limitExceeded);
  EXPECT_EQ(refusal.subject, "attempts");
  EXPECT_EQ(refusal.value, "C1");
  EXPECT_EQ(refusal.maximum, 2);
  plant.done(GiveUpCards{{{1}}});
}

TEST(repeat, does_not_count_attempts_that_took_no_blank) {
  Plant plant;
  plant.production.rules.attempts_max = 2;
  plant.devices = [&](const Effect& effect) {
    if (effect.step == Step::render)
      return Plant::Result(api::fail(api::Reason::textDoesNotFit, "on purpose"));
    return plant.well(effect);
  };
  plant.produce(1);
  for (int i = 0; i < 4; ++i) {
    plant.settle();
    ASSERT_EQ(plant.attempts_of(1).back().phase, Phase::voided);
    plant.done(RepeatProduction{{1}, {}, api::Reason::wrongData});
  }
}

TEST(batch, that_confirmed_itself_leaves_the_working_set_at_once) {
  Plant plant;
  plant.produce(1, "automatic");
  plant.settle();
  EXPECT_TRUE(plant.production.batches.empty());
  EXPECT_TRUE(plant.production.cards.empty());
  EXPECT_TRUE(plant.production.attempts.empty());
}

}  // namespace
