#include "daemon/core/ids.hpp"

#include <algorithm>

namespace core {

std::string uuid_text(const api::Uuid& uuid) {
  auto text = api::to_hex(uuid);
  for (const auto at : {20, 16, 12, 8}) text.insert(static_cast<std::size_t>(at), 1, '-');
  return text;
}

std::optional<api::Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex += text[i];
  }
  const auto bytes = api::from_hex(hex);
  if (!bytes) return std::nullopt;
  api::Uuid uuid;
  std::ranges::copy(*bytes, uuid.begin());
  return uuid;
}

}  // namespace core
