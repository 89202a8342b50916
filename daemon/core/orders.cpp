#include "daemon/core/handlers.hpp"

// Orders and their queue.
namespace core {

Reply handle(Turn&, const OrderCards&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

Reply handle(Turn&, const HoldOrder&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

Reply handle(Turn&, const ReleaseOrder&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

Reply handle(Turn&, const AbortCards&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "order");
}

void pull_orders(Turn&) {}

bool order_due(const Production&, api::WallTime) {
  return false;
}

void order_follows(Turn&, const Batch&) {}

}  // namespace core
