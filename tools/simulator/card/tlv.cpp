#include "tools/simulator/card/tlv.hpp"

namespace simulator {

namespace {

std::optional<std::uint32_t> take_tag(api::BytesView& rest) {
  if (rest.empty()) return std::nullopt;
  std::uint32_t tag = rest[0];
  const bool more = (tag & 0x1F) == 0x1F;
  rest = rest.subspan(1);
  for (int i = 0; more; ++i) {
    if (rest.empty() || i == 2) return std::nullopt;
    tag = tag << 8 | rest[0];
    rest = rest.subspan(1);
    if (!(tag & 0x80)) break;
  }
  return tag;
}

std::optional<std::size_t> take_length(api::BytesView& rest) {
  if (rest.empty()) return std::nullopt;
  const std::size_t first = rest[0];
  const std::size_t following = first < 0x80 ? 0 : first - 0x80;
  if (first == 0x80 || following > 2 || rest.size() < 1 + following) return std::nullopt;
  std::size_t length = following == 0 ? first : 0;
  for (std::size_t i = 0; i < following; ++i) length = length << 8 | rest[1 + i];
  rest = rest.subspan(1 + following);
  return length;
}

}  // namespace

std::optional<CardTlv> next_tlv(api::BytesView& rest) {
  api::BytesView at = rest;
  const auto tag = take_tag(at);
  if (!tag) return std::nullopt;
  const auto length = take_length(at);
  if (!length || *length > at.size()) return std::nullopt;
  rest = at.subspan(*length);
  return CardTlv{*tag, at.first(*length)};
}

std::optional<std::vector<CardTlv>> all_tlv(api::BytesView bytes) {
  std::vector<CardTlv> objects;
  while (!bytes.empty()) {
    const auto object = next_tlv(bytes);
    if (!object) return std::nullopt;
    objects.push_back(*object);
  }
  return objects;
}

std::optional<api::BytesView> value_of(const std::vector<CardTlv>& objects, std::uint32_t tag) {
  for (const CardTlv& object : objects)
    if (object.tag == tag) return object.value;
  return std::nullopt;
}

api::Bytes make_tlv(std::uint32_t tag, api::BytesView value) {
  api::Bytes out;
  for (int shift = 16; shift >= 0; shift -= 8)
    if (shift == 0 || tag >> shift) out.push_back(static_cast<std::uint8_t>(tag >> shift));
  const std::size_t length = value.size();
  if (length > 0xFF) {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8)});
  } else if (length > 0x7F) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(length));
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

api::Bytes joined(std::initializer_list<api::BytesView> parts) {
  api::Bytes out;
  for (const api::BytesView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace simulator
