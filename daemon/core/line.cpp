#include "daemon/core/letters.hpp"
#include "daemon/core/pool.hpp"

// What the line does next, and what stands in its way.
namespace core {
namespace {

// The first card, in the order of batches and of cards in them, that waits for an attempt.
Card* next_waiting(Production& production) {
  for (auto& [id, batch] : production.batches) {
    if (batch.state != BatchState::producing) continue;
    for (const auto card_id : batch.cards) {
      auto& card = production.cards.at(card_id);
      if (card.state != CardState::inProduction) continue;
      const bool idle = !card.attempt || is_over(production.attempts.at(*card.attempt).phase);
      if (idle) return &card;
    }
  }
  return nullptr;
}

// A card whose product is not known any more fails at once.
void claim(Turn& turn, Card& card) {
  auto& production = turn.production;
  if (card.attempt) production.attempts.erase(*card.attempt);
  Attempt attempt;
  attempt.id = turn.records.new_uuid();
  attempt.card = card.id;
  attempt.batch = card.batch;
  const auto product = product_of(production.rules, card, attempt.id);  // not the one of an attempt before
  attempt.kind = product && !product->encode ? AttemptKind::body : AttemptKind::produce;
  attempt.stripe = product && has_stripe(*product);
  attempt.started = turn.now;
  attempt.check_code = check_code(attempt.id);
  card.attempt = attempt.id;
  card.reason.reset();
  card.text.clear();
  turn.decision.rows.emplace_back(card);
  auto& stored = production.attempts[attempt.id] = std::move(attempt);
  turn.move(stored, Phase::claimed);
  if (!product)
    return fail_attempt(turn, stored, Phase::voided,
                        {api::Reason::productGone, api::Certainty::notDone, card.product}, Verb::fail);
  production.line.claimed = stored.id;
  production.line.rendered = false;
  turn.effect(Step::render, stored.id);
}

void claim_next(Turn& turn) {
  while (!turn.production.line.claimed) {
    auto* card = next_waiting(turn.production);
    if (!card) return;
    claim(turn, *card);
  }
}

void enter_machine(Turn& turn) {
  auto& line = turn.production.line;
  line.in_machine = line.claimed;
  line.claimed.reset();
  line.tries = 0;
  turn.run(Step::check);
}

// The step that the attempt in the machine waited with, now that nothing stands in its way.
void take_up(Turn& turn) {
  auto& line = turn.production.line;
  if (!line.in_machine || line.running) return;
  ++line.tries;
  go_on(turn, in_machine(turn));
}

}  // namespace

void schedule(Turn& turn) {
  publish_changes(turn);
  pull_orders(turn);
  send_letters(turn, false);
  auto& line = turn.production.line;
  if (line.block) return;
  // Until the devices were seen once, nothing is known of what they hold.
  if (!line.status || line.unsettled) return probe(turn);
  take_up(turn);
  claim_next(turn);
  if (line.claimed && line.rendered && !line.in_machine && !line.running) {
    enter_machine(turn);
    claim_next(turn);
  }
}

void block(Turn& turn, api::Reason reason, std::string text, bool until_resumed) {
  auto& line = turn.production.line;
  if (line.block && line.block->until_resumed && !until_resumed) return;
  if (text.empty()) text = api::text_of(reason);
  line.block = Block{reason, std::move(text), until_resumed};
  turn.say_line(until_resumed ? "stopped" : "waiting");
  for (auto& [id, batch] : turn.production.batches) {
    if (batch.state != BatchState::producing && batch.state != BatchState::paused) continue;
    batch.reason = reason;
    batch.text = line.block->text;
    turn.move(batch, BatchState::paused);
  }
}

void unblock(Turn& turn) {
  auto& line = turn.production.line;
  line.block.reset();
  turn.say_line("producing");
  for (auto& [id, batch] : turn.production.batches) {
    if (batch.state != BatchState::paused) continue;
    batch.reason.reset();
    batch.text.clear();
    turn.move(batch, BatchState::producing);
  }
}

void open_batch(Turn& turn, Batch& batch) {
  const auto& block = turn.production.line.block;
  if (!block || block->shutdown) return turn.move(batch, BatchState::producing);
  batch.reason = block->reason;
  batch.text = block->text;
  turn.move(batch, BatchState::paused);
}

void probe(Turn& turn) {
  if (turn.production.line.running) return;
  turn.production.line.running = Step::probe;
  turn.effect(Step::probe);
}

bool waits(const Production& production, api::WallTime now) {
  const auto& block = production.line.block;
  const bool expired = production.next_expiry && *production.next_expiry <= now;
  return (block && !block->until_resumed) || list_due(production, now) || letter_due(production) || expired ||
         erasing_due(production, now) || order_due(production, now);
}

void decide(Production& production, const Timer&, api::WallTime now, Records& records, Decision& decision) {
  Turn turn{production, now, records, decision};
  by_the_clock(turn);
  if (const auto& block = production.line.block; block && !block->until_resumed) probe(turn);
  if (list_due(production, now)) publish(turn);
  send_letters(turn, true);
  retry_dispatches(turn);
  if (order_due(production, now)) schedule(turn);
  turn.mark_time();
}

}  // namespace core
