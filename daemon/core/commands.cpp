#include <fmt/format.h>

#include "daemon/core/account.hpp"
#include "daemon/core/handlers.hpp"

// What people ask for. Each handler checks everything first and changes nothing when it refuses.
namespace core {

Refusal refuse(Refused error, std::string subject, std::string value, std::string text) {
  return {error, std::move(subject), std::move(value), std::move(text), {}, 0};
}

Refusal wrong_state(std::string id, std::string_view state, std::string_view verb) {
  return refuse(Refused::wrongState, std::move(id), std::string(state), std::string(verb));
}

std::optional<Refusal> refuse_number(std::string name, std::int64_t value, std::int64_t minimum,
                                     std::int64_t maximum) {
  if (value >= minimum && value <= maximum) return std::nullopt;
  auto refusal = refuse(Refused::numberOutOfRange, std::move(name), std::to_string(value));
  refusal.minimum = minimum;
  refusal.maximum = maximum;
  return refusal;
}

std::optional<Refusal> refuse_use_case(const Rules& rules, bool UseCases::*use_case) {
  if (rules.use_cases.*use_case) return std::nullopt;
  for (const auto& [name, member] : use_case_names)
    if (member == use_case) return refuse(Refused::useCaseDisabled, std::string(name));
  return refuse(Refused::useCaseDisabled, {});
}

std::optional<Refusal> refuse_options(const Product& product, const Options& options, const Rules& rules) {
  const auto problem = check_options(product, options, rules.family);
  if (!problem) return std::nullopt;
  if (!problem->allowed) return refuse(Refused::optionNotAllowed, problem->option, product.name);
  return refuse(Refused::optionInvalid, problem->option, problem->value, problem->text);
}

std::optional<Refusal> refuse_amount(const Rules& rules, std::int64_t amount) {
  if (amount >= 1 && amount <= rules.amount_max) return std::nullopt;
  auto refusal = refuse(Refused::amountOutOfRange, "amount", std::to_string(amount));
  refusal.maximum = rules.amount_max;
  return refusal;
}

std::optional<Refusal> refuse_photo(Turn& turn, const std::map<std::string, std::string>& fields) {
  const auto photo = fields.find("photo");
  if (photo == fields.end() || photo->second.empty() || turn.records.photo_known(photo->second))
    return std::nullopt;
  return refuse(Refused::photoNotFound, photo->second);
}

Card make_card(Turn& turn, const NewCards& wanted) {
  Card card;
  card.id = turn.records.next_card_id();
  card.number = card_number(turn.production.rules.number_prefix, card.id);
  card.product = wanted.product;
  card.state = wanted.state;
  card.order = wanted.order;
  card.options = wanted.options;
  card.fields = wanted.fields;
  card.note = wanted.note;
  card.created = turn.now;
  turn.decision.rows.emplace_back(card);
  turn.decision.rows.emplace_back(Change{
      0, turn.now, "card", {}, card.id, {}, std::string(api::name_of(card.state)), {}, {}, card.order});
  return card;
}

std::optional<Card> find_card(Turn& turn, CardId id) {
  const auto open = turn.production.cards.find(id);
  if (open != turn.production.cards.end()) return open->second;
  // What this decision wrote is not in the journal yet.
  const auto& rows = turn.decision.rows;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (const auto* card = std::get_if<Card>(&*row); card && card->id == id) return *card;
  return turn.records.card(id);
}

void put_back(Turn& turn, const Card& card) {
  const auto open = turn.production.cards.find(card.id);
  if (open != turn.production.cards.end()) open->second = card;
}

namespace {

Options merged(Options base, const std::optional<Options>& over) {
  if (!over) return base;
  if (over->pin_length) base.pin_length = over->pin_length;
  if (over->puk_length) base.puk_length = over->puk_length;
  if (over->encode) base.encode = over->encode;
  if (over->certificates) base.certificates = over->certificates;
  return base;
}

}  // namespace

Reply handle(Turn& turn, const RequestCards& command, const Caller& caller) {
  const auto& rules = turn.production.rules;
  if (auto refusal = refuse_use_case(rules, &UseCases::request)) return *refusal;
  const auto& name = command.product.empty() ? rules.default_product : command.product;
  const auto product = rules.products.find(name);
  if (product == rules.products.end()) return refuse(Refused::productNotFound, name);
  if (auto refusal = refuse_amount(rules, command.amount)) return *refusal;
  if (auto refusal = refuse_options(product->second, command.options, rules)) return *refusal;
  if (auto refusal = refuse_photo(turn, command.fields)) return *refusal;

  Done done;
  for (std::int64_t i = 0; i < command.amount; ++i) {
    const auto card = make_card(turn, {name, command.options, command.fields, command.note});
    turn.audit(caller, "RequestCards", card.id.text(), "requested");
    done.cards.push_back(card.id);
  }
  return done;
}

namespace {

// The cards that IssueCards means, each with its options; refusals of named cards are refusals of the whole.
struct Picked {
  std::vector<Card> cards;
  std::vector<Skipped> skipped;
};

// `options` are those of the request and of the issuing together.
std::optional<Refusal> refuse_issue(const Rules& rules, const Card& card, const Options& asked,
                                    const Options& options) {
  // What was ordered comes into a batch by its order alone.
  if (card.state != CardState::requested) return wrong_state(card, Verb::issue);
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

}  // namespace

Batch& open_batch_of(Turn& turn, std::vector<Card> cards, Origin origin) {
  auto& production = turn.production;
  Batch batch;
  batch.id = turn.records.next_batch_id();
  batch.created = turn.now;
  batch.origin = origin;
  for (const auto& card : cards) batch.cards.push_back(card.id);
  auto& stored = production.batches[batch.id] = std::move(batch);
  open_batch(turn, stored);
  for (auto& card : cards) {
    card.batch = stored.id;
    turn.move(production.cards[card.id] = std::move(card), Verb::issue);
  }
  return stored;
}

Reply handle(Turn& turn, const IssueCards& command, const Caller& caller) {
  if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::request)) return *refusal;
  Picked picked;
  if (auto refusal = pick(turn, command, picked)) return *refusal;
  Done done;
  for (const auto& card : picked.cards) done.cards.push_back(card.id);
  done.skipped = std::move(picked.skipped);
  if (command.check_only) return done;
  if (done.cards.empty()) return refuse(Refused::noCards, {}, {}, "no card is in state requested");

