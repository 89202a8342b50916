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
void line(const Terminal& terminal, std::string_view name, const std::string& value) {
  constexpr std::size_t name_width = 14;
  if (value.empty()) return;
  terminal.out << std::string(name) << std::string(name_width - name.size(), ' ')
               << coloured(terminal, mood_of(value), wrapped(value, name_width, terminal.width)) << '\n';
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

// "fed 12 = good 9 + rejected 2 + in doubt 1": those that there are.
std::string sum_of_blanks(const json::object& blanks) {
  struct Term {
    std::string_view member, name;
  };
  constexpr std::array terms{Term{"good", "good"},           Term{"rejected", "rejected"},
                             Term{"condemned", "condemned"}, Term{"inDoubt", "in doubt"},
                             Term{"samples", "samples"},     Term{"foreign", "foreign"},
                             Term{"inMachine", "in machine"}};
  std::string sum;
  for (const auto& [member, name] : terms)
    if (const auto count = text(blanks, member); !count.empty() && count != "0")
      sum += (sum.empty() ? "" : " + ") + std::string(name) + " " + count;
  const bool adds_up = text(blanks, "addsUp") != "false";  // of a batch it always does
  if (sum.empty()) sum = "0";
  return (adds_up ? "fed " : "DO NOT ADD UP: fed ") + text(blanks, "fed") + (adds_up ? " = " : ", but ") +
         sum;
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
  if (const auto* blanks = station_line.if_contains("blanks"); blanks && blanks->is_object())
    line(terminal, "  blanks", sum_of_blanks(blanks->get_object()));
  line(terminal, "  recovery", text(station_line, "recovery"));
}

// Nothing is left to be made, failed or in doubt.
bool only_await_confirmation(const json::object& order) {
  const auto* counts = order.if_contains("counts");
  return counts && counts->is_object() && counts->get_object().size() == 1 &&
         counts->get_object().contains("awaitingConfirmation");
}

}  // namespace

std::string next_step(const json::object& batch) {
  const auto state = text(batch, "state");
  const auto id = text(batch, "id");
  const auto* counts = batch.if_contains("counts");
  const auto has = [counts](std::string_view one) {
    return counts && counts->is_object() && counts->get_object().contains(one);
  };
  if (state == "paused") return "it waits: `cardwrightctl status` says for what";
  if (state != "awaitingConfirmation") return {};
  if (has("inDoubt")) return "look for the cards in doubt: `cardwrightctl doubts` says where";
  if (has("failed"))
    return "make the failed cards again: `cardwrightctl repeat " + id +
           " --failed --reason REASON`; where its data are wrong, `cardwrightctl give-up CARD` instead";
  return "look at the cards, then confirm them: `cardwrightctl complete " + id + "`";
}

std::string next_step_of_order(const json::object& order) {
  const auto id = text(order, "id");
  const auto batch = text(order, "batch");
  const auto state = text(order, "state");
  if (state == "processing" && text(order, "held") != "true")
    return "it waits until the station is free: `cardwrightctl hold " + id + "` keeps it there";
  if (state == "inProduction" && !batch.empty() && only_await_confirmation(order))
    return "look at the cards, then confirm them: `cardwrightctl complete " + batch + "`";
  if (state == "inProduction" && !batch.empty())
    return "see how far it is: `cardwrightctl batch " + batch + "`";
  if (state == "ordered" && !text(order, "sent").empty())
    return "the bureau has it; when the bodies are here: `cardwrightctl manifest " + id + " FILE`";
  return {};
}

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

std::string show_numbers(const json::object& object, std::string_view member) {
  std::string result;
  const auto* numbers = object.if_contains(member);
  if (!numbers || !numbers->is_object()) return result;
  for (const auto& [name, unused] : numbers->get_object())
    result += (result.empty() ? "" : ", ") + text(numbers->get_object(), name) + " " + printable(name);
  return result;
}

std::string show_counts(const json::object& batch_or_order) {
  return show_numbers(batch_or_order, "counts");
}

void show_batch(const Terminal& terminal, const json::object& batch) {
  const auto state = text(batch, "state");
  terminal.out << text(batch, "id") << " " << coloured(terminal, mood_of(state), state) << ": "
               << show_counts(batch) << '\n';
  if (const auto because = why(batch); !because.empty()) terminal.out << because << '\n';
  if (const auto* bodies = batch.if_contains("bodies"); bodies && bodies->is_object())
    terminal.out << "blanks: " << sum_of_blanks(bodies->get_object()) << '\n';
  auto table = card_table();
  for_each(batch, "cards", [&](const json::object& card) { add_card(table, card); });
  table.print(terminal);
  if (const auto advice = next_step(batch); !advice.empty()) terminal.out << '\n' << advice << '\n';
}

