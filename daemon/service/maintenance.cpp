#include "daemon/service/state.hpp"

// The methods of org.cardwright.Maintenance.
namespace service {
namespace {

using State = Service::State;

void get_station(State& state, const Asked&, wire::Nothing, ipc::Reply reply) {
  const auto station = state.engine.station();
  wire::GetStationReply result{station.name, state.version, wire::time_text(station.started), {}, 0};
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

}  // namespace

Methods maintenance(State& state) {
  return {{"GetStation", method(state, get_station)},
          {"Pause", method(state, submit<core::Pause>)},
          {"Resume", method(state, submit<core::Resume>)}};
}

}  // namespace service
