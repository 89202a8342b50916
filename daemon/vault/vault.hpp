#pragma once
#include <tl/expected.hpp>

#include "drivers/api/card_family.hpp"
#include "drivers/api/secret.hpp"

namespace vault {

// What a sealed value is; part of what it is sealed with.
enum class Purpose { pin, puk };
inline constexpr std::array<api::EnumRow<Purpose>, 2> purpose_rows{{
    {Purpose::pin, "pin", "the holder's PIN"},
    {Purpose::puk, "puk", "the key that resets the PIN"},
}};
static_assert(api::well_formed(purpose_rows));
constexpr const auto& rows_of(Purpose) {
  return purpose_rows;
}

enum class SealFault { malformed, notAuthentic };
inline constexpr std::array<api::EnumRow<SealFault>, 2> seal_fault_rows{{
    {SealFault::malformed, "malformed", "this is not a sealed value of a known version"},
    {SealFault::notAuthentic, "notAuthentic",
     "the sealed value was altered, belongs to something else or was sealed with another key"},
}};
static_assert(api::well_formed(seal_fault_rows));
constexpr const auto& rows_of(SealFault) {
  return seal_fault_rows;
}

// Seals PIN and PUK for the time between their making and their delivery (AES-256-GCM). What comes out may be
// stored anywhere; storing and erasing it is the caller's.
class Vault {
 public:
  static constexpr std::size_t key_size = 32;

  // Throws std::runtime_error unless the key has 32 bytes.
  explicit Vault(api::Secret key);

  // version ‖ nonce ‖ ciphertext ‖ tag; attempt and purpose are authenticated with it but not in it. The
  // nonce is random: one key is good for 2^32 values (NIST SP 800-38D section 8.3).
  api::Bytes seal(const api::Secret& secret, const api::Uuid& attempt, Purpose purpose) const;

  tl::expected<api::Secret, SealFault> unseal(api::BytesView sealed, const api::Uuid& attempt,
                                              Purpose purpose) const;

 private:
  api::Secret key_;
};

}  // namespace vault
