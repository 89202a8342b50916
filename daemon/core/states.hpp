#pragma once
#include <algorithm>
#include <array>
#include <optional>

#include "drivers/api/enum_table.hpp"

// States and what leads from one to the next, as data. Names are the contract: front ends are
// written against them.
namespace core {

using api::EnumRow;

enum class CardState {
  requested,
  processing,
  ordered,
  inProduction,
  produced,
  awaitingConfirmation,
  failed,
  inDoubt,
  unassigned,
  assigned,
  expired,
  locked,
  aborted
};
inline constexpr std::array<EnumRow<CardState>, 13> card_state_rows{{
    {CardState::requested, "requested", "asked for, waits to be issued in a batch"},
    {CardState::processing, "processing", "in the queue of orders"},
    {CardState::ordered, "ordered", "accepted for production"},
    {CardState::inProduction, "inProduction", "in a batch that is being produced"},
    {CardState::produced, "produced", "body finished, chip not initialised"},
    {CardState::awaitingConfirmation, "awaitingConfirmation",
     "passed every check of the machine; a person has still to confirm"},
    {CardState::failed, "failed", "the last attempt failed"},
    {CardState::inDoubt, "inDoubt", "nothing can tell what became of the last attempt"},
    {CardState::unassigned, "unassigned", "good, in the pool"},
    {CardState::assigned, "assigned", "with a holder until a date"},
    {CardState::expired, "expired", "validity passed"},
    {CardState::locked, "locked", "locked for good"},
    {CardState::aborted, "aborted", "given up before it was made"},
}};
static_assert(api::well_formed(card_state_rows));
constexpr const auto& rows_of(CardState) {
  return card_state_rows;
}

enum class Verb {
  issue,
  pull,
  abort,
  pass,
  passAndConfirm,
  passBody,
  fail,
  doubt,
  complete,
  repeat,
  giveUp,
  returnToRequests,
  returnToOrders,
  bureauProduced,
  bureauFailed,
  reorder,
  initialize,
  assign,
  extend,
  withdraw,
  expire,
  lock
};
inline constexpr std::array<EnumRow<Verb>, 22> verb_rows{{
    {Verb::issue, "issue", "goes into a batch"},
    {Verb::pull, "pull", "the station takes an order from the queue"},
    {Verb::abort, "abort", "withdrawn before production"},
    {Verb::pass, "pass", "its attempt ended well; a person has to confirm"},
    {Verb::passAndConfirm, "passAndConfirm", "its attempt ended well; the product confirms by itself"},
    {Verb::passBody, "passBody", "its body is finished, the chip is not"},
    {Verb::fail, "fail", "its attempt ended badly"},
    {Verb::doubt, "doubt", "what became of its attempt is unknown"},
    {Verb::complete, "complete", "a person confirms"},
    {Verb::repeat, "repeat", "is produced again"},
    {Verb::giveUp, "giveUp", "is not produced again"},
    {Verb::returnToRequests, "returnToRequests", "its batch was cancelled before its turn"},
    {Verb::returnToOrders, "returnToOrders", "its order was cancelled before its turn"},
    {Verb::bureauProduced, "bureauProduced", "the bureau says it is made"},
    {Verb::bureauFailed, "bureauFailed", "the bureau says it failed"},
    {Verb::reorder, "reorder", "the bureau is to make it again"},
    {Verb::initialize, "initialize", "its chip was initialised"},
    {Verb::assign, "assign", "goes to a holder"},
    {Verb::extend, "extend", "stays with its holder for longer"},
    {Verb::withdraw, "withdraw", "comes back from its holder"},
    {Verb::expire, "expire", "its validity passed"},
    {Verb::lock, "lock", "is locked for good"},
}};
static_assert(api::well_formed(verb_rows));
constexpr const auto& rows_of(Verb) {
  return verb_rows;
}

struct Transition {
  CardState from;
  Verb verb;
  CardState to;
};

// What a table of transitions says; nothing where the verb is not allowed.
template <class Rows, class State, class Verb>
constexpr std::optional<State> next_in(const Rows& rows, State from, Verb verb) {
  for (const auto& row : rows)
    if (row.from == from && row.verb == verb) return row.to;
  return std::nullopt;
}

template <class Rows>
constexpr bool no_pair_twice(const Rows& rows) {
  return std::ranges::all_of(rows, [&](const auto& row) {
    return std::ranges::count_if(rows, [&](const auto& other) {
             return other.from == row.from && other.verb == row.verb;
           }) == 1;
  });
}

// The one transition table of cards. What does not stand here is refused as WrongState.
inline constexpr std::array transitions{
    Transition{CardState::requested, Verb::issue, CardState::inProduction},
    Transition{CardState::requested, Verb::abort, CardState::aborted},
    Transition{CardState::processing, Verb::pull, CardState::ordered},
    Transition{CardState::processing, Verb::abort, CardState::aborted},
    Transition{CardState::ordered, Verb::issue, CardState::inProduction},
    Transition{CardState::ordered, Verb::bureauProduced, CardState::produced},
    Transition{CardState::ordered, Verb::bureauFailed, CardState::failed},
    Transition{CardState::ordered, Verb::giveUp, CardState::aborted},
    Transition{CardState::inProduction, Verb::pass, CardState::awaitingConfirmation},
    Transition{CardState::inProduction, Verb::passAndConfirm, CardState::unassigned},
    Transition{CardState::inProduction, Verb::passBody, CardState::produced},
    Transition{CardState::inProduction, Verb::fail, CardState::failed},
    Transition{CardState::inProduction, Verb::doubt, CardState::inDoubt},
    Transition{CardState::inProduction, Verb::returnToRequests, CardState::requested},
    Transition{CardState::inProduction, Verb::returnToOrders, CardState::ordered},
    Transition{CardState::produced, Verb::initialize, CardState::unassigned},
    Transition{CardState::produced, Verb::fail, CardState::failed},
    Transition{CardState::produced, Verb::doubt, CardState::inDoubt},
    Transition{CardState::awaitingConfirmation, Verb::complete, CardState::unassigned},
    Transition{CardState::awaitingConfirmation, Verb::repeat, CardState::inProduction},
    Transition{CardState::failed, Verb::repeat, CardState::inProduction},
    Transition{CardState::failed, Verb::reorder, CardState::ordered},
    Transition{CardState::failed, Verb::giveUp, CardState::aborted},
    Transition{CardState::inDoubt, Verb::pass, CardState::awaitingConfirmation},
    Transition{CardState::inDoubt, Verb::passAndConfirm, CardState::unassigned},
    Transition{CardState::inDoubt, Verb::passBody, CardState::produced},
    Transition{CardState::inDoubt, Verb::fail, CardState::failed},
    Transition{CardState::unassigned, Verb::assign, CardState::assigned},
    Transition{CardState::unassigned, Verb::lock, CardState::locked},
    Transition{CardState::unassigned, Verb::doubt, CardState::inDoubt},
    Transition{CardState::assigned, Verb::withdraw, CardState::unassigned},
    Transition{CardState::assigned, Verb::extend, CardState::assigned},
    Transition{CardState::assigned, Verb::expire, CardState::expired},
    Transition{CardState::assigned, Verb::lock, CardState::locked},
    Transition{CardState::assigned, Verb::doubt, CardState::inDoubt},
    Transition{CardState::expired, Verb::withdraw, CardState::unassigned},
    Transition{CardState::expired, Verb::lock, CardState::locked},
};

constexpr std::optional<CardState> next(CardState from, Verb verb) {
  return next_in(transitions, from, verb);
}

constexpr bool is_final(CardState state) {
  return std::ranges::none_of(transitions, [state](const Transition& row) { return row.from == state; });
}

// No pair stands twice, and exactly `locked` and `aborted` have no way out.
constexpr bool transitions_well_formed() {
  if (!no_pair_twice(transitions)) return false;
  return std::ranges::all_of(card_state_rows, [](const auto& row) {
    return is_final(row.value) == (row.value == CardState::locked || row.value == CardState::aborted);
  });
}
static_assert(transitions_well_formed());

// A person, or its product, has said that it is good: it came to the pool, whatever became of it there.
constexpr bool is_confirmed(CardState state) {
  return state == CardState::unassigned || state == CardState::assigned || state == CardState::expired ||
         state == CardState::locked;
}

enum class BatchState { producing, paused, awaitingConfirmation, completed, cancelled };
inline constexpr std::array<EnumRow<BatchState>, 5> batch_state_rows{{
    {BatchState::producing, "producing", "its cards are being produced"},
    {BatchState::paused, "paused", "waits for a device or a person"},
    {BatchState::awaitingConfirmation, "awaitingConfirmation",
     "produced; a person completes it or repeats cards of it"},
    {BatchState::completed, "completed", "confirmed"},
    {BatchState::cancelled, "cancelled", "nothing of it was produced"},
}};
static_assert(api::well_formed(batch_state_rows));
constexpr const auto& rows_of(BatchState) {
  return batch_state_rows;
}

enum class Origin { request, order };
inline constexpr std::array<EnumRow<Origin>, 2> origin_rows{{
    {Origin::request, "request", "requested cards, picked by a person"},
    {Origin::order, "order", "an order that the station pulled"},
}};
static_assert(api::well_formed(origin_rows));
constexpr const auto& rows_of(Origin) {
  return origin_rows;
}

enum class OrderState { processing, ordered, inProduction, completed, aborted };
inline constexpr std::array<EnumRow<OrderState>, 5> order_state_rows{{
    {OrderState::processing, "processing", "waits in the queue; it can be aborted"},
    {OrderState::ordered, "ordered", "accepted: waits for the station, or for the bureau"},
    {OrderState::inProduction, "inProduction", "its batch is open"},
    {OrderState::completed, "completed", "nothing of it is left to make"},
    {OrderState::aborted, "aborted", "none of its cards is made"},
}};
static_assert(api::well_formed(order_state_rows));
constexpr const auto& rows_of(OrderState) {
  return order_state_rows;
}

// A letter shows the PIN of one attempt, and goes out once.
enum class LetterState { waiting, released, sending, delivered, inDoubt, voided };
inline constexpr std::array<EnumRow<LetterState>, 6> letter_state_rows{{
    {LetterState::waiting, "waiting", "waits until it is released"},
    {LetterState::released, "released", "may go out, and does as soon as that is possible"},
    {LetterState::sending, "sending", "is on its way to the folder or the printer"},
    {LetterState::delivered, "delivered", "it is out, and its PIN erased here"},
    {LetterState::inDoubt, "inDoubt", "nobody knows whether it was printed: a person has to look"},
    {LetterState::voided, "void", "its PIN is not valid any more, or never was"},
}};
static_assert(api::well_formed(letter_state_rows));
constexpr const auto& rows_of(LetterState) {
  return letter_state_rows;
}

enum class AttemptKind { produce, body, initialize, reencode };
inline constexpr std::array<EnumRow<AttemptKind>, 4> attempt_kind_rows{{
    {AttemptKind::produce, "produce", "encode and print"},
    {AttemptKind::body, "body", "print only"},
    {AttemptKind::initialize, "initialize", "encode a produced body"},
    {AttemptKind::reencode, "reencode", "encode a card of the pool again"},
}};
static_assert(api::well_formed(attempt_kind_rows));
constexpr const auto& rows_of(AttemptKind) {
  return attempt_kind_rows;
}

enum class Phase {
  claimed,
  feedIntent,
  fed,
  identified,
  sealed,
  encodeIntent,
  keyed,
  certified,
  encoded,
  verified,
  striped,
  printIntent,
  printed,
  inspected,
  ejectIntent,
  done,
  rejectIntent,
  spoiled,
  voided,
  inDoubt,
  condemned
};
inline constexpr std::array<EnumRow<Phase>, 21> phase_rows{{
    {Phase::claimed, "claimed", "the card is next"},
    {Phase::feedIntent, "feedIntent", "a blank is about to be fed"},
    {Phase::fed, "fed", "a blank is in the machine"},
    {Phase::identified, "identified", "the chip said who it is"},
    {Phase::sealed, "sealed", "PIN and PUK are in the vault"},
    {Phase::encodeIntent, "encodeIntent", "the chip is about to be changed"},
    {Phase::keyed, "keyed", "keys are on the chip and proved themselves"},
    {Phase::certified, "certified", "certificates are issued"},
    {Phase::encoded, "encoded", "everything is on the chip"},
    {Phase::verified, "verified", "everything was read back"},
    {Phase::striped, "striped", "the magnetic stripe is written and was read back"},
    {Phase::printIntent, "printIntent", "the body is about to be printed"},
    {Phase::printed, "printed", "the body is printed"},
    {Phase::inspected, "inspected", "counters, sensors and chip agree"},
    {Phase::ejectIntent, "ejectIntent", "the card is about to leave"},
    {Phase::done, "done", "the card is in the good output"},
    {Phase::rejectIntent, "rejectIntent", "the body is about to be rejected"},
    {Phase::spoiled, "spoiled", "the body is in the reject bin"},
    {Phase::voided, "void", "nothing physical happened"},
    {Phase::inDoubt, "inDoubt", "nobody knows what became of the body"},
    {Phase::condemned, "condemned", "finished, and declared bad by a person"},
}};
static_assert(api::well_formed(phase_rows));
constexpr const auto& rows_of(Phase) {
  return phase_rows;
}

// A person holds the body and puts it into the encoder by hand: the printer has nothing to do with it.
constexpr bool is_by_hand(AttemptKind kind) {
  return kind == AttemptKind::initialize || kind == AttemptKind::reencode;
}

// Whether an attempt in this phase is over: nothing of it moves any more.
constexpr bool is_over(Phase phase) {
  return phase == Phase::done || phase == Phase::spoiled || phase == Phase::voided ||
         phase == Phase::inDoubt || phase == Phase::condemned;
}

// Where the body of the attempt is, by the printer's counters since its baseline and by its sensors.
enum class Whereabouts {
  notFed,
  inside,
  output,
  rejectBin,
  outside,
  twoInside,
  twoRejected,
  otherPrinter,
  unclear
};

}  // namespace core

