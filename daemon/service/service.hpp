#pragma once
#include <memory>
#include <string>

#include "daemon/core/engine.hpp"
#include "daemon/service/preview.hpp"
#include "ipc/server.hpp"

// The methods of org.cardwright.Production, org.cardwright.Maintenance and org.cardwright.Custody: calls
// become commands of the engine, reads are answered from the store, refusals become the errors of the
// interface.
namespace service {

// Used on the io thread only. The engine, the store and what draws must outlive it, and it must outlive the
// server it was added to. A store that fails throws StoreFailed through the handler: the process has to stop
// then.
class Service {
 public:
  Service(core::Engine& engine, store::Store& store, std::string version, Preview preview);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // The interfaces, with all their methods.
  void add_to(ipc::Server& server);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace service
