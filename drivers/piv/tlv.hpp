#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "drivers/api/bytes.hpp"

// BER-TLV data objects (ISO 7816-4 section 5.2.2), as far as PIV uses them. What is read comes from a chip
// that nobody vouches for: anything that is not exactly well-formed is no TLV at all.
namespace piv {

struct Tlv {
  std::uint32_t tag = 0;  // one to three bytes, as they stand
  api::BytesView value;   // a view into what was parsed, valid as long as that
};

// All of `bytes` as a sequence of data objects. Nothing when it is cut short, has a tag of more than three
// bytes or beginning with 00 or FF, an indefinite length or one of more than two bytes.
std::optional<std::vector<Tlv>> parse_tlv(api::BytesView bytes);

// The value of `tag` when `bytes` is that one data object and nothing else.
std::optional<api::BytesView> parse_only(api::BytesView bytes, std::uint32_t tag);

// The value of the one object with this tag; nothing when there is none, or more than one.
std::optional<api::BytesView> find_only(const std::vector<Tlv>& objects, std::uint32_t tag);

// `value` (at most 65,535 bytes) under `tag`, in the shortest form.
api::Bytes make_tlv(std::uint32_t tag, api::BytesView value = {});

api::Bytes joined(std::initializer_list<api::BytesView> parts);

}  // namespace piv
