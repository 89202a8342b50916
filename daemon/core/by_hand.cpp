#include <fmt/format.h>

#include "daemon/core/letters.hpp"
#include "daemon/core/pool.hpp"

// Cards that a person puts into the encoder, beside the line. Nothing has to be moved, and nothing is found
// out after an interruption: what may have written on the chip is spoiled, what has not is void.
namespace core {

const Attempt* by_hand_attempt(const Production& production) {
  return production.by_hand ? &production.attempts.at(production.by_hand->attempt) : nullptr;
}

bool in_encoder(const Production& production, CardId card) {
  const auto* attempt = by_hand_attempt(production);
  return attempt && attempt->card == card;
}

namespace {

// Those that spoiled something since the last good one.
std::size_t spoiled_in_a_row(Turn& turn, CardId card) {
  std::size_t spoiled = 0;
  for (const auto& attempt : turn.records.attempts_of(card)) {
    if (attempt.phase == Phase::done) spoiled = 0;
    if (attempt.phase == Phase::spoiled) ++spoiled;
  }
  return spoiled;
}

}  // namespace

std::optional<Refusal> refuse_by_hand(Turn& turn, const Card& card) {
  const auto& production = turn.production;
  if (!production.rules.hand_encoder)
    return refuse(Refused::encoderMissing, card.id.text(), {},
                  std::string(api::text_of(Refused::encoderMissing)));
  if (const auto* other = by_hand_attempt(production))
    return refuse(Refused::encoderBusy, other->card.text());
  const auto& block = production.line.block;
  if (block && block->shutdown)
    return refuse(Refused::encoderMissing, card.id.text(), {}, "the station is about to stop");
  if (spoiled_in_a_row(turn, card.id) < production.rules.attempts_max) return std::nullopt;
  auto refusal = refuse(Refused::limitExceeded, "attempts");
  refusal.maximum = production.rules.attempts_max;
  return refusal;
}

Reply handle(Turn& turn, const InitializeCard& command, const Caller& caller) {
  auto card = pick_card(turn, command.card, Verb::initialize, &UseCases::initialize);
  if (!card) return card.error();
  const auto product = product_of(turn.production.rules, *card);
  if (!product) return refuse(Refused::productNotFound, card->product);
  Done done{{}, {card->id}, {}};
  if (!product->encode) {  // there is nothing to write
    card->chip_until = chip_end(*product, turn.now);
    turn.move(*card, Verb::initialize);
    put_back(turn, *card);
  } else {
    if (auto refusal = refuse_by_hand(turn, *card)) return *refusal;
    Attempt attempt;
    attempt.kind = AttemptKind::initialize;
    done.attempt = begin_by_hand(turn, *card, std::move(attempt));
  }
  turn.audit(caller, "InitializeCard", card->id.text(), done.attempt ? "begun" : "no chip to encode");
  return done;
}

namespace {

void run(Turn& turn, Step step) {
  turn.production.by_hand->running = step;
  turn.effect(step, turn.production.by_hand->attempt);
}

// What is over leaves the working set, but for a card of an open batch: that stays, with its last attempt.
void leave(Production& production, CardId id) {
  production.by_hand.reset();
  const auto card = production.cards.at(id);
  const bool open = card.batch && production.batches.contains(*card.batch);
  std::erase_if(production.attempts, [&](const auto& entry) {
    return entry.second.card == id && !(open && entry.first == card.attempt);
  });
  if (!open) production.cards.erase(id);
}

// What was on its chip before counts until what is on it now has been read back.
void encoded(Turn& turn, Card& card, const Attempt& attempt, const std::optional<Product>& product) {
  if (attempt.kind == AttemptKind::initialize) return bear_chip(card, attempt, product);
  if (attempt.then != Verb::extend)
    void_letters(turn, card.id, attempt.id);
  else if (const auto before = chip_attempt(turn, card.id))
    revoke_certificates(turn, *before, BadEnd::replaced);
  if (product) card.chip_until = chip_end(*product, card, attempt);
  card.encoding_due = false;
  card.holder = attempt.holder;
  card.valid_until = attempt.valid_until;
}

// Whoever holds the card confirms it: nothing is between the encoder and that hand.
void ended_good(Turn& turn, Attempt& attempt) {
  auto& card = turn.production.cards.at(attempt.card);
  turn.move(attempt, Phase::done);
  encoded(turn, card, attempt, product_of(turn.production.rules, card, attempt.id));
  card.attempt = attempt.id;
  card.reason.reset();
  card.text.clear();
  turn.move(card, attempt.then.value_or(Verb::initialize));
  release_certificates(turn, attempt);
  make_letter(turn, attempt);
  turn.audit({}, api::name_of(Phase::done), card.id.text(), "good");
  leave(turn.production, attempt.card);
}

void ended_badly(Turn& turn, Attempt& attempt, const api::Failure& failure) {
  const bool spoiled = may_have_written(attempt, attempt.phase);
  note_failure(attempt, failure);
  withdraw_secrets(turn, attempt);
  turn.move(attempt, spoiled ? Phase::spoiled : Phase::voided);
  auto& card = turn.production.cards.at(attempt.card);
  if (spoiled && attempt.kind == AttemptKind::initialize) {
    card.attempt = attempt.id;
    card.reason = attempt.reason;
    card.text = attempt.text;
    turn.move(card, Verb::fail);
  } else if (spoiled) {
    card.encoding_due = true;
    turn.decision.rows.emplace_back(card);
  }
  turn.audit({}, api::name_of(attempt.phase), card.id.text(), api::name_of(*attempt.reason));
  leave(turn.production, attempt.card);
}

void advance(Turn& turn, Attempt& attempt) {
  while (const auto to = phase_after(attempt)) {
    if (*to == Phase::done) return ended_good(turn, attempt);
    if (const auto step = step_to(*to)) return run(turn, *step);
    turn.move(attempt, *to);
  }
}

void proceed_to(Turn& turn, Attempt& attempt, Phase phase) {
  turn.move(attempt, phase);
  advance(turn, attempt);
}

// Whether the chip in the encoder may be the one that this attempt is for, as far as serial numbers tell.
std::optional<api::Failure> wrong_chip(Turn& turn, const Attempt& attempt) {
  const auto& card = turn.production.cards.at(attempt.card);
  const bool first = attempt.kind == AttemptKind::initialize;
  const auto marked = first ? std::nullopt : turn.records.attempt(card.guid.value());
  const auto expected = marked ? marked->chip_serial : card.chip_serial;
  if (!expected.empty() && attempt.chip_serial != expected)
    return api::Failure{api::Reason::otherCard, api::Certainty::notDone,
                        fmt::format("its chip is {}, not {}", attempt.chip_serial, expected)};
  const bool known =
      first && !attempt.chip_serial.empty() && turn.records.chip_known(attempt.chip_serial, attempt.id);
  if (known) return api::Failure{api::Reason::chipKnown, api::Certainty::notDone, attempt.chip_serial};
  return clock_set_back(turn);
}

void identified(Turn& turn, Attempt& attempt, const std::string& chip_serial) {
  attempt.chip_serial = chip_serial;
  if (const auto problem = wrong_chip(turn, attempt)) return ended_badly(turn, attempt, *problem);
  proceed_to(turn, attempt, Phase::identified);
}

void brought(Turn& turn, Attempt& attempt, Step step, const Brought& what) {
  if (const auto* chip = std::get_if<Identified>(&what)) return identified(turn, attempt, chip->chip_serial);
  if (const auto* sealed = std::get_if<Sealed>(&what))
    turn.decision.rows.emplace_back(SealedSecrets{attempt.id, sealed->pin, sealed->puk});
  if (const auto* certified = std::get_if<Certified>(&what)) keep_certificates(turn, certified->certificates);
  if (step == Step::reserve) return run(turn, Step::certify);
  proceed_to(turn, attempt, *phase_after(attempt));
}

}  // namespace

AttemptId begin_by_hand(Turn& turn, Card card, Attempt attempt) {
  auto& production = turn.production;
  attempt.id = turn.records.new_uuid();
  attempt.card = card.id;
  attempt.started = turn.now;
  production.cards[card.id] = std::move(card);
  production.by_hand = ByHand{attempt.id, {}};
  auto& stored = production.attempts[attempt.id] = std::move(attempt);
  proceed_to(turn, stored, Phase::claimed);
  return production.by_hand->attempt;
}

void by_hand_returned(Turn& turn, const Returned& returned) {
  auto& hand = *turn.production.by_hand;
  assert(hand.running == returned.step);
  hand.running.reset();
  auto& attempt = turn.production.attempts.at(hand.attempt);
  if (returned.result) return brought(turn, attempt, returned.step, *returned.result);
  ended_badly(turn, attempt, returned.result.error());
}

void recover_by_hand(Turn& turn) {
  auto& attempts = turn.production.attempts;
  for (;;) {
    const auto open = std::ranges::find_if(attempts, [](const auto& entry) {
      return is_by_hand(entry.second.kind) && !is_over(entry.second.phase);
    });
    if (open == attempts.end()) return;
    ended_badly(turn, open->second, {api::Reason::restarted, api::Certainty::unknown, {}});
  }
}

}  // namespace core
