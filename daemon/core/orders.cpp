#include <fmt/format.h>

#include "daemon/core/handlers.hpp"

// Orders and their queue.
namespace core {
namespace {

std::optional<Refusal> refuse_order(Turn& turn, const OrderCards& command, const ProductionType& type) {
  const auto& rules = turn.production.rules;
  const auto product = rules.products.find(type.product);
  if (product == rules.products.end()) return refuse(Refused::productNotFound, type.product);
  if (auto refusal = refuse_amount(rules, command.amount)) return refusal;
  if (auto refusal = refuse_number("priority", command.priority, 0, priority_lowest)) return refusal;
  if (type.queue && command.queue && *command.queue != *type.queue)
    return refuse(Refused::optionNotAllowed, "queue", type.name);
  if (auto refusal = refuse_options(product->second, command.options, rules)) return refusal;
  if (!command.holder.empty())
    if (auto refusal = refuse_holder(turn, command.holder)) return refusal;
  if (auto refusal = refuse_photo(turn, command.fields)) return refusal;
  return refuse_more_orders(turn.production);
}

Order order_of(Turn& turn, const OrderCards& command, const ProductionType& type) {
  const bool queue = type.queue.value_or(command.queue.value_or(false));
  Order order;
  order.id = turn.records.next_order_id();
  order.state = queue ? OrderState::processing : OrderState::ordered;
  order.production_type = type.name;
  order.product = type.product;
  order.producer = type.producer;
  order.priority = static_cast<unsigned>(command.priority);
  order.holder = command.holder;
  order.note = command.note;
  order.created = turn.now;
  order.due = queue ? turn.now + type.queue_minutes : turn.now;
  return order;
}

}  // namespace

std::optional<Refusal> refuse_more_orders(const Production& production) {
  const auto limit = production.rules.orders_open_max;
  if (production.orders.size() < limit) return std::nullopt;
  auto refusal = refuse(Refused::limitExceeded, "orders");
  refusal.maximum = limit;
  return refusal;
}

Reply handle(Turn& turn, const OrderCards& command, const Caller& caller) {
  const auto& rules = turn.production.rules;
  if (auto refusal = refuse_use_case(rules, &UseCases::order)) return *refusal;
  const auto& name =
      command.production_type.empty() ? rules.default_production_type : command.production_type;
  const auto type = rules.production_types.find(name);
  if (type == rules.production_types.end()) return refuse(Refused::productionTypeNotFound, name);
  if (auto refusal = refuse_order(turn, command, type->second)) return *refusal;

  auto order = order_of(turn, command, type->second);
  const auto state = order.state == OrderState::processing ? CardState::processing : CardState::ordered;
  for (std::int64_t i = 0; i < command.amount; ++i)
    order.cards.push_back(
        make_card(turn, {order.product, command.options, command.fields, {}, state, order.id}).id);
  auto& stored = turn.production.orders[order.id] = std::move(order);
  turn.move(stored, stored.state);
  turn.audit(caller, "OrderCards", stored.id.text(), fmt::format("{} cards", stored.cards.size()));
  if (stored.producer == Producer::bureau && stored.state == OrderState::ordered) dispatch(turn, stored);
  Done done{{}, stored.cards, {}};
  done.order = stored.id;
  return done;
}

namespace {

// Possible while the order waits here; what the bureau was told cannot be held back.
Reply set_held(Turn& turn, OrderId id, bool held, std::string_view method, const Caller& caller) {
  auto& production = turn.production;
  if (auto refusal = refuse_use_case(production.rules, &UseCases::order)) return *refusal;
  const auto order = find_order(turn, id);
  if (!order) return refuse(Refused::orderNotFound, id.text());
  const bool waits = order->state == OrderState::processing ||
                     (order->state == OrderState::ordered && order->producer == Producer::station);
  if (!waits) return wrong_state(id.text(), api::name_of(order->state), held ? "hold" : "release");
  if (auto& open = production.orders.at(id); open.held != held) {
    open.held = held;
    turn.move(open, open.state);
  }
  turn.audit(caller, method, id.text(), held ? "held" : "released");
  Done done;
  done.order = id;
  return done;
}

}  // namespace

Reply handle(Turn& turn, const HoldOrder& command, const Caller& caller) {
  return set_held(turn, command.order, true, "HoldOrder", caller);
}

Reply handle(Turn& turn, const ReleaseOrder& command, const Caller& caller) {
  return set_held(turn, command.order, false, "ReleaseOrder", caller);
}

namespace {

// The cards that AbortCards means, each once.
std::optional<Refusal> pick_to_abort(Turn& turn, const AbortCards& command, std::map<CardId, Card>& picked) {
  for (const auto id : command.cards) {
    const auto card = find_card(turn, id);
    if (!card) return refuse(Refused::cardNotFound, id.text());
    picked.emplace(id, *card);
  }
  if (!command.order) return std::nullopt;
  if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::order)) return refusal;
  const auto order = find_order(turn, *command.order);
  if (!order) return refuse(Refused::orderNotFound, command.order->text());
  for (const auto id : order->cards) {
    const auto card = find_card(turn, id).value();
    if (card.order == order->id && card.state != CardState::aborted) picked.emplace(id, card);
  }
  return std::nullopt;
}

}  // namespace

