#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/letters.hpp"
#include "daemon/core/obstacle.hpp"
#include "daemon/core/pool.hpp"

// What the devices brought back, and what follows from it.
namespace core {

Attempt& in_machine(Turn& turn) {
  return turn.production.attempts.at(*turn.production.line.in_machine);
}

void proceed(Turn& turn, Attempt& attempt, Phase phase) {
  turn.move(attempt, phase);
  go_on(turn, attempt);
}

void go_on(Turn& turn, Attempt& attempt) {
  while (const auto to = phase_after(attempt)) {
    if (const auto step = step_to(*to)) return turn.run(*step);
    if (*to == Phase::ejectIntent && !may_leave(turn, attempt)) return;
    turn.move(attempt, *to);
  }
}

// The first reason stays: a body that was to be rejected is bad for that, wherever it is now.
void note_failure(Attempt& attempt, const api::Failure& failure) {
  if (attempt.phase == Phase::rejectIntent) return;
  attempt.reached = attempt.phase;
  attempt.reason = failure.reason;
  attempt.text = failure.detail.empty() ? std::string(api::text_of(failure.reason))
                                        : fmt::format("{}: {}", api::text_of(failure.reason), failure.detail);
}

void start_rejecting(Turn& turn, Attempt& attempt, const api::Failure& failure) {
  note_failure(attempt, failure);
  turn.production.line.tries = 0;
  proceed(turn, attempt, Phase::rejectIntent);
}

void count_failure(Turn& turn, Attempt& attempt) {
  auto& batch = turn.production.batches.at(*attempt.batch);
  ++batch.consecutive_failures;
  turn.decision.rows.emplace_back(batch);
  // A chip that was taken up again and has not the PIN that it may have had is no sign of a wrong key.
  const bool interrupted = attempt.recoveries > 0 && attempt.reason == api::Reason::pinRefused;
  if (stops_line(api::class_of(*attempt.reason)) && !interrupted)
    return block(turn, *attempt.reason, attempt.text, true);
  if (batch.consecutive_failures < turn.production.rules.consecutive_failures_max) return;
  block(turn, *attempt.reason,
        fmt::format("{} cards in a row failed; the last one: {}", batch.consecutive_failures, attempt.text),
        true);
}

std::optional<api::Failure> clock_set_back(const Turn& turn) {
  if (turn.now + clock_tolerance >= turn.production.newest) return std::nullopt;
  return api::Failure{api::Reason::clockSetBack, api::Certainty::notDone, {}};
}

namespace {

// A device that says it is well and still does not do it, again and again.
void tries_exhausted(Turn& turn, Attempt& attempt, Step step, const api::Failure& failure) {
  turn.production.line.tries = 0;
  if (step == Step::eject || step == Step::reject) return unsettle(turn, failure);
  if (step == Step::feed || step == Step::check) return block(turn, failure.reason, failure.detail, true);
  start_rejecting(turn, attempt, failure);
}

void step_failed(Turn& turn, Attempt& attempt, Step step, const api::Failure& failure) {
  switch (fate_of(step, failure)) {
    case Fate::wait:
      if (turn.production.line.tries >= step_tries_max) return tries_exhausted(turn, attempt, step, failure);
      return block(turn, failure.reason, failure.detail, false);
    case Fate::reject: return start_rejecting(turn, attempt, failure);
    case Fate::settle: return unsettle(turn, failure);
    case Fate::voided:
      fail_attempt(turn, attempt, Phase::voided, failure, Verb::fail);
      if (api::class_of(failure.reason) != api::FailureClass::data) count_failure(turn, attempt);
      return;
  }
}

// The faces of the card that is next; or, once more, those of the one in the machine after a restart.
void rendered(Turn& turn, const Returned& returned) {
  auto& line = turn.production.line;
  if (line.in_machine == returned.attempt && line.running == Step::render) {
    line.running.reset();
    if (!returned.result) start_rejecting(turn, in_machine(turn), returned.result.error());
    return;
  }
  if (line.claimed != returned.attempt) return;
  if (returned.result) {
    line.rendered = true;
    return;
  }
  line.claimed.reset();
  step_failed(turn, turn.production.attempts.at(returned.attempt), Step::render, returned.result.error());
}

// Said once, however often it is found.
void stop_for(Turn& turn, const api::Failure& problem, bool until_resumed) {
  const auto& block = turn.production.line.block;
  if (!block || block->reason != problem.reason)
    core::block(turn, problem.reason, problem.detail, until_resumed);
}

// What is counted, the printer, or the time is not what the journal says.
bool stopped_by_figures(Turn& turn) {
  if (const auto problem = disagreement(turn.production, *turn.production.line.status)) {
    stop_for(turn, *problem, true);
    return true;
  }
  const auto back = clock_set_back(turn);
  if (back) stop_for(turn, *back, false);
  return back.has_value();
}

void checked(Turn& turn, Attempt& attempt, const LineStatus& status) {
  auto& line = turn.production.line;
  line.status = status;
  const auto product = product_of(turn.production.rules, turn.production.cards.at(attempt.card));
  assert(product && "its faces were rendered");
  if (const auto lacks = beyond(status.capabilities, *product))
    return fail_attempt(turn, attempt, Phase::voided, *lacks, Verb::fail);
  if (const auto problem = obstacle(status, {product->encode, true, 1, faces_of(*product)}))
    return block(turn, problem->reason, problem->detail, false);
  if (stopped_by_figures(turn)) return;
  line.tries = 0;
  if (line.block) return;  // stopped while the devices were asked: no blank is fed
  attempt.printer_serial = status.identity.serial;
  attempt.baseline = status.counters;
  proceed(turn, attempt, Phase::feedIntent);
}

void identified(Turn& turn, Attempt& attempt, const std::string& chip_serial) {
  attempt.chip_serial = chip_serial;
  if (!chip_serial.empty() && turn.records.chip_known(chip_serial, attempt.id))
    return start_rejecting(turn, attempt,
                           api::Failure{api::Reason::chipKnown, api::Certainty::notDone, chip_serial});
  proceed(turn, attempt, Phase::identified);
}

void certificates_came(Turn& turn, Attempt& attempt, Step step,
                       const std::vector<Certificate>& certificates) {
  keep_certificates(turn, certificates);
  if (step == Step::reserve) return turn.run(Step::certify);
  proceed(turn, attempt, Phase::certified);
}

// The reader may come back; a chip that does not answer is an answer.
void not_examined(Turn& turn, const api::Failure& failure) {
  if (api::class_of(failure.reason) == api::FailureClass::device)
    return block(turn, failure.reason, failure.detail, false);
  settle(turn, Chip::mute);
}

// After every card: the machine itself has to say what was done. One wrong answer stops nothing: it is asked
// again.
void compare(Turn& turn, const std::optional<api::Counters>& counters) {
  auto& line = turn.production.line;
  if (!counters || !line.status) return;
  line.status->counters = *counters;
  if (disagreement(turn.production, *line.status)) probe(turn);
}

void step_done(Turn& turn, Attempt& attempt, Step step, const Brought& brought) {
  auto& line = turn.production.line;
  if (step != Step::check) line.tries = 0;
  switch (step) {
    case Step::check: return checked(turn, attempt, std::get<Checked>(brought).status);
    case Step::identify: return identified(turn, attempt, std::get<Identified>(brought).chip_serial);
    case Step::seal: {
      const auto& sealed = std::get<Sealed>(brought);
      turn.decision.rows.emplace_back(SealedSecrets{attempt.id, sealed.pin, sealed.puk});
      return proceed(turn, attempt, Phase::sealed);
    }
    case Step::reserve:
    case Step::certify:
      return certificates_came(turn, attempt, step, std::get<Certified>(brought).certificates);
    case Step::examine: return settle(turn, std::get<Examined>(brought).chip);
    case Step::eject: ended_well(turn, attempt); return compare(turn, std::get<Ejected>(brought).counters);
    case Step::reject:
      ended_spoiled(turn, attempt, std::get<Rejected>(brought).invalidation);
      return compare(turn, std::get<Rejected>(brought).counters);
    case Step::feed: attempt.bodies = 1; [[fallthrough]];
    case Step::personalise:
    case Step::write:
    case Step::verify:
    case Step::stripe:
    case Step::print:
    case Step::inspect: return proceed(turn, attempt, *phase_after(attempt));
    case Step::render:
    case Step::letter:
    case Step::publish:
    case Step::dispatch:
    case Step::probe: break;  // not steps of the attempt in the machine
  }
}

// Before recovery decides, nothing moves any more, nothing stands in its way, and the printer has said the
// same twice.
void probed_unsettled(Turn& turn) {
  auto& line = turn.production.line;
  auto problem = obstacle(*line.status, waiting_need(turn.production));
  if (!problem) problem = clock_set_back(turn);
  if (line.status->printer.moving)
    problem = {api::Reason::printerBusy, api::Certainty::notDone, "the printer still moves the card"};
  if (problem) return stop_for(turn, *problem, false);
  if (line.block && !line.block->until_resumed) unblock(turn);
  if (std::exchange(line.reading, line.status->counters) == line.status->counters)
    return settle(turn, std::nullopt);
  probe(turn);
}

void probed(Turn& turn, const Returned& returned) {
  auto& line = turn.production.line;
  line.running.reset();
  if (!returned.result) return stop_for(turn, returned.result.error(), false);
  line.status = std::get<Checked>(*returned.result).status;
  if (turn.production.printers.empty()) welcome(turn, *line.status);
  if (line.unsettled) return probed_unsettled(turn);
  if (waiting_need(turn.production).empty_machine && stopped_by_figures(turn)) return;
  if (!line.block || line.block->until_resumed) return;
  if (line.block->reason == api::Reason::fileNotWritten) return;  // no device: `published` ends it
  if (const auto problem = obstacle(*line.status, waiting_need(turn.production))) {
    if (problem->reason != line.block->reason) block(turn, problem->reason, problem->detail, false);
    return;
  }
  unblock(turn);
}

}  // namespace

void fail_attempt(Turn& turn, Attempt& attempt, Phase phase, const api::Failure& failure, Verb verb) {
  note_failure(attempt, failure);
  // It was to be rejected: nobody will ever call it good, whatever it had passed before.
  if (attempt.phase == Phase::rejectIntent) {
    withdraw_secrets(turn, attempt);
    attempt.reached = Phase::rejectIntent;
  }
  end_attempt(turn, attempt, phase, verb);
}

void ended_well(Turn& turn, Attempt& attempt) {
  auto& batch = turn.production.batches.at(*attempt.batch);
  batch.consecutive_failures = 0;
  turn.decision.rows.emplace_back(batch);
  auto& card = turn.production.cards.at(attempt.card);
  const auto product = product_of(turn.production.rules, card);
  bear_chip(card, attempt, product);
  const bool automatic = product && product->confirm == Confirm::automatic;
  end_attempt(turn, attempt, Phase::done, automatic ? Verb::passAndConfirm : Verb::pass);
  if (!automatic) return;
  release_certificates(turn, attempt);
  make_letter(turn, attempt);
}

void ended_spoiled(Turn& turn, Attempt& attempt, const std::string& invalidation) {
  attempt.invalidation = invalidation;
  withdraw_secrets(turn, attempt);
  end_attempt(turn, attempt, Phase::spoiled, Verb::fail);
  count_failure(turn, attempt);
}

void end_attempt(Turn& turn, Attempt& attempt, Phase phase, Verb verb) {
  auto& production = turn.production;
  if (attempt.phase == Phase::inDoubt)
    move_bodies(turn, attempt, &PrinterAccount::in_doubt,
                phase == Phase::done ? &PrinterAccount::good : &PrinterAccount::rejected);
  else
    account_for(turn, attempt, phase);
  turn.move(attempt, phase);
  auto& card = production.cards.at(attempt.card);
  card.reason = attempt.reason;
  card.text = attempt.text;
  turn.move(card, verb);
  turn.audit({}, api::name_of(phase), card.id.text(),
             attempt.reason ? api::name_of(*attempt.reason) : "good");
  if (production.line.in_machine == attempt.id) {
    production.line.in_machine.reset();
    production.line.tries = 0;
  }

  settle_batch(turn, production.batches.at(*attempt.batch));
}

void decide(Production& production, const Returned& returned, api::WallTime now, Records& records,
            Decision& decision) {
  Turn turn{production, now, records, decision};
  if (production.by_hand && production.by_hand->attempt == returned.attempt) {
    by_hand_returned(turn, returned);
    schedule(turn);
    forget_settled(production);
    return turn.mark_time();
  }
  switch (returned.step) {
    case Step::render: rendered(turn, returned); break;
    case Step::probe: probed(turn, returned); break;
    case Step::letter: letter_returned(turn, returned); break;
    case Step::publish: published(turn, returned.result); break;
    case Step::dispatch: dispatched(turn, returned); break;
    case Step::check:
    case Step::feed:
    case Step::identify:
    case Step::examine:
    case Step::seal:
    case Step::personalise:
    case Step::reserve:
    case Step::certify:
    case Step::write:
    case Step::verify:
    case Step::stripe:
    case Step::print:
    case Step::inspect:
    case Step::eject:
    case Step::reject: {
      assert(production.line.in_machine == returned.attempt && production.line.running == returned.step);
      production.line.running.reset();
      auto& attempt = in_machine(turn);
      if (returned.result)
        step_done(turn, attempt, returned.step, *returned.result);
      else if (returned.step == Step::examine)
        not_examined(turn, returned.result.error());
      else
        step_failed(turn, attempt, returned.step, returned.result.error());
    }
  }
  schedule(turn);
  forget_settled(production);
  turn.mark_time();
}

}  // namespace core
