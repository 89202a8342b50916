#include "daemon/core/pool.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/letters.hpp"

// Cards that are made: with whom they are, and for how long.
namespace core {

void bear_chip(Card& card, const Attempt& attempt, const std::optional<Product>& product) {
  card.guid = attempt.kind == AttemptKind::body ? std::nullopt : std::optional(attempt.id);
  card.chip_until.reset();
  if (product) card.chip_until = chip_end(*product, attempt.started);
  card.encoding_due = false;
}

void lose_chip(Card& card) {
  card.guid.reset();
  card.chip_until.reset();
  card.encoding_due = false;
}

api::WallTime chip_end(const Product& product, const Card& card, const Attempt& attempt) {
  if (attempt.then == Verb::assign && card.chip_until) return *card.chip_until;
  return chip_end(product, attempt.started);
}

std::optional<Attempt> chip_attempt(Turn& turn, CardId card) {
  std::optional<Attempt> last;
  for (auto& attempt : turn.records.attempts_of(card))
    if (attempt.phase == Phase::done && attempt.kind != AttemptKind::body) last = std::move(attempt);
  return last;
}

void revoke_chip(Turn& turn, Card& card, BadEnd end) {
  if (!card.guid) return;
  if (const auto attempt = chip_attempt(turn, card.id)) revoke_certificates(turn, *attempt, end);
  void_letters(turn, card.id);
  card.encoding_due = true;
}

void expire(Turn& turn, Card& card) {
  revoke_chip(turn, card, BadEnd::withdrawn);
  turn.move(card, Verb::expire);
  put_back(turn, card);
  turn.audit({}, "expire", card.id.text(), card.holder);
}

tl::expected<Card, Refusal> pick_card(Turn& turn, CardId id, Verb verb, bool UseCases::*use_case) {
  if (auto refusal = refuse_use_case(turn.production.rules, use_case)) return tl::unexpected(*refusal);
  auto card = find_card(turn, id);
  if (!card) return tl::unexpected(refuse(Refused::cardNotFound, id.text()));
  if (in_encoder(turn.production, id)) return tl::unexpected(refuse(Refused::encoderBusy, id.text()));
  // More cards may have expired at once than one turn takes.
  const bool over = card->state == CardState::assigned && card->valid_until && *card->valid_until <= turn.now;
  if (over && !clock_set_back(turn)) expire(turn, *card);
  if (!next(card->state, verb)) return tl::unexpected(wrong_state(*card, verb));
  return *std::move(card);
}

namespace {

constexpr std::int64_t days_max = 3650;

Refusal pool_life_over(const Card& card) {
  const auto until = std::chrono::floor<std::chrono::seconds>(card.chip_until.value_or(api::WallTime{}));
  return refuse(Refused::poolLifeOver, card.id.text(), fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", until));
}

// A card that is being encoded for the holder counts.
std::vector<CardId> cards_of(Turn& turn, const std::string& holder) {
  std::vector<CardId> cards;
  for (const auto& card : turn.records.assigned_to(holder)) {
    const auto now = find_card(turn, card.id);
    if (now->state == CardState::assigned && now->valid_until > turn.now) cards.push_back(card.id);
  }
  const auto* encoded = by_hand_attempt(turn.production);
  if (encoded && encoded->then == Verb::assign && encoded->holder == holder) cards.push_back(encoded->card);
  return cards;
}

std::optional<Refusal> refuse_assignment(Turn& turn, const std::string& id) {
  if (auto refusal = refuse_holder(turn, id)) return refusal;
  auto cards = cards_of(turn, id);
  if (cards.size() < turn.production.rules.cards_per_holder) return std::nullopt;
  auto refusal = refuse(Refused::holderHasCard, id);
  refusal.cards = std::move(cards);
  return refusal;
}

// The card goes into the encoder, and becomes what the verb says when its attempt is done.
Reply encode_anew(Turn& turn, const Card& card, Verb then, const std::string& holder, api::WallTime until) {
  if (auto refusal = refuse_by_hand(turn, card)) return *refusal;
  Attempt attempt;
  attempt.kind = AttemptKind::reencode;
  attempt.then = then;
  attempt.holder = holder;
  attempt.valid_until = until;
  Done done{{}, {card.id}, {}};
  done.attempt = begin_by_hand(turn, card, std::move(attempt));
  return done;
}

Done become(Turn& turn, Card& card, Verb verb) {
  turn.move(card, verb);
  put_back(turn, card);
  return {{}, {card.id}, {}};
}

// With that holder until then, at once or when it is encoded.
Reply hand_over(Turn& turn, Card& card, Verb verb, const std::string& holder, api::WallTime until,
                bool encode) {
  if (encode) return encode_anew(turn, card, verb, holder, until);
  card.holder = holder;
  card.valid_until = until;
  return become(turn, card, verb);
}

std::string until_text(const std::string& holder, api::WallTime until) {
  return fmt::format("{} until {:%Y-%m-%d}", holder, std::chrono::floor<std::chrono::days>(until));
}

}  // namespace

Reply handle(Turn& turn, const AssignCard& command, const Caller& caller) {
  auto card = pick_card(turn, command.card, Verb::assign, &UseCases::assign);
  if (!card) return card.error();
  const auto product = product_of(turn.production.rules, *card);
  if (!product) return refuse(Refused::productNotFound, card->product);
  const auto days = command.days.value_or(product->validity_days);
  if (auto refusal = refuse_number("days", days, 1, days_max)) return *refusal;
  if (auto refusal = refuse_assignment(turn, command.holder)) return *refusal;
  if (!card->chip_until || *card->chip_until <= turn.now) return pool_life_over(*card);
  const auto until = std::min<api::WallTime>(turn.now + std::chrono::days(days), *card->chip_until);
  auto reply = hand_over(turn, *card, Verb::assign, command.holder, until, card->encoding_due);
  if (std::holds_alternative<Done>(reply))
    turn.audit(caller, "AssignCard", card->id.text(), until_text(command.holder, until));
  return reply;
}

// Within the life of its chip an assignment is a date of this journal alone.
Reply handle(Turn& turn, const ExtendCard& command, const Caller& caller) {
  auto card = pick_card(turn, command.card, Verb::extend, &UseCases::assign);
  if (!card) return card.error();
  const auto product = product_of(turn.production.rules, *card);
  if (!product) return refuse(Refused::productNotFound, card->product);
  const auto days = command.days.value_or(product->validity_days);
  if (auto refusal = refuse_number("days", days, 1, days_max)) return *refusal;
  auto until = std::max(turn.now, card->valid_until.value_or(turn.now)) + std::chrono::days(days);
  const bool encode = card->encoding_due || until > card->chip_until.value_or(api::WallTime{});
  if (encode) {
    const api::WallTime longer = chip_end(*product, turn.now);
    if (!card->guid || (!card->encoding_due && longer <= card->chip_until)) return pool_life_over(*card);
    until = std::min(until, longer);
  }
  auto reply = hand_over(turn, *card, Verb::extend, card->holder, until, encode);
  if (std::holds_alternative<Done>(reply))
    turn.audit(caller, "ExtendCard", card->id.text(), until_text(card->holder, until));
  return reply;
}

Reply handle(Turn& turn, const WithdrawCard& command, const Caller& caller) {
  auto card = pick_card(turn, command.card, Verb::withdraw, &UseCases::assign);
  if (!card) return card.error();
  revoke_chip(turn, *card, BadEnd::withdrawn);
  turn.audit(caller, "WithdrawCard", card->id.text(), card->holder);
  card->holder.clear();
  card->valid_until.reset();
  return become(turn, *card, Verb::withdraw);
}

namespace {

// The body that the card is: whoever made it, and by whatever way.
void condemn_body(Turn& turn, const Card& card, api::Reason reason) {
  for (auto& made : turn.records.attempts_of(card.id)) {
    if (made.phase != Phase::done || made.kind == AttemptKind::reencode) continue;
    const auto open = turn.production.attempts.find(made.id);
    condemn(turn, open != turn.production.attempts.end() ? open->second : made, reason);
  }
}

// Its chip will never be opened again.
void erase_secrets(Turn& turn, CardId card) {
  for (const auto& attempt : turn.records.attempts_of(card))
    if (turn.records.sealed_secrets(attempt.id))
      turn.decision.rows.emplace_back(SealedSecrets{attempt.id, {}, {}});
}

std::optional<Refusal> refuse_replacement(Turn& turn, const Card& card) {
  const auto& rules = turn.production.rules;
  if (auto refusal = refuse_use_case(rules, &UseCases::request)) return refusal;
  if (rules.products.contains(card.product)) return std::nullopt;
  return refuse(Refused::productNotFound, card.product);
}

}  // namespace

Reply handle(Turn& turn, const LockCard& command, const Caller& caller) {
  auto card = pick_card(turn, command.card, Verb::lock, &UseCases::assign);
  if (!card) return card.error();
  if (command.replace)
    if (auto refusal = refuse_replacement(turn, *card)) return *refusal;
  revoke_chip(turn, *card, command.reason == api::Reason::lost ? BadEnd::lost : BadEnd::withdrawn);
  erase_secrets(turn, card->id);
  if (command.reason) {
    condemn_body(turn, *card, *command.reason);
    card->reason = command.reason;
    card->text = api::text_of(*command.reason);
  }
  turn.audit(caller, "LockCard", card->id.text(), command.reason ? api::name_of(*command.reason) : "locked");
  auto done = become(turn, *card, Verb::lock);
  if (!command.replace) return done;
  const auto replacement = make_card(turn, {card->product, card->options, card->fields, card->note});
  turn.audit(caller, "RequestCards", replacement.id.text(), "requested");
  done.cards.push_back(replacement.id);
  return done;
}

}  // namespace core
