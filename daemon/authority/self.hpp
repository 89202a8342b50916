#pragma once
#include "daemon/authority/authority.hpp"
#include "daemon/authority/openssl.hpp"

// What an Authority is made of; not for anybody outside this folder.
namespace authority {

// A certificate begins this long before it is made: the clocks that judge it may be behind.
inline constexpr std::chrono::hours backdate{1};

// What a PIV chip must be able to hold (SP 800-73-4 part 1, appendix A, table of the certificate objects).
inline constexpr std::size_t certificate_limit = 1856;

struct PreparedProfile {
  Profile profile;
  api::Bytes extensions;  // DER of those that are the same in every certificate, one after the other
};

// Everything about signing that the key decides.
struct Signing {
  int nid = 0;  // of the signature algorithm
  const EVP_MD* digest = nullptr;
  api::Bytes algorithm;  // AlgorithmIdentifier, DER
};

struct Authority::Self {
  KeyPtr key;
  CertificatePtr certificate;
  api::Bytes certificate_der;
  api::Bytes name;            // the subject, DER
  api::Bytes key_identifier;  // the certificate's own
  api::WallTime not_before{}, not_after{};
  std::uint8_t station = 0;
  Signing signing;
  std::vector<PreparedProfile> profiles;
};

// How keys of this kind sign; `digest` is null for a kind that is not used here.
Signing signing_of(EVP_PKEY* key);

// Makes the serial number; false without randomness.
bool draw_serial(std::uint8_t station, Serial& serial);

// The checks and the constant extensions of one profile. Throws std::runtime_error.
PreparedProfile prepare_profile(const Profile& profile, api::BytesView authority_key_identifier);

}  // namespace authority
