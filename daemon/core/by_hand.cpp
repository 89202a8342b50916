#include "daemon/core/handlers.hpp"

// Cards that a person puts into the encoder.
namespace core {

Reply handle(Turn&, const InitializeCard&, const Caller&) {
  return refuse(Refused::useCaseDisabled, "initialize");
}

AttemptId begin_by_hand(Turn&, Card, Attempt attempt) {
  return attempt.id;
}

void by_hand_returned(Turn&, const Returned&) {}

void recover_by_hand(Turn&) {}

}  // namespace core
