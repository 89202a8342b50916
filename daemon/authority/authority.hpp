#pragma once
#include <filesystem>
#include <memory>
#include <span>

#include "daemon/authority/profile.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"
#include "drivers/api/revocation_reason.hpp"

namespace authority {

// One byte 01..7f that says which station, then 136 random bits: positive, unique without coordination, and
// well within the 20 octets and 64 random bits that RFC 5280 section 4.1.2.2 and the CA/Browser Forum's
// baseline requirements 7.1 ask for.
using Serial = std::array<std::uint8_t, 18>;
std::string to_hex(const Serial& serial);
std::optional<Serial> serial_from_hex(std::string_view text);

// What a certificate is asked for; the texts of the holder are empty for a card in the pool.
struct Request {
  api::Bytes subject_public_key_info;  // DER, as the card family handed it out
  std::string number;                  // of the card
  api::Uuid guid{};                    // of the chip: the attempt's id
  std::string name, upn, email;        // of the holder
  api::WallTime not_after{};           // the card's own end: no certificate outlives it
};

// What `lint` looks at, one finding per fault.
enum class Check {
  structure,
  version,
  serial,
  signatureAlgorithm,
  issuer,
  validity,
  subject,
  publicKey,
  extensions,
  criticality,
  basicConstraints,
  keyUsage,
  extendedKeyUsage,
  policies,
  alternativeName,
  subjectKeyIdentifier,
  authorityKeyIdentifier,
  distributionPoint,
  authorityInformation,
  size,
};
inline constexpr std::array<api::EnumRow<Check>, 20> check_rows{{
    {Check::structure, "structure", "the bytes are one DER certificate body"},
    {Check::version, "version", "version 3"},
    {Check::serial, "serial", "the reserved serial number, in its shape"},
    {Check::signatureAlgorithm, "signatureAlgorithm", "the algorithm that the authority's key signs with"},
    {Check::issuer, "issuer", "the authority's own name"},
    {Check::validity, "validity", "within the authority's, the card's and the profile's"},
    {Check::subject, "subject", "what the profile makes of the request"},
    {Check::publicKey, "publicKey", "the requested key, valid and of the profile's algorithm"},
    {Check::extensions, "extensions", "all that the profile asks for, each once, no other"},
    {Check::criticality, "criticality", "critical where it has to be, and only there"},
    {Check::basicConstraints, "basicConstraints", "not an authority"},
    {Check::keyUsage, "keyUsage", "the profile's"},
    {Check::extendedKeyUsage, "extendedKeyUsage", "the profile's"},
    {Check::policies, "policies", "the profile's"},
    {Check::alternativeName, "alternativeName", "what the profile makes of the request"},
    {Check::subjectKeyIdentifier, "subjectKeyIdentifier", "the digest of this key"},
    {Check::authorityKeyIdentifier, "authorityKeyIdentifier", "the authority's key"},
    {Check::distributionPoint, "distributionPoint", "the profile's revocation list"},
    {Check::authorityInformation, "authorityInformation", "the profile's address of the issuer"},
    {Check::size, "size", "small enough for the chip once signed"},
}};
static_assert(api::well_formed(check_rows));
constexpr const auto& rows_of(Check) {
  return check_rows;
}

struct Finding {
  Check check;
  std::string text;  // for people
};

// Nothing for an empty list, else authorityRefused (certificateTooLarge when that is the only fault) with
// every finding in its detail.
api::Result<> verdict(const std::vector<Finding>& findings);

using api::RevocationReason;

// One entry of a revocation list.
struct Revocation {
  Serial serial{};
  api::WallTime when{};
  RevocationReason reason = RevocationReason::unspecified;
};

struct Config {
  std::filesystem::path key;          // PEM, readable by its owner alone
  std::filesystem::path certificate;  // PEM
  std::uint8_t station = 1;           // 1..127, the first byte of every serial number
  std::vector<Profile> profiles;
};

// The issuing authority. Issuing is cut into steps so that the caller can make each durable before the next:
//
//   serial = reserve_serial()       store it (unique)
//   tbs    = prepare(...)           store it: from here on it is known what may have been signed
//   verdict(lint(tbs, ...))         nothing is signed that has a finding
//   der    = sign(tbs)              store it
//
// After a crash between the last two, `sign` of the stored bytes gives the certificate again: same serial
// number, same content, another signature. That a public key is certified once only is the caller's to see
// to. All methods are const and may be called from any thread.
class Authority {
 public:
  // Reads key and certificate and checks that they belong together and may issue now, and that every profile
  // is sound. Throws std::runtime_error with a text for the administrator.
  Authority(const Config& config, api::WallTime now);
  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  // Null when there is no such profile.
  const Profile* profile(std::string_view name) const;

  // Fails only when the system has no randomness (authorityUnavailable).
  api::Result<Serial> reserve_serial() const;

  // The to-be-signed bytes (TBSCertificate, DER). `profile` is one of this authority's. It ends with the
  // profile's validity, the card or the authority, whichever is first. authorityRefused when the request
  // lacks what the subject needs.
  api::Result<api::Bytes> prepare(const Profile& profile, const Request& request, const Serial& serial,
                                  api::WallTime now) const;

  // Reads the bytes back with a parser that shares nothing with `prepare` and compares them with what was
  // wanted. Empty: may be signed. The public key is validated here.
  std::vector<Finding> lint(api::BytesView tbs, const Profile& profile, const Request& request,
                            const Serial& serial, api::WallTime now) const;

  // Signs exactly these bytes and verifies the signature with the authority's certificate; the DER.
  api::Result<api::Bytes> sign(api::BytesView tbs) const;

  // A full revocation list (DER). `number` only ever grows.
  api::Result<api::Bytes> make_crl(std::span<const Revocation> entries, std::uint64_t number,
                                   api::WallTime this_update, api::WallTime next_update) const;

  api::BytesView certificate() const;  // the authority's own, DER
  api::WallTime not_after() const;     // its end

  struct Self;  // self.hpp, for this folder only

 private:
  std::unique_ptr<const Self> self_;
};

struct NewAuthority {
  std::filesystem::path key;          // must not exist; created for its owner alone
  std::filesystem::path certificate;  // must not exist
  std::vector<std::string> subject;   // "TYPE=text", as in Profile, without placeholders
  std::chrono::days validity{3650};
  api::KeyAlgorithm algorithm = api::KeyAlgorithm::p256;
};

// Makes the key and the self-signed certificate of a new authority. Never overwrites: throws
// std::runtime_error with a text for the administrator, also when anything else fails.
void init_authority(const NewAuthority& what, api::WallTime now);

// "CERTIFICATE" or "X509 CRL" (RFC 7468).
std::string to_pem(const char* label, api::BytesView der);

}  // namespace authority