void show_card(const Terminal& terminal, const json::object& card) {
  for (const auto* member : {"id", "number", "product", "state", "batch", "order", "created", "note",
                             "holder", "validUntil", "chipUntil"})
    line(terminal, member, text(card, member));
  line(terminal, "why", why(card));
  // A card that is locked for good is never encoded again.
  if (text(card, "encodingDue") == "true" && text(card, "state") != "locked")
    line(terminal, "encoding", "due: assign it with the card in the encoder");
  line(terminal, "fields", pairs(card, "fields"));
  line(terminal, "options", pairs(card, "options"));
  for_each(card, "attempts", [&](const json::object& attempt) {
    terminal.out << '\n';
    line(terminal, "attempt", text(attempt, "id"));
    for (const auto* member : {"kind", "phase", "reached"}) line(terminal, member, text(attempt, member));
    line(terminal, "why", why(attempt));
    for (const auto* member :
         {"started", "ended", "printer", "chip", "checkCode", "certificates", "invalidation", "purpose"})
      line(terminal, member, text(attempt, member));
  });
}

void show_order(const Terminal& terminal, const json::object& order) {
  for (const auto* member : {"id", "state"}) line(terminal, member, text(order, member));
  const auto id = text(order, "id");
  if (text(order, "held") == "true")
    line(terminal, "held", "let it be made: `cardwrightctl unhold " + id + "`");
  line(terminal, "type", text(order, "productionType"));
  for (const auto* member :
       {"product", "producer", "priority", "holder", "note", "created", "due", "batch", "sent", "cards"})
    line(terminal, member, text(order, member));
  line(terminal, "counts", show_counts(order));
  if (const auto advice = next_step_of_order(order); !advice.empty()) terminal.out << '\n' << advice << '\n';
}

void show_holder(const Terminal& terminal, const json::object& reply) {
  const auto& holder = reply.at("holder").as_object();
  for (const auto* member : {"id", "state", "name", "upn", "email", "photo"})
    line(terminal, member, text(holder, member));
  line(terminal, "cards", text(reply, "cards"));
}

void show_outcome(const Terminal& terminal, const json::object& reply) {
  const auto state = text(reply, "state");
  terminal.out << text(reply, "card") << " " << coloured(terminal, mood_of(state), state);
  if (const auto until = text(reply, "validUntil"); !until.empty()) terminal.out << " until " << until;
  if (const auto because = why(reply); !because.empty()) terminal.out << ": " << because;
  terminal.out << '\n';
}

void show_doubt(const Terminal& terminal, const json::object& doubt) {
  const auto card = text(doubt, "card");
  const auto batch = text(doubt, "batch");
  const bool may_be_good = text(doubt, "mayBeGood") == "true";
  terminal.out << card << " " << coloured(terminal, Mood::bad, "inDoubt") << " since " << text(doubt, "since")
               << '\n';
  line(terminal, "  number", joined(doubt, {"number", "product", "batch"}));
  line(terminal, "  why", why(doubt));
  line(terminal, "  known", text(doubt, "known"));
  line(terminal, "  not known", text(doubt, "unknown"));
  line(terminal, "  body", text(doubt, "whereaboutsText"));
  line(terminal, "  look", text(doubt, "advice"));
  line(terminal, "  good?", may_be_good ? "it may be" : "no: " + text(doubt, "whyNotGood"));
  // Commands are not wrapped: they are there to be copied.
  if (may_be_good)
    terminal.out << "  when it is whole and in your hands:\n    cardwrightctl resolve " << card << " good\n";
  terminal.out << (may_be_good ? "  else, when" : "  when") << " it is destroyed, or given up for lost:\n"
               << "    cardwrightctl resolve " << card << " bad --note 'WHAT WAS FOUND'\n";
  if (!batch.empty())
    terminal.out << "  and then, to have it made again:\n    cardwrightctl repeat " << batch << " " << card
                 << " --reason damaged\n";
}

void show_station(const Terminal& terminal, const json::object& station) {
  terminal.out << text(station, "name") << ", cardwright " << text(station, "version") << ", since "
               << text(station, "started") << "; cards waiting: " << text(station, "waiting") << '\n';
  if (const auto doubts = text(station, "doubts"); !doubts.empty() && doubts != "0")
    terminal.out << coloured(terminal, Mood::bad, "cards in doubt: " + doubts)
                 << "; `cardwrightctl doubts` says what to look at\n";
  if (const auto* all = station.if_contains("attention"); all && all->is_array())
    for (const auto& one : all->get_array())
      if (one.is_string())
        terminal.out << coloured(terminal, Mood::bad, std::string(one.get_string())) << '\n';
  for_each(station, "lines", [&](const json::object& one) { show_line(terminal, one); });
}

void show_skipped(const Terminal& terminal, const json::object& reply) {
  for_each(reply, "skipped", [&](const json::object& skipped) {
    terminal.out << text(skipped, "card") << " is skipped: " << text(skipped, "why") << '\n';
  });
}

}  // namespace ctl
