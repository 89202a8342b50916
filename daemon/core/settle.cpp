#include <fmt/format.h>

#include "daemon/core/handlers.hpp"
#include "daemon/core/letters.hpp"
#include "daemon/core/recovery.hpp"
#include "daemon/core/revocation.hpp"

// Carries out what recovery decides; and what follows from a start.
namespace core {
namespace {

bool moves_something(Recovery action) {
  return action == Recovery::readChip || action == Recovery::resume || action == Recovery::reject;
}

unsigned bodies_of(const Attempt& attempt, Whereabouts body, const LineStatus& status) {
  switch (body) {
    case Whereabouts::notFed: return 0;
    case Whereabouts::inside:
    case Whereabouts::output:
    case Whereabouts::rejectBin:
    case Whereabouts::outside: return 1;
    case Whereabouts::twoInside:
    case Whereabouts::twoRejected: return 2;
    case Whereabouts::otherPrinter: return std::max(1U, attempt.bodies);
    case Whereabouts::unclear: break;
  }
  const auto& before = *attempt.baseline;
  const bool counted = status.capabilities.counters_persist && status.counters.fed >= before.fed;
  return counted ? static_cast<unsigned>(status.counters.fed - before.fed) : 1;
}

// One line: what was found, and what is done about it.
std::string account_of(const Attempt& attempt, const PrinterEvidence& evidence, std::optional<Chip> chip,
                       const RecoveryAction& then) {
  auto text = fmt::format("{} was at {}: {}", attempt.card.text(), api::name_of(attempt.phase),
                          api::text_of(evidence.body));
  if (evidence.faces != FacesCounted::none) text += fmt::format(", {}", api::text_of(evidence.faces));
  if (chip) text += fmt::format("; its chip: {}", api::text_of(*chip));
  text += fmt::format("; {}", api::text_of(then.action));
  if (then.action == Recovery::resume) text += fmt::format(" at {}", api::name_of(then.phase));
  return text;
}

void say(Turn& turn, Attempt& attempt, std::string text) {
  turn.audit({}, "recover", attempt.card.text(), text);
  turn.save(attempt);
  turn.decision.rows.emplace_back(Change{0, turn.now, "attempt", attempt.batch, attempt.card, attempt.id,
                                         std::string(api::name_of(attempt.phase)), attempt.reason, text});
  turn.production.recovered = std::move(text);
}

// Its card is taken again. What kept failing by itself is counted, so that it does not go on for ever.
void start_again(Turn& turn, Attempt& attempt, const api::Failure& why) {
  turn.production.line.in_machine.reset();
  if (why.reason != api::Reason::restarted) {
    attempt.reason = why.reason;
    attempt.text = api::text_of(why.reason);
    count_failure(turn, attempt);
  }
  turn.move(attempt, Phase::voided);
}

// Keys that were made before are replaced by new ones: what was certified for them is withdrawn. Faces were
// lost with the former process.
void go_on_at(Turn& turn, Attempt& attempt, Phase phase) {
  if (phase == Phase::encodeIntent) revoke_certificates(turn, attempt, BadEnd::replaced);
  turn.move(attempt, phase);
  if (phase < Phase::printIntent) turn.run(Step::render);
}

void carry_out(Turn& turn, Attempt& attempt, const RecoveryAction& then, const api::Failure& why) {
  switch (then.action) {
    case Recovery::again: return start_again(turn, attempt, why);
    case Recovery::readChip: return turn.run(Step::examine);
    case Recovery::resume: return go_on_at(turn, attempt, then.phase);
    case Recovery::reject: return start_rejecting(turn, attempt, why);
    case Recovery::good: return ended_well(turn, attempt);
    case Recovery::spoiled: {
      note_failure(attempt, why);
      const bool touched = attempt.kind == AttemptKind::produce && *attempt.reached >= Phase::encodeIntent;
      return ended_spoiled(turn, attempt,
                           touched ? std::string(api::name_of(api::Invalidation::unreachable)) : "");
    }
    case Recovery::doubt:
      fail_attempt(turn, attempt, Phase::inDoubt, why, Verb::doubt);
      return count_failure(turn, attempt);
  }
}

}  // namespace

void unsettle(Turn& turn, api::Failure why) {
  turn.production.line.unsettled = std::move(why);
  turn.production.line.reading.reset();
  turn.production.line.tries = 0;
}

void settle(Turn& turn, std::optional<Chip> chip) {
  auto& line = turn.production.line;
  auto& attempt = in_machine(turn);
  const auto product = product_of(turn.production.rules, turn.production.cards.at(attempt.card));
  const auto evidence = printer_evidence(attempt, product ? faces_of(*product) : 0, *line.status);
  auto then = recover(attempt.kind, attempt.phase, attempt.recoveries, evidence, chip);
  // Without its product nobody can say how it would go on.
  if (!product && moves_something(then.action)) then = {Recovery::doubt};
  if (line.block && moves_something(then.action)) return;

  attempt.whereabouts = evidence.body;
  attempt.bodies = bodies_of(attempt, evidence.body, *line.status);
  if (!chip) ++attempt.recoveries;
  say(turn, attempt, account_of(attempt, evidence, chip, then));
  const auto why = *line.unsettled;
  if (then.action != Recovery::readChip) line.unsettled.reset();
  carry_out(turn, attempt, then, why);
}

namespace {

// A line that was stopped before, by a person or by failures, stays stopped; one that waited for a device
// asks it again.
void keep_stops(Turn& turn) {
  auto& production = turn.production;
  for (const auto& [id, batch] : production.batches) {
    if (batch.state != BatchState::paused || !batch.reason) continue;
    if (batch.reason == api::Reason::paused || stops_line(api::class_of(*batch.reason)) ||
        batch.consecutive_failures >= production.rules.consecutive_failures_max)
      return block(turn, *batch.reason, batch.text, true);
  }
  for (auto& [id, batch] : production.batches) {
    if (batch.state != BatchState::paused) continue;
    batch.reason.reset();
    batch.text.clear();
    turn.move(batch, BatchState::producing);
  }
}

// What was open when the daemon stopped: an attempt that was only claimed had not begun, one in the machine
// is settled as soon as the printer answers.
void find_open_attempt(Turn& turn) {
  auto& production = turn.production;
  production.recovered = nothing_under_way;
  for (auto& [id, attempt] : production.attempts) {
    if (is_over(attempt.phase) || is_by_hand(attempt.kind)) continue;
    if (attempt.phase == Phase::claimed) {
      turn.move(attempt, Phase::voided);
      if (!production.line.in_machine)
        production.recovered = fmt::format("{} had not begun and is taken again", attempt.card.text());
      continue;
    }
    assert(!production.line.in_machine && "a line has one card in the machine");
    production.line.in_machine = id;
    production.recovered = fmt::format("{} was at {}: waits for the printer to answer", attempt.card.text(),
                                       api::name_of(attempt.phase));
    unsettle(turn, {api::Reason::restarted, api::Certainty::unknown, {}});
  }
}

}  // namespace

void decide(Production& production, const Recovered&, api::WallTime now, Records& records,
            Decision& decision) {
  Turn turn{production, now, records, decision};
  production.newest = records.newest_time().value_or(api::WallTime{});
  for (auto& printer : records.printers()) production.printers.emplace(printer.serial, printer);
  production.list.begun = records.newest_list();
  production.list.written = records.written_list();
  production.next_expiry = now;  // not known yet: to be looked for
  keep_stops(turn);
  find_open_attempt(turn);
  recover_letters(turn);
  recover_by_hand(turn);
  by_the_clock(turn);
  send_letters(turn, true);
  recover_dispatches(turn);
  recover_list(turn);
  probe(turn);
  turn.mark_time();
}

}  // namespace core
