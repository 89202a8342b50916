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
  std::optional<core::CardId> after;
  std::size_t left;  // cards that may still be sent
};

// As many cards as are left and as fit into a reply; `list` goes on behind them. At least one, where there is
// one.
wire::ListCardsReply next_page(State& state, CardList& list, std::size_t page_max) {
  wire::ListCardsReply page;
  std::size_t size = 0;
  for (auto& stored : state.store.cards(list.filter, list.after, std::min(list.left, page_max))) {
    const auto id = stored.id;
    auto card = wire::to_wire(std::move(stored));
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
  CardList list{{call.state, {}}, {}, asked.more ? std::numeric_limits<std::size_t>::max() : list_cards_max};
  if (call.batch) {
    const auto batch = to_batch_id(*call.batch);
    if (!batch) return refuse(reply, batch.error());
    if (!state.store.batch(*batch))
      return refuse(reply, refusal(core::Refused::batchNotFound, batch->text()));
    list.filter.batch = *batch;
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
  auto& attempts = result.card.attempts.emplace();
  for (const auto& attempt : state.store.attempts(*id))
    attempts.push_back(wire::to_wire(attempt, state.store.certificates(attempt.id)));
  reply.reply(ipc::to_json(result));
}

// The batch with counts, and with its cards as long as `size` stays within what a reply takes.
wire::Batch with_cards(State& state, const core::Batch& batch, std::size_t& size) {
  auto result = wire::to_wire(batch);
  std::vector<wire::Card> cards;
  for (const auto id : batch.cards) {
    auto stored = state.store.card(id);
    if (!stored) continue;
    ++result.counts[std::string(api::name_of(stored->state))];
    if (size > reply_text_max) continue;
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
  reply.reply(ipc::to_json(wire::GetBatchReply{with_cards(state, *stored, size)}));
}

}  // namespace

Methods reads(State& state) {
  return {{"ListProducts", method(state, list_products)}, {"ListCards", method(state, list_cards)},
          {"GetCard", method(state, get_card)},           {"ListBatches", method(state, list_batches)},
          {"GetBatch", method(state, get_batch)},         {"Watch", method(state, watch, true)}};
}

}  // namespace service
