#include "daemon/service/service.hpp"

#include "daemon/service/state.hpp"
#include "daemon/service/streams.hpp"
#include "embedded/ipc.hpp"

namespace service {

Service::Service(core::Engine& engine, store::Store& store, std::string version, Preview preview)
    : state_(std::make_unique<State>(State{engine, store, std::move(version),
                                           std::make_shared<Feeds>(engine, store), std::move(preview)})) {}

Service::~Service() = default;

void Service::add_to(ipc::Server& server) {
  auto production = commands(*state_);
  production.merge(orders(*state_));
  production.merge(pool(*state_));
  production.merge(reads(*state_));
  production.merge(previews(*state_));
  server.add(embedded::ipc("org.cardwright.Production.varlink"), std::move(production));
  server.add(embedded::ipc("org.cardwright.Maintenance.varlink"), maintenance(*state_));
  server.add(embedded::ipc("org.cardwright.Custody.varlink"), custody(*state_));
}

}  // namespace service
