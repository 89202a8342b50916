#pragma once
#include <initializer_list>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"

// DER (ITU-T X.690) for the few shapes of a certificate and a revocation list. Written here because building
// them with OpenSSL's objects takes ten times as long; what is written is read back by OpenSSL before it
// leaves.
namespace authority::der {

// Identifier octets, X.690 section 8.1.2 and X.680 section 8.4.
inline constexpr std::uint8_t boolean = 0x01;
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t bit_string = 0x03;
inline constexpr std::uint8_t octet_string = 0x04;
inline constexpr std::uint8_t enumerated = 0x0a;
inline constexpr std::uint8_t utf8_string = 0x0c;
inline constexpr std::uint8_t utc_time = 0x17;
inline constexpr std::uint8_t generalized_time = 0x18;
inline constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t context(unsigned number) {  // [number] primitive
  return static_cast<std::uint8_t>(0x80 | number);
}
constexpr std::uint8_t constructed_context(unsigned number) {  // [number] constructed
  return static_cast<std::uint8_t>(0xa0 | number);
}

// One element: identifier, shortest length, then the parts one after the other (below 4 GiB in sum).
api::Bytes element(std::uint8_t identifier, std::initializer_list<api::BytesView> parts);

// INTEGER of a number that is not negative.
api::Bytes number(std::uint64_t value);

// OBJECT IDENTIFIER from dotted numbers; empty when it is none.
api::Bytes object_identifier(const std::string& dotted);

// UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5), whole seconds.
api::Bytes time(api::WallTime when);

// AlgorithmIdentifier of a signature: without parameters for ECDSA (RFC 5758 section 3.2), with NULL for RSA
// (RFC 4055 section 5).
api::Bytes signature_algorithm(int nid, bool null_parameters);

// Extension (RFC 5280 section 4.1); `value` is the DER inside the OCTET STRING.
api::Bytes extension(int nid, bool critical, api::BytesView value);

}  // namespace authority::der
