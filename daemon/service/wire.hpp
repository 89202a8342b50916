#pragma once
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "daemon/core/engine.hpp"

// The types of the interface as structs, one for one: a test compares them with the .varlink files. Their
// members are spelled as on the wire, since the binder takes their names. Times are RFC 3339 in UTC with
// milliseconds.
namespace service::wire {

template <class T>
using Optional = std::optional<T>;
using Strings = std::vector<std::string>;
using Fields = std::map<std::string, std::string>;

struct Product {
  std::string name, title;
  std::int64_t pinLength = 0, pukLength = 0;
  bool encode = false;
  Strings certificates;
  std::string confirm;
  Strings operatorMayChange;
  bool isDefault = false;
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (name, title, pinLength, pukLength, encode, certificates, confirm, operatorMayChange,
                       isDefault))

struct Options {
  Optional<std::int64_t> pinLength, pukLength;
  Optional<bool> encode;
  Optional<Strings> certificates;
};
BOOST_DESCRIBE_STRUCT(Options, (), (pinLength, pukLength, encode, certificates))

struct Attempt {
  std::string id, kind, phase;
  Optional<std::string> reached, reason, text;
  std::string started;
  Optional<std::string> ended, printer, chip, checkCode;
  Strings certificates;
  Optional<std::string> invalidation;
};
BOOST_DESCRIBE_STRUCT(Attempt, (),
                      (id, kind, phase, reached, reason, text, started, ended, printer, chip, checkCode,
                       certificates, invalidation))

struct Card {
  std::string id, number, product;
  core::CardState state{};
  Optional<std::string> batch;
  std::string created;
  Fields fields;
  Optional<std::string> note;
  Options options;
  Optional<std::string> reason, text;
  Optional<std::vector<Attempt>> attempts;
};
BOOST_DESCRIBE_STRUCT(Card, (),
                      (id, number, product, state, batch, created, fields, note, options, reason, text,
                       attempts))

struct Batch {
  std::string id;
  core::BatchState state{};
  std::string origin, created;
  Optional<std::string> reason, text;
  Optional<std::vector<Card>> cards;
  std::map<std::string, std::int64_t> counts;
};
BOOST_DESCRIBE_STRUCT(Batch, (), (id, state, origin, created, reason, text, cards, counts))

struct Change {
  std::int64_t sequence = 0;
  std::string time, subject;
  Optional<std::string> batch, card, attempt;
  std::string state;
  Optional<std::string> reason, text;
};
BOOST_DESCRIBE_STRUCT(Change, (), (sequence, time, subject, batch, card, attempt, state, reason, text))

struct Skipped {
  std::string card, why;
};
BOOST_DESCRIBE_STRUCT(Skipped, (), (card, why))

struct Counters {
  std::int64_t fed = 0, printed = 0, ejected = 0, rejected = 0;
};
BOOST_DESCRIBE_STRUCT(Counters, (), (fed, printed, ejected, rejected))

struct Blanks {
  std::string printer;
  Counters first, last;
  std::int64_t fed = 0, good = 0, rejected = 0, condemned = 0, inDoubt = 0, samples = 0, foreign = 0,
               inMachine = 0;
  bool addsUp = true;
};
BOOST_DESCRIBE_STRUCT(Blanks, (),
                      (printer, first, last, fed, good, rejected, condemned, inDoubt, samples, foreign,
                       inMachine, addsUp))

struct Line {
  std::string name, state;
  Optional<std::string> reason, text, printerModel, printerSerial;
  std::string printerState;
  Strings conditions;
  std::string cardPosition;
  Optional<Counters> counters;
  Optional<std::int64_t> hopperCards, ribbonPanels;
  std::string encoder, encoderSlot;
  Optional<std::string> attempt, card, recovery;
  Optional<Blanks> blanks;
};
BOOST_DESCRIBE_STRUCT(Line, (),
                      (name, state, reason, text, printerModel, printerSerial, printerState, conditions,
                       cardPosition, counters, hopperCards, ribbonPanels, encoder, encoderSlot, attempt, card,
                       recovery, blanks))

struct Doubt {
  std::string card, number, product;
  Optional<std::string> batch;
  std::string attempt, since, reached;
  Optional<std::string> reason, text;
  std::string known, unknown, whereabouts, whereaboutsText, advice, checkCode;
  Optional<std::string> printer, chip;
  std::int64_t bodies = 0;
  bool mayBeGood = false;
  Optional<std::string> whyNotGood;
};
BOOST_DESCRIBE_STRUCT(Doubt, (),
                      (card, number, product, batch, attempt, since, reached, reason, text, known, unknown,
                       whereabouts, whereaboutsText, advice, checkCode, printer, chip, bodies, mayBeGood,
                       whyNotGood))

enum class Verdict { good, bad };
BOOST_DESCRIBE_ENUM(Verdict, good, bad)

// Parameters (…Call) and replies (…Reply) of the methods.
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

struct ListProductsReply {
  std::vector<Product> products;
};
BOOST_DESCRIBE_STRUCT(ListProductsReply, (), (products))

struct RequestCardsCall {
  std::int64_t amount = 0;
  Optional<std::string> product;
  Optional<Options> options;
  Optional<Fields> fields;
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(RequestCardsCall, (), (amount, product, options, fields, note, idempotencyKey))

struct CardIdsReply {
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(CardIdsReply, (), (cards))

struct ListCardsCall {
  Optional<core::CardState> state;
  Optional<std::string> batch, after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListCardsCall, (), (state, batch, after, limit))

struct ListCardsReply {
  std::vector<Card> cards;
};
BOOST_DESCRIBE_STRUCT(ListCardsReply, (), (cards))

struct GetCardCall {
  std::string card;
};
BOOST_DESCRIBE_STRUCT(GetCardCall, (), (card))

struct GetCardReply {
  Card card;
};
BOOST_DESCRIBE_STRUCT(GetCardReply, (), (card))

struct IssueCardsCall {
  Optional<Strings> cards;
  Optional<bool> all;
  Optional<Options> options;
  Optional<bool> checkOnly;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(IssueCardsCall, (), (cards, all, options, checkOnly, idempotencyKey))

// Of IssueCards and RepeatProduction.
struct ProductionReply {
  Optional<std::string> batch;
  Strings cards;
  std::vector<Skipped> skipped;
  Optional<Change> change;
  Optional<core::BatchState> state;
};
BOOST_DESCRIBE_STRUCT(ProductionReply, (), (batch, cards, skipped, change, state))

struct ListBatchesCall {
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListBatchesCall, (), (after, limit))

struct ListBatchesReply {
  std::vector<Batch> batches;
};
BOOST_DESCRIBE_STRUCT(ListBatchesReply, (), (batches))

struct GetBatchCall {
  std::string batch;
};
BOOST_DESCRIBE_STRUCT(GetBatchCall, (), (batch))

struct GetBatchReply {
  Batch batch;
};
BOOST_DESCRIBE_STRUCT(GetBatchReply, (), (batch))

struct CompleteBatchCall {
  std::string batch;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(CompleteBatchCall, (), (batch, idempotencyKey))

struct CompleteBatchReply {
  std::string batch;
  Strings cards;
};
BOOST_DESCRIBE_STRUCT(CompleteBatchReply, (), (batch, cards))

struct RepeatProductionCall {
  std::string batch;
  Optional<Strings> cards;
  std::string reason;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(RepeatProductionCall, (), (batch, cards, reason, idempotencyKey))

struct GiveUpCardsCall {
  Strings cards;
  Optional<std::string> idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(GiveUpCardsCall, (), (cards, idempotencyKey))

struct WatchCall {
  Optional<std::int64_t> after;
};
BOOST_DESCRIBE_STRUCT(WatchCall, (), (after))

// What Production tells of a line.
struct WatchedLine {
  std::string name, state;
  Optional<std::string> reason, text, attempt, card;
};
BOOST_DESCRIBE_STRUCT(WatchedLine, (), (name, state, reason, text, attempt, card))

struct WatchReply {
  std::int64_t sequence = 0;
  Optional<std::vector<WatchedLine>> lines;
  Optional<std::vector<Batch>> batches;
  Optional<Change> change;
};
BOOST_DESCRIBE_STRUCT(WatchReply, (), (sequence, lines, batches, change))

struct GetStationReply {
  std::string name, version, started;
  std::vector<Line> lines;
  std::int64_t waiting = 0, doubts = 0;
};
BOOST_DESCRIBE_STRUCT(GetStationReply, (), (name, version, started, lines, waiting, doubts))

struct ListDoubtsCall {
  Optional<std::string> after;
  Optional<std::int64_t> limit;
};
BOOST_DESCRIBE_STRUCT(ListDoubtsCall, (), (after, limit))

struct ListDoubtsReply {
  std::vector<Doubt> doubts;
  bool more = false;
};
BOOST_DESCRIBE_STRUCT(ListDoubtsReply, (), (doubts, more))

struct ResolveDoubtCall {
  std::string card;
  Verdict verdict{};
  Optional<std::string> note, idempotencyKey;
};
BOOST_DESCRIBE_STRUCT(ResolveDoubtCall, (), (card, verdict, note, idempotencyKey))

struct ResolveDoubtReply {
  std::string card;
  Optional<std::string> batch;
};
BOOST_DESCRIBE_STRUCT(ResolveDoubtReply, (), (card, batch))

// From what the station knows to what it says.
std::string time_text(api::WallTime time);
Product to_wire(const core::Product& product, bool is_default);
Attempt to_wire(const core::Attempt& attempt, const std::vector<core::Certificate>& certificates);
Card to_wire(core::Card card);
Change to_wire(const core::Change& change);
Line to_wire(const core::LineView& line);
// `attempt` is the card's last one.
Doubt to_wire(const core::Card& card, const core::Attempt& attempt);
// Without cards and counts.
Batch to_wire(const core::Batch& batch);

// About how many bytes the card takes in a reply, rather more than less.
std::size_t text_size(const Card& card);

}  // namespace service::wire
