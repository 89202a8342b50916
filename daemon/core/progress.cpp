#include <fmt/format.h>

#include "daemon/core/turn.hpp"

// What the devices brought back, and what follows from it.
namespace core {
namespace {

Attempt& in_machine(Turn& turn) {
  return turn.production.attempts.at(*turn.production.line.in_machine);
}

// Moves the attempt into `phase` and on through the intents after it, and starts the step that leads further.
void proceed(Turn& turn, Attempt& attempt, Phase phase) {
  turn.move(attempt, phase);
  for (auto to = phase_after(attempt.kind, phase); to; to = phase_after(attempt.kind, *to)) {
    if (const auto step = step_to(*to)) return turn.run(*step);
    turn.move(attempt, *to);
  }
}

// Whether a body is, or may be, in the machine; one in the output or the reject bin is out of it.
// Where no sensor can tell, `unknown` says nothing.
constexpr bool holds_card(const LineStatus& status) {
  const auto position = status.printer.position;
  if (position == api::CardPosition::unknown) return status.capabilities.position_known;
  return position != api::CardPosition::none && position != api::CardPosition::ejected &&
         position != api::CardPosition::rejected;
}

// What the next step needs of the line. Blanks and ribbon are asked for before a blank is fed, and not again.
struct Need {
  bool encoder = false;
  bool empty_machine = false;
  unsigned blanks = 0;
  unsigned panels = 0;  // faces on the ribbon
};

// Why the line cannot go on now; nothing when it can.
std::optional<api::Failure> obstacle(const LineStatus& status, const Need& need) {
  using api::Reason;
  const auto because = [](Reason reason, std::string detail = {}) {
    return api::Failure{reason, api::Certainty::notDone, std::move(detail)};
  };
  const auto state = status.printer.state;
  if (!status.printer.conditions.empty()) return because(status.printer.conditions.front());
  if (state == api::PrinterState::offline) return because(Reason::printerGone);
  if (state != api::PrinterState::ready && state != api::PrinterState::asleep &&
      (need.empty_machine || state != api::PrinterState::busy))
    return because(Reason::printerFault, std::string(api::text_of(state)));
  if (need.empty_machine && holds_card(status)) return because(Reason::cardInside);
  if (need.encoder && status.slot == api::Slot::absent) return because(Reason::readerGone);
  if (status.supplies.hopper_cards.value_or(need.blanks) < need.blanks) return because(Reason::hopperEmpty);
  if (status.supplies.ribbon_panels.value_or(need.panels) < need.panels) return because(Reason::ribbonOut);
  return std::nullopt;
}

// What the product asks for and this line does not have; waiting would not help.
std::optional<api::Failure> beyond(const api::Capabilities& line, const Product& product) {
  const auto lacks = [](std::string_view what) {
    return api::Failure{api::Reason::lineCannot, api::Certainty::notDone, std::string(what)};
  };
  if (product.encode && !line.contact_station) return lacks("its printer has no contact station");
  if (product.encode && !line.reject_bin) return lacks("its printer has no reject bin for spoiled chips");
  if (faces_of(product) > 1 && !line.duplex) return lacks("its printer prints one side only");
  return std::nullopt;
}

void note_failure(Attempt& attempt, const api::Failure& failure) {
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

// After an attempt that ended badly: too many in a row, or one that must not happen again, stop the line.
void count_failure(Turn& turn, Attempt& attempt) {
  auto& batch = turn.production.batches.at(attempt.batch);
  ++batch.consecutive_failures;
  turn.decision.rows.emplace_back(batch);
  if (stops_line(api::class_of(*attempt.reason))) return block(turn, *attempt.reason, attempt.text, true);
  if (batch.consecutive_failures < turn.production.rules.consecutive_failures_max) return;
  block(turn, *attempt.reason,
        fmt::format("{} cards in a row failed; the last one: {}", batch.consecutive_failures, attempt.text),
        true);
}

void step_failed(Turn& turn, Attempt& attempt, Step step, const api::Failure& failure) {
  auto fate = fate_of(step, failure);
  if (fate == Fate::wait && turn.production.line.tries >= step_tries_max)
    fate = step == Step::eject || step == Step::reject ? Fate::doubt
           : step == Step::feed || step == Step::check ? Fate::voided
                                                       : Fate::reject;
  switch (fate) {
    case Fate::wait: return block(turn, failure.reason, failure.detail, false);
    case Fate::reject: return start_rejecting(turn, attempt, failure);
    case Fate::doubt:
      fail_attempt(turn, attempt, Phase::inDoubt, failure, Verb::doubt);
      return count_failure(turn, attempt);
    case Fate::voided:
      fail_attempt(turn, attempt, Phase::voided, failure, Verb::fail);
      if (api::class_of(failure.reason) != api::FailureClass::data) count_failure(turn, attempt);
      return;
  }
}

void rendered(Turn& turn, const Returned& returned) {
  auto& line = turn.production.line;
  if (line.claimed != returned.attempt) return;
  if (returned.result) {
    line.rendered = true;
    return;
  }
  line.claimed.reset();
  step_failed(turn, turn.production.attempts.at(returned.attempt), Step::render, returned.result.error());
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
  for (const auto& certificate : certificates) turn.decision.rows.emplace_back(certificate);
  if (step == Step::reserve) return turn.run(Step::certify);
  proceed(turn, attempt, Phase::certified);
}

void ejected(Turn& turn, Attempt& attempt) {
  auto& batch = turn.production.batches.at(attempt.batch);
  batch.consecutive_failures = 0;
  turn.decision.rows.emplace_back(batch);
  const auto product = product_of(turn.production.rules, turn.production.cards.at(attempt.card));
  const bool automatic = product && product->confirm == Confirm::automatic;
  end_attempt(turn, attempt, Phase::done, automatic ? Verb::passAndConfirm : Verb::pass);
  if (automatic) send_letter(turn, attempt);
}

void rejected(Turn& turn, Attempt& attempt, const std::string& invalidation) {
  attempt.invalidation = invalidation;
  withdraw_secrets(turn, attempt);
  end_attempt(turn, attempt, Phase::spoiled, Verb::fail);
  count_failure(turn, attempt);
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
    case Step::eject: return ejected(turn, attempt);
    case Step::reject: return rejected(turn, attempt, std::get<Rejected>(brought).invalidation);
    case Step::feed:
    case Step::personalise:
    case Step::write:
    case Step::verify:
    case Step::print:
    case Step::inspect: return proceed(turn, attempt, *phase_after(attempt.kind, attempt.phase));
    case Step::render:
    case Step::letter:
    case Step::publish:
    case Step::probe: break;  // not steps of the attempt in the machine
  }
}

// What the line waits for: the step at which the attempt in the machine stands, or the next card.
Need waiting_need(const Production& production) {
  if (!production.line.in_machine) return {false, true, 0, 0};
  const auto& attempt = production.attempts.at(*production.line.in_machine);
  const auto product = product_of(production.rules, production.cards.at(attempt.card));
  const bool encode =
      attempt.kind == AttemptKind::produce && !attempt.reached && attempt.phase < Phase::verified;
  if (attempt.phase != Phase::claimed && attempt.phase != Phase::feedIntent) return {encode, false, 0, 0};
  return {encode, true, 1, product ? faces_of(*product) : 0};
}

void probed(Turn& turn, const Returned& returned) {
  auto& line = turn.production.line;
  line.running.reset();
  if (!returned.result) {
    const auto& failure = returned.result.error();
    if (!line.block) block(turn, failure.reason, failure.detail, false);
    return;
  }
  line.status = std::get<Checked>(*returned.result).status;
  if (!line.block || line.block->until_resumed) return;
  if (const auto problem = obstacle(*line.status, waiting_need(turn.production))) {
    if (problem->reason != line.block->reason) block(turn, problem->reason, problem->detail, false);
    return;
  }
  unblock(turn);
}

// Said once, not with every try.
void published(Turn& turn, const Returned& returned) {
  auto& list = turn.production.list;
  if (--list.under_way > 0) return;
  const bool failed = !returned.result;
  if (failed != list.failed)
    turn.audit({}, "publish", "revocation list", failed ? returned.result.error().detail : "written");
  list.failed = failed;
  if (failed) return;
  list.owed = false;
  list.written = turn.now;
  list.cards.clear();
}

void letter_returned(Turn& turn, const Returned& returned) {
  auto& letters = turn.production.letters;
  const auto attempt = turn.records.attempt(returned.attempt);
  if (!attempt) return;
  if (returned.result) {
    const auto& kept = std::get<Sealed>(*returned.result);
    turn.decision.rows.emplace_back(SealedSecrets{returned.attempt, kept.pin, kept.puk});
    turn.audit({}, "letter", attempt->card.text(), "written");
    letters.erase(returned.attempt);
    return;
  }
  auto& letter = letters[returned.attempt];
  letter.under_way = false;
  if (!std::exchange(letter.failed, true))
    turn.audit({}, "letter", attempt->card.text(), returned.result.error().detail);
}

}  // namespace

void send_letter(Turn& turn, const Attempt& attempt) {
  if (attempt.kind != AttemptKind::produce) return;
  const auto card = turn.records.card(attempt.card);
  if (!card || !product_of(turn.production.rules, *card)) return;
  turn.production.letters[attempt.id].under_way = true;
  turn.effect(Step::letter, attempt.id);
}

// The first reason stays: a body that was to be rejected is bad for that, wherever it is now, and what it
// knows is withdrawn.
void fail_attempt(Turn& turn, Attempt& attempt, Phase phase, const api::Failure& failure, Verb verb) {
  if (attempt.phase == Phase::rejectIntent)
    withdraw_secrets(turn, attempt);
  else
    note_failure(attempt, failure);
  end_attempt(turn, attempt, phase, verb);
}

void end_attempt(Turn& turn, Attempt& attempt, Phase phase, Verb verb) {
  auto& production = turn.production;
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

  auto& batch = production.batches.at(attempt.batch);
  const bool open = std::ranges::any_of(
      batch.cards, [&](CardId id) { return production.cards.at(id).state == CardState::inProduction; });
  if (open) return;
  const bool confirmed = std::ranges::all_of(
      batch.cards, [&](CardId id) { return production.cards.at(id).state == CardState::unassigned; });
  batch.reason.reset();
  batch.text.clear();
  turn.move(batch, confirmed ? BatchState::completed : BatchState::awaitingConfirmation);
}

void withdraw_secrets(Turn& turn, const Attempt& attempt) {
  turn.decision.rows.emplace_back(SealedSecrets{attempt.id, {}, {}});
  bool any = false;
  for (auto certificate : turn.records.certificates(attempt.id)) {
    certificate.state = CertificateState::revoked;
    certificate.revoked = turn.now;
    turn.decision.rows.emplace_back(std::move(certificate));
    any = true;
  }
  if (!any) return;
  turn.production.list.cards.insert(attempt.card);
  publish(turn);
}

void publish(Turn& turn) {
  auto& list = turn.production.list;
  list.owed = true;
  ++list.under_way;
  turn.effect(Step::publish);
}

void decide(Production& production, const Returned& returned, api::WallTime now, Records& records,
            Decision& decision) {
  Turn turn{production, now, records, decision};
  switch (returned.step) {
    case Step::render: rendered(turn, returned); break;
    case Step::probe: probed(turn, returned); break;
    case Step::letter: letter_returned(turn, returned); break;
    case Step::publish: published(turn, returned); break;
    case Step::check:
    case Step::feed:
    case Step::identify:
    case Step::seal:
    case Step::personalise:
    case Step::reserve:
    case Step::certify:
    case Step::write:
    case Step::verify:
    case Step::print:
    case Step::inspect:
    case Step::eject:
    case Step::reject: {
      assert(production.line.in_machine == returned.attempt && production.line.running == returned.step);
      production.line.running.reset();
      auto& attempt = in_machine(turn);
      if (returned.result)
        step_done(turn, attempt, returned.step, *returned.result);
      else
        step_failed(turn, attempt, returned.step, returned.result.error());
    }
  }
  schedule(turn);
}

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

void decide(Production& production, const Recovered&, api::WallTime now, Records& records,
            Decision& decision) {
  Turn turn{production, now, records, decision};
  const api::Failure stopped{api::Reason::restarted, api::Certainty::unknown, {}};
  keep_stops(turn);
  for (auto& [id, attempt] : production.attempts) {
    if (is_over(attempt.phase)) continue;
    if (attempt.phase == Phase::claimed) {
      turn.move(attempt, Phase::voided);  // nothing had happened: its card is claimed again
      continue;
    }
    fail_attempt(turn, attempt, Phase::inDoubt, stopped, Verb::doubt);
    // It was on its way to the reject bin because of this: the line was about to stop.
    if (stops_line(api::class_of(*attempt.reason))) block(turn, *attempt.reason, attempt.text, true);
  }
  for (const auto& id : records.letters_owed())
    if (const auto attempt = records.attempt(id)) send_letter(turn, *attempt);
  // Whether the last list was written before the stop is not known.
  for (const auto& [id, card] : production.cards) production.list.cards.insert(id);
  publish(turn);
  probe(turn);
}

}  // namespace core