// `advice`: what a person should look at when this is all that is known.
template <>
struct api::EnumRow<core::Whereabouts> {
  core::Whereabouts value;
  std::string_view name;
  std::string_view text;
  std::string_view advice;
};

namespace core {

inline constexpr std::array whereabouts_rows{
    api::EnumRow<Whereabouts>{Whereabouts::notFed, "notFed", "no blank left the hopper",
                              "nothing should be missing from the hopper: count it"},
    api::EnumRow<Whereabouts>{Whereabouts::inside, "inside", "the body is in the machine",
                              "take the card out of the machine and look at it"},
    api::EnumRow<Whereabouts>{
        Whereabouts::output, "output", "the printer counted it into the good output, unasked or unfinished",
        "the last card in the output is this one: take it out and compare its check code; destroy it, "
        "unless it may be called good and looks it"},
    api::EnumRow<Whereabouts>{Whereabouts::rejectBin, "rejectBin",
                              "the printer counted it into the reject bin",
                              "the last card in the reject bin is this one"},
    api::EnumRow<Whereabouts>{Whereabouts::outside, "outside",
                              "it was fed, is not in the machine, and neither bin counted it",
                              "somebody took it out of the machine: find it by its check code"},
    api::EnumRow<Whereabouts>{Whereabouts::twoInside, "twoInside",
                              "two blanks were fed at once and are inside",
                              "take both cards out of the machine and destroy them"},
    api::EnumRow<Whereabouts>{Whereabouts::twoRejected, "twoRejected",
                              "two blanks were fed at once and are in the reject bin",
                              "the last two cards in the reject bin are these"},
    api::EnumRow<Whereabouts>{
        Whereabouts::otherPrinter, "otherPrinter",
        "the printer that fed it is not there: another one answers",
        "look into the former printer, its output and its reject bin, for the check code"},
    api::EnumRow<Whereabouts>{Whereabouts::unclear, "unclear",
                              "counters and sensors of the printer do not tell where it is",
                              "look for the check code in the machine, the output and the reject bin"},
};
static_assert(api::well_formed(whereabouts_rows));
constexpr const auto& rows_of(Whereabouts) {
  return whereabouts_rows;
}

}  // namespace core
