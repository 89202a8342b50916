#pragma once
#include <array>
#include <optional>
#include <string>

#include "daemon/core/event.hpp"

// What becomes of an attempt of which nobody knows how far it came: after a crash, and after a step whose end
// is unknown. A pure function of three things: what the journal says, what the printer says, what the chip
// says (reliability.md section 2 names the cases). It gives no order that could lay a second print on a body,
// or let a second body of a card out.
namespace core {

// How many of its faces the printer counted since the baseline.
enum class FacesCounted { none, some, all, unknown };
inline constexpr std::array<EnumRow<FacesCounted>, 4> faces_counted_rows{{
    {FacesCounted::none, "none", "no face was counted"},
    {FacesCounted::some, "some", "a face was counted, not all"},
    {FacesCounted::all, "all", "all its faces were counted"},
    {FacesCounted::unknown, "unknown", "the printer keeps no counters"},
}};
static_assert(api::well_formed(faces_counted_rows));
constexpr const auto& rows_of(FacesCounted) {
  return faces_counted_rows;
}

// Whether a body is, or may be, in the machine; one in the output or the reject bin is out of it.
// Where no sensor can tell, `unknown` says nothing.
bool holds_card(const LineStatus& status);

struct PrinterEvidence {
  Whereabouts body = Whereabouts::unclear;
  FacesCounted faces = FacesCounted::none;
};

// Where the printer keeps no counters, `inside` is what a sensor says, and may be more than one body.
// Compares the printer as it is with the attempt's serial number and baseline. `faces`: how many it should
// print. The printer must not be moving.
PrinterEvidence printer_evidence(const Attempt& attempt, unsigned faces, const LineStatus& status);

// What recovery does with the attempt.
enum class Recovery {
  again,     // nothing happened: the attempt is void, its card is claimed anew
  readChip,  // the chip decides: it has to be asked who it is
  resume,    // the attempt goes on as if it had just reached `phase`
  reject,    // the body goes to the reject bin
  spoiled,   // the body is there already
  good,      // the card is in the good output, and that was what was to happen
  doubt,     // a person has to look
};
inline constexpr std::array<EnumRow<Recovery>, 7> recovery_rows{{
    {Recovery::again, "again", "nothing happened; its card is taken again"},
    {Recovery::readChip, "readChip", "the chip is asked"},
    {Recovery::resume, "resume", "it goes on"},
    {Recovery::reject, "reject", "the body is rejected"},
    {Recovery::spoiled, "spoiled", "the body is in the reject bin"},
    {Recovery::good, "good", "the card is finished and in the output"},
    {Recovery::doubt, "doubt", "a person has to look"},
}};
static_assert(api::well_formed(recovery_rows));
constexpr const auto& rows_of(Recovery) {
  return recovery_rows;
}

struct RecoveryAction {
  Recovery action;
  Phase phase = Phase::claimed;  // of resume
  friend bool operator==(const RecoveryAction&, const RecoveryAction&) = default;
};

// How often one attempt is taken up again; whatever interrupts it more often than that is its own fault, and
// its body is rejected. Where the rejection is interrupted as often once more, a person has to look.
inline constexpr unsigned recoveries_max = 3;

// `phase` is one from feedIntent to rejectIntent. `chip` is absent until it was asked.
RecoveryAction recover(AttemptKind kind, Phase phase, unsigned recoveries, const PrinterEvidence& printer,
                       std::optional<Chip> chip);

// Whether the journal holds that every check of the machine was passed before the attempt was lost sight of:
// only then may a person call the card good.
constexpr bool may_be_good(const Attempt& attempt) {
  return attempt.phase == Phase::inDoubt &&
         (attempt.reached == Phase::inspected || attempt.reached == Phase::ejectIntent);
}

}  // namespace core
