#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "drivers/api/result.hpp"

namespace piv {

// What a status word other than 9000 means (ISO 7816-4 section 5.1.3; SP 800-73-4 part 1, section 5.6).
struct StatusRow {
  std::uint16_t value;
  std::uint16_t mask;  // the bits of `value` that count
  api::Reason reason;
  std::string_view text;
};
inline constexpr std::array<StatusRow, 19> status_rows{{
    {0x63C0, 0xFFF0, api::Reason::pinRefused, "wrong PIN or PUK"},
    {0x6300, 0xFFFF, api::Reason::pinRefused, "authentication failed"},
    {0x6581, 0xFFFF, api::Reason::chipRefused, "the chip's memory failed"},
    {0x6700, 0xFFFF, api::Reason::chipCommunication, "wrong length"},
    {0x6882, 0xFFFF, api::Reason::chipUnsupported, "secure messaging is not supported"},
    {0x6883, 0xFFFF, api::Reason::chipCommunication, "the last command of the chain was expected"},
    {0x6884, 0xFFFF, api::Reason::chipUnsupported, "command chaining is not supported"},
    {0x6982, 0xFFFF, api::Reason::chipRefused, "the security status is not satisfied"},
    {0x6983, 0xFFFF, api::Reason::tryCounterLow, "the PIN or PUK is blocked"},
    {0x6985, 0xFFFF, api::Reason::chipRefused, "the conditions of use are not satisfied"},
    {0x6A80, 0xFFFF, api::Reason::chipRefused, "wrong data"},
    {0x6A81, 0xFFFF, api::Reason::chipUnsupported, "the function is not supported"},
    {0x6A82, 0xFFFF, api::Reason::chipUnsupported, "no such application or object"},
    {0x6A84, 0xFFFF, api::Reason::chipUnsupported, "not enough memory on the chip"},
    {0x6A86, 0xFFFF, api::Reason::chipUnsupported, "no such key or algorithm"},
    {0x6A88, 0xFFFF, api::Reason::chipUnsupported, "no such key"},
    {0x6C00, 0xFF00, api::Reason::chipCommunication, "wrong expected length"},
    {0x6D00, 0xFF00, api::Reason::chipUnsupported, "no such command"},
    {0x6E00, 0xFF00, api::Reason::chipUnsupported, "no such command class"},
}};

constexpr const StatusRow* find_status(std::uint16_t status) {
  for (const StatusRow& row : status_rows)
    if ((status & row.mask) == row.value) return &row;
  return nullptr;
}

// The failure of `what` (a command's name, for people). Words without a row are chipRefused.
api::Failure failure_of(std::uint16_t status, std::string_view what);

}  // namespace piv
