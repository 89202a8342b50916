#pragma once
#include <string>
#include <variant>
#include <vector>

#include "daemon/core/ids.hpp"
#include "daemon/core/product.hpp"
#include "daemon/core/states.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/printer.hpp"
#include "drivers/api/revocation_reason.hpp"

// What the station remembers. Each of these is one row; a row is always written whole.
namespace core {

struct Card {
  CardId id;
  std::string number;  // printed on the card: prefix, seven digits, check digit
  std::string product;
  CardState state = CardState::requested;
  std::optional<BatchId> batch;  // the one it is, or was last, in
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
  api::WallTime created{};
  std::optional<AttemptId> attempt;   // the last one
  std::optional<api::Reason> reason;  // why that one failed
  std::string text;                   // the same in words
};

struct Batch {
  BatchId id;
  BatchState state = BatchState::producing;
  Origin origin = Origin::request;
  api::WallTime created{};
  std::vector<CardId> cards;          // in the order of production
  std::optional<api::Reason> reason;  // why it is paused
  std::string text;
  unsigned consecutive_failures = 0;
};

struct Attempt {
  AttemptId id{};
  CardId card;
  BatchId batch;
  AttemptKind kind = AttemptKind::produce;
  Phase phase = Phase::claimed;
  std::optional<Phase> reached;  // where it was when it ended badly
  std::optional<api::Reason> reason;
  std::string text;
  api::WallTime started{};
  std::optional<api::WallTime> ended;
  std::string printer_serial;              // with the baseline: of the machine that was told to feed
  std::optional<api::Counters> baseline;   // the printer's counters before it
  unsigned bodies = 0;                     // blanks that were fed for it: more than one is a double feed
  unsigned recoveries = 0;                 // how often it was taken up again after nobody knew how far it was
  std::optional<Whereabouts> whereabouts;  // of the body, as last found out by recovery
  std::string chip_serial;
  std::string check_code;
  std::string invalidation;  // "invalidated", "unreachable", or empty
};

// What this journal knows of one printer, as running sums over all its attempts: they must add up to the
// printer's own counters. A row for every printer that ever worked here.
struct PrinterAccount {
  std::string serial;
  std::string model;
  api::Counters first;  // its counters when it came
  api::Counters last;   // what they are now, if nobody else used it; `printed` is not compared
  std::int64_t good = 0;
  std::int64_t rejected = 0;
  std::int64_t condemned = 0;
  std::int64_t in_doubt = 0;
  std::int64_t samples = 0;
  std::int64_t foreign = 0;  // fed by somebody else, and accepted by a person
  api::WallTime used{};      // when a blank was last accounted for; the printer in use has the latest
};

// A signed certificate is valid everywhere. So whatever may have been signed is on the revocation list: on
// hold until its card is confirmed, for good where that never happens.
// The latest time at which this journal was written: what a clock that was set back is known by.
struct ClockMark {
  std::int64_t id = 1;  // there is one
  api::WallTime newest{};
};

enum class CertificateState { reserved, issued, released, revoked };
inline constexpr std::array<api::EnumRow<CertificateState>, 4> certificate_state_rows{{
    {CertificateState::reserved, "reserved", "the serial number is taken and the body stored; on hold"},
    {CertificateState::issued, "issued", "signed and stored; on hold"},
    {CertificateState::released, "released", "its card is confirmed; not on the list"},
    {CertificateState::revoked, "revoked", "on the list with its reason"},
}};
static_assert(api::well_formed(certificate_state_rows));
constexpr const auto& rows_of(CertificateState) {
  return certificate_state_rows;
}

struct Certificate {
  api::Bytes serial;  // unique; the integer's bytes as in the certificate
  AttemptId attempt{};
  api::KeyPurpose purpose = api::KeyPurpose::authentication;
  CertificateState state = CertificateState::reserved;
  api::Bytes to_be_signed;                      // DER
  api::Bytes der;                               // the certificate; empty while reserved
  api::WallTime held{};                         // since when it is not to be trusted: its date on the list
  std::optional<api::RevocationReason> reason;  // why it is revoked
  // Numbers of revocation lists: the first that has it, and the first that shows it as it is now. They count
  // when that list is out.
  std::int64_t entered = 0;
  std::int64_t listed = 0;
};

// A full revocation list. The row is written when it is begun, before anything is signed, so that its number
// is never used again; and once more when it is out.
struct RevocationList {
  std::int64_t number = 0;  // CRL number (RFC 5280 section 5.2.3), from 1, without gaps
  api::WallTime this_update{}, next_update{};
  std::optional<api::WallTime> written;  // when it was known to be out
  std::int64_t entries = 0;              // how many it has; known when it is out
};

// What the list says of one certificate.
struct ListEntry {
  api::Bytes serial;
  api::WallTime held{};
  api::RevocationReason reason = api::RevocationReason::certificateHold;
};

// PIN and PUK of an attempt as the vault sealed them. Deleted by writing it with nothing in it.
struct SealedSecrets {
  AttemptId attempt{};
  api::Bytes pin;  // empty: erased
  api::Bytes puk;
};

// One change of something; the sequence number is given by the store and grows without gaps.
struct Change {
  std::int64_t sequence = 0;
  api::WallTime time{};
  std::string subject;  // "card", "batch", "attempt" or "line"
  std::optional<BatchId> batch;
  std::optional<CardId> card;
  std::optional<AttemptId> attempt;
  std::string state;  // wire name of the new state or phase
  std::optional<api::Reason> reason;
  std::string text;
};

struct AuditRecord {
  std::int64_t sequence = 0;  // given by the store
  api::WallTime time{};
  std::int64_t uid = -1;  // who; -1: the station itself
  std::string action;     // a verb or method
  std::string object;     // "C17", "B3", an attempt's UUID
  std::string outcome;
};

// A card that was asked to be issued and is not.
struct Skipped {
  CardId card;
  std::string why;
  bool operator==(const Skipped&) const = default;
};

// The answer that a call with an idempotency key got.
struct Remembered {
  std::int64_t uid = -1;
  std::string method;
  std::string key;
  api::Bytes digest;  // SHA-256 of the parameters
  std::optional<BatchId> batch;
  std::vector<CardId> cards;
  std::vector<Skipped> skipped;
};

using Row = std::variant<Card, Batch, Attempt, PrinterAccount, ClockMark, Certificate, RevocationList,
                         SealedSecrets, Change, AuditRecord, Remembered>;

}  // namespace core
