#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "drivers/api/enum_table.hpp"

namespace simulator {

// The steps of a card at which something can go wrong.
enum class Step { feed, contact, apdu, leave, stripe, print, finish };
inline constexpr std::array<api::EnumRow<Step>, 7> step_rows{{
    {Step::feed, "feed", "from the hopper into the transport"},
    {Step::contact, "contact", "to the contact station"},
    {Step::apdu, "apdu", "the chip takes a command"},
    {Step::leave, "leave", "away from the contact station"},
    {Step::stripe, "stripe", "the magnetic stripe is written"},
    {Step::print, "print", "both faces"},
    {Step::finish, "finish", "to the output or the reject bin"},
}};
static_assert(api::well_formed(step_rows));
constexpr const auto& rows_of(Step) {
  return step_rows;
}

enum class FaultKind {
  hopperEmpty,
  noCard,
  doubleFeed,
  notReached,
  notEngaged,
  mute,
  die,
  hang,
  statusWord,
  swap,
  wrongData,
  contactLost,
  stripeRefused,
  stripeWrong,
  ribbonEnded,
  falseRibbonEnded,
  coverOpened,
  headTooHot,
  tooFast,
  outputFull,
  rejectFull,
  jam,
  powerLost,
  purgedToOutput,
  purgedToReject,
  swapped,
  linkLost,
  noReply,
  garbled,
  wrongCounters,
  readerUnplugged,
  serviceKilled,
  suspended,
};

using Steps = unsigned;  // a set
constexpr Steps at(Step step) {
  return 1u << static_cast<unsigned>(step);
}
inline constexpr Steps at_any_movement = at(Step::feed) | at(Step::contact) | at(Step::leave) |
                                         at(Step::stripe) | at(Step::print) | at(Step::finish);
inline constexpr Steps at_the_chip = at(Step::contact) | at(Step::apdu);

}  // namespace simulator

// `steps`: where the fault can be asked for. `either_way`: the script says whether the chip carried the
// command out before.
template <>
struct api::EnumRow<simulator::FaultKind> {
  simulator::FaultKind value;
  std::string_view name;
  std::string_view text;
  simulator::Steps steps;
  bool either_way = false;
};

