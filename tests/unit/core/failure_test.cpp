#include <fmt/format.h>

#include "daemon/core/recovery.hpp"
#include "tests/unit/core/plant.hpp"

// Whatever fails, wherever: the card ends with a reason, and the line goes on or says why it does not.
namespace {

using namespace plant;
using api::Certainty;
using api::FailureClass;

// A reason of each class.
constexpr std::array reasons{api::Reason::textDoesNotFit,
                             api::Reason::coverOpen,
                             api::Reason::chipCommunication,
                             api::Reason::managementKeyRefused,
                             api::Reason::authorityUnavailable,
                             api::Reason::jam,
                             api::Reason::timedOut};

struct Failing {
  std::string product;
  Step step;
  api::Reason reason;
  Certainty certainty;
};

std::string text_of(const Failing& failing) {
  return fmt::format("{} {} {} {}", failing.product, api::name_of(failing.step), api::name_of(failing.reason),
                     failing.certainty == Certainty::unknown ? "unknown" : "notDone");
}

std::vector<Failing> all_failures() {
  constexpr std::array chip_steps{Step::identify, Step::seal,  Step::personalise, Step::reserve,
                                  Step::certify,  Step::write, Step::verify};
  constexpr std::array body_steps{Step::render, Step::check,   Step::feed,
                                  Step::print,  Step::inspect, Step::eject};
  std::vector<Failing> failures;
  for (const auto reason : reasons)
    for (const auto certainty : {Certainty::notDone, Certainty::unknown}) {
      for (const auto step : chip_steps) failures.push_back({"encoded", step, reason, certainty});
      for (const auto step : body_steps)
        for (const auto* product : {"encoded", "printed"})
          failures.push_back({product, step, reason, certainty});
      for (const auto* product : {"striped", "printed striped"})
        failures.push_back({product, Step::stripe, reason, certainty});
    }
  return failures;
}

// Nothing moves in the machine when a step fails here, and it goes on failing. So every attempt that was fed
// ends in the reject bin; what the machine refuses before that stops the line.
Phase end_of(const Failing& failing) {
  return failing.step == Step::render ? Phase::voided : Phase::spoiled;
}
bool before_blank(const Failing& failing) {
  return failing.step == Step::check || failing.step == Step::feed;
}

void expect_withdrawn(Plant& plant, const AttemptId& attempt) {
  EXPECT_FALSE(plant.records.sealed.contains(attempt));
  for (const auto& certificate : plant.records.certificates(attempt))
    EXPECT_EQ(certificate.state, CertificateState::revoked);
}

// The second card of the batch is made, after Resume where the line has stopped with a reason.
void expect_next_card(Plant& plant, bool stopped) {
  EXPECT_EQ(plant.production.line.block.has_value(), stopped);
  if (stopped) {
    EXPECT_TRUE(plant.production.line.block->until_resumed);
    EXPECT_EQ(plant.card(2).state, CardState::inProduction);
    EXPECT_EQ(plant.batch(1).state, BatchState::paused);
    EXPECT_TRUE(plant.batch(1).reason);
    plant.done(Resume{});
    plant.settle();
  }
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  EXPECT_TRUE(plant.effects.empty());
}

TEST(failure, of_any_step_ends_the_card_with_its_reason_and_lets_the_next_one_be_made) {
  for (const auto& failing : all_failures()) {
    if (before_blank(failing)) continue;
    SCOPED_TRACE(text_of(failing));
    Plant plant;
    plant.fail(failing.step, {1}, failing.reason, failing.certainty);
    plant.produce(2, failing.product);
    plant.settle();

    const auto attempts = plant.attempts_of(1);
    ASSERT_EQ(attempts.size(), 1U) << "nothing is tried again without a person";
    const auto& attempt = attempts.front();
    EXPECT_EQ(attempt.phase, end_of(failing));
    EXPECT_EQ(attempt.reason, failing.reason);
    EXPECT_THAT(attempt.text, testing::HasSubstr("on purpose"));
    EXPECT_TRUE(attempt.reached && attempt.ended);
    const auto& card = plant.card(1);
    EXPECT_EQ(card.state, attempt.phase == Phase::inDoubt ? CardState::inDoubt : CardState::failed);
    EXPECT_EQ(card.reason, failing.reason);
    if (attempt.phase == Phase::spoiled) expect_withdrawn(plant, attempt.id);
    const auto failure_class = api::class_of(failing.reason);
    expect_next_card(
        plant, failure_class == FailureClass::authentication || failure_class == FailureClass::authority);
  }
}

TEST(failure, to_draw_the_next_card_makes_the_one_after_it_ready_while_a_card_is_in_the_machine) {
  Plant plant;
  plant.fail(Step::render, {2}, api::Reason::fieldMissing);
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::print));
  EXPECT_EQ(plant.card(2).state, CardState::failed);
  EXPECT_EQ(plant.production.line.claimed, plant.card(3).attempt);
  EXPECT_TRUE(plant.production.line.rendered);
  EXPECT_EQ(plant.card(1).state, CardState::inProduction);
  EXPECT_EQ(plant.started(Step::render), 3U);
  plant.settle();
  EXPECT_EQ(plant.card(3).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::feed), 2U);
}

