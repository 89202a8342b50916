#include "daemon/core/plan.hpp"

#include <set>

namespace {

using namespace core;

std::string names(std::span<const Phase> phases) {
  std::string text;
  for (const auto phase : phases) text += (text.empty() ? "" : " ") + std::string(api::name_of(phase));
  return text;
}

Attempt attempt(AttemptKind kind, bool stripe = false) {
  Attempt attempt;
  attempt.kind = kind;
  attempt.stripe = stripe;
  return attempt;
}
constexpr std::array on_line{AttemptKind::produce, AttemptKind::body};

TEST(plan, of_a_card_is_that_of_the_contract) {
  EXPECT_EQ(
      names(plan_of(attempt(AttemptKind::produce))),
      "claimed feedIntent fed identified sealed encodeIntent keyed certified encoded verified printIntent "
      "printed inspected ejectIntent done");
}

TEST(plan, of_a_body_leaves_the_chip_alone) {
  EXPECT_EQ(names(plan_of(attempt(AttemptKind::body))),
            "claimed feedIntent fed printIntent printed inspected ejectIntent done");
}

TEST(plan, with_a_magnetic_stripe_writes_it_last_before_print) {
  EXPECT_EQ(names(plan_of(attempt(AttemptKind::produce, true))),
            "claimed feedIntent fed identified sealed encodeIntent keyed certified encoded verified striped "
            "printIntent printed inspected ejectIntent done");
  EXPECT_EQ(names(plan_of(attempt(AttemptKind::body, true))),
            "claimed feedIntent fed striped printIntent printed inspected ejectIntent done");
  EXPECT_EQ(step_to(Phase::striped), Step::stripe);
}

// Recovery and what is told of a card in doubt compare phases.
TEST(plan, goes_through_the_phases_in_their_order) {
  for (const auto kind : on_line)
    for (const bool stripe : {false, true}) {
      const auto plan = plan_of(attempt(kind, stripe));
      EXPECT_TRUE(std::ranges::is_sorted(plan));
    }
}

TEST(plan, leads_on_from_every_phase_but_the_last) {
  for (const auto kind : on_line)
    for (const bool stripe : {false, true}) {
      const auto plan = plan_of(attempt(kind, stripe));
      for (std::size_t i = 0; i + 1 < plan.size(); ++i) EXPECT_EQ(phase_after(plan, plan[i]), plan[i + 1]);
      EXPECT_EQ(phase_after(plan, Phase::done), std::nullopt);
      EXPECT_EQ(phase_after(plan, Phase::rejectIntent), Phase::spoiled);
      for (const auto end : {Phase::spoiled, Phase::voided, Phase::inDoubt, Phase::condemned})
        EXPECT_EQ(phase_after(plan, end), std::nullopt);
    }
}

// A blank is fed, a chip changed, a body printed and moved only from a phase that says so beforehand.
TEST(plan, has_an_intent_before_each_effect_that_cannot_be_taken_back) {
  const std::map<Phase, Phase> intent{{Phase::fed, Phase::feedIntent},
                                      {Phase::keyed, Phase::encodeIntent},
                                      {Phase::printed, Phase::printIntent},
                                      {Phase::done, Phase::ejectIntent}};
  for (const auto kind : on_line)
    for (const auto& [effect, before] : intent) {
      const auto plan = plan_of(attempt(kind));
      if (std::ranges::find(plan, effect) == plan.end()) continue;
      EXPECT_EQ(phase_after(plan, before), effect);
      EXPECT_EQ(step_to(before), before == Phase::feedIntent ? std::optional(Step::check) : std::nullopt);
    }
}

TEST(plan, reaches_each_phase_by_one_step_at_most) {
  std::set<Phase> phases;
  std::set<Step> steps;
  for (const auto& row : steps_to) {
    EXPECT_TRUE(phases.insert(row.phase).second);
    EXPECT_TRUE(steps.insert(row.step).second);
    EXPECT_EQ(step_to(row.phase), row.step);
  }
}

TEST(fates, stand_once_for_every_step_of_an_attempt) {
  for (const auto& step : step_rows) {
    const bool of_attempt = step.value != Step::letter && step.value != Step::publish &&
                            step.value != Step::dispatch && step.value != Step::probe &&
                            step.value != Step::examine;
    EXPECT_EQ(std::ranges::count(fates, step.value, &FateRow::step), of_attempt ? 1 : 0) << step.name;
  }
}

// What every row has to keep to, whichever it is.
TEST(fates, never_guess_where_a_body_is) {
  const std::set<Step> moves{Step::feed, Step::eject, Step::reject};
  const std::set<Step> before_blank{Step::render, Step::check, Step::feed};
  for (const auto& row : fates)
    for (const auto& reason : api::reason_rows)
      for (const auto certainty : {api::Certainty::notDone, api::Certainty::unknown}) {
        const auto fate = fate_of(row.step, {reason.value, certainty, {}});
        const auto what = std::string(api::name_of(row.step)) + " " + std::string(reason.name);
        const bool unknown = certainty == api::Certainty::unknown;
        const bool device = reason.failure_class == api::FailureClass::device;
        const bool refused = reason.failure_class == api::FailureClass::authentication;
        if (refused && row.not_done == Fate::reject)
          EXPECT_EQ(fate, Fate::reject) << what << ": never a second try";
        else
          EXPECT_EQ(fate, unknown ? row.unknown : device ? row.device : row.not_done) << what;
        EXPECT_TRUE(fate == Fate::settle || !unknown || !moves.contains(row.step)) << what;
        EXPECT_TRUE(fate != Fate::voided || before_blank.contains(row.step)) << what;
        EXPECT_TRUE(fate != Fate::reject || (!before_blank.contains(row.step) && row.step != Step::reject))
            << what;
        EXPECT_TRUE(fate != Fate::wait || !unknown || row.step == Step::check) << what;
      }
}

TEST(fates, let_a_chip_be_touched_again_only_after_it_was_asked_how_far_it_is) {
  for (const auto step : {Step::personalise, Step::write, Step::verify})
    for (const auto& reason : api::reason_rows)
      EXPECT_NE(fate_of(step, {reason.value, api::Certainty::unknown, {}}), Fate::wait);
}

// It waits for the device, but what is bad about the stripe itself does not get better.
TEST(fates, reject_a_body_whose_stripe_cannot_be_written) {
  for (const auto reason : {api::Reason::stripeRefused, api::Reason::stripeMismatch})
    EXPECT_EQ(fate_of(Step::stripe, {reason, api::Certainty::notDone, {}}), Fate::reject);
}

TEST(failure_class, stops_the_line_where_the_next_card_would_fail_alike_and_cost_something) {
  for (const auto& row : api::failure_class_rows)
    EXPECT_EQ(stops_line(row.value), row.name == "authentication" || row.name == "authority") << row.name;
}

}  // namespace
