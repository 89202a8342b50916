#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "drivers/api/encoder.hpp"
#include "drivers/api/secret.hpp"

namespace api {

using Uuid = std::array<std::uint8_t, 16>;  // RFC 4122, network order

// What a key and its certificate are for (NIST SP 800-73-4 part 1, table 4b: 9A, 9C, 9D, 9E in this order).
enum class KeyPurpose { authentication, signature, keyManagement, cardAuthentication };
inline constexpr std::array<EnumRow<KeyPurpose>, 4> key_purpose_rows{{
    {KeyPurpose::authentication, "authentication", "PIV authentication (9A), PIN once"},
    {KeyPurpose::signature, "signature", "digital signature (9C), PIN always"},
    {KeyPurpose::keyManagement, "keyManagement", "key management (9D), PIN once"},
    {KeyPurpose::cardAuthentication, "cardAuthentication", "card authentication (9E), no PIN"},
}};
static_assert(well_formed(key_purpose_rows));
constexpr const auto& rows_of(KeyPurpose) {
  return key_purpose_rows;
}

enum class KeyAlgorithm { p256, p384, rsa2048 };
inline constexpr std::array<EnumRow<KeyAlgorithm>, 3> key_algorithm_rows{{
    {KeyAlgorithm::p256, "P-256", "ECC on NIST P-256"},
    {KeyAlgorithm::p384, "P-384", "ECC on NIST P-384"},
    {KeyAlgorithm::rsa2048, "RSA-2048", "RSA with 2,048 bits"},
}};
static_assert(well_formed(key_algorithm_rows));
constexpr const auto& rows_of(KeyAlgorithm) {
  return key_algorithm_rows;
}

enum class ManagementAlgorithm { tripleDes, aes128, aes192, aes256 };
inline constexpr std::array<EnumRow<ManagementAlgorithm>, 4> management_algorithm_rows{{
    {ManagementAlgorithm::tripleDes, "3DES", "three-key triple DES, 24 bytes"},
    {ManagementAlgorithm::aes128, "AES-128", "16 bytes"},
    {ManagementAlgorithm::aes192, "AES-192", "24 bytes"},
    {ManagementAlgorithm::aes256, "AES-256", "32 bytes"},
}};
static_assert(well_formed(management_algorithm_rows));
constexpr const auto& rows_of(ManagementAlgorithm) {
  return management_algorithm_rows;
}
constexpr std::size_t key_bytes(ManagementAlgorithm algorithm) {
  constexpr std::array<std::size_t, 4> sizes{24, 16, 24, 32};
  return sizes[static_cast<std::size_t>(algorithm)];
}

// What `identify` learned; read only, no secret was presented.
struct ChipIdentity {
  std::string family;         // "piv"
  std::string serial;         // the family's own, else CPLC, else empty (and `serial_source` says "none")
  std::string serial_source;  // "vendor", "cplc" or "none"
  Bytes atr;
  std::optional<Uuid> guid;  // of the CHUID, when there is one
  bool fresh = false;        // no CHUID and no certificate on it
  bool extended_length = false;
  bool vendor_commands = false;  // answered: the management key can be changed, counters can mostly be read
  std::optional<unsigned> pin_tries;  // absent where the chip cannot tell without a try
  std::optional<unsigned> puk_tries;
};

struct KeyRequest {
  KeyPurpose purpose;
  KeyAlgorithm algorithm;
};

// Everything that makes a blank the card of one attempt, or a card of ours the same card for longer. Secrets
// are borrowed: they belong to the caller.
struct Personalisation {
  Uuid guid{};                           // the id of the attempt that made the card: the GUID of the CHUID
  std::chrono::year_month_day expiry{};  // of the CHUID
  ManagementAlgorithm factory_algorithm = ManagementAlgorithm::tripleDes;
  Secret factory_management_key;
  ManagementAlgorithm management_algorithm = ManagementAlgorithm::aes192;
  Secret management_key;    // the card's own; empty: the supplied one is kept
  Secret factory_pin, pin;  // ASCII digits, without padding
  Secret factory_puk, puk;
  std::vector<KeyRequest> keys;
};

struct PublicKey {
  KeyPurpose purpose;
  KeyAlgorithm algorithm;
  Bytes subject_public_key_info;  // DER, RFC 5280 section 4.1.2.7
};

struct CardCertificate {
  KeyPurpose purpose;
  Bytes der;
};

// How far the chip of a spoiled body could be made useless.
enum class Invalidation { invalidated, unreachable };
inline constexpr std::array<EnumRow<Invalidation>, 2> invalidation_rows{{
    {Invalidation::invalidated, "invalidated", "nobody knows its PIN and PUK, its certificates are gone"},
    {Invalidation::unreachable, "unreachable", "the chip could not be reached, or had better not be"},
}};
static_assert(well_formed(invalidation_rows));
constexpr const auto& rows_of(Invalidation) {
  return invalidation_rows;
}

// The language of one kind of chip, over any transport. Stateless between calls except for what the chip
// itself keeps; synchronous; neither logs nor retries. A failure with certainty `unknown` means the chip may
// or may not have done it.
class CardFamily {
 public:
  virtual ~CardFamily() = default;
  virtual std::string_view name() const noexcept = 0;

