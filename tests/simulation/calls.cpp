#include "tests/simulation/calls.hpp"

namespace simulation {
namespace {

// The station keeps answers for 30 days (store::Kept).
constexpr std::chrono::hours asked_again_for(29 * 24);

bool alike(const core::Done& one, const core::Done& other) {
  return one.cards == other.cards && one.batch == other.batch && one.order == other.order &&
         one.attempt == other.attempt && one.skipped == other.skipped && one.letters == other.letters &&
         one.awaiting == other.awaiting;
}

}  // namespace

core::Reply Calls::ask(Life& life, std::size_t matter, core::Command command, std::string_view method) {
  const auto key = fmt::format("{}-{}", who_, calls_.size() + 1);
  calls_.push_back({matter,
                    std::move(command),
                    {uid_, std::string(method), key, api::Bytes(key.begin(), key.end())},
                    {},
                    clock_.steady()});
  pending_ = true;
  return ask_again(life);
}

core::Reply Calls::ask_again(Life& life) {
  auto& call = calls_.back();
  auto reply = life.ask(call.command, call.caller);
  pending_ = false;
  const auto* done = std::get_if<core::Done>(&reply);
  story_.say("{}: {} {} {}", who_, call.caller.method, call.caller.key,
             done ? "acknowledged" : api::text_of(std::get<core::Refusal>(reply).error));
  if (done) call.done = *done;
  return reply;
}

std::vector<const Calls::Call*> Calls::compare_all(Life& life, Violations& wrong) {
  std::vector<const Call*> differing;
  for (auto& call : calls_) {
    if (!call.done || clock_.steady() - call.made > asked_again_for) continue;
    const auto reply = life.ask(call.command, call.caller);
    const auto* done = std::get_if<core::Done>(&reply);
    if (done && alike(*done, *call.done)) continue;
    wrong.push_back({Wrong::lostRequest,
                     fmt::format("{} {} is answered differently", call.caller.method, call.caller.key)});
    if (!done) continue;
    call.done = *done;
    differing.push_back(&call);
  }
  return differing;
}

}  // namespace simulation
