#pragma once
#include <cstdint>
#include <memory>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/core/event.hpp"

namespace service {

// The right to have the pictures of one card in memory: kept together with them. May outlive its Slots.
using Slot = std::shared_ptr<const std::int64_t>;

// How many previews there are, from the call until the last picture left for the client, and whose. Used from
// one thread.
class Slots {
 public:
  // Refused with limitExceeded: "previewsOfUser" when this user has too many, "previews" when all together.
  tl::expected<Slot, core::Refusal> take(std::int64_t uid);

 private:
  std::vector<std::weak_ptr<const std::int64_t>> taken_;
};

}  // namespace service
