#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>

#include "drivers/api/bytes.hpp"

// BER-TLV as the chip needs it (ISO 7816-4 section 5.2.2): tags of 1 to 3 bytes, definite lengths up to
// 65,535.
namespace simulator {

struct CardTlv {
  std::uint32_t tag = 0;
  api::BytesView value;  // a view into what was read
};

// The first data object of `rest`, which then begins behind it; nothing where none is well-formed.
std::optional<CardTlv> next_tlv(api::BytesView& rest);

// All data objects of `bytes`; nothing when anything in it is malformed.
std::optional<std::vector<CardTlv>> all_tlv(api::BytesView bytes);

// The value of the first object with this tag.
std::optional<api::BytesView> value_of(const std::vector<CardTlv>& objects, std::uint32_t tag);

api::Bytes make_tlv(std::uint32_t tag, api::BytesView value);

api::Bytes joined(std::initializer_list<api::BytesView> parts);

}  // namespace simulator
