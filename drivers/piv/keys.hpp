#pragma once
#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"
#include "drivers/piv/openssl.hpp"

// Keys made on the chip, and the proof that each works.
namespace piv {

// What one algorithm is, in the order of api::KeyAlgorithm (SP 800-78-4, table 6-2).
struct AlgorithmRow {
  std::uint8_t id;
  const char* group;   // OpenSSL's name of the curve; null for RSA
  std::size_t bytes;   // of a coordinate, or the modulus
  const char* digest;  // what its signatures are proved with
  Answer answer;       // of GENERATE, and of an RSA operation
};
inline constexpr std::array<AlgorithmRow, 3> algorithm_rows{{
    {0x11, "prime256v1", 32, "SHA256", Answer::few},
    {0x14, "secp384r1", 48, "SHA384", Answer::few},
    {0x07, nullptr, 256, "SHA256", Answer::many},
}};
constexpr const AlgorithmRow& row_of(api::KeyAlgorithm algorithm) {
  return algorithm_rows[static_cast<std::size_t>(algorithm)];
}

// GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4 part 2, section 3.3.2). Overwrites the key that was there.
api::Result<api::PublicKey> generate(Channel& channel, const api::KeyRequest& request);

// One operation of the key's purpose, checked on the host: a signature; for key management an agreement, or
// the decryption of what the host encrypted. The signature key needs VERIFY as the command directly before.
// Fails: keyProofFailed when the chip's result is wrong.
api::Result<> prove(Channel& channel, const api::PublicKey& key);

// The key in the contents of 7F49, or null when it is none of that algorithm: wrong length, no point on the
// curve, another exponent than 65,537.
Owned<EVP_PKEY> key_from_template(api::KeyAlgorithm algorithm, api::BytesView content);

}  // namespace piv
