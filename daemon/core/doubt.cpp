#include <fmt/format.h>

#include "daemon/core/recovery.hpp"
#include "daemon/core/revocation.hpp"

// A person's word on a card of which the machine can tell no more.
namespace core {

Reply handle(Turn& turn, const ResolveDoubt& command, const Caller& caller) {
  auto& production = turn.production;
  const auto open = production.cards.find(command.card);
  const auto card =
      open != production.cards.end() ? std::optional(open->second) : turn.records.card(command.card);
  if (!card) return Refusal{Refused::cardNotFound, command.card.text(), {}, {}, {}, 0};
  if (open == production.cards.end() || card->state != CardState::inDoubt)
    return Refusal{
        Refused::wrongState, command.card.text(), std::string(api::name_of(card->state)), "resolve", {}, 0};
  auto& attempt = production.attempts.at(*card->attempt);
  if (command.good && !may_be_good(attempt))
    return Refusal{
        Refused::evidenceMissing,
        command.card.text(),
        std::string(attempt.reached ? api::name_of(*attempt.reached) : api::name_of(attempt.phase)),
        std::string(api::text_of(Refused::evidenceMissing)),
        {},
        0};

  turn.audit(caller, "ResolveDoubt", command.card.text(),
             fmt::format("{}: {}", command.good ? "good" : "bad", command.note));
  if (command.good) {
    attempt.reason.reset();
    attempt.text.clear();
    ended_well(turn, attempt);
  } else {
    withdraw_secrets(turn, attempt);
    end_attempt(turn, attempt, Phase::spoiled, Verb::fail);
  }
  return Done{card->batch, {command.card}, {}};
}

}  // namespace core
