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
  std::int64_t poolDays = 0, validityDays = 0;
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (name, title, pinLength, pukLength, encode, certificates, confirm, operatorMayChange,
                       isDefault, poolDays, validityDays))

struct ProductionType {
  std::string name, product, producer;
  Optional<bool> queue;
  bool isDefault = false;
};
BOOST_DESCRIBE_STRUCT(ProductionType, (), (name, product, producer, queue, isDefault))

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
  Optional<std::string> invalidation, purpose;
};
BOOST_DESCRIBE_STRUCT(Attempt, (),
                      (id, kind, phase, reached, reason, text, started, ended, printer, chip, checkCode,
                       certificates, invalidation, purpose))

struct Card {
  std::string id, number, product;
  core::CardState state{};
  Optional<std::string> batch, order;
  std::string created;
  Fields fields;
  Optional<std::string> note;
  Options options;
  Optional<std::string> reason, text, holder, validUntil, chipUntil;
  bool encodingDue = false;
  Optional<std::vector<Attempt>> attempts;
};
BOOST_DESCRIBE_STRUCT(Card, (),
                      (id, number, product, state, batch, order, created, fields, note, options, reason, text,
                       holder, validUntil, chipUntil, encodingDue, attempts))

struct Order {
  std::string id;
  core::OrderState state{};
  std::string productionType, product, producer;
  std::int64_t priority = 0;
  bool held = false;
  Optional<std::string> holder, note;
  std::string created, due;
  Strings cards;
  Optional<std::string> batch, sent;
  std::map<std::string, std::int64_t> counts;
};
BOOST_DESCRIBE_STRUCT(Order, (),
                      (id, state, productionType, product, producer, priority, held, holder, note, created,
                       due, cards, batch, sent, counts))

struct Holder {
  std::string id;
  core::HolderState state{};
  std::string name;
  Optional<std::string> upn, email, photo;
};
BOOST_DESCRIBE_STRUCT(Holder, (), (id, state, name, upn, email, photo))

struct LineProblem {
  std::int64_t line = 0;
  Optional<std::string> column;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(LineProblem, (), (line, column, text))

struct Bodies {
  std::int64_t fed = 0, good = 0, rejected = 0, condemned = 0, inDoubt = 0, inMachine = 0;
};
BOOST_DESCRIBE_STRUCT(Bodies, (), (fed, good, rejected, condemned, inDoubt, inMachine))

struct Batch {
  std::string id;
  core::BatchState state{};
  std::string origin, created;
  Optional<std::string> reason, text;
  Optional<std::vector<Card>> cards;
  std::map<std::string, std::int64_t> counts;
  Optional<Bodies> bodies;
};
BOOST_DESCRIBE_STRUCT(Batch, (), (id, state, origin, created, reason, text, cards, counts, bodies))

struct Change {
  std::int64_t sequence = 0;
  std::string time, subject;
  Optional<std::string> batch, card, attempt, order;
  std::string state;
  Optional<std::string> reason, text;
};
BOOST_DESCRIBE_STRUCT(Change, (), (sequence, time, subject, batch, card, attempt, order, state, reason, text))

enum class Face { front, back };
BOOST_DESCRIBE_ENUM(Face, front, back)

enum class Plane { card, color, k, overlay };
BOOST_DESCRIBE_ENUM(Plane, card, color, k, overlay)

struct Picture {
  Face face{};
  Plane plane{};
  std::int64_t dpi = 0;
  std::string png;
};
BOOST_DESCRIBE_STRUCT(Picture, (), (face, plane, dpi, png))

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

// From what the station knows to what it says.
std::string time_text(api::WallTime time);
Product to_wire(const core::Product& product, bool is_default);
ProductionType to_wire(const core::ProductionType& type, bool is_default);
Attempt to_wire(const core::Attempt& attempt, const std::vector<core::Certificate>& certificates);
Card to_wire(core::Card card);
// Without counts.
Order to_wire(const core::Order& order);
Holder to_wire(const core::Holder& holder);
Change to_wire(const core::Change& change);
Line to_wire(const core::LineView& line);
// `attempt` is the card's last one.
Doubt to_wire(const core::Card& card, const core::Attempt& attempt);
// Without cards, counts and bodies.
Batch to_wire(const core::Batch& batch);

// About how many bytes these take in a reply, rather more than less.
std::size_t text_size(const Attempt& attempt);
std::size_t text_size(const Card& card);
std::size_t text_size(const Order& order);

}  // namespace service::wire
