#include "tools/ctl/show.hpp"

#include <boost/json/value.hpp>

#include "tools/ctl/explain.hpp"

namespace ctl {
namespace {

namespace json = boost::json;

// Calls f with each object of the list; nothing when there is no such list.
template <class F>
void for_each(const json::object& object, std::string_view list, F&& f) {
  const auto* value = object.if_contains(list);
  if (!value || !value->is_array()) return;
  for (const auto& element : value->get_array())
    if (element.is_object()) f(element.get_object());
}

// "reason, text" or either.
std::string why(const json::object& object) {
  const auto reason = text(object, "reason");
  const auto words = text(object, "text");
  return reason.empty() || words.empty() ? reason + words : reason + ", " + words;
}

// "name: value" lines; empty values are left out.
void line(const Terminal& terminal, std::string_view name, std::string value) {
  constexpr std::size_t name_width = 14;
  if (value.empty()) return;
  terminal.out << std::string(name) << std::string(name_width - name.size(), ' ')
               << coloured(terminal, mood_of(value), value) << '\n';
}

// Those of the members that have a value, side by side.
std::string joined(const json::object& object, std::initializer_list<std::string_view> members) {
  std::string result;
  for (const auto member : members)
    if (const auto value = text(object, member); !value.empty())
      result += (result.empty() ? "" : "  ") + value;
  return result;
}

// The members of an object as "name=value".
std::string pairs(const json::object& object, std::string_view member) {
  std::string result;
  const auto* value = object.if_contains(member);
  if (!value || !value->is_object()) return result;
  for (const auto& [name, unused] : value->get_object())
    result += (result.empty() ? "" : "  ") + printable(name) + "=" + text(value->get_object(), name);
  return result;
}

std::string next_step(const json::object& batch) {
  const auto state = text(batch, "state");
  const auto id = text(batch, "id");
  const auto* counts = batch.if_contains("counts");
  const auto bad = counts && counts->is_object() &&
                   (counts->get_object().contains("failed") || counts->get_object().contains("inDoubt"));
  if (state == "paused") return "it waits: `cardwrightctl status` says for what";
  if (state != "awaitingConfirmation") return {};
  if (bad) return "make the failed cards again: `cardwrightctl repeat " + id + " --failed --reason REASON`";
  return "look at the cards, then confirm them: `cardwrightctl complete " + id + "`";
}

void show_line(const Terminal& terminal, const json::object& station_line) {
  terminal.out << '\n' << line_head(terminal, station_line) << '\n';
  line(terminal, "  card", text(station_line, "card"));
  line(terminal, "  printer", joined(station_line, {"printerState", "printerModel", "printerSerial"}));
  line(terminal, "  conditions", text(station_line, "conditions"));
  line(terminal, "  position", text(station_line, "cardPosition"));
  line(terminal, "  counters", pairs(station_line, "counters"));
  line(terminal, "  hopper", text(station_line, "hopperCards"));
  line(terminal, "  ribbon", text(station_line, "ribbonPanels"));
  line(terminal, "  encoder", joined(station_line, {"encoderSlot", "encoder"}));
}

}  // namespace

std::string line_head(const Terminal& terminal, const json::object& station_line) {
  const auto state = text(station_line, "state");
  auto head = text(station_line, "name") + " " + coloured(terminal, mood_of(state), state);
  if (const auto because = why(station_line); !because.empty()) head += ": " + because;
  return head;
}

Table card_table() {
  return Table({"CARD", "NUMBER", "PRODUCT", "STATE", "BATCH", "WHY"});
}

void add_card(Table& table, const json::object& card) {
  table.add({text(card, "id"), text(card, "number"), text(card, "product"), text(card, "state"),
             text(card, "batch"), why(card)});
}

std::string show_counts(const json::object& batch) {
  std::string result;
  const auto* counts = batch.if_contains("counts");
  if (!counts || !counts->is_object()) return result;
  for (const auto& [state, unused] : counts->get_object())
    result += (result.empty() ? "" : ", ") + text(counts->get_object(), state) + " " + printable(state);
  return result;
}

void show_batch(const Terminal& terminal, const json::object& batch) {
  const auto state = text(batch, "state");
  terminal.out << text(batch, "id") << " " << coloured(terminal, mood_of(state), state) << ": "
               << show_counts(batch) << '\n';
  if (const auto because = why(batch); !because.empty()) terminal.out << because << '\n';
  auto table = card_table();
  for_each(batch, "cards", [&](const json::object& card) { add_card(table, card); });
  table.print(terminal);
  if (const auto advice = next_step(batch); !advice.empty()) terminal.out << '\n' << advice << '\n';
}

void show_card(const Terminal& terminal, const json::object& card) {
  for (const auto* member : {"id", "number", "product", "state", "batch", "created", "note"})
    line(terminal, member, text(card, member));
  line(terminal, "why", why(card));
  line(terminal, "fields", pairs(card, "fields"));
  line(terminal, "options", pairs(card, "options"));
  for_each(card, "attempts", [&](const json::object& attempt) {
    terminal.out << '\n';
    line(terminal, "attempt", text(attempt, "id"));
    for (const auto* member : {"kind", "phase", "reached"}) line(terminal, member, text(attempt, member));
    line(terminal, "why", why(attempt));
    for (const auto* member :
         {"started", "ended", "printer", "chip", "checkCode", "certificates", "invalidation"})
      line(terminal, member, text(attempt, member));
  });
}

void show_station(const Terminal& terminal, const json::object& station) {
  terminal.out << text(station, "name") << ", cardwright " << text(station, "version") << ", since "
               << text(station, "started") << "; cards waiting: " << text(station, "waiting") << '\n';
  for_each(station, "lines", [&](const json::object& one) { show_line(terminal, one); });
}

void show_skipped(const Terminal& terminal, const json::object& reply) {
  for_each(reply, "skipped", [&](const json::object& skipped) {
    terminal.out << text(skipped, "card") << " is skipped: " << text(skipped, "why") << '\n';
  });
}

}  // namespace ctl
