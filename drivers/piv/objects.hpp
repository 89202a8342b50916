#pragma once
#include <array>
#include <cstdint>

#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"

// The data objects on the card (SP 800-73-4 part 1, appendix A), built and read.
namespace piv {

// One of the four keys and its certificate, in the order of api::KeyPurpose (table 4b and table 3).
struct SlotRow {
  std::uint8_t reference;
  std::uint32_t certificate_tag;
  std::string_view name;
};
inline constexpr std::array<SlotRow, 4> slot_rows{{
    {0x9A, 0x5FC105, "9A"},
    {0x9C, 0x5FC10A, "9C"},
    {0x9D, 0x5FC10B, "9D"},
    {0x9E, 0x5FC101, "9E"},
}};
constexpr const SlotRow& slot_of(api::KeyPurpose purpose) {
  return slot_rows[static_cast<std::size_t>(purpose)];
}

inline constexpr std::uint32_t chuid_tag = 0x5FC102, capability_tag = 0x5FC107;

// Most bytes of a certificate (SP 800-73-4 part 1, table 10).
inline constexpr std::size_t certificate_limit = 1856;

// Each gives the content of the object, without the tag 53 around it.

// FASC-N, GUID, expiry date, empty issuer signature, empty error detection code (table 9). The FASC-N is the
// one for issuers without a federal agency code: agency, system 9999, credential 999999; the GUID identifies.
api::Bytes chuid(const api::Uuid& guid, std::chrono::year_month_day expiry);
// The capability container (table 8): data model 10; the card identifier ends with 14 bytes of the GUID.
api::Bytes capability_container(const api::Uuid& guid);
// {70 certificate, 71 not compressed, FE} (table 10). Fails: certificateTooLarge.
api::Result<api::Bytes> certificate_object(api::BytesView der);

// The GUID in the content of a CHUID, where it is well-formed.
std::optional<api::Uuid> guid_of(api::BytesView chuid_content);

// PUT DATA; an empty content empties the object.
api::Result<> put_object(Channel& channel, std::uint32_t tag, api::BytesView content, std::string_view what);
// GET DATA: the content; nothing when the object is absent or empty.
api::Result<std::optional<api::Bytes>> get_object(Channel& channel, std::uint32_t tag, std::string_view what);

}  // namespace piv
