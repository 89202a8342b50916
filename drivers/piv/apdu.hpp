#pragma once
#include <cstdint>
#include <string_view>

#include "drivers/api/encoder.hpp"

namespace piv {

inline constexpr std::uint16_t status_ok = 0x9000;

// How much data a command's answer may carry: decides Le, and whether extended length is worth it.
enum class Answer { none, few, many };  // few: at most 256 bytes

struct Command {
  std::uint8_t cla = 0x00;
  std::uint8_t ins = 0, p1 = 0, p2 = 0;
  api::Bytes data = {};
  Answer answer = Answer::none;
};

struct Response {
  api::Bytes data;
  std::uint16_t status = 0;
};

// Commands of any length over APDUs: extended length where the chip has it, chaining and GET RESPONSE
// (ISO 7816-4 sections 5.1.1, 11.4.1) where not. A chip that refuses an extended APDU for its length has not
// carried it out; then and from then on chaining is used. Every buffer that held a command is wiped.
class Channel {
 public:
  // Borrows the chip. `extended`: it offers extended length.
  Channel(api::Transport& chip, bool extended, api::Deadline deadline)
      : chip_(chip), deadline_(deadline), extended_(extended) {}

  // The answer, whatever its status word. Fails as the transport does, or with chipAnswerInvalid.
  api::Result<Response> send(Command command);
  // The answer's data; a status word other than 9000 is the failure of `what`.
  api::Result<api::Bytes> run(Command command, std::string_view what);

 private:
  api::Result<Response> send_chained(const Command& command);
  api::Result<Response> transceive(api::Bytes apdu);
  api::Result<Response> exchange(api::Bytes apdu);

  api::Transport& chip_;
  api::Deadline deadline_;
  bool extended_;
};

// Does the ATR offer extended length? ISO 7816-4 section 8.1.1.2.7: historical bytes in compact TLV, card
// capabilities (tag 7), third byte, bit 7. A malformed ATR offers nothing.
bool offers_extended_length(api::BytesView atr);

}  // namespace piv
