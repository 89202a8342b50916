#include "daemon/core/pool.hpp"

// What happens by the clock alone. Each turn does a part of it: the rest is for the next.
namespace core {
namespace {

constexpr std::size_t cards_per_turn = 200, orders_per_turn = 100, photos_per_turn = 20;
constexpr std::chrono::hours erasing_pause(1);

// A card in the encoder waits for the end of its attempt, which is near.
void expire_due(Turn& turn) {
  const auto& next = turn.production.next_expiry;
  if (!next || *next > turn.now) return;
  for (auto& card : turn.records.expiring(turn.now, cards_per_turn))
    if (!in_encoder(turn.production, card.id)) expire(turn, card);
}

void erase_due(Turn& turn) {
  if (!erasing_due(turn.production, turn.now)) return;
  const auto before = turn.now - turn.production.rules.retention;
  const auto cards = turn.records.to_erase(before, cards_per_turn);
  for (const auto& old : cards) {
    auto card = find_card(turn, old.id).value();  // it may have expired just now
    card.fields.clear();
    card.note.clear();
    turn.decision.rows.emplace_back(card);
    put_back(turn, card);
    turn.audit({}, "erase", card.id.text(), "fields and note");
  }
  const auto orders = turn.records.orders_to_erase(before, orders_per_turn);
  for (auto order : orders) {
    order.note.clear();
    turn.decision.rows.emplace_back(order);
    turn.audit({}, "erase", order.id.text(), "note");
  }
  const auto photos = turn.records.photos_to_erase(before, photos_per_turn);
  for (const auto& digest : photos) {
    turn.decision.rows.emplace_back(Photo{digest, {}, {}});
    turn.audit({}, "erase", digest, "photo");
  }
  if (cards.size() < cards_per_turn && orders.size() < orders_per_turn && photos.size() < photos_per_turn)
    turn.production.erased = turn.now;
}

}  // namespace

bool erasing_due(const Production& production, api::WallTime now) {
  if (production.rules.retention == std::chrono::days(0)) return false;
  const auto& last = production.erased;
  return !last || now < *last || now - *last >= erasing_pause;
}

void by_the_clock(Turn& turn) {
  if (clock_set_back(turn)) return;
  expire_due(turn);
  erase_due(turn);
}

}  // namespace core
