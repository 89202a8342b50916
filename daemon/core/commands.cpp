#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/revocation.hpp"

// What people ask for. Each handler checks everything first and changes nothing when it refuses.
namespace core {
namespace {

Refusal refuse(Refused error, std::string subject, std::string value = {}, std::string text = {}) {
  return {error, std::move(subject), std::move(value), std::move(text), {}, 0};
}

Refusal wrong_state(std::string id, std::string_view state, std::string_view verb) {
  return refuse(Refused::wrongState, std::move(id), std::string(state), std::string(verb));
}

std::optional<Refusal> refuse_use_case(const Rules& rules) {
  if (rules.use_cases.request) return std::nullopt;
  return refuse(Refused::useCaseDisabled, "request");
}

std::optional<Refusal> refuse_options(const Product& product, const Options& options, const Rules& rules) {
  const auto problem = check_options(product, options, rules.family);
  if (!problem) return std::nullopt;
  if (!problem->allowed) return refuse(Refused::optionNotAllowed, problem->option, product.name);
  return refuse(Refused::optionInvalid, problem->option, problem->value, problem->text);
}

Options merged(Options base, const std::optional<Options>& over) {
  if (!over) return base;
  if (over->pin_length) base.pin_length = over->pin_length;
  if (over->puk_length) base.puk_length = over->puk_length;
  if (over->encode) base.encode = over->encode;
  if (over->certificates) base.certificates = over->certificates;
  return base;
}

Reply handle(Turn& turn, const RequestCards& command, const Caller& caller) {
  const auto& rules = turn.production.rules;
  if (auto refusal = refuse_use_case(rules)) return *refusal;
  const auto& name = command.product.empty() ? rules.default_product : command.product;
  const auto product = rules.products.find(name);
  if (product == rules.products.end()) return refuse(Refused::productNotFound, name);
  if (command.amount < 1 || command.amount > rules.amount_max) {
    auto refusal = refuse(Refused::amountOutOfRange, "amount", std::to_string(command.amount));
    refusal.maximum = rules.amount_max;
    return refusal;
  }
  if (auto refusal = refuse_options(product->second, command.options, rules)) return *refusal;

  Done done;
  for (std::int64_t i = 0; i < command.amount; ++i) {
    Card card;
    card.id = turn.records.next_card_id();
    card.number = card_number(rules.number_prefix, card.id);
    card.product = name;
    card.options = command.options;
    card.fields = command.fields;
    card.note = command.note;
    card.created = turn.now;
    turn.decision.rows.emplace_back(card);
    turn.decision.rows.emplace_back(
        Change{0, turn.now, "card", {}, card.id, {}, std::string(api::name_of(card.state)), {}, {}});
    turn.audit(caller, "RequestCards", card.id.text(), "requested");
    done.cards.push_back(card.id);
  }
  return done;
}

// The cards that IssueCards means, each with its options; refusals of named cards are refusals of the whole.
struct Picked {
  std::vector<Card> cards;
  std::vector<Skipped> skipped;
};

// `options` are those of the request and of the issuing together.
std::optional<Refusal> refuse_issue(const Rules& rules, const Card& card, const Options& asked,
                                    const Options& options) {
  if (!next(card.state, Verb::issue))
    return wrong_state(card.id.text(), api::name_of(card.state), api::name_of(Verb::issue));
  const auto product = rules.products.find(card.product);
  if (product == rules.products.end()) return refuse(Refused::productNotFound, card.product);
  if (auto refusal = refuse_options(product->second, asked, rules)) return refusal;
  if (!asked.certificates || asked.certificates->empty() || with_options(product->second, options).encode)
    return std::nullopt;
  return refuse(Refused::optionInvalid, "certificates", asked.certificates->front(),
                "certificates need a chip that is encoded");
}

std::optional<Refusal> pick_card(Turn& turn, const IssueCards& command, Card card, bool strict,
                                 Picked& picked) {
  const auto& rules = turn.production.rules;
  auto options = merged(card.options, command.options);
  const auto refusal = refuse_issue(rules, card, command.options.value_or(Options{}), options);
  if (!refusal) {
    card.options = std::move(options);
    // A request that was right by itself may not fit the new options: certificates for a chip that is not
    // encoded any more.
    if (!product_of(rules, card)->encode) card.options.certificates.reset();
    picked.cards.push_back(std::move(card));
    return std::nullopt;
  }
  if (strict) return refusal;
  picked.skipped.push_back({card.id, fmt::format("{}: {}", api::text_of(refusal->error), refusal->value)});
  return std::nullopt;
}

std::optional<Refusal> pick(Turn& turn, const IssueCards& command, Picked& picked) {
  const auto limit = turn.production.rules.batch_cards_max;
  if (command.cards.size() > limit) {
    auto refusal = refuse(Refused::limitExceeded, "cards");
    refusal.maximum = limit;
    return refusal;
  }
  if (command.all) {
    for (auto& card : turn.records.requested(limit))
      (void)pick_card(turn, command, std::move(card), false, picked);
    return std::nullopt;
  }
  std::set<CardId> seen;
  for (const auto id : command.cards) {
    const auto card = turn.records.card(id);
    if (!card) return refuse(Refused::cardNotFound, id.text());
    if (!seen.insert(id).second) {
      picked.skipped.push_back({id, "named twice"});
      continue;
    }
    if (auto refusal = pick_card(turn, command, *card, !command.check_only, picked)) return refusal;
  }
  return std::nullopt;
}

Reply handle(Turn& turn, const IssueCards& command, const Caller& caller) {
  if (auto refusal = refuse_use_case(turn.production.rules)) return *refusal;
  Picked picked;
  if (auto refusal = pick(turn, command, picked)) return *refusal;
  Done done;
  for (const auto& card : picked.cards) done.cards.push_back(card.id);
  done.skipped = std::move(picked.skipped);
  if (command.check_only) return done;
  if (done.cards.empty()) return refuse(Refused::noCards, {}, {}, "no card is in state requested");

  auto& production = turn.production;
  Batch batch;
  batch.id = turn.records.next_batch_id();
  batch.created = turn.now;
  batch.cards = done.cards;
  auto& stored = production.batches[batch.id] = std::move(batch);
  open_batch(turn, stored);
  for (auto& card : picked.cards) {
    card.batch = stored.id;
    turn.move(production.cards[card.id] = std::move(card), Verb::issue);
  }
  turn.audit(caller, "IssueCards", stored.id.text(), fmt::format("{} cards", done.cards.size()));
  done.batch = stored.id;
  return done;
}

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
  turn.audit(caller, "CompleteBatch", batch->id.text(), fmt::format("{} cards", done.cards.size()));
  return done;
}

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

// A person's word that a finished body is bad, in the transaction that allows the next attempt.
void condemn(Turn& turn, const Card& card, api::Reason reason) {
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

// A line that is stopped already keeps the reason for it.
Reply handle(Turn& turn, const Pause& command, const Caller& caller) {
  turn.audit(caller, "Pause", "line", "stopped");
  auto& line = turn.production.line;
  if (line.block && line.block->until_resumed) return Done{};
  if (!command.shutdown) {
    block(turn, api::Reason::paused, {}, true);
    return Done{};
  }
  line.block = Block{api::Reason::paused, "the station is about to stop", true, true};
  turn.say_line("stopped");
  return Done{};
}

Reply handle(Turn& turn, const ResolveDoubt& command, const Caller& caller) {
  return resolve_doubt(turn, command, caller);
}

Reply handle(Turn& turn, const Resume&, const Caller& caller) {
  turn.audit(caller, "Resume", "line", "producing");
  auto& production = turn.production;
  if (!production.line.block || production.line.block->shutdown) return Done{};
  const auto reason = production.line.block->reason;
  if (reason == api::Reason::countersDisagree || reason == api::Reason::printerChanged)
    accept_figures(turn, caller);
  if (reason == api::Reason::clockSetBack) turn.accept_time();
  // Whoever resumes has seen to it: what failed before does not count any more.
  production.line.tries = 0;
  for (auto& [id, batch] : production.batches)
    if (batch.state == BatchState::paused) batch.consecutive_failures = 0;
  unblock(turn);
  return Done{};
}

// Batches that are settled leave the working set, with their cards and attempts.
void forget_settled(Production& production) {
  std::erase_if(production.batches, [&](const auto& entry) {
    const auto& batch = entry.second;
    if (batch.state != BatchState::completed && batch.state != BatchState::cancelled) return false;
    for (const auto id : batch.cards) {
      if (const auto& attempt = production.cards.at(id).attempt) production.attempts.erase(*attempt);
      production.cards.erase(id);
    }
    return true;
  });
}

}  // namespace

Reply decide(Production& production, const Command& command, const Caller& caller, api::WallTime now,
             Records& records, Decision& decision) {
  Turn turn{production, now, records, decision};
  auto reply = std::visit([&](const auto& what) { return handle(turn, what, caller); }, command);
  if (std::holds_alternative<Refusal>(reply)) return reply;
  schedule(turn);
  forget_settled(production);
  turn.mark_time();
  return reply;
}

std::optional<Product> product_of(const Rules& rules, const Card& card) {
  const auto product = rules.products.find(card.product);
  if (product == rules.products.end()) return std::nullopt;
  return with_options(product->second, card.options);
}

std::string card_number(std::string_view prefix, CardId id) {
  const auto digits = fmt::format("{:07}", id.value);
  unsigned sum = 0;
  bool twice = true;  // from the right, the digit beside the check digit counts twice
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    const auto value = static_cast<unsigned>(*digit - '0') * (twice ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return fmt::format("{}{}{}", prefix, digits, (10 - sum % 10) % 10);
}

std::string check_code(const AttemptId& attempt) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const std::uint32_t bits = static_cast<std::uint32_t>(attempt[0]) << 24 |
                             static_cast<std::uint32_t>(attempt[1]) << 16 |
                             static_cast<std::uint32_t>(attempt[2]) << 8 | attempt[3];
  std::string code;
  for (int shift = 27; shift >= 2; shift -= 5) code += alphabet[bits >> shift & 31];
  return code;
}

}  // namespace core
