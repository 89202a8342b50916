#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"

// What became of the cards of a batch or an order, for other programs: a row for each attempt, and one for a
// card that had none. No row names a holder or has a field of the card: what is printed on it is nobody
// else's.
namespace ctl {
namespace {

namespace json = boost::json;

struct Column {
  std::string_view name;
  bool of_attempt;  // else of its card
  std::string_view member;
};
constexpr std::array columns_of_export{
    Column{"card", false, "id"},
    Column{"number", false, "number"},
    Column{"product", false, "product"},
    Column{"state", false, "state"},
    Column{"batch", false, "batch"},
    Column{"order", false, "order"},
    Column{"attempt", true, "id"},
    Column{"kind", true, "kind"},
    Column{"phase", true, "phase"},
    Column{"reached", true, "reached"},
    Column{"started", true, "started"},
    Column{"ended", true, "ended"},
    Column{"printer", true, "printer"},
    Column{"chip", true, "chip"},
    Column{"checkCode", true, "checkCode"},
    Column{"certificates", true, "certificates"},
    Column{"reason", true, "reason"},
    Column{"text", true, "text"},
    Column{"invalidation", true, "invalidation"},
    Column{"purpose", true, "purpose"},
};

// RFC 4180: what has a comma, a quotation mark or a line end in it stands in quotation marks.
std::string quoted(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == value.npos) return value;
  std::string result = "\"";
  for (const char one : value) result += one == '"' ? std::string("\"\"") : std::string(1, one);
  return result + '"';
}

json::object row_of(const json::object& card, const json::object& attempt) {
  json::object row;
  for (const auto& column : columns_of_export)
    if (const auto* value = (column.of_attempt ? attempt : card).if_contains(column.member))
      row[column.name] = *value;
  return row;
}

void add_rows(std::vector<json::object>& rows, const json::object& page) {
  for (const auto& element : page.at("cards").as_array()) {
    const auto& card = element.as_object();
    const auto* attempts = card.if_contains("attempts");
    if (!attempts || !attempts->is_array() || attempts->get_array().empty())
      rows.push_back(row_of(card, {}));
    else
      for (const auto& attempt : attempts->get_array()) rows.push_back(row_of(card, attempt.as_object()));
  }
}

void print_csv(std::ostream& out, const std::vector<json::object>& rows) {
  for (const auto& column : columns_of_export)
    out << (&column == columns_of_export.data() ? "" : ",") << column.name;
  out << "\r\n";
  for (const auto& row : rows) {
    for (const auto& column : columns_of_export)
      out << (&column == columns_of_export.data() ? "" : ",") << quoted(text(row, column.name));
    out << "\r\n";
  }
}

// One document: an array with a row a line.
void print_json(std::ostream& out, const std::vector<json::object>& rows) {
  out << '[';
  for (const auto& row : rows) out << (&row == rows.data() ? "\n" : ",\n") << json::serialize(row);
  out << "\n]\n";
}

}  // namespace

Exit run_command::export_rows(const Session& session) {
  const auto& said = session.arguments;
  json::object parameters{{"attempts", true}};
  parameters[said.batch.starts_with('O') ? "order" : "batch"] = said.batch;
  std::vector<json::object> rows;
  const auto last = session.call_more("ListCards", std::move(parameters),
                                      [&](const json::object& page) { add_rows(rows, page); });
  if (!last) return session.fail(last.error());
  if (said.json) return Exit::done;
  (said.format == "csv" ? print_csv : print_json)(session.terminal.out, rows);
  return Exit::done;
}

}  // namespace ctl
