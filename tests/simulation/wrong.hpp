#pragma once
#include <array>
#include <string>
#include <vector>

#include "drivers/api/enum_table.hpp"

namespace simulation {

// What must never be.
enum class Wrong {
  secondBody,
  printedTwice,
  unfinished,
  unaccounted,
  countersDisagree,
  lostRequest,
  waitsForEver,
  notRevoked,
  letterTooEarly,
  letterWrong,
  letterNotReleased,
  letterTwice,
  letterLeft,
  cardWrong,
  journalLost,
  doubtWithoutCause,
  clockIgnored,
  orderWrong,
  abortedMade,
  overdue,
  jobFileMissing,
};
inline constexpr std::array<api::EnumRow<Wrong>, 21> wrong_rows{{
    {Wrong::secondBody, "secondBody", "a card has two good bodies out"},
    {Wrong::printedTwice, "printedTwice", "a body was printed twice"},
    {Wrong::unfinished, "unfinished", "a body that is no good lies in the good output, and is not in doubt"},
    {Wrong::unaccounted, "unaccounted", "a blank that was fed is not, or wrongly, accounted for"},
    {Wrong::countersDisagree, "countersDisagree", "the line stopped because its figures do not add up"},
    {Wrong::lostRequest, "lostRequest", "what was acknowledged is not there, or is answered differently"},
    {Wrong::waitsForEver, "waitsForEver", "nothing moves, and the batch is not complete"},
    {Wrong::notRevoked, "notRevoked", "a certificate that must not be trusted is not on the revocation list"},
    {Wrong::letterTooEarly, "letterTooEarly", "there is a letter of a card that is not confirmed"},
    {Wrong::letterWrong, "letterWrong", "a confirmed card has no letter, or its PIN does not open the chip"},
    {Wrong::letterNotReleased, "letterNotReleased", "a letter goes out that too few persons released"},
    {Wrong::letterTwice, "letterTwice", "a PIN is on two sheets, and nobody said that the first is lost"},
    {Wrong::letterLeft, "letterLeft", "all is done, and a letter is neither out nor void"},
    {Wrong::cardWrong, "cardWrong", "a confirmed card is not what the journal says"},
    {Wrong::journalLost, "journalLost", "the journal cannot be opened any more"},
    {Wrong::doubtWithoutCause, "doubtWithoutCause", "a person is asked though nothing had happened"},
    {Wrong::clockIgnored, "clockIgnored", "a blank was fed while the clock was behind the journal"},
    {Wrong::orderWrong, "orderWrong", "an order is lost, or doubled, or does not stand as its cards do"},
    {Wrong::abortedMade, "abortedMade", "an aborted card is made, or one that is being made was aborted"},
    {Wrong::overdue, "overdue", "a card is assigned though that time is over"},
    {Wrong::jobFileMissing, "jobFileMissing",
     "an order was sent, and its job file is not there, or not whole"},
}};
static_assert(api::well_formed(wrong_rows));
constexpr const auto& rows_of(Wrong) {
  return wrong_rows;
}

struct Violation {
  Wrong what;
  std::string text;
};
using Violations = std::vector<Violation>;

}  // namespace simulation
