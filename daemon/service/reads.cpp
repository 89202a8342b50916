#include "daemon/service/state.hpp"
#include "daemon/service/streams.hpp"

// The methods of Production that change nothing: answered from the store.
namespace service {
namespace {

using State = Service::State;

void list_products(State& state, const Asked&, wire::Nothing, ipc::Reply reply) {
  wire::ListProductsReply result;
  const auto& rules = state.engine.rules();
  for (const auto& [name, product] : rules.products)
    result.products.push_back(wire::to_wire(product, name == rules.default_product));
  for (const auto& [name, type] : rules.production_types)
    result.productionTypes.push_back(wire::to_wire(type, name == rules.default_production_type));
  reply.reply(ipc::to_json(result));
}

// A list of cards that is being sent.
struct CardList {
  store::CardFilter filter;
  bool attempts = false;
  std::optional<core::CardId> after;
  std::size_t left;  // cards that may still be sent
};

// The attempts of the card, the newest of them where all would be too much for a reply that has `size`
// already.
void add_attempts(State& state, core::CardId id, wire::Card& card, std::size_t size) {
  std::vector<wire::Attempt> attempts;
  auto stored = state.store.attempts(id);
  for (auto attempt = stored.rbegin(); attempt != stored.rend(); ++attempt) {
    auto shown = wire::to_wire(*attempt, state.store.certificates(attempt->id));
    size += wire::text_size(shown);
    if (size > reply_text_max) break;
    attempts.push_back(std::move(shown));
  }
  std::ranges::reverse(attempts);
  card.attempts = std::move(attempts);
}

// As many cards as are left and as fit into a reply; `list` goes on behind them. At least one, where there is
// one.
wire::ListCardsReply next_page(State& state, CardList& list, std::size_t page_max) {
  wire::ListCardsReply page;
  std::size_t size = 0;
  for (auto& stored : state.store.cards(list.filter, list.after, std::min(list.left, page_max))) {
    const auto id = stored.id;
    auto card = wire::to_wire(std::move(stored));
    if (list.attempts) add_attempts(state, id, card, wire::text_size(card));
    size += wire::text_size(card);
    if (size > reply_text_max && !page.cards.empty()) break;
    list.after = id;
    --list.left;
    page.cards.push_back(std::move(card));
  }
  return page;
}

// One page, and the next when the client has taken this one. The last one is empty or shorter than it could
// be.
void send_pages(State& state, CardList list, ipc::Reply reply) {
  auto page = next_page(state, list, page_cards);
  if (page.cards.empty() || list.left == 0) return reply.reply(ipc::to_json(page));
  reply.reply_continues(ipc::to_json(page));
  reply.when_sent([&state, list, reply] { send_pages(state, list, reply); });
}

void list_cards(State& state, const Asked& asked, wire::ListCardsCall call, ipc::Reply reply) {
  CardList list{{call.state, {}},
                call.attempts.value_or(false),
                {},
                asked.more ? std::numeric_limits<std::size_t>::max() : list_cards_max};
  if (call.batch) {
    const auto batch = to_batch_id(*call.batch);
    if (!batch) return refuse(reply, batch.error());
    if (!state.store.batch(*batch))
      return refuse(reply, refusal(core::Refused::batchNotFound, batch->text()));
    list.filter.batch = *batch;
  }
  if (call.order) {
    const auto order = to_order_id(*call.order);
    if (!order) return refuse(reply, order.error());
    if (!state.store.order(*order))
      return refuse(reply, refusal(core::Refused::orderNotFound, order->text()));
    list.filter.order = *order;
  }
  if (call.holder) {
    const auto holder = to_holder_id(*call.holder);
    if (!holder) return refuse(reply, holder.error());
    if (!state.store.holder(*holder)) return refuse(reply, refusal(core::Refused::holderNotFound, *holder));
    list.filter.holder = *holder;
  }
  if (call.after) {
    list.after = core::CardId::parse(*call.after);
    if (!list.after) return reply.invalid_parameter("after");
  }
  if (call.limit) {
    if (*call.limit < 1) return reply.invalid_parameter("limit");
    list.left = std::min(list.left, static_cast<std::size_t>(*call.limit));
  }
  if (asked.more) return send_pages(state, list, std::move(reply));
  reply.reply(ipc::to_json(next_page(state, list, list_cards_max)));
}

void get_card(State& state, const Asked&, wire::GetCardCall call, ipc::Reply reply) {
  const auto id = to_card_id(call.card);
  if (!id) return refuse(reply, id.error());
  auto stored = state.store.card(*id);
  if (!stored) return refuse(reply, refusal(core::Refused::cardNotFound, id->text()));
  wire::GetCardReply result{wire::to_wire(*std::move(stored))};
  add_attempts(state, *id, result.card, wire::text_size(result.card));
  reply.reply(ipc::to_json(result));
}

wire::Order with_counts(State& state, const core::Order& order) {
  auto result = wire::to_wire(order);
  for (const auto id : order.cards)
    if (const auto stored = state.store.card(id)) ++result.counts[std::string(api::name_of(stored->state))];
  return result;
}

void list_orders(State& state, const Asked&, wire::ListOrdersCall call, ipc::Reply reply) {
  std::optional<core::OrderId> before;
  if (call.after) {
    before = core::OrderId::parse(*call.after);
    if (!before) return reply.invalid_parameter("after");
  }
  const auto limit = call.limit.value_or(list_orders_default);
  if (limit < 1) return reply.invalid_parameter("limit");
  wire::ListOrdersReply result;
  std::size_t size = 0;
  for (const auto& order : state.store.orders({call.state, call.held}, before,
                                              std::min(static_cast<std::size_t>(limit), list_orders_max))) {
    auto shown = with_counts(state, order);
    size += wire::text_size(shown);
    if (size > reply_text_max && !result.orders.empty()) break;
    result.orders.push_back(std::move(shown));
  }
  reply.reply(ipc::to_json(result));
}

void get_order(State& state, const Asked&, wire::GetOrderCall call, ipc::Reply reply) {
  const auto id = to_order_id(call.order);
  if (!id) return refuse(reply, id.error());
  const auto stored = state.store.order(*id);
  if (!stored) return refuse(reply, refusal(core::Refused::orderNotFound, id->text()));
  reply.reply(ipc::to_json(wire::GetOrderReply{with_counts(state, *stored)}));
}

void get_holder(State& state, const Asked&, wire::GetHolderCall call, ipc::Reply reply) {
  const auto id = to_holder_id(call.holder);
  if (!id) return refuse(reply, id.error());
  const auto stored = state.store.holder(*id);
  if (!stored) return refuse(reply, refusal(core::Refused::holderNotFound, *id));
  wire::GetHolderReply result{wire::to_wire(*stored), {}};
  for (const auto& card : state.store.assigned_to(*id)) result.cards.push_back(card.id.text());
  reply.reply(ipc::to_json(result));
}

// The batch with counts, and with its cards as long as `size` stays within what a reply takes; without
// bodies.
wire::Batch with_cards(State& state, const core::Batch& batch, std::size_t& size) {
  auto result = wire::to_wire(batch);
  for (const auto& [card_state, count] : state.store.counts(batch.id))
    result.counts[std::string(api::name_of(card_state))] = count;
  std::vector<wire::Card> cards;
  for (const auto id : batch.cards) {
    if (size > reply_text_max) break;
    auto stored = state.store.card(id);
    if (!stored) continue;
    cards.push_back(wire::to_wire(*std::move(stored)));
    size += wire::text_size(cards.back());
  }
  if (size <= reply_text_max) result.cards = std::move(cards);
  return result;
}

void list_batches(State& state, const Asked&, wire::ListBatchesCall call, ipc::Reply reply) {
  std::optional<core::BatchId> before;
  if (call.after) {
    before = core::BatchId::parse(*call.after);
    if (!before) return reply.invalid_parameter("after");
  }
  const auto limit = call.limit.value_or(list_batches_default);
  if (limit < 1) return reply.invalid_parameter("limit");
  wire::ListBatchesReply result;
  std::size_t size = 0;
  for (const auto& batch :
       state.store.batches(before, std::min(static_cast<std::size_t>(limit), list_batches_max)))
    result.batches.push_back(with_cards(state, batch, size));
  reply.reply(ipc::to_json(result));
}

void get_batch(State& state, const Asked&, wire::GetBatchCall call, ipc::Reply reply) {
  const auto id = to_batch_id(call.batch);
  if (!id) return refuse(reply, id.error());
  const auto stored = state.store.batch(*id);
  if (!stored) return refuse(reply, refusal(core::Refused::batchNotFound, id->text()));
  std::size_t size = 0;
  wire::GetBatchReply result{with_cards(state, *stored, size)};
  const auto bodies = state.store.bodies(*id);
  result.batch.bodies = {bodies.fed,       bodies.good,     bodies.rejected,
                         bodies.condemned, bodies.in_doubt, bodies.in_machine};
  reply.reply(ipc::to_json(result));
}

}  // namespace

Methods reads(State& state) {
  return {{"ListProducts", method(state, list_products)}, {"GetHolder", method(state, get_holder)},
          {"ListOrders", method(state, list_orders)},     {"GetOrder", method(state, get_order)},
          {"ListCards", method(state, list_cards)},       {"GetCard", method(state, get_card)},
          {"ListBatches", method(state, list_batches)},   {"GetBatch", method(state, get_batch)},
          {"Watch", method(state, watch, true)}};
}

}  // namespace service
