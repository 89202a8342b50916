#include "daemon/core/recovery.hpp"

#include <algorithm>

namespace core {
namespace {

// What the counters say since the baseline, and whether a sensor sees a card. What does not stand here is
// unclear.
struct Sight {
  std::int64_t fed, ejected, rejected;
  bool inside;
  Whereabouts body;
};
constexpr std::array sights{
    Sight{0, 0, 0, false, Whereabouts::notFed},      Sight{1, 0, 0, true, Whereabouts::inside},
    Sight{1, 1, 0, false, Whereabouts::output},      Sight{1, 0, 1, false, Whereabouts::rejectBin},
    Sight{1, 0, 0, false, Whereabouts::outside},     Sight{2, 0, 0, true, Whereabouts::twoInside},
    Sight{2, 0, 2, false, Whereabouts::twoRejected},
};

std::int64_t since(std::uint64_t before, std::uint64_t now) {
  return static_cast<std::int64_t>(now - before);
}

// A set of values of an enumeration, and of "not asked".
using Set = unsigned;
constexpr Set any = ~0U;
constexpr Set not_asked = 1U << 31;
constexpr Set no_chip = 1U << 30;  // none to encode: there is nobody to ask
template <class E>
constexpr Set only(E value) {
  return 1U << static_cast<unsigned>(value);
}

struct Case {
  Phase first, last;
  Whereabouts body;
  Set faces;
  Set chip;
  RecoveryAction then;
};

using enum Whereabouts;
constexpr auto none = only(FacesCounted::none), all = only(FacesCounted::all);
constexpr auto none_known = none | only(FacesCounted::unknown);
constexpr auto fresh = only(Chip::fresh), ours = only(Chip::ours);
constexpr RecoveryAction resume_at(Phase phase) {
  return {Recovery::resume, phase};
}

// The first row that fits is taken; where none fits, a person has to look.
// A chip that was begun is personalised again from its beginning, with new keys; one that has its
// certificates is written and verified again. A magnetic stripe is written again. What was laid down on a
// body is never known to be nothing once printing was allowed: short of all faces counted, it is rejected. So
// is what was fed, where nothing counted whether it is one blank: of two, the second would leave with the
// first.
constexpr std::array table{
    Case{Phase::feedIntent, Phase::feedIntent, notFed, any, any, {Recovery::again}},
    Case{Phase::ejectIntent, Phase::ejectIntent, output, all, any, {Recovery::good}},
    Case{Phase::feedIntent, Phase::rejectIntent, rejectBin, any, any, {Recovery::spoiled}},
    Case{Phase::feedIntent, Phase::rejectIntent, twoRejected, any, any, {Recovery::spoiled}},
    Case{Phase::feedIntent, Phase::rejectIntent, twoInside, any, any, {Recovery::reject}},

    Case{Phase::feedIntent, Phase::feedIntent, inside, none, any, resume_at(Phase::fed)},
    Case{Phase::fed, Phase::striped, inside, none_known, not_asked, {Recovery::readChip}},
    Case{Phase::fed, Phase::striped, inside, none_known, no_chip, resume_at(Phase::fed)},
    Case{Phase::fed, Phase::sealed, inside, none_known, fresh, resume_at(Phase::fed)},
    Case{Phase::encodeIntent, Phase::keyed, inside, none_known, fresh | ours, resume_at(Phase::encodeIntent)},
    Case{Phase::certified, Phase::certified, inside, none_known, ours, resume_at(Phase::certified)},
    Case{Phase::encoded, Phase::striped, inside, none_known, ours, resume_at(Phase::encoded)},
    Case{Phase::printIntent, Phase::inspected, inside, all, any, resume_at(Phase::printed)},
    Case{Phase::ejectIntent, Phase::ejectIntent, inside, all, any, resume_at(Phase::inspected)},
    Case{Phase::feedIntent, Phase::rejectIntent, inside, any, any, {Recovery::reject}},
};

// The order of the enumeration is the order of the plan, with rejectIntent after ejectIntent (and done).
constexpr bool within(Phase phase, const Case& row) {
  return row.first <= phase && phase <= row.last;
}

}  // namespace

bool holds_card(const LineStatus& status) {
  const auto position = status.printer.position;
  if (position == api::CardPosition::unknown) return status.capabilities.position_known;
  return position != api::CardPosition::none && position != api::CardPosition::ejected &&
         position != api::CardPosition::rejected;
}

PrinterEvidence printer_evidence(const Attempt& attempt, unsigned faces, const LineStatus& status) {
  if (!attempt.baseline || status.identity.serial != attempt.printer_serial) return {otherPrinter, {}};
  const bool card = holds_card(status);
  if (!status.capabilities.counters_persist) return {card ? inside : unclear, FacesCounted::unknown};
  const auto& before = *attempt.baseline;
  const auto& now = status.counters;
  const auto fed = since(before.fed, now.fed), ejected = since(before.ejected, now.ejected),
             rejected = since(before.rejected, now.rejected), printed = since(before.printed, now.printed);
  PrinterEvidence evidence;
  evidence.faces = printed == 0                                  ? FacesCounted::none
                   : printed == static_cast<std::int64_t>(faces) ? FacesCounted::all
                                                                 : FacesCounted::some;
  for (const auto& sight : sights)
    if (sight.fed == fed && sight.ejected == ejected && sight.rejected == rejected && sight.inside == card)
      evidence.body = sight.body;
  return evidence;
}

RecoveryAction recover(AttemptKind kind, Phase phase, unsigned recoveries, const PrinterEvidence& printer,
                       std::optional<Chip> chip) {
  const auto seen = kind == AttemptKind::body ? no_chip : chip ? only(*chip) : not_asked;
  const auto found = std::ranges::find_if(table, [&](const Case& row) {
    return within(phase, row) && row.body == printer.body && (row.faces & only(printer.faces)) != 0 &&
           (row.chip & seen) != 0;
  });
  if (found == table.end()) return {Recovery::doubt};
  // A rejection has tries of its own.
  const auto most = phase == Phase::rejectIntent ? 2 * recoveries_max : recoveries_max;
  const bool exhausted = !chip && recoveries >= most;
  const auto action = found->then.action;
  if (exhausted && (action == Recovery::resume || action == Recovery::readChip)) return {Recovery::reject};
  if (exhausted && action == Recovery::reject && phase == Phase::rejectIntent) return {Recovery::doubt};
  return found->then;
}

}  // namespace core