Reply handle(Turn& turn, const AbortCards& command, const Caller& caller) {
  std::map<CardId, Card> picked;
  if (auto refusal = pick_to_abort(turn, command, picked)) return *refusal;
  if (picked.empty()) return refuse(Refused::noCards, {}, {}, "there is no card to abort");
  for (const auto& [id, card] : picked) {
    if (!next(card.state, Verb::abort)) return wrong_state(card, Verb::abort);
    const auto use_case = card.state == CardState::requested ? &UseCases::request : &UseCases::order;
    if (auto refusal = refuse_use_case(turn.production.rules, use_case)) return *refusal;
  }

  Done done;
  std::set<OrderId> orders;
  for (auto& [id, card] : picked) {
    turn.move(card, Verb::abort);
    turn.audit(caller, "AbortCards", id.text(), "aborted");
    if (card.order) orders.insert(*card.order);
    done.cards.push_back(id);
  }
  for (const auto id : orders) settle_order(turn, id);
  done.order = command.order;
  return done;
}

std::optional<Order> find_order(Turn& turn, OrderId id) {
  const auto open = turn.production.orders.find(id);
  return open != turn.production.orders.end() ? std::optional(open->second) : turn.records.order(id);
}

namespace {

bool is_open(const Batch& batch) {
  return batch.state != BatchState::completed && batch.state != BatchState::cancelled;
}

bool station_is_free(const Production& production) {
  const auto& line = production.line;
  if (line.block || !line.status || line.unsettled || line.in_machine) return false;
  const auto open =
      std::ranges::count_if(production.batches, [](const auto& entry) { return is_open(entry.second); });
  return static_cast<std::size_t>(open) < open_batches_max &&
         std::ranges::none_of(production.cards, [](const auto& entry) {
           return entry.second.state == CardState::inProduction;
         });
}

bool is_due(const Order& order, api::WallTime now) {
  return order.state == OrderState::processing && !order.held && order.due <= now;
}

// What was accepted before what is in the queue, the highest priority first, then as they came.
std::optional<OrderId> next_for_station(const Production& production, api::WallTime now) {
  if (production.orders.empty() || !station_is_free(production)) return std::nullopt;
  const auto rank = [](const Order& order) {
    return std::tuple(order.state != OrderState::ordered, order.priority, order.id);
  };
  const Order* best = nullptr;
  for (const auto& [id, order] : production.orders) {
    const bool waits = order.state == OrderState::ordered ? !order.held : is_due(order, now);
    if (order.producer == Producer::station && waits && (!best || rank(order) < rank(*best))) best = &order;
  }
  return best ? std::optional(best->id) : std::nullopt;
}

bool due_for_bureau(const Order& order, api::WallTime now) {
  return order.producer == Producer::bureau && is_due(order, now);
}

// Cards of it that are to be made; those in the queue are taken out of it.
std::vector<Card> accept(Turn& turn, Order& order) {
  std::vector<Card> cards;
  for (const auto id : order.cards) {
    auto card = find_card(turn, id).value();
    if (card.order != order.id) continue;
    if (card.state == CardState::processing) turn.move(card, Verb::pull);
    if (card.state == CardState::ordered) cards.push_back(std::move(card));
  }
  if (order.state == OrderState::processing) turn.move(order, OrderState::ordered);
  return cards;
}

}  // namespace

