#include "drivers/piv/tlv.hpp"

#include <cassert>

namespace piv {

namespace {

constexpr std::size_t tag_bytes_limit = 3;

// Each takes what it reads from the front of `rest`.
std::optional<std::uint32_t> take_tag(api::BytesView& rest) {
  if (rest.empty() || rest[0] == 0x00 || rest[0] == 0xFF) return std::nullopt;
  std::size_t count = 1;
  if ((rest[0] & 0x1F) == 0x1F) {  // more bytes follow, the last without bit 8
    do {
      if (count == rest.size() || count == tag_bytes_limit) return std::nullopt;
    } while (rest[count++] & 0x80);
  }
  std::uint32_t tag = 0;
  for (std::size_t i = 0; i < count; ++i) tag = tag << 8 | rest[i];
  rest = rest.subspan(count);
  return tag;
}

std::optional<std::size_t> take_length(api::BytesView& rest) {
  if (rest.empty()) return std::nullopt;
  std::size_t length = rest[0];
  std::size_t following = 0;
  if (length >= 0x80) {
    following = length - 0x80;
    if (following == 0 || following > 2 || following >= rest.size()) return std::nullopt;
    length = 0;
    for (std::size_t i = 1; i <= following; ++i) length = length << 8 | rest[i];
  }
  rest = rest.subspan(1 + following);
  return length;
}

}  // namespace

std::optional<std::vector<Tlv>> parse_tlv(api::BytesView bytes) {
  std::vector<Tlv> objects;
  while (!bytes.empty()) {
    const auto tag = take_tag(bytes);
    if (!tag) return std::nullopt;
    const auto length = take_length(bytes);
    if (!length || *length > bytes.size()) return std::nullopt;
    objects.push_back({*tag, bytes.first(*length)});
    bytes = bytes.subspan(*length);
  }
  return objects;
}

std::optional<api::BytesView> parse_only(api::BytesView bytes, std::uint32_t tag) {
  const auto objects = parse_tlv(bytes);
  if (!objects || objects->size() != 1 || objects->front().tag != tag) return std::nullopt;
  return objects->front().value;
}

std::optional<api::BytesView> find_only(const std::vector<Tlv>& objects, std::uint32_t tag) {
  std::optional<api::BytesView> found;
  for (const Tlv& object : objects) {
    if (object.tag != tag) continue;
    if (found) return std::nullopt;
    found = object.value;
  }
  return found;
}

api::Bytes make_tlv(std::uint32_t tag, api::BytesView value) {
  assert(tag <= 0xFFFFFF && value.size() <= 0xFFFF);
  api::Bytes out;
  out.reserve(value.size() + 6);
  for (int shift = 16; shift >= 0; shift -= 8)
    if (shift == 0 || tag >> shift != 0) out.push_back(static_cast<std::uint8_t>(tag >> shift));
  if (value.size() > 0xFF) {
    out.push_back(0x82);
    out.push_back(static_cast<std::uint8_t>(value.size() >> 8));
  } else if (value.size() > 0x7F) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

api::Bytes joined(std::initializer_list<api::BytesView> parts) {
  api::Bytes out;
  for (const api::BytesView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace piv
