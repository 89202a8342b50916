#include "tests/unit/core/plant.hpp"

// The sum of blanks: what the journal adds up is what the printer counts.
namespace {

using namespace plant;
using testing::HasSubstr;

const PrinterAccount& account(Plant& plant) {
  return plant.records.accounts.at("P1");
}

// good, rejected, condemned, in doubt, foreign
std::vector<std::int64_t> sums(Plant& plant) {
  const auto& of = account(plant);
  return {of.good, of.rejected, of.condemned, of.in_doubt, of.foreign};
}

void expect_stopped(Plant& plant, api::Reason reason) {
  ASSERT_TRUE(plant.production.line.block);
  EXPECT_EQ(plant.production.line.block->reason, reason);
}

TEST(sum_of_blanks, counts_every_blank_once_by_what_became_of_it) {
  Plant plant;
  plant.fail(Step::verify, {2}, api::Reason::verificationMismatch);
  plant.lose({3});
  const auto batch = plant.produce(4);
  plant.settle();
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{2, 1, 0, 1, 0}));
  plant.done(ResolveDoubt{{3}, false, "found on the floor"});
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{2, 2, 0, 0, 0}));
  plant.done(RepeatProduction{batch, {{1}, {3}}, api::Reason::misprinted});
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{1, 2, 1, 0, 0}));
  plant.settle();
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{3, 2, 1, 0, 0}));
  EXPECT_EQ(account(plant).last.fed, 6U);
  EXPECT_FALSE(plant.production.line.block);
}

TEST(sum_of_blanks, begins_with_what_the_first_printer_has_counted_before) {
  Plant plant(false);
  plant.status.counters = {500, 900, 480, 20};
  plant.settle();
  plant.produce(1);
  plant.settle();
  EXPECT_EQ(account(plant).first.fed, 500U);
  EXPECT_EQ(account(plant).last.fed, 501U);
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{1, 0, 0, 0, 0}));
}

TEST(sum_of_blanks, stops_the_line_with_the_figures_when_somebody_else_used_the_printer) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  plant.status.counters.fed += 2;
  plant.status.counters.ejected += 2;
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::countersDisagree);
  EXPECT_TRUE(plant.production.line.block->until_resumed);
  EXPECT_THAT(plant.production.line.block->text, HasSubstr("fed 3"));
  EXPECT_THAT(plant.production.line.block->text, HasSubstr("the journal fed 1"));
  EXPECT_EQ(plant.started(Step::feed), 1U) << "a blank was fed all the same";
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{2, 0, 0, 0, 2}));
}

TEST(sum_of_blanks, is_compared_after_the_last_card_and_after_a_start) {
  Plant plant;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    auto result = plant.well(effect);
    if (effect.step != Step::eject) return result;
    ++plant.status.counters.rejected;  // a sensor bounced
    return Ejected{plant.status.counters};
  };
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::countersDisagree);
  plant.restart();
  plant.settle();
  expect_stopped(plant, api::Reason::countersDisagree);
}

TEST(sum_of_blanks, finds_a_journal_that_was_restored_behind_the_counters) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  const auto backup = plant.records;
  plant.produce(1);
  plant.settle();
  plant.records = backup;
  plant.restart();
  plant.settle();
  expect_stopped(plant, api::Reason::countersDisagree);
}

TEST(sum_of_blanks, is_not_disturbed_by_one_wrong_answer_while_a_card_is_settled) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.restart();
  bool lied = false;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step != Step::probe || std::exchange(lied, true)) return plant.well(effect);
    auto wrong = plant.status;
    ++wrong.counters.fed;
    return Checked{wrong};
  };
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().bodies, 1U);
  EXPECT_FALSE(plant.production.line.block);
}

TEST(sum_of_blanks, counts_both_blanks_of_a_double_feed) {
  Plant plant;
  bool doubled = false;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::feed && !std::exchange(doubled, true)) {
      plant.move_body(Step::feed);
      plant.move_body(Step::feed);
      return api::fail_unknown(api::Reason::feedFailed, "two cards arrived at once");
    }
    auto result = plant.well(effect);
    if (effect.step == Step::reject) {
      ++plant.status.counters.rejected;
      return Rejected{"", plant.status.counters};
    }
    return result;
  };
  const auto batch = plant.produce(1);
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().bodies, 2U);
  EXPECT_EQ(sums(plant), (std::vector<std::int64_t>{0, 2, 0, 0, 0}));
  EXPECT_FALSE(plant.production.line.block);
  plant.devices = [&](const Effect& effect) { return plant.well(effect); };
  plant.done(RepeatProduction{batch, {}, api::Reason::damaged});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(printer, that_was_swapped_while_nothing_was_inside_waits_for_a_person) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  plant.status.identity.serial = "P2";
  plant.status.counters = {7, 7, 7, 0};
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::printerChanged);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.records.accounts.at("P2").first.fed, 7U);
  EXPECT_EQ(plant.records.accounts.at("P2").good, 1);
}

