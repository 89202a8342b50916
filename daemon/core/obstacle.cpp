#include "daemon/core/obstacle.hpp"

#include "daemon/core/recovery.hpp"

namespace core {

std::optional<api::Failure> obstacle(const LineStatus& status, const Need& need) {
  using api::Reason;
  const auto because = [](Reason reason, std::string detail = {}) {
    return api::Failure{reason, api::Certainty::notDone, std::move(detail)};
  };
  const auto state = status.printer.state;
  if (!status.printer.conditions.empty()) return because(status.printer.conditions.front());
  if (state == api::PrinterState::offline) return because(Reason::printerGone);
  if (state != api::PrinterState::ready && state != api::PrinterState::asleep &&
      (need.empty_machine || state != api::PrinterState::busy))
    return because(Reason::printerFault, std::string(api::text_of(state)));
  if (need.empty_machine && holds_card(status)) return because(Reason::cardInside);
  if (need.encoder && status.slot == api::Slot::absent) return because(Reason::readerGone);
  if (status.supplies.hopper_cards.value_or(need.blanks) < need.blanks) return because(Reason::hopperEmpty);
  if (status.supplies.ribbon_panels.value_or(need.panels) < need.panels) return because(Reason::ribbonOut);
  return std::nullopt;
}

std::optional<api::Failure> beyond(const api::Capabilities& line, const Product& product) {
  const auto lacks = [](std::string_view what) {
    return api::Failure{api::Reason::lineCannot, api::Certainty::notDone, std::string(what)};
  };
  if (product.encode && !line.contact_station) return lacks("its printer has no contact station");
  if (product.encode && !line.reject_bin) return lacks("its printer has no reject bin for spoiled chips");
  if (has_stripe(product) && !line.magnetic) return lacks("its printer has no magnetic head");
  if (faces_of(product) > 1 && !line.duplex) return lacks("its printer prints one side only");
  return std::nullopt;
}

Need waiting_need(const Production& production) {
  if (!production.line.in_machine) return {false, true, 0, 0};
  const auto& attempt = production.attempts.at(*production.line.in_machine);
  const auto product = product_of(production.rules, production.cards.at(attempt.card));
  const bool encode =
      attempt.kind == AttemptKind::produce && !attempt.reached && attempt.phase < Phase::ejectIntent;
  if (production.line.unsettled) return {encode, false, 0, 0};
  if (attempt.phase != Phase::claimed && attempt.phase != Phase::feedIntent) return {encode, false, 0, 0};
  return {encode, true, 1, product ? faces_of(*product) : 0};
}

}  // namespace core