  // Selects the application and reads who this chip is. Presents no secret.
  virtual Result<ChipIdentity> identify(Transport& chip, Deadline deadline) = 0;

  // Mutual authentication, CHUID first, PUK and PIN, the card's own management key, keys made on the chip,
  // and a proof by each key. Returns the public keys in the order asked for. The security status stays open
  // for `write_certificates` on the same transport.
  //
  // It can be taken up: besides a fresh chip it takes one whose CHUID has `what.guid`, wherever an earlier
  // call with the same `what` was interrupted, in it or after it; `identity` must have been read since. All
  // keys are made anew then, so every certificate that was issued for such a chip before is void: revoking it
  // is the caller's. On such a chip each management key that may be set is tried once at most (the card's
  // own, then the factory's); the factory PIN and PUK are presented only where the chip says that it holds
  // them, else the card's own once, with at least two tries left. Fails, among others: chipNotFresh (another
  // GUID, or certificates without a CHUID; untouched), managementKeyRefused, pinRefused, tryCounterLow: this
  // body cannot become the card; presenting anything to it again is no use.
  virtual Result<std::vector<PublicKey>> personalise(Transport& chip, const ChipIdentity& identity,
                                                     const Personalisation& what, Deadline deadline) = 0;

  // For a finished card that comes back: authenticates with its own management key (the supplied one where it
  // has none), gives it the PIN of `what`, whatever PIN it had and however many tries of it were left, by its
  // PUK, which stays; the CHUID gets the date of `what`; all keys are made anew and each proves itself. What
  // was certified for that card before is void then. Returns the public keys in the order asked for; the
  // security status stays open for `write_certificates`.
  //
  // After any interruption it can be called again, with the same `what` or with another PIN, and does the
  // whole again. The PUK is presented once a call, and only while two tries of it are left, where the chip
  // can tell. Fails, among others: chipNotFresh (another GUID; untouched), verificationMismatch (no CHUID),
  // managementKeyRefused, pinRefused (it is not the PUK), tryCounterLow.
  virtual Result<std::vector<PublicKey>> reencode(Transport& chip, const ChipIdentity& identity,
                                                  const Personalisation& what, Deadline deadline) = 0;

  // As `reencode`, but for the date alone: keys, PIN and PUK stay and are not looked at in `what`.
  virtual Result<> redate(Transport& chip, const ChipIdentity& identity, const Personalisation& what,
                          Deadline deadline) = 0;

  // Opens the security status again on a chip that `personalise` had finished before an interruption, so that
  // `write_certificates` can follow: resets the chip and authenticates once, with the card's own management
  // key (the supplied one where it has none). Changes nothing on the chip. Fails, among others: chipNotFresh
  // (another GUID), verificationMismatch (no CHUID), managementKeyRefused.
  virtual Result<> reopen(Transport& chip, const ChipIdentity& identity, const Personalisation& what,
                          Deadline deadline) = 0;

  // Writes the capability container (made from the GUID) and the certificates, whatever was there before;
  // follows `personalise`, `reencode`, `redate` or `reopen` on the same transport.
  virtual Result<> write_certificates(Transport& chip, const ChipIdentity& identity,
                                      const Personalisation& what,
                                      const std::vector<CardCertificate>& certificates,
                                      Deadline deadline) = 0;

  // Resets the chip, authenticates with the new management key and compares every object byte for byte. Needs
  // nothing of an earlier session: any transport will do, and an identity that was read anew.
  virtual Result<> verify(Transport& chip, const ChipIdentity& identity, const Personalisation& what,
                          const std::vector<CardCertificate>& certificates, Deadline deadline) = 0;

  // PIN and PUK become random values that nobody keeps, certificates are emptied; as far as the chip lets
  // itself be reached. Never spends a last try. A chip that carries another GUID than `what`, or certificates
  // without one, is not touched: `unreachable`. Needs nothing of an earlier session, and may itself be
  // interrupted and called again.
  virtual Invalidation invalidate(Transport& chip, const ChipIdentity& identity, const Personalisation& what,
                                  Deadline deadline) = 0;
};

}  // namespace api
