#include "daemon/core/turn.hpp"

namespace core {

void Turn::move(Card& card, Verb verb) {
  const auto to = next(card.state, verb);
  assert(to && "the caller has checked that the verb is allowed");
  card.state = *to;
  decision.rows.emplace_back(card);
  decision.rows.emplace_back(Change{0, now, "card", card.batch, card.id, card.attempt,
                                    std::string(api::name_of(*to)), card.reason, card.text});
}

void Turn::move(Batch& batch, BatchState state) {
  batch.state = state;
  decision.rows.emplace_back(batch);
  decision.rows.emplace_back(
      Change{0, now, "batch", batch.id, {}, {}, std::string(api::name_of(state)), batch.reason, batch.text});
}

void Turn::move(Attempt& attempt, Phase phase) {
  attempt.phase = phase;
  if (is_over(phase)) attempt.ended = now;
  decision.rows.emplace_back(attempt);
  decision.rows.emplace_back(Change{0, now, "attempt", attempt.batch, attempt.card, attempt.id,
                                    std::string(api::name_of(phase)), attempt.reason, attempt.text});
}

void Turn::move(Order& order, OrderState state) {
  order.state = state;
  decision.rows.emplace_back(order);
  decision.rows.emplace_back(
      Change{0, now, "order", order.batch, {}, {}, std::string(api::name_of(state)), {}, {}, order.id});
}

void Turn::say_line(std::string_view state) {
  Change change{0, now, "line", {}, {}, production.line.in_machine, std::string(state), {}, {}};
  if (const auto& block = production.line.block) {
    change.reason = block->reason;
    change.text = block->text;
  }
  decision.rows.emplace_back(std::move(change));
}

void Turn::audit(const Caller& caller, std::string_view action, std::string object,
                 std::string_view outcome) {
  decision.rows.emplace_back(
      AuditRecord{0, now, caller.uid, std::string(action), std::move(object), std::string(outcome)});
}

void Turn::mark_time() {
  if (decision.rows.empty()) return;
  if (now > production.newest) accept_time();
}

void Turn::accept_time() {
  production.newest = now;
  decision.rows.emplace_back(ClockMark{1, now});
}

void Turn::run(Step step) {
  assert(production.line.in_machine && !production.line.running);
  production.line.running = step;
  effect(step, *production.line.in_machine);
}

}  // namespace core
