#include "daemon/service/limits.hpp"
#include "daemon/service/parameters.hpp"
#include "daemon/service/state.hpp"
#include "daemon/service/statistics.hpp"

// The methods of org.cardwright.Maintenance.
namespace service {
namespace {

using State = Service::State;

void get_station(State& state, const Asked&, wire::Nothing, ipc::Reply reply) {
  const auto station = state.engine.station();
  wire::GetStationReply result{station.name,     state.version, wire::time_text(station.started), {}, 0, 0,
                               station.attention};
  result.doubts = static_cast<std::int64_t>(state.store.count(core::CardState::inDoubt));
  result.waiting = static_cast<std::int64_t>(state.store.count(core::CardState::inProduction));
  for (const auto& line : station.lines) {
    result.lines.push_back(wire::to_wire(line));
    if (line.card && result.waiting > 0) --result.waiting;
  }
  reply.reply(ipc::to_json(result));
}

// Pause and Resume.
template <class Command>
void tell_line(State& state, const Asked& asked, wire::Nothing, ipc::Reply reply) {
  submit(state, asked, Command{}, std::move(reply), [](ipc::Reply& to, const core::Done&) { to.reply(); });
}

void list_doubts(State& state, const Asked&, wire::ListDoubtsCall call, ipc::Reply reply) {
  std::optional<core::CardId> after;
  if (call.after) {
    after = core::CardId::parse(*call.after);
    if (!after) return reply.invalid_parameter("after");
  }
  if (call.limit && *call.limit < 1) return reply.invalid_parameter("limit");
  const auto limit =
      std::min(static_cast<std::size_t>(call.limit.value_or(list_doubts_max)), list_doubts_max);
  auto cards = state.store.cards({core::CardState::inDoubt, {}}, after, limit + 1);
  wire::ListDoubtsReply result{{}, cards.size() > limit};
  if (result.more) cards.pop_back();
  for (const auto& card : cards) {
    const auto attempt = card.attempt ? state.store.attempt(*card.attempt) : std::nullopt;
    assert(attempt && "only an attempt brings a card into doubt");
    result.doubts.push_back(wire::to_wire(card, *attempt));
  }
  reply.reply(ipc::to_json(result));
}

void resolve_doubt(State& state, const Asked& asked, wire::ResolveDoubtCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  auto note = call.note.value_or("");
  if (const auto problem = check_length("note", note, note_length_max)) return refuse(reply, *problem);
  if (!is_one_line(note)) return reply.invalid_parameter("note");
  core::ResolveDoubt command{*card, call.verdict == wire::Verdict::good, std::move(note)};
  submit(state, asked, std::move(command), std::move(reply),
         [card = card->text()](ipc::Reply& to, const core::Done& done) {
           wire::ResolveDoubtReply result{card, {}};
           if (done.batch) result.batch = done.batch->text();
           to.reply(ipc::to_json(result));
         });
}

}  // namespace

Methods maintenance(State& state) {
  return {
      {"GetStation", method(state, get_station)},         {"Pause", method(state, tell_line<core::Pause>)},
      {"Resume", method(state, tell_line<core::Resume>)}, {"ListDoubts", method(state, list_doubts)},
      {"GetStatistics", method(state, get_statistics)},   {"ResolveDoubt", method(state, resolve_doubt)}};
}

}  // namespace service
