#pragma once
#include <variant>

#include "daemon/core/model.hpp"

namespace core {

// ---- What comes in
// -------------------------------------------------------------------------------------------------------

struct RequestCards {
  std::int64_t amount = 0;
  std::string product;  // empty: the default
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
};
struct IssueCards {
  std::vector<CardId> cards;
  bool all = false;  // all that are requested, at most `batch_cards_max`
  std::optional<Options> options;
  bool check_only = false;
};
struct OrderCards {
  std::int64_t amount = 0;
  std::string production_type;  // empty: the default
  std::optional<bool> queue;    // absent: as the production type says, else no
  std::string holder;           // empty: nobody in particular
  std::int64_t priority = priority_default;
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
};
struct HoldOrder {
  OrderId order;
};
struct ReleaseOrder {
  OrderId order;
};
struct AbortCards {
  std::vector<CardId> cards;
  std::optional<OrderId> order;  // and all of its cards that are not aborted yet
};
// A line of a table that a person sent, and what is wrong with it.
struct LineProblem {
  std::int64_t line = 0;  // from 1, the header included
  std::string column;     // empty: the line as a whole
  std::string text;
  friend bool operator==(const LineProblem&, const LineProblem&) = default;
};
// What the bureau says of one card of an order.
struct ManifestLine {
  std::int64_t line = 0;
  std::string order;   // as written
  std::string card;    // as written
  std::string number;  // the card's own number; empty: not said
  bool produced = false;
  std::string chip_serial;  // hexadecimal, lower case; of a produced card
  std::string text;         // why it failed
};
struct ImportManifest {
  OrderId order;
  std::vector<ManifestLine> lines;
};
// One card of an imported batch: like a request of one card.
struct ImportedCard {
  std::int64_t line = 0;
  std::string product;  // empty: the default
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
};
struct ImportBatch {
  std::vector<ImportedCard> cards;
};
struct CancelBatch {
  BatchId batch;
};
struct PutHolder {
  Holder holder;
};
struct StorePhoto {
  Photo photo;
};
// Whether the body in the encoder is this card, and what it still lacks: profile, PIN, PUK.
struct InitializeCard {
  CardId card;
};
struct AssignCard {
  CardId card;
  std::string holder;
  std::optional<std::int64_t> days;  // absent: as the product says
};
struct ExtendCard {
  CardId card;
  std::optional<std::int64_t>
      days;  // from now, or from the end of the assignment where that is later; likewise
};
struct WithdrawCard {
  CardId card;
};
struct LockCard {
  CardId card;
  std::optional<api::Reason> reason;  // why its body is bad: it is condemned
  bool replace = false;               // and a new one is requested in its place
};

struct CompleteBatch {
  BatchId batch;
};
struct RepeatProduction {
  BatchId batch;
  std::vector<CardId> cards;  // empty: all that failed
  api::Reason reason = api::Reason::misprinted;
};
// Failed cards of a bureau: a new order asks it for new bodies.
struct ReorderCards {
  OrderId order;
  std::vector<CardId> cards;  // empty: all that failed
  api::Reason reason = api::Reason::misprinted;
};
struct GiveUpCards {
  std::vector<CardId> cards;
};
// A person's word on a card in doubt.
struct ResolveDoubt {
  CardId card;
  bool good = false;
  std::string note;  // what was found, in the person's words; kept in the audit trail
};
// A person lets letters out that wait for that.
struct ReleaseLetters {
  std::vector<LetterId> letters;
  std::vector<CardId> cards;  // the letters of these that wait
  bool all = false;           // all that wait, at most `batch_cards_max`
};
// A person's word on a letter in doubt: it was printed, or its sheet is lost and it is printed anew.
struct ResolveLetter {
  LetterId letter;
  bool delivered = false;
  std::string note;  // what was found, in the person's words
};
struct Pause {
  bool shutdown = false;  // the daemon is about to end: after the next start everything goes on by itself
};
struct Resume {};

using Command =
    std::variant<RequestCards, OrderCards, HoldOrder, ReleaseOrder, AbortCards, ImportManifest, ImportBatch,
                 IssueCards, CompleteBatch, RepeatProduction, ReorderCards, GiveUpCards, CancelBatch,
                 PutHolder, StorePhoto, InitializeCard, AssignCard, ExtendCard, WithdrawCard, LockCard,
                 ResolveDoubt, ReleaseLetters, ResolveLetter, Pause, Resume>;

// ---- What goes back
// ------------------------------------------------------------------------------------------------------

// Who asks, and under which idempotency key. The digest is SHA-256 of the parameters without the key.
struct Caller {
  std::int64_t uid = -1;
  std::string method;
  std::string key;  // empty: none
  api::Bytes digest;
};

// The wire name of each is the error's name in the interface.
enum class Refused {
  cardNotFound,
  batchNotFound,
  productNotFound,
  orderNotFound,
  productionTypeNotFound,
  holderNotFound,
  holderNotActive,
  holderHasCard,
  photoNotFound,
  letterNotFound,
  wrongState,
  amountOutOfRange,
  numberOutOfRange,
  optionNotAllowed,
  optionInvalid,
  cardNotInBatch,
  noCards,
  batchNotSettled,
  reasonInvalid,
  manifestInvalid,
  manifestOfOtherOrder,
  importInvalid,
  encoderBusy,
  encoderMissing,
  poolLifeOver,
  evidenceMissing,
  idempotencyKeyReused,
  limitExceeded,
  useCaseDisabled
};
inline constexpr std::array<api::EnumRow<Refused>, 29> refused_rows{{
    {Refused::cardNotFound, "CardNotFound", "there is no such card"},
    {Refused::batchNotFound, "BatchNotFound", "there is no such batch"},
    {Refused::productNotFound, "ProductNotFound", "there is no such product"},
    {Refused::orderNotFound, "OrderNotFound", "there is no such order"},
    {Refused::productionTypeNotFound, "ProductionTypeNotFound", "there is no such production type"},
    {Refused::holderNotFound, "HolderNotFound", "there is no such holder"},
    {Refused::holderNotActive, "HolderNotActive", "the holder may have no new cards"},
    {Refused::holderHasCard, "HolderHasCard", "the holder has as many cards as one may have"},
    {Refused::photoNotFound, "PhotoNotFound", "there is no such photo: store it first"},
    {Refused::letterNotFound, "LetterNotFound", "there is no such letter"},
    {Refused::wrongState, "WrongState", "its state does not allow this"},
    {Refused::amountOutOfRange, "AmountOutOfRange", "the amount is out of range"},
    {Refused::numberOutOfRange, "NumberOutOfRange", "the number is out of range"},
    {Refused::optionNotAllowed, "OptionNotAllowed", "the product does not let a request change this option"},
    {Refused::optionInvalid, "OptionInvalid", "the product and its card family do not take this value"},
    {Refused::cardNotInBatch, "CardNotInBatch", "the card is not in this batch"},
    {Refused::noCards, "NoCards", "there is no card to do this with"},
    {Refused::batchNotSettled, "BatchNotSettled",
     "cards of the batch are failed or in doubt: repeat them or give them up first"},
    {Refused::reasonInvalid, "ReasonInvalid", "this is no reason for which a card is repeated"},
    {Refused::manifestInvalid, "ManifestInvalid", "lines of the manifest are wrong: nothing of it was taken"},
    {Refused::manifestOfOtherOrder, "ManifestOfOtherOrder", "the manifest is of another order"},
    {Refused::importInvalid, "ImportInvalid", "lines of the file are wrong: nothing of it was taken"},
    {Refused::encoderBusy, "EncoderBusy", "a card is encoded by hand already"},
    {Refused::encoderMissing, "EncoderMissing",
     "the station has no encoder for cards that are put in by hand"},
    {Refused::poolLifeOver, "PoolLifeOver", "the card's chip and certificates have ended"},
    {Refused::evidenceMissing, "EvidenceMissing",
     "the journal does not hold that this card passed every check: it cannot be called good"},
    {Refused::idempotencyKeyReused, "IdempotencyKeyReused", "the key was used before with other content"},
    {Refused::limitExceeded, "LimitExceeded", "a limit of the station was reached"},
    {Refused::useCaseDisabled, "UseCaseDisabled", "this station does not offer that"},
}};
static_assert(api::well_formed(refused_rows));
constexpr const auto& rows_of(Refused) {
  return refused_rows;
}

// A refusal changes nothing. The fields used are those that the error has in the interface.
struct Refusal {
  Refused error;
  std::string subject;  // the card, batch, product, option, field or key that is meant
  std::string value;    // the state or value that is disliked
  std::string text;     // for people; for WrongState: the verb
  std::vector<CardId> cards;
  std::int64_t maximum = 0;
  std::int64_t minimum = 1;          // of a range
  std::vector<LineProblem> lines{};  // of a table
};

// What a command did. The same command with the same key gets the same ids again.
struct Done {
  std::optional<BatchId> batch;
  std::vector<CardId> cards;
  std::vector<Skipped> skipped;  // of checkOnly and `all`
  std::optional<OrderId> order{};
  std::optional<AttemptId>
      attempt{};  // that was begun for one card by hand: what becomes of it is seen later
  // That were released, or resolved; and those that wait for a second person.
  std::vector<LetterId> letters{}, awaiting{};
};

using Reply = std::variant<Done, Refusal>;

// ---- What the devices do
// -------------------------------------------------------------------------------------------------

// One step of an attempt on a device. The name says what leads to a phase.
enum class Step {
  render,
  check,
  feed,
  identify,
  examine,
  seal,
  personalise,
  reserve,
  certify,
  write,
  verify,
  stripe,
  print,
  inspect,
  eject,
  reject,
  letter,
  publish,
  dispatch,
  probe
};
inline constexpr std::array<api::EnumRow<Step>, 20> step_rows{{
    {Step::render, "render", "renders the faces of the card"},
    {Step::check, "check", "asks the printer and the encoder whether they are ready, and for the counters"},
    {Step::feed, "feed", "takes a blank from the hopper"},
    {Step::identify, "identify", "brings the blank to the contacts and reads who its chip is"},
    {Step::examine, "examine",
     "brings a card of which nobody knows how far it is to the contacts, and asks its chip"},
    {Step::seal, "seal", "generates PIN and PUK and seals them"},
    {Step::personalise, "personalise",
     "authenticates, sets PIN, PUK and management key, makes keys and lets them prove themselves"},
    {Step::reserve, "reserve", "takes serial numbers and builds what is to be signed"},
    {Step::certify, "certify", "lints and signs"},
    {Step::write, "write", "writes the certificates to the chip"},
    {Step::verify, "verify", "reads everything back"},
    {Step::stripe, "stripe", "writes the magnetic stripe and reads it back"},
    {Step::print, "print", "prints the body"},
    {Step::inspect, "inspect", "compares counters, sensors and chip with what they should be"},
    {Step::eject, "eject", "puts the card into the good output"},
    {Step::reject, "reject", "makes the chip useless and puts the body into the reject bin"},
    {Step::letter, "letter", "sends the PIN letter of a confirmed card on its way"},
    {Step::publish, "publish", "writes the revocation list"},
    {Step::dispatch, "dispatch", "writes the job file of an order for the bureau"},
    {Step::probe, "probe", "asks the devices how they are"},
}};
static_assert(api::well_formed(step_rows));
constexpr const auto& rows_of(Step) {
  return step_rows;
}

// Something for the outside to do, after the rows are committed.
struct Effect {
  Step step;
  AttemptId attempt{};  // all zero for publish, dispatch and probe
  OrderId order{};      // of dispatch
};

// How the devices of the line stand.
struct LineStatus {
  api::PrinterStatus printer;
  api::PrinterIdentity identity;
  api::Capabilities capabilities;
  api::Counters counters;
  api::Supplies supplies;
  std::string encoder;
  api::Slot slot = api::Slot::absent;
};

// What a step brought, where it brought anything. Secrets never come this way: sealed bytes only.
struct Checked {
  LineStatus status;
};
struct Identified {
  std::string chip_serial;
};
// Who the chip in the machine is, compared with the attempt that it should belong to.
enum class Chip { fresh, ours, other, mute };
inline constexpr std::array<api::EnumRow<Chip>, 4> chip_rows{{
    {Chip::fresh, "fresh", "it carries nothing yet"},
    {Chip::ours, "ours", "it carries this attempt's mark"},
    {Chip::other, "other", "it is another chip, or carries somebody else's mark"},
    {Chip::mute, "mute", "it does not answer"},
}};
static_assert(api::well_formed(chip_rows));
constexpr const auto& rows_of(Chip) {
  return chip_rows;
}

struct Examined {
  Chip chip = Chip::mute;  // never `mute`: that is a failure of the step
  std::string chip_serial;
};
struct Sealed {  // by seal; by letter: what stays in the vault, the PUK only
  api::Bytes pin, puk;
};
struct Certified {
  std::vector<Certificate> certificates;  // `reserved` after reserve, `issued` after certify
};
struct Ejected {
  std::optional<api::Counters> counters;  // after the movement, where they could be read
};
struct Rejected {
  std::string invalidation;
  std::optional<api::Counters> counters;  // likewise
};
struct Published {
  std::int64_t entries = 0;
};
using Brought = std::variant<std::monostate, Checked, Identified, Examined, Sealed, Certified, Ejected,
                             Rejected, Published>;

struct Returned {
  Step step;
  AttemptId attempt{};
  api::Result<Brought> result;
  OrderId order{};  // of dispatch
};

struct Timer {};

// After a start: what was open when the daemon stopped.
struct Recovered {};

}  // namespace core
