#include "daemon/service/limits.hpp"
#include "daemon/service/parameters.hpp"
#include "daemon/service/state.hpp"

// The methods of org.cardwright.Maintenance.
namespace service {
namespace {

using State = Service::State;

void get_station(State& state, const Asked&, wire::Nothing, ipc::Reply reply) {
  const auto station = state.engine.station();
  wire::GetStationReply result{station.name, state.version, wire::time_text(station.started), {}, 0, 0};
  result.doubts = static_cast<std::int64_t>(state.store.count(core::CardState::inDoubt));
  result.waiting = static_cast<std::int64_t>(state.store.count(core::CardState::inProduction));
  for (const auto& line : station.lines) {
    result.lines.push_back(wire::to_wire(line));
    if (line.card && result.waiting > 0) --result.waiting;
  }
  reply.reply(ipc::to_json(result));
}

template <class Command>
void submit(State& state, const Asked& asked, wire::Nothing, ipc::Reply reply) {
  state.engine.submit(Command{}, asked.caller, [reply](const core::Reply& answer) mutable {
    if (const auto* refused = std::get_if<core::Refusal>(&answer)) return refuse(reply, *refused);
    reply.reply();
  });
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
  state.engine.submit(std::move(command), asked.caller,
                      [reply, card = card->text()](const core::Reply& answer) mutable {
                        if (const auto* refused = std::get_if<core::Refusal>(&answer))
                          return refuse(reply, *refused);
                        wire::ResolveDoubtReply result{card, {}};
                        if (const auto& batch = std::get<core::Done>(answer).batch)
                          result.batch = batch->text();
                        reply.reply(ipc::to_json(result));
                      });
}

}  // namespace

Methods maintenance(State& state) {
  return {{"GetStation", method(state, get_station)},
          {"Pause", method(state, submit<core::Pause>)},
          {"Resume", method(state, submit<core::Resume>)},
          {"ListDoubts", method(state, list_doubts)},
          {"ResolveDoubt", method(state, resolve_doubt)}};
}

}  // namespace service
