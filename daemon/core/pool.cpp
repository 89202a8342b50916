#include "daemon/core/handlers.hpp"

// Cards that are made: with whom they are, and for how long.
namespace core {

Reply handle(Turn&, const PutHolder&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

Reply handle(Turn&, const StorePhoto&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

Reply handle(Turn&, const AssignCard&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

Reply handle(Turn&, const ExtendCard&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

Reply handle(Turn&, const WithdrawCard&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

Reply handle(Turn&, const LockCard&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "assign");
}

void by_the_clock(Turn&) {}

void revoke_chip(Turn&, Card&, api::RevocationReason) {}

}  // namespace core
