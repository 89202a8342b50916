#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace api {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

// Lower-case hexadecimal, no separators.
std::string to_hex(BytesView bytes);

// Upper or lower case, no separators; nothing for an odd length or any other character.
std::optional<Bytes> from_hex(std::string_view text);

// RFC 4648 section 4: padded, nothing between the characters.
std::string to_base64(BytesView bytes);

// The bytes of a text, and back; no conversion of any kind.
inline BytesView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string text_of(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace api
