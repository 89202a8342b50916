#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/letters.hpp"
#include "daemon/core/pool.hpp"

// Batches while and after they are produced: cancelled, confirmed, repeated, given up.
namespace core {
namespace {

// An open batch in which `verb` is possible, or why not.
struct Found {
  Batch* batch = nullptr;
  std::optional<Refusal> refusal;
};

Found find_awaiting(Turn& turn, BatchId id, std::string_view verb) {
  const auto open = turn.production.batches.find(id);
  if (open != turn.production.batches.end()) {
    if (open->second.state == BatchState::awaitingConfirmation) return {&open->second, {}};
    return {nullptr, wrong_state(id.text(), api::name_of(open->second.state), verb)};
  }
  const auto closed = turn.records.batch(id);
  if (!closed) return {nullptr, refuse(Refused::batchNotFound, id.text())};
  return {nullptr, wrong_state(id.text(), api::name_of(closed->state), verb)};
}

}  // namespace

void settle_batch(Turn& turn, Batch& batch) {
  const auto& cards = turn.production.cards;
  const auto state_of = [&](CardId id) { return cards.at(id).state; };
  if (std::ranges::find(batch.cards, CardState::inProduction, state_of) != batch.cards.end()) return;
  batch.reason.reset();
  batch.text.clear();
  const auto state = std::ranges::all_of(batch.cards, is_confirmed, state_of)
                         ? BatchState::completed
                         : BatchState::awaitingConfirmation;
  if (batch.state != state) turn.move(batch, state);
  order_follows(turn, batch);
}

void forget_settled(Production& production) {
  std::erase_if(production.batches, [&](const auto& entry) {
    const auto& batch = entry.second;
    if (batch.state != BatchState::completed && batch.state != BatchState::cancelled) return false;
    for (const auto id : batch.cards) {
      if (const auto& attempt = production.cards.at(id).attempt) production.attempts.erase(*attempt);
      if (!in_encoder(production, id)) production.cards.erase(id);
    }
    return true;
  });
}

Reply handle(Turn& turn, const CompleteBatch& command, const Caller& caller) {
  const auto [batch, refusal] = find_awaiting(turn, command.batch, "complete");
  if (!batch) return *refusal;
  auto& production = turn.production;
  auto unsettled = refuse(Refused::batchNotSettled, command.batch.text(), {},
                          std::string(api::text_of(Refused::batchNotSettled)));
  for (const auto id : batch->cards) {
    const auto state = production.cards.at(id).state;
    if (state == CardState::failed || state == CardState::inDoubt) unsettled.cards.push_back(id);
  }
  if (!unsettled.cards.empty()) return unsettled;
  unsettled.text = "certificates of bad attempts are not on the revocation list yet";
  unsettled.cards = not_on_list(turn, *batch);
  if (!unsettled.cards.empty()) return unsettled;

  Done done{batch->id, {}, {}};
  for (const auto id : batch->cards) {
    auto& card = production.cards.at(id);
    if (!next(card.state, Verb::complete)) continue;
    turn.move(card, Verb::complete);
    const auto& attempt = production.attempts.at(*card.attempt);
    release_certificates(turn, attempt);
    make_letter(turn, attempt);
    done.cards.push_back(id);
  }
  turn.move(*batch, BatchState::completed);
  order_follows(turn, *batch);
  turn.audit(caller, "CompleteBatch", batch->id.text(), fmt::format("{} cards", done.cards.size()));
  return done;
}

namespace {

std::optional<Refusal> pick_for_repeat(Turn& turn, const Batch& batch, const RepeatProduction& command,
                                       std::vector<CardId>& cards) {
  auto& production = turn.production;
  if (command.cards.empty()) {
    for (const auto id : batch.cards)
      if (production.cards.at(id).state == CardState::failed) cards.push_back(id);
    if (cards.empty())
      return refuse(Refused::noCards, batch.id.text(), {},
                    "no card of the batch failed: name the cards to repeat");
    return std::nullopt;
  }
  for (const auto id : command.cards) {
    if (std::ranges::find(batch.cards, id) == batch.cards.end())
      return refuse(Refused::cardNotInBatch, id.text(), batch.id.text());
    const auto& card = production.cards.at(id);
    if (!next(card.state, Verb::repeat))
      return wrong_state(id.text(), api::name_of(card.state), api::name_of(Verb::repeat));
    if (std::ranges::find(cards, id) == cards.end()) cards.push_back(id);
  }
  return std::nullopt;
}

}  // namespace

void condemn(Turn& turn, Card& card, api::Reason reason) {
  auto& attempt = turn.production.attempts.at(*card.attempt);
  if (attempt.phase != Phase::done) return;
  condemn(turn, attempt, reason);
  withdraw_secrets(turn, attempt);
  lose_chip(card);
}

void condemn(Turn& turn, Attempt& attempt, api::Reason reason) {
  attempt.reached = attempt.phase;
  attempt.reason = reason;
  attempt.text = api::text_of(reason);
  move_bodies(turn, attempt, &PrinterAccount::good, &PrinterAccount::condemned);
  turn.move(attempt, Phase::condemned);
}

std::optional<Refusal> refuse_attempts(Turn& turn, CardId id) {
  const auto counts = [](const Attempt& attempt) {
    return attempt.bodies > 0 || (is_by_hand(attempt.kind) && attempt.phase != Phase::voided);
  };
  const auto limit = turn.production.rules.attempts_max;
  if (std::ranges::count_if(turn.records.attempts_of(id), counts) < limit) return std::nullopt;
  auto refusal = refuse(Refused::limitExceeded, "attempts", id.text());
  refusal.maximum = limit;
  return refusal;
}

Reply handle(Turn& turn, const RepeatProduction& command, const Caller& caller) {
  const auto [batch, refusal] = find_awaiting(turn, command.batch, "repeat");
  if (!batch) return *refusal;
  Done done{batch->id, {}, {}};
  if (auto refused = pick_for_repeat(turn, *batch, command, done.cards)) return *refused;
  for (const auto id : done.cards)
    if (auto refused = refuse_attempts(turn, id)) return *refused;

  for (const auto id : done.cards) {
    auto& card = turn.production.cards.at(id);
    condemn(turn, card, command.reason);
    card.reason.reset();
    card.text.clear();
    turn.move(card, Verb::repeat);
    turn.audit(caller, "RepeatProduction", id.text(), api::name_of(command.reason));
  }
  batch->consecutive_failures = 0;
  open_batch(turn, *batch);
  return done;
}

Reply handle(Turn& turn, const GiveUpCards& command, const Caller& caller) {
  if (command.cards.empty()) return refuse(Refused::noCards, {}, {}, "no card was named");
  std::map<CardId, Card> cards;
  for (const auto id : command.cards) {
    const auto card = find_card(turn, id);
    if (!card) return refuse(Refused::cardNotFound, id.text());
    if (!next(card->state, Verb::giveUp)) return wrong_state(*card, Verb::giveUp);
    cards.emplace(id, *card);
  }
  // A batch that is being produced keeps its cards until it has ended: a repeat could be under way.
  for (const auto& [id, card] : cards) {
    if (!turn.production.cards.contains(id)) continue;
    const auto& batch = turn.production.batches.at(*card.batch);
    if (batch.state != BatchState::awaitingConfirmation)
      return wrong_state(batch.id.text(), api::name_of(batch.state), api::name_of(Verb::giveUp));
  }
  Done done;
  std::set<OrderId> orders;
  for (auto& [id, card] : cards) {
    turn.move(card, Verb::giveUp);
    put_back(turn, card);
    turn.audit(caller, "GiveUpCards", id.text(), "aborted");
    if (card.order) orders.insert(*card.order);
    done.cards.push_back(id);
  }
  for (const auto id : orders) settle_order(turn, id);
  return done;
}

namespace {

// Whether nothing was fed for it yet, and nothing is about to be.
bool can_be_void(const Line& line, const Attempt& attempt) {
  if (line.in_machine != attempt.id) return true;
  return !line.running && !line.unsettled &&
         (attempt.phase == Phase::claimed || attempt.phase == Phase::feedIntent);
}

void make_void(Turn& turn, Attempt& attempt) {
  auto& line = turn.production.line;
  if (line.claimed == attempt.id) line.claimed.reset();
  if (line.in_machine == attempt.id) {
    line.in_machine.reset();
    line.tries = 0;
  }
  turn.move(attempt, Phase::voided);
}

// The last attempt that used up a blank.
std::optional<Attempt> last_begun(Turn& turn, CardId id) {
  std::optional<Attempt> last;
  for (auto& attempt : turn.records.attempts_of(id))
    if (attempt.bodies > 0) last = std::move(attempt);
  return last;
}

// Whether the card stays in its batch. One that was to be repeated has failed again; one that was never begun
// goes back to where it came from.
bool stays(Turn& turn, const Batch& batch, Card& card) {
  auto& production = turn.production;
  if (card.state != CardState::inProduction) return true;
  const auto attempt = card.attempt ? production.attempts.find(*card.attempt) : production.attempts.end();
  const bool open = attempt != production.attempts.end() && !is_over(attempt->second.phase);
  if (open && !can_be_void(production.line, attempt->second)) return true;
  if (open) make_void(turn, attempt->second);
  if (const auto begun = last_begun(turn, card.id)) {
    card.reason = begun->reason;
    card.text = begun->text;
    turn.move(card, Verb::fail);
    return true;
  }
  card.attempt.reset();
  turn.move(card, batch.origin == Origin::order ? Verb::returnToOrders : Verb::returnToRequests);
  if (attempt != production.attempts.end()) production.attempts.erase(attempt);
  return false;
}

Found find_producing(Turn& turn, BatchId id) {
  const auto open = turn.production.batches.find(id);
  const auto batch =
      open != turn.production.batches.end() ? std::optional(open->second) : turn.records.batch(id);
  if (!batch) return {nullptr, refuse(Refused::batchNotFound, id.text())};
  if (batch->state == BatchState::producing || batch->state == BatchState::paused) return {&open->second, {}};
  return {nullptr, wrong_state(id.text(), api::name_of(batch->state), "cancel")};
}

}  // namespace

Reply handle(Turn& turn, const CancelBatch& command, const Caller& caller) {
  const auto [batch, refusal] = find_producing(turn, command.batch);
  if (!batch) return *refusal;
  auto& production = turn.production;
  Done done{batch->id, {}, {}};
  std::set<OrderId> orders;
  for (const auto id : std::exchange(batch->cards, {})) {
    auto& card = production.cards.at(id);
    if (stays(turn, *batch, card)) {
      batch->cards.push_back(id);
      continue;
    }
    if (card.order) orders.insert(*card.order);
    done.cards.push_back(id);
    production.cards.erase(id);
  }
  turn.move(*batch, batch->cards.empty() ? BatchState::cancelled : batch->state);
  if (!batch->cards.empty()) settle_batch(turn, *batch);
  for (const auto id : orders) hold_back(turn, id);
  turn.audit(caller, "CancelBatch", batch->id.text(), fmt::format("{} cards went back", done.cards.size()));
  return done;
}

}  // namespace core
