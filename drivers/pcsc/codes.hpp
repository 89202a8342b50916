#pragma once
#include <winscard.h>

#include <array>

#include "drivers/api/result.hpp"

namespace pcsc {

// What a return code of pcsc-lite 1.9.9 means when it ends an exchange with a chip; before a chip was touched
// the same reasons are `notDone`. Codes that are not here are `chipCommunication`, unknown.
struct CodeRow {
  LONG code;
  api::Reason reason;
  api::Certainty certainty;
};

inline constexpr std::array<CodeRow, 23> code_rows{{
    // the service: killed, stopped, or a handle of the one before it
    {SCARD_E_NO_SERVICE, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    {SCARD_E_SERVICE_STOPPED, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    {SCARD_F_COMM_ERROR, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    {SCARD_W_SECURITY_VIOLATION, api::Reason::smartCardServiceGone, api::Certainty::unknown},  // end of file
    {SCARD_E_INVALID_HANDLE, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    {SCARD_F_INTERNAL_ERROR, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    {SCARD_E_NO_MEMORY, api::Reason::smartCardServiceGone, api::Certainty::unknown},
    // the reader
    {SCARD_E_UNKNOWN_READER, api::Reason::readerGone, api::Certainty::unknown},
    {SCARD_E_READER_UNAVAILABLE, api::Reason::readerGone, api::Certainty::unknown},
    {SCARD_E_NO_READERS_AVAILABLE, api::Reason::readerGone, api::Certainty::unknown},
    {SCARD_E_SHARING_VIOLATION, api::Reason::readerBusy, api::Certainty::notDone},
    // the chip
    {SCARD_E_NO_SMARTCARD, api::Reason::chipLost, api::Certainty::unknown},
    {SCARD_W_REMOVED_CARD, api::Reason::chipLost, api::Certainty::unknown},
    {SCARD_W_RESET_CARD, api::Reason::chipLost, api::Certainty::unknown},
    {SCARD_W_UNPOWERED_CARD, api::Reason::chipLost, api::Certainty::unknown},
    {SCARD_W_UNRESPONSIVE_CARD, api::Reason::chipMute, api::Certainty::unknown},
    {SCARD_W_UNSUPPORTED_CARD, api::Reason::chipCommunication, api::Certainty::unknown},
    {SCARD_E_PROTO_MISMATCH, api::Reason::chipCommunication, api::Certainty::unknown},
    {SCARD_E_NOT_TRANSACTED, api::Reason::chipCommunication, api::Certainty::unknown},
    {SCARD_E_COMM_DATA_LOST, api::Reason::chipCommunication, api::Certainty::unknown},
    {SCARD_E_INSUFFICIENT_BUFFER, api::Reason::chipAnswerInvalid, api::Certainty::unknown},
    // refused by the library before anything was sent
    {SCARD_E_INVALID_PARAMETER, api::Reason::chipCommunication, api::Certainty::notDone},
    {SCARD_E_TIMEOUT, api::Reason::timedOut, api::Certainty::unknown},
}};

constexpr CodeRow row_of(LONG code) {
  for (const auto& row : code_rows)
    if (row.code == code) return row;
  return {code, api::Reason::chipCommunication, api::Certainty::unknown};
}

}  // namespace pcsc
