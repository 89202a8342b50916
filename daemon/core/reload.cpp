#include "daemon/core/production.hpp"

namespace core {

void take_rules(Production& production, Rules rules) {
  for (const auto& [id, attempt] : production.attempts) {
    const auto card = production.cards.find(attempt.card);
    if (is_over(attempt.phase) || card == production.cards.end()) continue;
    if (auto product = product_of(production.rules, card->second, id))
      rules.begun.emplace(id, *std::move(product));
  }
  production.rules = std::move(rules);
}

void forget_begun(Production& production) {
  std::erase_if(production.rules.begun, [&](const auto& entry) {
    const auto attempt = production.attempts.find(entry.first);
    return attempt == production.attempts.end() || is_over(attempt->second.phase);
  });
}

}  // namespace core
