#include <fmt/format.h>

#include "daemon/core/recovery.hpp"
#include "daemon/service/parameters.hpp"

// What can be told of a card in doubt, in words.
namespace service::wire {
namespace {

using core::Phase;
using core::Whereabouts;

// Whether the check code is on the face: what a person can look for.
enum class Print { none, some, whole };

// What the journal is sure of when it knows of the attempt up to one of these phases, and what of the work
// on the body it does not know. Where the body is, is another matter.
struct Knowledge {
  Phase first, last;
  Print print;
  std::string_view known, unknown;
};
constexpr std::array knowledge{
    Knowledge{Phase::claimed, Phase::feedIntent, Print::none, "the printer was told to feed a blank", ""},
    Knowledge{Phase::fed, Phase::sealed, Print::none, "a blank was fed, and its chip is as it came", ""},
    Knowledge{Phase::encodeIntent, Phase::encodeIntent, Print::none, "its chip was about to be changed",
              "how much of its chip was changed"},
    Knowledge{Phase::keyed, Phase::keyed, Print::none, "PIN, PUK and keys are on its chip", ""},
    Knowledge{Phase::certified, Phase::certified, Print::none, "its certificates are issued",
              "which of them are on its chip"},
    Knowledge{Phase::encoded, Phase::encoded, Print::none, "its certificates are on its chip",
              "whether its chip reads back as it should"},
    Knowledge{Phase::verified, Phase::verified, Print::none, "its chip was read back and is right", ""},
    Knowledge{Phase::striped, Phase::striped, Print::none, "its magnetic stripe was read back and is right",
              ""},
    Knowledge{Phase::printIntent, Phase::printIntent, Print::some,
              "it was ready for print, and the printer was told to print it", "how much of it is printed"},
    Knowledge{Phase::printed, Phase::printed, Print::whole, "the printer said that it is printed",
              "whether counters, sensors and chip agree with that"},
    Knowledge{Phase::inspected, Phase::inspected, Print::whole, "it passed every check of the machine", ""},
    Knowledge{Phase::ejectIntent, Phase::ejectIntent, Print::whole,
              "it passed every check of the machine, which was told to put it into the good output", ""},
    Knowledge{Phase::rejectIntent, Phase::rejectIntent, Print::some, "it was about to be rejected",
              "whether its chip was made useless"},
};

const Knowledge& knowledge_of(Phase phase) {
  const auto found = std::ranges::find_if(
      knowledge, [phase](const Knowledge& row) { return row.first <= phase && phase <= row.last; });
  return found == knowledge.end() ? knowledge.front() : *found;
}

// What remains open of the place, when the printer says this much.
std::string_view unknown_place(Whereabouts whereabouts) {
  switch (whereabouts) {
    case Whereabouts::notFed: return "whether it was fed: the journal and the printer do not agree";
    case Whereabouts::outside:
    case Whereabouts::otherPrinter:
    case Whereabouts::unclear: return "where the body is";
    case Whereabouts::inside:
    case Whereabouts::output:
    case Whereabouts::rejectBin:
    case Whereabouts::twoInside:
    case Whereabouts::twoRejected: break;
  }
  return {};
}

std::string unknown_of(const Knowledge& journal, Whereabouts whereabouts) {
  std::string unknown(unknown_place(whereabouts));
  if (!unknown.empty() && !journal.unknown.empty()) unknown += "; ";
  unknown += journal.unknown;
  return unknown.empty() ? "in which state the body is" : unknown;
}

std::string advice_of(const Knowledge& journal, Whereabouts whereabouts, const core::Attempt& attempt) {
  std::string advice(core::whereabouts_rows[static_cast<std::size_t>(whereabouts)].advice);
  switch (journal.print) {
    case Print::none: advice += "; there is no print on it yet: it looks like a blank"; break;
    case Print::some:
      advice += fmt::format("; where it is printed that far, its check code is {}", attempt.check_code);
      break;
    case Print::whole: advice += fmt::format("; its check code is {}", attempt.check_code); break;
  }
  if (!attempt.printer_serial.empty())
    advice += fmt::format("; printer {} was told to feed it", attempt.printer_serial);
  return advice;
}

}  // namespace

Doubt to_wire(const core::Card& card, const core::Attempt& attempt) {
  const auto reached = attempt.reached.value_or(attempt.phase);
  const auto& journal = knowledge_of(reached);
  // Of before recovery was: nobody asked the printer.
  const auto whereabouts = attempt.whereabouts.value_or(Whereabouts::unclear);
  Doubt doubt;
  doubt.card = card.id.text();
  doubt.number = card.number;
  doubt.product = card.product;
  if (card.batch) doubt.batch = card.batch->text();
  doubt.attempt = core::uuid_text(attempt.id);
  doubt.since = time_text(attempt.ended.value_or(attempt.started));
  doubt.reached = api::name_of(reached);
  if (attempt.reason) doubt.reason = api::name_of(*attempt.reason);
  if (!attempt.text.empty()) doubt.text = cut(attempt.text, text_bytes_max);
  doubt.known = journal.known;
  if (journal.print == Print::none) doubt.known += "; nothing was printed on it";
  doubt.unknown = unknown_of(journal, whereabouts);
  doubt.whereabouts = api::name_of(whereabouts);
  doubt.whereaboutsText = api::text_of(whereabouts);
  doubt.advice = advice_of(journal, whereabouts, attempt);
  doubt.checkCode = attempt.check_code;
  if (!attempt.printer_serial.empty()) doubt.printer = attempt.printer_serial;
  if (!attempt.chip_serial.empty()) doubt.chip = attempt.chip_serial;
  doubt.bodies = attempt.bodies;
  doubt.mayBeGood = core::may_be_good(attempt);
  if (!doubt.mayBeGood) doubt.whyNotGood = api::text_of(core::Refused::evidenceMissing);
  return doubt;
}

}  // namespace service::wire
