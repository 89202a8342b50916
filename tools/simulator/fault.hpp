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
enum class Step { feed, contact, apdu, leave, print, finish };
inline constexpr std::array<api::EnumRow<Step>, 6> step_rows{{
    {Step::feed, "feed", "from the hopper into the transport"},
    {Step::contact, "contact", "to the contact station"},
    {Step::apdu, "apdu", "the chip takes a command"},
    {Step::leave, "leave", "away from the contact station"},
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
  ribbonEnded,
  falseRibbonEnded,
  coverOpened,
  headTooHot,
  tooFast,
  outputFull,
  rejectFull,
  jam,
  powerLost,
  linkLost,
  noReply,
};

}  // namespace simulator

// `step`: the only step at which the fault can be asked for; nothing: any step of the printer, not of the
// chip.
template <>
struct api::EnumRow<simulator::FaultKind> {
  simulator::FaultKind value;
  std::string_view name;
  std::string_view text;
  std::optional<simulator::Step> step;
};

namespace simulator {

inline constexpr std::array fault_kind_rows{
    api::EnumRow<FaultKind>{FaultKind::hopperEmpty, "hopperEmpty",
                            "the hopper says it is empty, until it is loaded", Step::feed},
    api::EnumRow<FaultKind>{FaultKind::noCard, "noCard", "nothing arrives from the hopper", Step::feed},
    api::EnumRow<FaultKind>{FaultKind::doubleFeed, "doubleFeed", "two blanks arrive at once", Step::feed},
    api::EnumRow<FaultKind>{FaultKind::notReached, "notReached", "the card stops before the station",
                            Step::contact},
    api::EnumRow<FaultKind>{FaultKind::notEngaged, "notEngaged",
                            "no answer to reset until the contacts were lifted once", Step::contact},
    api::EnumRow<FaultKind>{FaultKind::mute, "mute", "no answer to reset, ever", Step::contact},
    api::EnumRow<FaultKind>{FaultKind::die, "die", "the chip never answers again", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::hang, "hang", "no answer until the next reset", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::statusWord, "statusWord",
                            "this status word instead of the answer; nothing is carried out", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::swap, "swap", "another, fresh chip is at the contacts", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::wrongData, "wrongData", "one bit of the answer is wrong", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::contactLost, "contactLost",
                            "contact is lost; lifting the contacts helps", Step::apdu},
    api::EnumRow<FaultKind>{FaultKind::ribbonEnded, "ribbonEnded",
                            "the ribbon ends in the middle of the first panel", Step::print},
    api::EnumRow<FaultKind>{FaultKind::falseRibbonEnded, "falseRibbonEnded",
                            "says that the ribbon ended, but the faces are complete and counted",
                            Step::print},
    api::EnumRow<FaultKind>{FaultKind::coverOpened, "coverOpened",
                            "the cover is opened in the middle of the first panel, and closed later",
                            Step::print},
    api::EnumRow<FaultKind>{FaultKind::headTooHot, "headTooHot",
                            "refused before anything is laid down; cools by itself", Step::print},
    api::EnumRow<FaultKind>{FaultKind::tooFast, "tooFast",
                            "says done after a second; nothing is laid down or counted", Step::print},
    api::EnumRow<FaultKind>{FaultKind::outputFull, "outputFull", "the output is full, until it is emptied",
                            Step::finish},
    api::EnumRow<FaultKind>{FaultKind::rejectFull, "rejectFull",
                            "the reject bin is full, until it is emptied", Step::finish},
    api::EnumRow<FaultKind>{FaultKind::jam, "jam", "the card is jammed, until recover", std::nullopt},
    api::EnumRow<FaultKind>{FaultKind::powerLost, "powerLost",
                            "power goes before the step took effect; the card stays inside", std::nullopt},
    api::EnumRow<FaultKind>{FaultKind::linkLost, "linkLost",
                            "the step takes effect, then the link breaks instead of the reply", std::nullopt},
    api::EnumRow<FaultKind>{FaultKind::noReply, "noReply", "the step takes effect, the reply never comes",
                            std::nullopt},
};
static_assert(api::well_formed(fault_kind_rows));
constexpr const auto& rows_of(FaultKind) {
  return fault_kind_rows;
}

// What is to go wrong, once.
struct Fault {
  std::uint64_t card;  // the n-th blank that this printer feeds, from 1
  Step step;
  FaultKind kind;
  std::uint64_t apdu = 0;         // step apdu: the n-th command of that chip, from 1 (see CardFault::at)
  std::uint16_t status_word = 0;  // kind statusWord
};

// One line of a script: `card N STEP KIND`, `card N apdu K KIND` or `card N apdu K statusWord 6A82`. `card
// next` means `next_card`. Empty lines and `# comments` are no fault.
tl::expected<std::optional<Fault>, std::string> parse_fault(std::string_view line, std::uint64_t next_card);

// A whole script. The message of the first bad line names it: "NAME:3: …".
tl::expected<std::vector<Fault>, std::string> parse_script(std::string_view text, std::string_view name);
tl::expected<std::vector<Fault>, std::string> read_script(const std::string& path);

}  // namespace simulator