void pull_orders(Turn& turn) {
  auto& production = turn.production;
  for (auto& [id, order] : production.orders) {
    if (!due_for_bureau(order, turn.now)) continue;
    accept(turn, order);
    dispatch(turn, order);
  }
  const auto id = next_for_station(production, turn.now);
  if (!id) return;
  auto& order = production.orders.at(*id);
  order.batch = open_batch_of(turn, accept(turn, order), Origin::order).id;
  turn.move(order, OrderState::inProduction);
  turn.audit({}, "pull", order.id.text(), order.batch->text());
}

bool order_due(const Production& production, api::WallTime now) {
  const bool file_due =
      std::ranges::any_of(production.dispatches, [](const auto& entry) { return !entry.second.under_way; });
  return file_due || next_for_station(production, now) ||
         std::ranges::any_of(production.orders,
                             [now](const auto& entry) { return due_for_bureau(entry.second, now); });
}

namespace {

// How the cards of an order stand.
struct Progress {
  bool waiting = false;  // for their production
  bool open = false;     // being made, or not yet good, repeated or given up
  bool left = false;     // made, or in a later order
};

Progress progress_of(Turn& turn, const Order& order) {
  Progress progress;
  for (const auto id : order.cards) {
    const auto card = find_card(turn, id).value();
    switch (card.state) {
      case CardState::requested:
      case CardState::processing:
      case CardState::ordered: (card.order == order.id ? progress.waiting : progress.left) = true; break;
      case CardState::inProduction:
      case CardState::awaitingConfirmation:
      case CardState::failed:
      case CardState::inDoubt: (card.order == order.id ? progress.open : progress.left) = true; break;
      case CardState::produced:
      case CardState::unassigned:
      case CardState::assigned:
      case CardState::expired:
      case CardState::locked: progress.left = true; break;
      case CardState::aborted: break;
    }
  }
  return progress;
}

bool has_open_batch(const Production& production, const Order& order) {
  if (!order.batch) return false;
  const auto batch = production.batches.find(*order.batch);
  return batch != production.batches.end() && is_open(batch->second);
}

}  // namespace

void settle_order(Turn& turn, OrderId id) {
  auto& production = turn.production;
  const auto found = production.orders.find(id);
  if (found == production.orders.end()) return;
  auto& order = found->second;
  const auto progress = progress_of(turn, order);
  const bool in_batch = has_open_batch(production, order);
  auto state = order.state;
  if (progress.waiting)
    state = order.state == OrderState::processing ? OrderState::processing : OrderState::ordered;
  else if (in_batch)
    state = OrderState::inProduction;
  else if (!progress.open)
    state = progress.left ? OrderState::completed : OrderState::aborted;
  if (state != order.state) turn.move(order, state);
  if (state != OrderState::completed && state != OrderState::aborted) return;
  production.dispatches.erase(id);
  production.orders.erase(found);
}

void order_follows(Turn& turn, const Batch& batch) {
  if (batch.origin != Origin::order) return;
  std::set<OrderId> orders;
  for (const auto id : batch.cards)
    if (const auto& order = turn.production.cards.at(id).order) orders.insert(*order);
  for (const auto id : orders) settle_order(turn, id);
}

void hold_back(Turn& turn, OrderId id) {
  const auto order = turn.production.orders.find(id);
  if (order == turn.production.orders.end()) return;
  order->second.held = true;
  turn.decision.rows.emplace_back(order->second);
  settle_order(turn, id);
}

}  // namespace core
