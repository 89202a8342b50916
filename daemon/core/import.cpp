#include "daemon/core/handlers.hpp"

// A batch of requests as a table.
namespace core {
namespace {

const std::string& product_name(const Rules& rules, const ImportedCard& card) {
  return card.product.empty() ? rules.default_product : card.product;
}

std::optional<LineProblem> problem_of(Turn& turn, const ImportedCard& card) {
  const auto& rules = turn.production.rules;
  const auto product = rules.products.find(product_name(rules, card));
  if (product == rules.products.end())
    return LineProblem{card.line, "product", "there is no product " + product_name(rules, card)};
  const auto problem = check_options(product->second, card.options, rules.family);
  if (problem) return LineProblem{card.line, problem->option, problem->text};
  if (const auto refusal = refuse_photo(turn, card.fields))
    return LineProblem{card.line, "photo", "there is no photo " + refusal->subject};
  return std::nullopt;
}

}  // namespace

Reply handle(Turn& turn, const ImportBatch& command, const Caller& caller) {
  const auto& rules = turn.production.rules;
  if (auto refusal = refuse_use_case(rules, &UseCases::import)) return *refusal;
  if (command.cards.empty()) return refuse(Refused::noCards, {}, {}, "the table has no card");
  if (command.cards.size() > rules.import_cards_max) {
    auto refusal = refuse(Refused::limitExceeded, "cards");
    refusal.maximum = rules.import_cards_max;
    return refusal;
  }
  auto refusal = refuse(Refused::importInvalid, {});
  for (const auto& card : command.cards)
    if (auto problem = problem_of(turn, card)) refusal.lines.push_back(*std::move(problem));
  if (!refusal.lines.empty()) return refusal;

  Done done;
  for (const auto& wanted : command.cards) {
    const auto card =
        make_card(turn, {product_name(rules, wanted), wanted.options, wanted.fields, wanted.note});
    turn.audit(caller, "ImportBatch", card.id.text(), "requested");
    done.cards.push_back(card.id);
  }
  return done;
}

}  // namespace core
