#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "drivers/api/card_family.hpp"

namespace simulator {

enum class CardFaultKind { die, hang, statusWord, swap, wrongData };
inline constexpr std::array<api::EnumRow<CardFaultKind>, 5> card_fault_kind_rows{{
    {CardFaultKind::die, "die", "no answer to this command nor to anything ever after, not even an ATR"},
    {CardFaultKind::hang, "hang", "no answer until the next loss of power or reset"},
    {CardFaultKind::statusWord, "statusWord",
     "the command is not carried out; this status word is the answer"},
    {CardFaultKind::swap, "swap", "another, factory-fresh chip lies on the contacts from this command on"},
    {CardFaultKind::wrongData, "wrongData",
     "the command is carried out; one bit of the answer's data is wrong"},
}};
static_assert(api::well_formed(card_fault_kind_rows));
constexpr const auto& rows_of(CardFaultKind) {
  return card_fault_kind_rows;
}

struct CardFault {
  // Number of the command APDU, from 1, counted over the chip's whole life: resets do not start it again, and
  // each piece of a chain and each GET RESPONSE counts. So a fault strikes once.
  std::uint64_t at = 0;
  CardFaultKind kind = CardFaultKind::die;
  std::uint16_t status_word = 0x6F00;  // statusWord only
  bool carried_out = false;  // die and hang only: the command took effect before the chip fell silent
};

// How a chip leaves the factory.
struct CardOptions {
  std::uint32_t serial = 1;
  bool extended_length = true;  // false: the ATR does not offer it and an extended APDU is refused with 6700
  bool vendor_commands = true;  // FF, FD, F8, F7; false: 6D00
  bool metadata = true;         // false: F7 is answered with 6D00, as by older chips that know the others
  bool cplc = true;             // GET DATA 9F7F gives a production record with the serial in it; false: 6A88
  api::ManagementAlgorithm management_algorithm = api::ManagementAlgorithm::tripleDes;
  // Of the algorithm's length; empty: the usual factory bytes 01…08 repeated.
  api::Bytes management_key = {};
  std::string pin = "123456";
  std::string puk = "12345678";
  unsigned pin_tries = 3;  // 1 to 15
  unsigned puk_tries = 3;
  std::chrono::microseconds delay_per_command{0};  // only reported in CardAnswer::delay
  std::vector<CardFault> faults = {};
};

// What is wrong with the options, for people; nothing when they are valid.
std::optional<std::string> defect_of(const CardOptions& options);

struct CardAnswer {
  bool silent = false;                 // hung or dead: nothing comes back, and `bytes` is empty
  api::Bytes bytes;                    // data, SW1, SW2
  std::chrono::microseconds delay{0};  // how long the chip took, for whoever keeps time
};

// A PIV chip (NIST SP 800-73-4) in software, OpenSSL underneath. All randomness is OpenSSL's default RAND, so
// whoever replaces that replays a chip exactly. Not thread-safe: one thread at a time. Keys, objects, PIN,
// PUK, counters, options and the number of commands seen persist in its state; the security status and an
// unfinished chain do not.
class VirtualCard {
 public:
  // The options must be valid: see `defect_of`.
  explicit VirtualCard(CardOptions options);
  ~VirtualCard();
  VirtualCard(VirtualCard&&) noexcept;
  VirtualCard& operator=(VirtualCard&&) noexcept;

  // Empty when the chip is dead. Changes nothing, so a reader may poll it in the middle of a session.
  api::Bytes atr() const;
  // One command APDU, short or extended. Never fails: whatever arrives gets a status word, or silence.
  CardAnswer transmit(api::BytesView command);
  // Loss of power, power on, warm reset: all the same to this chip, which forgets its security status.
  void reset();

  bool dead() const;
  std::uint32_t serial() const;
  std::uint64_t commands_seen() const;
  const CardOptions& options() const;
  // Replaces what is still to go wrong; `at` goes on counting from the chip's first command.
  void set_faults(std::vector<CardFault> faults);

  // The whole chip as JSON text, and back; an error says what is wrong with the text. Secrets stand in it in
  // clear: this is a simulated chip.
  std::string to_json() const;
  static tl::expected<VirtualCard, std::string> from_json(std::string_view text);
  // The same in a file (`*.vcard`), written beside it and renamed, mode 0600. Nothing on success.
  tl::expected<void, std::string> save(const std::filesystem::path& file) const;
  static tl::expected<VirtualCard, std::string> load(const std::filesystem::path& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simulator