TEST(printer, that_was_swapped_with_a_card_inside_leaves_that_card_in_doubt) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.restart();
  plant.status.identity.serial = "P2";
  plant.status.counters = {7, 7, 7, 0};
  plant.status.printer.position = api::CardPosition::none;
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::inDoubt);
  EXPECT_EQ(plant.attempts_of(1).front().whereabouts, Whereabouts::otherPrinter);
  EXPECT_EQ(account(plant).in_doubt, 1);
}

TEST(clock, that_was_set_back_stops_production_until_it_is_right) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  const auto right = plant.now;
  plant.now -= std::chrono::hours(5);
  plant.restart();
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::clockSetBack);
  plant.restart();
  plant.settle();
  expect_stopped(plant, api::Reason::clockSetBack);
  EXPECT_EQ(plant.started(Step::feed), 1U);
  plant.now = right + std::chrono::minutes(1);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(clock, that_was_set_back_is_not_accepted_by_a_resume_for_another_reason) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  plant.now -= std::chrono::hours(5);
  plant.done(Pause{});
  plant.done(Resume{});
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::clockSetBack);
}

TEST(clock, that_was_set_back_lets_no_interrupted_card_go_on) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::certify));
  const auto right = plant.now;
  plant.now -= std::chrono::hours(5);
  plant.restart();
  plant.settle();
  expect_stopped(plant, api::Reason::clockSetBack);
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::keyed);
  plant.now = right;
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(clock, that_was_set_back_is_accepted_by_a_person) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  plant.now -= std::chrono::hours(5);
  plant.produce(1);
  plant.settle();
  expect_stopped(plant, api::Reason::clockSetBack);
  plant.done(Resume{});
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(doubt, is_resolved_as_good_only_with_journaled_evidence) {
  Plant plant;
  plant.lose({1});
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.settle();
  ASSERT_EQ(plant.card(1).state, CardState::inDoubt);
  plant.done(ResolveDoubt{{1}, true, "it lay beside the output"});
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::done);
  const auto said = std::ranges::find(plant.records.audits, "ResolveDoubt", &AuditRecord::action);
  ASSERT_NE(said, plant.records.audits.end());
  EXPECT_EQ(said->outcome, "good: it lay beside the output");
  EXPECT_EQ(plant.refused(ResolveDoubt{{1}, true, {}}).error, Refused::wrongState);
}

TEST(doubt, of_a_card_that_was_not_inspected_can_only_be_bad) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.status.printer.position = api::CardPosition::none;
  plant.restart();
  plant.settle();
  ASSERT_EQ(plant.card(1).state, CardState::inDoubt);
  const auto refusal = plant.refused(ResolveDoubt{{1}, true, {}});
  EXPECT_EQ(refusal.error, Refused::evidenceMissing);
  EXPECT_EQ(refusal.value, "printIntent");
  plant.done(ResolveDoubt{{1}, false, "half printed"});
  EXPECT_EQ(plant.card(1).state, CardState::failed);
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::spoiled);
  EXPECT_FALSE(plant.records.sealed.contains(plant.attempts_of(1).front().id));
  plant.done(RepeatProduction{{1}, {}, api::Reason::damaged});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(doubt, is_only_in_cards_that_are_in_doubt) {
  Plant plant;
  plant.produce(1);
  EXPECT_EQ(plant.refused(ResolveDoubt{{1}, false, {}}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(ResolveDoubt{{9}, false, {}}).error, Refused::cardNotFound);
}

TEST(account, figures_of_a_printer_that_has_not_answered_yet_are_not_accepted) {
  Plant plant(false);
  plant.production.line.block = Block{api::Reason::countersDisagree, "as before the start", true};
  plant.done(Resume{});
  EXPECT_TRUE(plant.records.accounts.empty());
  EXPECT_FALSE(plant.production.line.block);
}

}  // namespace
