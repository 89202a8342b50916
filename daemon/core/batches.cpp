#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/handlers.hpp"
#include "daemon/core/revocation.hpp"

// Batches after their production: confirmed, repeated, given up.
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
    send_letter(turn, attempt);
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
  attempt.reached = attempt.phase;
  attempt.reason = reason;
  attempt.text = api::text_of(reason);
  withdraw_secrets(turn, attempt);
  move_bodies(turn, attempt, &PrinterAccount::good, &PrinterAccount::condemned);
  turn.move(attempt, Phase::condemned);
}

Reply handle(Turn& turn, const RepeatProduction& command, const Caller& caller) {
  const auto [batch, refusal] = find_awaiting(turn, command.batch, "repeat");
  if (!batch) return *refusal;
  Done done{batch->id, {}, {}};
  if (auto refused = pick_for_repeat(turn, *batch, command, done.cards)) return *refused;

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
  std::set<CardId> cards;
  for (const auto id : command.cards) {
    const auto open = turn.production.cards.find(id);
    const auto card =
        open != turn.production.cards.end() ? std::optional(open->second) : turn.records.card(id);
    if (!card) return refuse(Refused::cardNotFound, id.text());
    if (open == turn.production.cards.end() || !next(card->state, Verb::giveUp))
      return wrong_state(id.text(), api::name_of(card->state), api::name_of(Verb::giveUp));
    cards.insert(id);
  }
  // A batch that is being produced keeps its cards until it has ended: a repeat could be under way.
  for (const auto id : cards) {
    const auto& batch = turn.production.batches.at(*turn.production.cards.at(id).batch);
    if (batch.state != BatchState::awaitingConfirmation)
      return wrong_state(batch.id.text(), api::name_of(batch.state), api::name_of(Verb::giveUp));
  }
  Done done;
  for (const auto id : cards) {
    turn.move(turn.production.cards.at(id), Verb::giveUp);
    turn.audit(caller, "GiveUpCards", id.text(), "aborted");
    done.cards.push_back(id);
  }
  return done;
}

Reply handle(Turn&, const CancelBatch&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "request");
}

}  // namespace core