TEST(failure, of_a_device_that_says_it_is_well_stops_the_line_and_the_card_waits) {
  for (const auto& failing : all_failures()) {
    if (!before_blank(failing) || (failing.step == Step::feed && failing.certainty == Certainty::unknown))
      continue;
    SCOPED_TRACE(text_of(failing));
    Plant plant;
    plant.fail(failing.step, {1}, failing.reason, failing.certainty);
    plant.produce(2, failing.product);
    plant.settle();
    ASSERT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
    EXPECT_EQ(plant.production.line.block->reason, failing.reason);
    EXPECT_EQ(plant.started(failing.step), 1 + step_tries_max);
    EXPECT_EQ(plant.card(1).state, CardState::inProduction);
    plant.devices = [&](const Effect& effect) { return plant.well(effect); };
    plant.done(Resume{});
    plant.settle();
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  }
}

TEST(failure, of_a_feed_that_nobody_knows_the_end_of_is_settled_by_the_counters) {
  for (const bool fed : {false, true}) {
    Plant plant;
    bool failed = false;
    plant.devices = [&](const Effect& effect) -> Plant::Result {
      if (effect.step != Step::feed || std::exchange(failed, true)) return plant.well(effect);
      if (fed) plant.move_body(Step::feed);
      return api::fail_unknown(api::Reason::timedOut);
    };
    plant.produce(1);
    plant.settle();
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.status.counters.fed, 1U);
    EXPECT_EQ(plant.attempts_of(1).size(), fed ? 1U : 2U);
    EXPECT_EQ(plant.attempts_of(1).front().phase, fed ? Phase::done : Phase::voided);
  }
}

// Steps of a chip and of a body are tried again only where that is harmless, or after it was found out how
// far the body is.
TEST(failure, of_a_step_that_touched_the_card_is_tried_again_only_after_it_was_settled) {
  for (const auto& failing : all_failures()) {
    if (before_blank(failing) || failing.step == Step::render) continue;
    const bool waits = fate_of(failing.step, {failing.reason, failing.certainty, {}}) == Fate::wait;
    SCOPED_TRACE(text_of(failing));
    Plant plant;
    plant.fail(failing.step, {1}, failing.reason, failing.certainty);
    plant.produce(1, failing.product);
    plant.settle();
    if (waits) continue;
    const auto tries = plant.started(failing.step);
    EXPECT_LE(tries, 1 + plant.attempts_of(1).front().recoveries);
    EXPECT_TRUE(tries == 1 || failing.step != Step::print) << "printed twice";
    EXPECT_TRUE(tries == 1 || fate_of(failing.step, {failing.reason, failing.certainty, {}}) == Fate::settle);
  }
}

TEST(failure, of_the_rejection_leaves_the_body_in_doubt_and_its_secrets_withdrawn) {
  for (const auto reason : reasons)
    for (const auto certainty : {Certainty::notDone, Certainty::unknown})
      for (const auto* product : {"encoded", "printed"}) {
        SCOPED_TRACE(text_of({product, Step::reject, reason, certainty}));
        Plant plant;
        plant.fail(Step::inspect, {1}, api::Reason::printInterrupted);
        plant.fail(Step::reject, {1}, reason, certainty);
        plant.produce(2, product);
        plant.settle();
        const auto attempt = plant.attempts_of(1).front();
        EXPECT_EQ(attempt.phase, Phase::inDoubt);
        EXPECT_EQ(attempt.reason, api::Reason::printInterrupted) << "the first reason stays";
        EXPECT_EQ(attempt.reached, Phase::rejectIntent);
        EXPECT_EQ(plant.card(1).state, CardState::inDoubt);
        EXPECT_EQ(attempt.whereabouts, Whereabouts::inside);
        EXPECT_FALSE(may_be_good(attempt));
        expect_withdrawn(plant, attempt.id);
        ASSERT_TRUE(plant.production.line.block);
        EXPECT_EQ(plant.production.line.block->reason, api::Reason::cardInside);
        plant.status.printer.position = api::CardPosition::none;  // a person took it out
        plant.settle();
        expect_next_card(plant, false);
      }
}

