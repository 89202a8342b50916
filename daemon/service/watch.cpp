#include "daemon/service/limits.hpp"
#include "daemon/service/streams.hpp"

// Watch: how things stand, then every change.
namespace service {
namespace {

using State = Service::State;

boost::json::value lines(const State& state) {
  std::vector<wire::WatchedLine> result;
  for (const auto& view : state.engine.station().lines) {
    auto line = wire::to_wire(view);
    result.push_back({line.name, line.state, line.reason, line.text, line.attempt, line.card});
  }
  return ipc::to_json(wire::WatchReply{0, std::move(result), {}, {}, {}}).at("lines");
}

// The batch with counts, and with its cards where there is room for all of them.
wire::Batch with_cards(State& state, const core::Batch& batch, std::size_t& room, std::size_t& size) {
  auto result = wire::to_wire(batch);
  std::size_t count = 0;
  for (const auto& [card_state, cards] : state.store.counts(batch.id)) {
    result.counts[std::string(api::name_of(card_state))] = cards;
    count += static_cast<std::size_t>(cards);
  }
  if (count > room) return result;
  room -= count;
  std::vector<wire::Card> cards;
  const auto members = state.store.batch(batch.id).value().cards;
  for (const auto id : members) {
    cards.push_back(wire::to_wire(state.store.card(id).value()));
    size += wire::text_size(cards.back());
  }
  if (size <= reply_text_max) result.cards = std::move(cards);
  return result;
}

std::vector<wire::Batch> open_batches(State& state, bool& more) {
  auto stored = state.store.open_batches(watch_batches_max + 1);
  more = stored.size() > watch_batches_max;
  if (more) stored.pop_back();
  std::vector<wire::Batch> batches;
  std::size_t room = watch_cards_max, size = 0;
  for (const auto& batch : stored) batches.push_back(with_cards(state, batch, room, size));
  return batches;
}

// The first reply, as of now. Clients that come between two changes get the same.
const ipc::Written& standing(State& state, std::int64_t sequence) {
  auto& known = state.feeds->standing;
  auto now = lines(state);
  if (known && known->sequence == sequence && known->lines == now) return known->reply;
  bool more = false;
  wire::WatchReply reply{sequence, {}, open_batches(state, more), {}, {}};
  if (more) reply.moreBatches = true;
  auto written = ipc::to_json(reply);
  written["lines"] = now;
  known.emplace(Feeds::Standing{sequence, std::move(now), ipc::Written(std::move(written))});
  return known->reply;
}

}  // namespace

void watch(State& state, const Asked&, wire::WatchCall call, ipc::Reply reply) {
  auto after = state.store.newest_change();
  if (call.after) {
    const auto oldest = state.store.oldest_change();
    if (*call.after < 0 || *call.after < oldest - 1 || *call.after > after)
      return refuse_sequence(reply, oldest);
    after = *call.after;
  } else {
    reply.reply_continues(standing(state, after));
  }
  Feed::start(state, std::move(reply), after, {}, {});
}

}  // namespace service
