#include "daemon/core/handlers.hpp"

// What a bureau makes: job files go out, manifests come back.
namespace core {

Reply handle(Turn&, const ImportManifest&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

Reply handle(Turn&, const ReorderCards&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

void recover_dispatches(Turn&) {}

void dispatch(Turn&, const Order&) {}

void dispatched(Turn&, const Returned&) {}

void retry_dispatches(Turn&) {}

}  // namespace core