  const auto& stored = open_batch_of(turn, std::move(picked.cards), Origin::request);
  turn.audit(caller, "IssueCards", stored.id.text(), fmt::format("{} cards", done.cards.size()));
  done.batch = stored.id;
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

Reply handle(Turn& turn, const Resume&, const Caller& caller) {
  turn.audit(caller, "Resume", "line", "producing");
  auto& production = turn.production;
  if (!production.line.block || production.line.block->shutdown) return Done{};
  const auto reason = production.line.block->reason;
  // After a start there is nothing to accept before the printer has answered: it is compared anew then.
  const bool figures = reason == api::Reason::countersDisagree || reason == api::Reason::printerChanged;
  if (figures && production.line.status) accept_figures(turn, caller);
  if (reason == api::Reason::clockSetBack) turn.accept_time();
  // Whoever resumes has seen to it: what failed before does not count any more.
  production.line.tries = 0;
  for (auto& [id, batch] : production.batches)
    if (batch.state == BatchState::paused) batch.consecutive_failures = 0;
  unblock(turn);
  return Done{};
}

Reply decide(Production& production, const Command& command, const Caller& caller, api::WallTime now,
             Records& records, Decision& decision) {
  Turn turn{production, now, records, decision};
  by_the_clock(turn);
  auto reply = std::visit([&](const auto& what) { return handle(turn, what, caller); }, command);
  if (!std::holds_alternative<Refusal>(reply)) schedule(turn);
  forget_settled(production);
  turn.mark_time();
  return reply;
}

std::optional<Product> product_of(const Rules& rules, const Card& card) {
  return product_of(rules, card, card.attempt.value_or(AttemptId{}));
}

std::optional<Product> product_of(const Rules& rules, const Card& card, const AttemptId& attempt) {
  if (const auto begun = rules.begun.find(attempt); begun != rules.begun.end()) return begun->second;
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
