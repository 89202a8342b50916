#pragma once
#include <array>

#include "drivers/api/enum_table.hpp"

namespace api {

// What a failure means for the card and the batch.
enum class FailureClass { data, device, card, authentication, authority, print, host };

inline constexpr std::array<EnumRow<FailureClass>, 7> failure_class_rows{{
    {FailureClass::data, "data", "wrong input: the card is not fed and fails; the batch goes on"},
    {FailureClass::device, "device",
     "the device needs help: the card waits, the batch pauses and goes on by itself"},
    {FailureClass::card, "card", "this blank is bad: it is rejected; the batch goes on"},
    {FailureClass::authentication, "authentication",
     "the chip refused a key: quarantine, never a second try; the batch stops"},
    {FailureClass::authority, "authority",
     "the certification authority did not issue: the card is parked, the batch pauses"},
    {FailureClass::print, "print", "printing was interrupted: the body is spoiled and rejected"},
    {FailureClass::host, "host", "the computer or a service stopped in the middle: recovery decides"},
}};
static_assert(well_formed(failure_class_rows));
constexpr const auto& rows_of(FailureClass) {
  return failure_class_rows;
}

// Every reason for which an attempt or an effect fails. The text says what happened and what a person can do.
enum class Reason {
  // data
  layoutInvalid,
  fieldMissing,
  textDoesNotFit,
  textInvalid,
  imageInvalid,
  stripeInvalid,
  drawingLimit,
  lineCannot,
  productGone,
  // device: printer
  hopperEmpty,
  coverOpen,
  ribbonOut,
  ribbonMissing,
  outputFull,
  rejectBinFull,
  cleaningRequired,
  headTooHot,
  printerGone,
  printerBusy,
  printerFault,
  paperOut,
  cardInside,
  countersDisagree,
  printerChanged,
  clockSetBack,
  // device: encoder, before the chip was touched
  readerGone,
  smartCardServiceGone,
  readerBusy,
  noCardInEncoder,
  // card
  feedFailed,
  stationNotReached,
  chipMute,
  chipLost,
  chipCommunication,
  chipRefused,
  chipAnswerInvalid,
  chipNotFresh,
  chipUnsupported,
  chipKnown,
  otherCard,
  keyProofFailed,
  stripeRefused,
  stripeMismatch,
  verificationMismatch,
  // authentication
  managementKeyRefused,
  pinRefused,
  tryCounterLow,
  // authority
  authorityRefused,
  authorityUnavailable,
  certificateTooLarge,
  vaultRefused,
  // print
  jam,
  ribbonEndedInPrint,
  coverOpenedInPrint,
  printInterrupted,
  // host
  timedOut,
  linkLost,
  restarted,
  rendererFailed,
  fileNotWritten,
  // said by a person
  paused,
  misprinted,
  damaged,
  wrongData,
  lost,
};

template <>
struct EnumRow<Reason> {
  Reason value;
  std::string_view name;
  std::string_view text;
  FailureClass failure_class;
};

inline constexpr std::array reason_rows{
    EnumRow<Reason>{Reason::layoutInvalid, "layoutInvalid",
                    "the layout cannot be rendered; check it with cardwright-render --check",
                    FailureClass::data},
    EnumRow<Reason>{Reason::fieldMissing, "fieldMissing",
                    "the layout needs a field that the card does not have", FailureClass::data},
    EnumRow<Reason>{Reason::textDoesNotFit, "textDoesNotFit",
                    "a text does not fit into its place on the card", FailureClass::data},
    EnumRow<Reason>{Reason::textInvalid, "textInvalid", "a text has characters that cannot be printed",
                    FailureClass::data},
    EnumRow<Reason>{Reason::imageInvalid, "imageInvalid", "an image of the card cannot be decoded",
                    FailureClass::data},
    EnumRow<Reason>{Reason::stripeInvalid, "stripeInvalid",
                    "the magnetic stripe cannot hold what the card wants on it", FailureClass::data},
    EnumRow<Reason>{Reason::drawingLimit, "drawingLimit",
                    "drawing the card took more time or memory than a card may: look at its layout and photo",
                    FailureClass::data},
    EnumRow<Reason>{Reason::lineCannot, "lineCannot", "this line cannot make the product",
                    FailureClass::data},
    EnumRow<Reason>{Reason::productGone, "productGone",
                    "the configuration does not have the product of this card any more", FailureClass::data},
    EnumRow<Reason>{Reason::hopperEmpty, "hopperEmpty", "the hopper is empty: load blanks",
                    FailureClass::device},
    EnumRow<Reason>{Reason::coverOpen, "coverOpen", "the cover is open: close it", FailureClass::device},
    EnumRow<Reason>{Reason::ribbonOut, "ribbonOut", "the ribbon is used up: change it", FailureClass::device},
    EnumRow<Reason>{Reason::ribbonMissing, "ribbonMissing", "there is no ribbon, or one that does not fit",
                    FailureClass::device},
    EnumRow<Reason>{Reason::outputFull, "outputFull", "the output is full: take the cards out",
                    FailureClass::device},
    EnumRow<Reason>{Reason::rejectBinFull, "rejectBinFull", "the reject bin is full: empty it",
                    FailureClass::device},
    EnumRow<Reason>{Reason::cleaningRequired, "cleaningRequired", "the printer demands a cleaning",
                    FailureClass::device},
    EnumRow<Reason>{Reason::headTooHot, "headTooHot", "the print head is too hot: it cools by itself",
                    FailureClass::device},
    EnumRow<Reason>{Reason::printerGone, "printerGone", "the printer does not answer: check power and cable",
                    FailureClass::device},
    EnumRow<Reason>{Reason::printerBusy, "printerBusy", "another program holds the printer",
                    FailureClass::device},
    EnumRow<Reason>{Reason::printerFault, "printerFault", "the printer reports a fault of its own",
                    FailureClass::device},
    EnumRow<Reason>{Reason::paperOut, "paperOut", "the printer of letters has no paper: load it",
                    FailureClass::device},
    EnumRow<Reason>{Reason::cardInside, "cardInside",
                    "a card that belongs to no attempt is in the machine: take it out", FailureClass::device},
    EnumRow<Reason>{
        Reason::countersDisagree, "countersDisagree",
        "the printer's counters are not what the journal says: count the cards, then Resume takes "
        "the figures as they are",
        FailureClass::device},
    EnumRow<Reason>{Reason::printerChanged, "printerChanged",
                    "another printer is there than before: Resume begins to work with it",
                    FailureClass::device},
    EnumRow<Reason>{Reason::clockSetBack, "clockSetBack",
                    "the clock is behind the newest record: set it right, or Resume accepts it",
                    FailureClass::device},
    EnumRow<Reason>{Reason::readerGone, "readerGone", "the encoder is not there: check its cable",
                    FailureClass::device},
    EnumRow<Reason>{Reason::smartCardServiceGone, "smartCardServiceGone",
                    "the PC/SC service does not run: see pcscd.service", FailureClass::device},
    EnumRow<Reason>{Reason::readerBusy, "readerBusy", "another program holds the encoder",
                    FailureClass::device},
    EnumRow<Reason>{Reason::noCardInEncoder, "noCardInEncoder", "there is no card in the encoder: put it in",
                    FailureClass::device},
    EnumRow<Reason>{Reason::feedFailed, "feedFailed", "no blank, or more than one, arrived from the hopper",
                    FailureClass::card},
    EnumRow<Reason>{Reason::stationNotReached, "stationNotReached",
                    "the card did not reach the contact station", FailureClass::card},
    EnumRow<Reason>{Reason::chipMute, "chipMute", "the chip does not answer to reset", FailureClass::card},
    EnumRow<Reason>{Reason::chipLost, "chipLost", "the chip went away in the middle", FailureClass::card},
    EnumRow<Reason>{Reason::chipCommunication, "chipCommunication",
                    "the chip and the encoder do not understand each other", FailureClass::card},
    EnumRow<Reason>{Reason::chipRefused, "chipRefused", "the chip refused a command", FailureClass::card},
    EnumRow<Reason>{Reason::chipAnswerInvalid, "chipAnswerInvalid", "the chip gave an answer that is none",
                    FailureClass::card},
    EnumRow<Reason>{Reason::chipNotFresh, "chipNotFresh", "the chip is not blank: it carries somebody's data",
                    FailureClass::card},
    EnumRow<Reason>{Reason::chipUnsupported, "chipUnsupported",
                    "the chip cannot do what the product asks for", FailureClass::card},
    EnumRow<Reason>{Reason::chipKnown, "chipKnown", "this chip was used by another attempt already",
                    FailureClass::card},
    EnumRow<Reason>{Reason::otherCard, "otherCard", "another card is in the encoder: put in the right one",
                    FailureClass::card},
    EnumRow<Reason>{Reason::keyProofFailed, "keyProofFailed", "a key made on the chip did not prove itself",
                    FailureClass::card},
    EnumRow<Reason>{Reason::stripeRefused, "stripeRefused", "the magnetic stripe could not be written",
                    FailureClass::card},
    EnumRow<Reason>{Reason::stripeMismatch, "stripeMismatch",
                    "the magnetic stripe does not read back as it was written", FailureClass::card},
    EnumRow<Reason>{Reason::verificationMismatch, "verificationMismatch",
                    "what was read back is not what was written", FailureClass::card},
    EnumRow<Reason>{Reason::managementKeyRefused, "managementKeyRefused",
                    "the chip refused the management key: wrong blanks, or wrong factory key",
                    FailureClass::authentication},
    EnumRow<Reason>{Reason::pinRefused, "pinRefused", "the chip refused the PIN or PUK it should have",
                    FailureClass::authentication},
    EnumRow<Reason>{Reason::tryCounterLow, "tryCounterLow",
                    "too few tries are left on the chip to go on safely", FailureClass::authentication},
    EnumRow<Reason>{Reason::authorityRefused, "authorityRefused",
                    "the certification authority refused the certificate", FailureClass::authority},
    EnumRow<Reason>{Reason::authorityUnavailable, "authorityUnavailable",
                    "the certification authority does not answer", FailureClass::authority},
    EnumRow<Reason>{Reason::certificateTooLarge, "certificateTooLarge",
                    "the certificate does not fit on the chip", FailureClass::authority},
    EnumRow<Reason>{Reason::vaultRefused, "vaultRefused",
                    "the vault cannot open what it sealed: is it the right key?", FailureClass::authority},
    EnumRow<Reason>{Reason::jam, "jam", "a card is jammed: open the cover and take it out",
                    FailureClass::print},
    EnumRow<Reason>{Reason::ribbonEndedInPrint, "ribbonEndedInPrint",
                    "the ribbon ended while the card was printed", FailureClass::print},
    EnumRow<Reason>{Reason::coverOpenedInPrint, "coverOpenedInPrint",
                    "the cover was opened while the card was printed", FailureClass::print},
    EnumRow<Reason>{Reason::printInterrupted, "printInterrupted", "printing stopped before it was complete",
                    FailureClass::print},
    EnumRow<Reason>{Reason::timedOut, "timedOut", "no answer in time: what became of it is unknown",
                    FailureClass::host},
    EnumRow<Reason>{Reason::linkLost, "linkLost",
                    "the connection broke in the middle: what became of it is unknown", FailureClass::host},
    EnumRow<Reason>{Reason::restarted, "restarted", "the daemon stopped in the middle of this attempt",
                    FailureClass::host},
    EnumRow<Reason>{Reason::rendererFailed, "rendererFailed", "the renderer died; it is started again",
                    FailureClass::host},
    EnumRow<Reason>{Reason::fileNotWritten, "fileNotWritten",
                    "a file could not be written: is there room, and the right to?", FailureClass::host},
    EnumRow<Reason>{Reason::paused, "paused", "a person paused the line; it goes on after Resume",
                    FailureClass::device},
    EnumRow<Reason>{Reason::misprinted, "misprinted", "a person found the print bad", FailureClass::print},
    EnumRow<Reason>{Reason::damaged, "damaged", "a person found the body damaged", FailureClass::card},
    EnumRow<Reason>{Reason::wrongData, "wrongData", "a person found wrong data on the card",
                    FailureClass::data},
    EnumRow<Reason>{Reason::lost, "lost", "a person reported the body lost", FailureClass::card},
};
static_assert(well_formed(reason_rows));
constexpr const auto& rows_of(Reason) {
  return reason_rows;
}

constexpr FailureClass class_of(Reason reason) {
  return reason_rows[static_cast<std::size_t>(reason)].failure_class;
}

}  // namespace api
