#pragma once
#include <optional>

#include "drivers/api/card_family.hpp"

namespace authority {

// The contents of subjectPublicKey when `spki` is the one DER form that a key of this algorithm has: named
// curve and uncompressed point (RFC 5480), or 2,048 bits with the exponent 65537 that SP 800-78-4 table 3-2
// fixes. Nothing else is certified. A view into `spki`.
std::optional<api::BytesView> public_key_bits(api::BytesView spki, api::KeyAlgorithm algorithm);

// Public key validation (NIST SP 800-56A rev. 3 section 5.6.2.3.3, SP 800-89 section 5.3.3). False also for
// another form. For these curves, whose cofactor is 1, a point on the curve has the right order by itself.
bool is_valid_public_key(api::BytesView spki, api::KeyAlgorithm algorithm);

// Key identifier: SHA-1 of subjectPublicKey (RFC 5280 section 4.2.1.2, method 1; a name, not a protection).
std::array<std::uint8_t, 20> key_identifier(api::BytesView public_key_bits);

// SubjectPublicKeyInfo of a certificate (both DER); nothing where it is no certificate.
std::optional<api::Bytes> public_key_info(api::BytesView certificate);

}  // namespace authority
