#pragma once
#include "drivers/api/enum_table.hpp"

namespace api {

// Why a certificate must not be trusted: the reason codes of RFC 5280 section 5.3.1, those that are said
// here. A hold is how "not yet released" is said.
enum class RevocationReason {
  unspecified,
  keyCompromise,
  affiliationChanged,
  superseded,
  cessationOfOperation,
  certificateHold,
  privilegeWithdrawn,
};

template <>
struct EnumRow<RevocationReason> {
  RevocationReason value;
  std::string_view name;
  std::string_view text;
  std::uint8_t code;  // of CRLReason
};

inline constexpr std::array<EnumRow<RevocationReason>, 7> revocation_reason_rows{{
    {RevocationReason::unspecified, "unspecified", "no reason given", 0},
    {RevocationReason::keyCompromise, "keyCompromise", "the key is not the holder's alone", 1},
    {RevocationReason::affiliationChanged, "affiliationChanged", "the holder's data changed", 3},
    {RevocationReason::superseded, "superseded", "another certificate takes its place", 4},
    {RevocationReason::cessationOfOperation, "cessationOfOperation", "no longer needed", 5},
    {RevocationReason::certificateHold, "certificateHold", "not released yet", 6},
    {RevocationReason::privilegeWithdrawn, "privilegeWithdrawn", "the right was withdrawn", 9},
}};
static_assert(well_formed(revocation_reason_rows));
constexpr const auto& rows_of(RevocationReason) {
  return revocation_reason_rows;
}

constexpr std::uint8_t code_of(RevocationReason reason) {
  return revocation_reason_rows[static_cast<std::size_t>(reason)].code;
}

}  // namespace api
