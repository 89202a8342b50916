#pragma once
#include <memory>

#include "daemon/service/calls.hpp"
#include "daemon/service/digest.hpp"
#include "daemon/service/errors.hpp"
#include "daemon/service/limits.hpp"
#include "daemon/service/parameters.hpp"
#include "daemon/service/service.hpp"
#include "daemon/service/slots.hpp"
#include "ipc/binder.hpp"

// Inside of service: what its methods share.
namespace service {

class Feeds;

struct Service::State {
  core::Engine& engine;
  store::Store& store;
  const std::string version;
  std::shared_ptr<Feeds> feeds;  // streams that have not ended
  Preview preview;
  Slots previews = {};
};

struct Asked {
  core::Caller caller;
  bool more = false;
};

// A method whose handler takes its parameters as a struct.
template <class Parameters>
ipc::Method method(Service::State& state,
                   void (*handler)(Service::State&, const Asked&, Parameters, ipc::Reply),
                   bool needs_more = false) {
  auto bound = [&state, handler](ipc::Call call, ipc::Reply reply) {
    auto parameters = ipc::bind<Parameters>(call.parameters);
    if (!parameters) return reply.invalid_parameter(parameters.error().field);
    Asked asked{{call.peer.uid, std::string(call.method), {}, {}}, call.more};
    if (const auto* key = call.parameters.if_contains("idempotencyKey"); key && key->is_string()) {
      asked.caller.key = key->get_string();
      if (const auto problem = check_length("idempotencyKey", asked.caller.key, idempotency_key_length_max))
        return refuse(reply, *problem);
      asked.caller.digest = digest_of(call.parameters);
    }
    handler(state, asked, *std::move(parameters), std::move(reply));
  };
  return {std::move(bound), needs_more};
}

// Hands the command to the engine; `then` answers with what was done, a refusal answers itself.
template <class Then>
void submit(Service::State& state, const Asked& asked, core::Command command, ipc::Reply reply, Then then) {
  state.engine.submit(std::move(command), asked.caller, [reply, then](const core::Reply& answer) mutable {
    if (const auto* refused = std::get_if<core::Refusal>(&answer)) return refuse(reply, *refused);
    then(reply, std::get<core::Done>(answer));
  });
}

inline wire::Strings texts(const std::vector<core::CardId>& cards) {
  wire::Strings result;
  for (const auto card : cards) result.push_back(card.text());
  return result;
}

// The answer where only the cards are of interest.
inline void reply_cards(ipc::Reply& reply, const core::Done& done) {
  reply.reply(ipc::to_json(wire::CardIdsReply{texts(done.cards)}));
}

// The methods of the interfaces by name.
using Methods = std::map<std::string, ipc::Method>;
Methods commands(Service::State& state);  // of Production: requests and batches
Methods orders(Service::State& state);    // of Production: orders, and tables
Methods pool(Service::State& state);      // of Production: holders and finished cards
Methods reads(Service::State& state);     // of Production: those that change nothing
Methods previews(Service::State& state);  // of Production: PreviewCard
Methods maintenance(Service::State& state);
Methods custody(Service::State& state);

}  // namespace service