// It passed every check once; then its chip was about to be made useless.
TEST(failure, of_the_rejection_of_a_card_that_had_passed_leaves_nothing_to_be_called_good) {
  Plant plant;
  for (const auto step : {Step::eject, Step::reject})
    plant.fail(step, {1}, api::Reason::timedOut, Certainty::unknown);
  plant.produce(1);
  plant.settle();
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_THAT(plant.phases_of(attempt.id), testing::HasSubstr("ejectIntent rejectIntent"));
  EXPECT_EQ(attempt.phase, Phase::inDoubt);
  EXPECT_EQ(plant.refused(ResolveDoubt{{1}, true, {}}).error, Refused::evidenceMissing);
  expect_withdrawn(plant, attempt.id);
}

TEST(failure, of_a_key_stops_the_line_wherever_the_body_ends) {
  for (const bool rejected : {true, false}) {
    Plant plant;
    plant.fail(Step::personalise, {1}, api::Reason::managementKeyRefused);
    if (!rejected) plant.fail(Step::reject, {1}, api::Reason::timedOut, Certainty::unknown);
    plant.produce(2);
    plant.settle();
    if (!rejected) plant.status.printer.position = api::CardPosition::none;  // a person took it out
    EXPECT_EQ(plant.attempts_of(1).front().phase, rejected ? Phase::spoiled : Phase::inDoubt);
    ASSERT_TRUE(plant.production.line.block);
    EXPECT_EQ(plant.production.line.block->reason, api::Reason::managementKeyRefused);
    EXPECT_EQ(plant.started(Step::personalise), 1U) << "never a second try";
    expect_next_card(plant, true);
  }
}

TEST(failures_in_a_row, stop_the_line) {
  Plant plant;
  for (const auto card : {1, 2, 3}) plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
  plant.produce(5);
  plant.settle();
  EXPECT_EQ(plant.card(3).state, CardState::failed);
  EXPECT_EQ(plant.card(4).state, CardState::inProduction);
  EXPECT_EQ(plant.started(Step::feed), 3U);
  ASSERT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
  EXPECT_THAT(plant.batch(1).text, testing::HasSubstr("3 cards in a row"));
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(5).state, CardState::awaitingConfirmation);
}

TEST(failures_in_a_row, begin_anew_after_a_person_said_resume) {
  Plant plant;
  for (const auto card : {1, 2, 3, 4, 5}) plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
  plant.produce(6);
  plant.settle();
  plant.done(Resume{});
  plant.settle();
  EXPECT_FALSE(plant.production.line.block);
  EXPECT_EQ(plant.card(6).state, CardState::awaitingConfirmation);
}

TEST(failures_in_a_row, count_bodies_in_doubt_and_voided_attempts_too) {
  Plant plant;
  plant.lose({1});
  plant.fail(Step::feed, {2}, api::Reason::timedOut, Certainty::unknown);
  plant.fail(Step::verify, {3}, api::Reason::verificationMismatch);
  plant.produce(4);
  plant.settle();
  ASSERT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
  EXPECT_EQ(plant.card(4).state, CardState::inProduction);
}

TEST(failures_in_a_row, end_with_a_good_card) {
  Plant plant;
  for (const auto card : {1, 2, 4, 5}) plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
  plant.produce(6);
  plant.settle();
  EXPECT_FALSE(plant.production.line.block);
  EXPECT_EQ(plant.card(6).state, CardState::awaitingConfirmation);
}

TEST(failures_in_a_row, do_not_end_with_a_device_that_was_mended) {
  Plant plant;
  for (const auto card : {1, 2, 3}) plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
  plant.produce(4);
  ASSERT_TRUE(plant.finish_until(Step::reject));
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.settle();
  ASSERT_TRUE(plant.production.line.block && !plant.production.line.block->until_resumed);
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_EQ(plant.card(4).state, CardState::inProduction);
  EXPECT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
}

TEST(failures_in_a_row, do_not_count_wrong_data) {
  Plant plant;
  for (const auto card : {1, 2, 3, 4}) plant.fail(Step::render, {card}, api::Reason::textDoesNotFit);
  plant.produce(5);
  plant.settle();
  EXPECT_FALSE(plant.production.line.block);
  EXPECT_EQ(plant.card(5).state, CardState::awaitingConfirmation);
}

TEST(failures_in_a_row, are_forgotten_when_the_batch_is_repeated) {
  Plant plant;
  for (const auto card : {1, 2}) plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(2);
  plant.settle();
  EXPECT_EQ(plant.batch(1).consecutive_failures, 2U);
  plant.done(RepeatProduction{batch, {}, api::Reason::damaged});
  EXPECT_EQ(plant.batch(1).consecutive_failures, 0U);
}

}  // namespace
