#pragma once
#include <algorithm>
#include <span>

#include "daemon/core/event.hpp"

// The way of one card as data: which phases an attempt of a kind passes, which step leads to each, and what a
// failed step means.
namespace core {

inline constexpr std::array produce_plan{
    Phase::claimed,      Phase::feedIntent, Phase::fed,       Phase::identified,  Phase::sealed,
    Phase::encodeIntent, Phase::keyed,      Phase::certified, Phase::encoded,     Phase::verified,
    Phase::printIntent,  Phase::printed,    Phase::inspected, Phase::ejectIntent, Phase::done};
inline constexpr std::array body_plan{Phase::claimed,     Phase::feedIntent, Phase::fed,
                                      Phase::printIntent, Phase::printed,    Phase::inspected,
                                      Phase::ejectIntent, Phase::done};

// The same with a magnetic stripe. What is on a stripe can be overwritten: it comes last before print, which
// cannot.
template <std::size_t n>
constexpr std::array<Phase, n + 1> with_stripe(const std::array<Phase, n>& plan) {
  std::array<Phase, n + 1> striped{};
  const auto print = std::ranges::find(plan, Phase::printIntent);
  auto at = std::copy(plan.begin(), print, striped.begin());
  *at++ = Phase::striped;
  std::copy(print, plan.end(), at);
  return striped;
}
inline constexpr auto striped_produce_plan = with_stripe(produce_plan);
inline constexpr auto striped_body_plan = with_stripe(body_plan);

// A body that a person puts into the encoder. Its verification is its end: nothing has to be moved.
inline constexpr std::array by_hand_plan{Phase::claimed,      Phase::identified, Phase::sealed,
                                         Phase::encodeIntent, Phase::keyed,      Phase::certified,
                                         Phase::encoded,      Phase::verified,   Phase::done};

// A card that stays with its holder for longer: keys and PIN stay too, so that nothing is written before the
// keys are certified anew.
inline constexpr std::array recertify_plan{Phase::claimed,      Phase::identified, Phase::certified,
                                           Phase::encodeIntent, Phase::encoded,    Phase::verified,
                                           Phase::done};

inline std::span<const Phase> plan_of(const Attempt& attempt) {
  using Plan = std::span<const Phase>;
  switch (attempt.kind) {
    case AttemptKind::produce: return attempt.stripe ? Plan(striped_produce_plan) : produce_plan;
    case AttemptKind::body: return attempt.stripe ? Plan(striped_body_plan) : body_plan;
    case AttemptKind::initialize: break;
    case AttemptKind::reencode:
      if (attempt.then == Verb::extend) return recertify_plan;
  }
  return by_hand_plan;
}

struct StepTo {
  Phase phase;
  Step step;
};

// A phase that is not listed is reached by committing it: it is an intent. Rendering comes before all of
// them, ahead of its turn.
inline constexpr std::array steps_to{
    StepTo{Phase::feedIntent, Step::check},
    StepTo{Phase::fed, Step::feed},
    StepTo{Phase::identified, Step::identify},
    StepTo{Phase::sealed, Step::seal},
    StepTo{Phase::keyed, Step::personalise},
    StepTo{Phase::certified, Step::reserve},  // and then Step::certify
    StepTo{Phase::encoded, Step::write},
    StepTo{Phase::verified, Step::verify},
    StepTo{Phase::striped, Step::stripe},
    StepTo{Phase::printed, Step::print},
    StepTo{Phase::inspected, Step::inspect},
    StepTo{Phase::done, Step::eject},
    StepTo{Phase::spoiled, Step::reject},
};

constexpr std::optional<Step> step_to(Phase phase) {
  for (const auto& row : steps_to)
    if (row.phase == phase) return row.step;
  return std::nullopt;
}

// The phase after this one; nothing at the end of the plan.
constexpr std::optional<Phase> phase_after(std::span<const Phase> plan, Phase phase) {
  if (phase == Phase::rejectIntent) return Phase::spoiled;
  const auto here = std::ranges::find(plan, phase);
  if (here == plan.end() || here + 1 == plan.end()) return std::nullopt;
  return *(here + 1);
}
inline std::optional<Phase> phase_after(const Attempt& attempt) {
  return phase_after(plan_of(attempt), attempt.phase);
}

// Whether the chip may have been changed by an attempt that is in this phase, or ended after it.
inline bool may_have_written(const Attempt& attempt, Phase phase) {
  const auto plan = plan_of(attempt);
  return std::ranges::find(plan, phase) >= std::ranges::find(plan, Phase::encodeIntent);
}

// What becomes of the attempt when a step fails.
enum class Fate {
  wait,    // nothing happened: the same step again when the device is mended
  voided,  // nothing physical happened and waiting does not help: the card fails without a blank
  reject,  // the body goes to the reject bin
  settle,  // nobody knows whether it was done: recovery finds out
};

struct FateRow {
  Step step;
  Fate device;    // the device could not, and surely did nothing
  Fate not_done;  // any other failure that surely did nothing
  Fate unknown;   // nobody knows whether it was done
};

// Whatever moves a body or talks to its chip is settled by recovery when its end is unknown; what happens in
// this computer alone can be given up.
inline constexpr std::array fates{
    FateRow{Step::render, Fate::voided, Fate::voided, Fate::voided},
    FateRow{Step::check, Fate::wait, Fate::wait, Fate::wait},
    FateRow{Step::feed, Fate::wait, Fate::wait, Fate::settle},
    FateRow{Step::identify, Fate::wait, Fate::reject, Fate::settle},
    FateRow{Step::seal, Fate::reject, Fate::reject, Fate::reject},
    FateRow{Step::personalise, Fate::settle, Fate::reject, Fate::settle},
    FateRow{Step::reserve, Fate::reject, Fate::reject, Fate::reject},
    FateRow{Step::certify, Fate::reject, Fate::reject, Fate::reject},
    FateRow{Step::write, Fate::settle, Fate::reject, Fate::settle},
    FateRow{Step::verify, Fate::settle, Fate::reject, Fate::settle},
    FateRow{Step::stripe, Fate::wait, Fate::reject, Fate::settle},
    FateRow{Step::print, Fate::wait, Fate::reject, Fate::settle},
    FateRow{Step::inspect, Fate::settle, Fate::reject, Fate::settle},
    FateRow{Step::eject, Fate::wait, Fate::wait, Fate::settle},
    FateRow{Step::reject, Fate::wait, Fate::wait, Fate::settle},
};

constexpr Fate fate_of(Step step, const api::Failure& failure) {
  for (const auto& row : fates) {
    if (row.step != step) continue;
    const auto failure_class = api::class_of(failure.reason);
    // A key that was refused is never tried again, however it was said.
    const bool refused = failure_class == api::FailureClass::authentication && row.not_done == Fate::reject;
    if (failure.certainty == api::Certainty::unknown && !refused) return row.unknown;
    return failure_class == api::FailureClass::device ? row.device : row.not_done;
  }
  return Fate::settle;
}

// How often the same step of the same attempt is tried again after the devices said they are well.
inline constexpr unsigned step_tries_max = 3;

// How far behind the newest record the clock may be: a step of NTP, not a lost battery.
inline constexpr std::chrono::minutes clock_tolerance(2);

// A failure of this class stops the line until a person resumes it.
constexpr bool stops_line(api::FailureClass failure_class) {
  return failure_class == api::FailureClass::authentication || failure_class == api::FailureClass::authority;
}

}  // namespace core
