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

inline constexpr unsigned priority_default = 128, priority_lowest = 255;

struct Card {
  CardId id;
  std::string number;  // printed on the card: prefix, seven digits, check digit
  std::string product;
  CardState state = CardState::requested;
  std::optional<BatchId> batch;  // the one it is, or was last, in
  std::optional<OrderId> order;  // the one it was ordered with last
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
  api::WallTime created{};
  std::optional<AttemptId> attempt;   // the last one
  std::optional<api::Reason> reason;  // why that one failed
  std::string text;                   // the same in words
  // The attempt whose id is the GUID on its chip: under that id its PUK stays sealed. None: no chip of ours.
  std::optional<AttemptId> guid;
  std::string chip_serial;                  // of a body that a bureau made, as it said; else empty
  std::optional<api::WallTime> chip_until;  // its chip and certificates end then: the end of its pool life
  bool encoding_due = false;  // its certificates are revoked: to be encoded anew before it is assigned
  std::string holder;         // whom it is assigned to, or was until it expired; else empty
  std::optional<api::WallTime> valid_until;  // the end of that assignment
};

// A wish for some cards of one production type.
struct Order {
  OrderId id;
  OrderState state = OrderState::processing;
  std::string production_type;
  std::string product;
  Producer producer = Producer::station;  // as the production type said when it was ordered
  unsigned priority = priority_default;   // 0 highest, to 255
  bool held = false;                      // not pulled until somebody releases it
  std::string holder;                     // for whom; empty: nobody in particular
  std::string note;
  api::WallTime created{};
  api::WallTime due{};           // from the queue not before that
  std::vector<CardId> cards;     // in the order of their numbers; a card that was ordered anew stays in both
  std::optional<BatchId> batch;  // that the station opened for it last
  std::optional<api::WallTime> sent;  // when its job file for the bureau was in the outbox
};

enum class HolderState { active, inactive };
inline constexpr std::array<api::EnumRow<HolderState>, 2> holder_state_rows{{
    {HolderState::active, "active", "may have cards"},
    {HolderState::inactive, "inactive", "may have no new cards"},
}};
static_assert(api::well_formed(holder_state_rows));
constexpr const auto& rows_of(HolderState) {
  return holder_state_rows;
}

// Whom cards are for, as front ends say.
struct Holder {
  std::string id;
  HolderState state = HolderState::active;
  std::string name;
  std::string upn;    // user principal name, for certificates that have one; may be empty
  std::string email;  // likewise
  std::string photo;  // digest of a stored photo; empty: none
  api::WallTime changed{};
};

// A picture, under the SHA-256 of its bytes (hexadecimal, lower case). Deleted by writing it without bytes.
struct Photo {
  std::string digest;
  api::Bytes image;  // as it came: JPEG or PNG
  api::WallTime stored{};
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
  std::optional<BatchId> batch;  // none where it is by hand
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
  // What a re-encoding is for: `assign` makes new keys, certificates and a new PIN, `extend` certifies the
  // keys that are there for longer. What the card becomes when it is done.
  std::optional<Verb> then;
  std::string holder;
  std::optional<api::WallTime> valid_until;
  bool stripe = false;  // it writes a magnetic stripe
};

// The letter that shows the PIN of an attempt. It bears a control number of its own, and neither the card's
// number nor anybody's name: who hands it out finds card and letter together by the control number.
struct Letter {
  LetterId id;
  AttemptId attempt{};  // one letter each
  CardId card;
  LetterState state = LetterState::waiting;
  std::string control;  // drawn at random
  // Who released it, by uid; -1: nobody yet, or nobody had to.
  std::int64_t first_person = -1, second_person = -1;
  api::WallTime made{};
  std::optional<api::WallTime> sent;  // when it was last sent on its way
  bool on_paper = false;              // and that was to a printer, not to the folder
  std::string text;                   // why it could not go out, or what a person found
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

// The latest time at which this journal was written: what a clock that was set back is known by.
struct ClockMark {
  std::int64_t id = 1;  // there is one
  api::WallTime newest{};
};

// A signed certificate is valid everywhere. So whatever may have been signed is on the revocation list: on
// hold until its card is confirmed, for good where that never happens.
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
  std::string subject;  // "card", "batch", "order", "attempt" or "line"
  std::optional<BatchId> batch;
  std::optional<CardId> card;
  std::optional<AttemptId> attempt;
  std::string state;  // wire name of the new state or phase
  std::optional<api::Reason> reason;
  std::string text;
  std::optional<OrderId> order{};  // where the subject is one
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
  std::optional<OrderId> order{};
  std::optional<AttemptId> attempt{};
  api::WallTime time{};  // of the call
  std::vector<LetterId> letters{}, awaiting{};
};

using Row = std::variant<Card, Batch, Order, Holder, Photo, Attempt, PrinterAccount, ClockMark, Certificate,
                         RevocationList, SealedSecrets, Letter, Change, AuditRecord, Remembered>;

}  // namespace core