namespace simulator {

inline constexpr std::array fault_kind_rows{
    api::EnumRow<FaultKind>{FaultKind::hopperEmpty, "hopperEmpty",
                            "the hopper says it is empty, until it is loaded", at(Step::feed)},
    api::EnumRow<FaultKind>{FaultKind::noCard, "noCard", "nothing arrives from the hopper", at(Step::feed)},
    api::EnumRow<FaultKind>{FaultKind::doubleFeed, "doubleFeed", "two blanks arrive at once", at(Step::feed)},
    api::EnumRow<FaultKind>{FaultKind::notReached, "notReached", "the card stops before the station",
                            at(Step::contact)},
    api::EnumRow<FaultKind>{FaultKind::notEngaged, "notEngaged",
                            "no answer to reset until the contacts were lifted once", at(Step::contact)},
    api::EnumRow<FaultKind>{FaultKind::mute, "mute", "no answer to reset, ever", at(Step::contact)},
    api::EnumRow<FaultKind>{FaultKind::die, "die", "the chip never answers again", at(Step::apdu), true},
    api::EnumRow<FaultKind>{FaultKind::hang, "hang", "no answer until the next reset", at(Step::apdu), true},
    api::EnumRow<FaultKind>{FaultKind::statusWord, "statusWord",
                            "this status word instead of the answer; nothing is carried out", at(Step::apdu)},
    api::EnumRow<FaultKind>{FaultKind::swap, "swap", "another, fresh chip is at the contacts",
                            at(Step::apdu)},
    api::EnumRow<FaultKind>{FaultKind::wrongData, "wrongData", "one bit of the answer is wrong",
                            at(Step::apdu)},
    api::EnumRow<FaultKind>{FaultKind::contactLost, "contactLost",
                            "contact is lost; lifting the contacts helps", at(Step::apdu), true},
    api::EnumRow<FaultKind>{FaultKind::stripeRefused, "stripeRefused",
                            "the head cannot write this stripe; nothing is on it", at(Step::stripe)},
    api::EnumRow<FaultKind>{FaultKind::stripeWrong, "stripeWrong",
                            "says done; one character on the stripe is wrong", at(Step::stripe)},
    api::EnumRow<FaultKind>{FaultKind::ribbonEnded, "ribbonEnded",
                            "the ribbon ends in the middle of the first panel", at(Step::print)},
    api::EnumRow<FaultKind>{FaultKind::falseRibbonEnded, "falseRibbonEnded",
                            "says that the ribbon ended, but the faces are complete and counted",
                            at(Step::print)},
    api::EnumRow<FaultKind>{FaultKind::coverOpened, "coverOpened",
                            "the cover is opened in the middle of the first panel, and closed later",
                            at(Step::print)},
    api::EnumRow<FaultKind>{FaultKind::headTooHot, "headTooHot",
                            "refused before anything is laid down; cools by itself", at(Step::print)},
    api::EnumRow<FaultKind>{FaultKind::tooFast, "tooFast",
                            "says done after a second; nothing is laid down or counted", at(Step::print)},
    api::EnumRow<FaultKind>{FaultKind::outputFull, "outputFull", "the output is full, until it is emptied",
                            at(Step::finish)},
    api::EnumRow<FaultKind>{FaultKind::rejectFull, "rejectFull",
                            "the reject bin is full, until it is emptied", at(Step::finish)},
    api::EnumRow<FaultKind>{FaultKind::jam, "jam", "the card is jammed, until recover", at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::powerLost, "powerLost",
                            "power goes in the middle of the step; the card stays inside", at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::purgedToOutput, "purgedToOutput",
                            "the same, and at power-up the card drops into the output", at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::purgedToReject, "purgedToReject",
                            "the same, and at power-up the card drops into the reject bin", at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::swapped, "swapped",
                            "in the middle of the step another printer is there, and the card is gone",
                            at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::linkLost, "linkLost",
                            "the step takes effect, then the link breaks instead of the reply",
                            at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::noReply, "noReply", "the step takes effect, the reply never comes",
                            at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::garbled, "garbled", "the step takes effect, the reply is none",
                            at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::wrongCounters, "wrongCounters",
                            "the next answer to counters says one more than there was", at_any_movement},
    api::EnumRow<FaultKind>{FaultKind::readerUnplugged, "readerUnplugged",
                            "the reader is unplugged, and back after 20 s", at_the_chip, true},
    api::EnumRow<FaultKind>{FaultKind::serviceKilled, "serviceKilled",
                            "the smart card service ends, and is back after 5 s", at_the_chip, true},
    api::EnumRow<FaultKind>{FaultKind::suspended, "suspended",
                            "the host sleeps for 30 min and the chip loses power", at(Step::apdu), true},
};
static_assert(api::well_formed(fault_kind_rows));
constexpr const auto& rows_of(FaultKind) {
  return fault_kind_rows;
}

// What is to go wrong, once.
struct Fault {
  std::uint64_t card;  // the n-th blank that is fed in this world, from 1
  Step step;
  FaultKind kind;
  std::uint64_t apdu = 0;         // step apdu: the n-th command of that chip, from 1 (see CardFault::at)
  std::uint16_t status_word = 0;  // kind statusWord
  bool carried_out = false;       // step apdu, kinds that are `either_way`
};

// One line of a script: `card N STEP KIND`, `card N apdu K KIND`, `card N apdu K statusWord 6A82` or `card N
// apdu K KIND carriedOut`. `card next` means `next_card`. Empty lines and `# comments` are no fault.
tl::expected<std::optional<Fault>, std::string> parse_fault(std::string_view line, std::uint64_t next_card);

// A whole script. The message of the first bad line names it: "NAME:3: …".
tl::expected<std::vector<Fault>, std::string> parse_script(std::string_view text, std::string_view name);
tl::expected<std::vector<Fault>, std::string> read_script(const std::string& path);

}  // namespace simulator
