// What is true of orders, of their cards until they are made, and of whom cards are with.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/core/plan.hpp"
#include "tests/simulation/truth.hpp"
#include "tests/unit/bureau/pems.hpp"

namespace simulation {
namespace {

using core::CardState;
using core::OrderState;

constexpr std::size_t all = 10'000;

bool is_closed(OrderState state) {
  return state == OrderState::completed || state == OrderState::aborted;
}

// Whether an order in this state may have a card of its own in that state.
bool fits(OrderState order, CardState card) {
  switch (card) {
    case CardState::requested: return false;
    case CardState::processing: return order == OrderState::processing;
    case CardState::ordered: return order == OrderState::ordered;
    case CardState::inProduction:
    case CardState::awaitingConfirmation:
    case CardState::inDoubt: return order == OrderState::inProduction || order == OrderState::ordered;
    // A body that was made and then failed in the encoder; its order is done with.
    case CardState::failed: return order != OrderState::processing;
    case CardState::produced:
    case CardState::unassigned:
    case CardState::assigned:
    case CardState::expired:
    case CardState::locked: return order != OrderState::processing;
    case CardState::aborted: return true;
  }
  return false;
}

}  // namespace

// What was told is durable: what follows from it can be looked up.
void Truth::card_told(const core::Change& change, store::Store& store, Violations& wrong) {
  const auto id = *change.card;
  const auto state = *api::from_name<CardState>(change.state);
  const auto known = cards_.find(id);
  const auto before = known == cards_.end() ? std::optional<CardState>() : known->second;
  cards_[id] = state;
  const bool waited = before == CardState::requested || before == CardState::processing;
  if (state == CardState::aborted && !waited && !given_up_.contains(id))
    wrong.push_back(
        {Wrong::abortedMade, fmt::format("{} was aborted, and {} before", id.text(),
                                         before ? api::name_of(*before) : std::string_view("nothing"))});
  if (state == CardState::assigned) {
    const auto until = store.card(id)->valid_until;
    if (before == CardState::expired || !until || *until <= change.time)
      wrong.push_back(
          {Wrong::overdue, fmt::format("{} was assigned, and {}", id.text(),
                                       before == CardState::expired ? "had expired" : "for no time at all")});
  }
  const bool came_back =
      state == CardState::unassigned && (before == CardState::assigned || before == CardState::expired);
  if (state != CardState::expired && state != CardState::locked && !came_back) return;
  for (const auto& [attempt, of] : attempts_)
    if (of.card == id) withdrawn_.insert(attempt);
}

// A card that is in the encoder waits for the end of that.
void Truth::check_validity(store::Store& store, Violations& wrong) const {
  // The daemon has had its turn since: its timer comes every two seconds.
  const auto now = site_.clock.wall() - std::chrono::seconds(10);
  const auto newest = std::max(newest_, store.newest_time().value_or(api::WallTime{}));
  if (site_.clock.wall() + core::clock_tolerance < newest) return;
  for (const auto& card : store.cards({CardState::assigned, {}}, {}, all)) {
    const bool in_encoder = std::ranges::any_of(attempts_, [&](const auto& entry) {
      return entry.second.card == card.id && !core::is_over(entry.second.phase);
    });
    if (card.valid_until.value_or(api::WallTime{}) <= now && !in_encoder)
      wrong.push_back({Wrong::overdue, fmt::format("{} is assigned", card.id.text())});
  }
}

void Truth::check_orders(store::Store& store, Violations& wrong) {
  for (const auto id : aborted_)
    if (const auto card = store.card(id); !card || card->state != CardState::aborted)
      wrong.push_back({Wrong::abortedMade,
                       fmt::format("{} was aborted, and is {}", id.text(),
                                   card ? api::name_of(card->state) : std::string_view("not known"))});
  for (const auto& [id, cards] : orders_) {
    const auto order = store.order(id);
    if (!order || order->cards != cards)
      wrong.push_back({Wrong::orderWrong, fmt::format("{} is not what was acknowledged", id.text())});
  }
  for (const auto& order : store.orders({}, {}, all)) check_order(store, order, wrong);
  for (const auto& card : store.cards({}, {}, all)) {
    if (!card.order) continue;
    const auto order = store.order(*card.order);
    if (!order || std::ranges::count(order->cards, card.id) != 1)
      wrong.push_back(
          {Wrong::orderWrong, fmt::format("{} is not in its order {}", card.id.text(), card.order->text())});
  }
}

void Truth::check_order(store::Store& store, const core::Order& order, Violations& wrong) {
  bool left = false;
  for (const auto id : order.cards) {
    const auto card = store.card(id);
    const bool own = card && card->order == order.id;
    left |= own && card->state != CardState::aborted;
    const bool later = card && card->order && *card->order > order.id;
    if (own ? !fits(order.state, card->state) : !later)
      wrong.push_back({Wrong::orderWrong,
                       fmt::format("{} is {}, and its card {} {}", order.id.text(), api::name_of(order.state),
                                   id.text(), card ? api::name_of(card->state) : "not known")});
  }
  // One whose cards were given up after they had failed follows its batch.
  if (!left && !is_closed(order.state) && order.state != OrderState::inProduction)
    wrong.push_back({Wrong::orderWrong,
                     fmt::format("{} is {}, and has no card", order.id.text(), api::name_of(order.state))});
  if (order.producer == core::Producer::bureau && order.sent) check_job_file(store, order, wrong);
}

// All that the bureau is still to make stands in it; what was given up before it was written does not.
void Truth::check_job_file(store::Store& store, const core::Order& order, Violations& wrong) {
  if (seen_in_outbox_.contains(order.id)) return;
  std::set<std::string> wanted;
  for (const auto id : order.cards)
    if (const auto card = store.card(id); card->order == order.id && card->state != CardState::aborted)
      wanted.insert(id.text());
  if (wanted.empty()) return;
  seen_in_outbox_.insert(order.id);
  const auto text =
      bureau::test::opened(site_.trust->folder, (site_.outbox() / (order.id.text() + ".p7m")).string());
  boost::system::error_code error;
  const auto job = boost::json::parse(text, error);
  if (!error && job.at("order").as_string() == order.id.text())
    for (const auto& card : job.at("cards").as_array())
      wanted.erase(std::string(card.at("card").as_string()));
  if (error || !wanted.empty())
    wrong.push_back({Wrong::jobFileMissing,
                     fmt::format("{}: {}", order.id.text(), error ? "no file" : "a card is not in it")});
}

}  // namespace simulation
