#pragma once
#include <cstdint>

#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"

// PIN and PUK (SP 800-73-4 part 2, sections 3.2.1 to 3.2.3), and what the chip says about them.
namespace piv {

inline constexpr std::uint8_t pin_reference = 0x80, puk_reference = 0x81, management_reference = 0x9B;

// A block of 8 bytes on the card, padded with FF (part 1, section 2.4.3): a PIN has 6 to 8 digits, a PUK 8.
inline constexpr std::size_t secret_block = 8, pin_minimum = 6, puk_digits = 8;

// Which value of a secret the chip holds, as far as anything can tell.
enum class Held { unknown, factory, own };

inline constexpr unsigned enough_tries = 2;  // one to spend, one to leave

bool is_digits(const api::Secret& secret, std::size_t minimum);

// VERIFY. Presents the PIN: a wrong one costs a try.
api::Result<> verify_pin(Channel& channel, const api::Secret& pin);
// CHANGE REFERENCE DATA. Presents `current`: a wrong one costs a try.
api::Result<> change_secret(Channel& channel, std::uint8_t reference, const api::Secret& current,
                            const api::Secret& next);
// RESET RETRY COUNTER: the PUK gives a new PIN, with all its tries. Presents the PUK: a wrong one costs a
// try.
api::Result<> reset_pin(Channel& channel, const api::Secret& puk, const api::Secret& pin);

// Tries left of the PIN by a VERIFY without a PIN, which costs none; nothing where the chip does not say.
api::Result<std::optional<unsigned>> pin_tries(Channel& channel);

// Vendor: what GET METADATA says of a PIN, PUK or the management key. Each absent where it is not told.
struct Metadata {
  std::optional<std::uint8_t> algorithm;
  std::optional<bool> factory_value;
  std::optional<unsigned> tries;
};
api::Result<Metadata> metadata(Channel& channel, std::uint8_t reference);
// The same, asked only of a chip that has vendor commands: of any other nothing is told.
api::Result<Metadata> metadata(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference);

// Tries left of PIN or PUK, by whatever way costs none; nothing where the chip does not say.
api::Result<std::optional<unsigned>> tries_left(Channel& channel, const api::ChipIdentity& identity,
                                                std::uint8_t reference);

}  // namespace piv
