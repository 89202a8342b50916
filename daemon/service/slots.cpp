#include "daemon/service/slots.hpp"

#include <algorithm>

#include "daemon/service/errors.hpp"
#include "daemon/service/limits.hpp"

namespace service {

tl::expected<Slot, core::Refusal> Slots::take(std::int64_t uid) {
  std::erase_if(taken_, [](const auto& slot) { return slot.expired(); });
  const auto own = std::ranges::count_if(taken_, [uid](const auto& slot) { return *slot.lock() == uid; });
  if (static_cast<std::size_t>(own) >= previews_per_user_max)
    return tl::unexpected(limit_exceeded("previewsOfUser", previews_per_user_max));
  if (taken_.size() >= previews_max) return tl::unexpected(limit_exceeded("previews", previews_max));
  auto slot = std::make_shared<const std::int64_t>(uid);
  taken_.push_back(slot);
  return slot;
}

}  // namespace service
