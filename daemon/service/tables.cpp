#include "daemon/service/tables.hpp"

#include <fmt/format.h>

#include "daemon/service/csv.hpp"
#include "daemon/service/limits.hpp"
#include "daemon/service/parameters.hpp"

namespace service {
namespace {

using Problems = std::vector<core::LineProblem>;

struct Column {
  std::string_view name;
  bool required = false;
};

constexpr std::array manifest_columns{Column{"order", true},  Column{"card", true}, Column{"number"},
                                      Column{"result", true}, Column{"chip"},       Column{"reason"}};
constexpr std::array request_columns{Column{"product"},   Column{"note"},   Column{"pinLength"},
                                     Column{"pukLength"}, Column{"encode"}, Column{"certificates"}};

// One row under its header.
class Row {
 public:
  Row(const CsvRow& header, const CsvRow& row, Problems& problems)
      : header_(header), row_(row), problems_(problems) {}

  std::int64_t line() const { return row_.line; }
  std::size_t size() const { return row_.cells.size(); }
  const std::string& name(std::size_t column) const { return header_.cells[column]; }
  const std::string& cell(std::size_t column) const { return row_.cells[column]; }
  // Empty where there is no such column.
  std::string cell(std::string_view column) const {
    const auto found = std::ranges::find(header_.cells, column);
    return found == header_.cells.end() ? std::string()
                                        : row_.cells[static_cast<std::size_t>(found - header_.cells.begin())];
  }
  void wrong(std::string_view column, std::string text) {
    problems_.push_back({line(), std::string(column), std::move(text)});
  }
  void check_size(std::string_view column, std::string_view text, std::size_t maximum) {
    if (check_length(column, text, maximum)) wrong(column, fmt::format("more than {} characters", maximum));
  }
  // What stands here may go into a log, and to a terminal.
  std::string one_line(std::string_view column, std::size_t maximum) {
    auto text = cell(column);
    check_size(column, text, maximum);
    if (!is_one_line(text)) wrong(column, "there is a control character in it");
    return text;
  }

 private:
  const CsvRow& header_;
  const CsvRow& row_;
  Problems& problems_;
};

// `others`: how many columns may have any other name.
Problems check_header(const CsvRow& header, std::span<const Column> columns, std::size_t others) {
  Problems problems;
  auto wrong = [&](std::string_view column, std::string_view text) {
    problems.push_back({header.line, cut(column), std::string(text)});
  };
  std::set<std::string_view> seen;
  for (const std::string& name : header.cells) {
    const auto known = std::ranges::find(columns, std::string_view(name), &Column::name) != columns.end();
    if (!seen.insert(name).second) wrong(name, "this column is there twice");
    if (known) continue;
    if (name.empty()) wrong(name, "a column has no name");
    if (check_length({}, name, field_name_length_max))
      wrong(name, fmt::format("a column's name has more than {} characters", field_name_length_max));
    if (others == 0) wrong(name, "there is no such column");
    if (others != 0 && --others == 0) wrong(name, fmt::format("there are more than {} fields", fields_max));
  }
  for (const Column& column : columns)
    if (column.required && !seen.contains(column.name)) wrong(column.name, "this column is missing");
  return problems;
}

// What `read` makes of each row under its header.
template <class Line, class Read>
Table<Line> read_table(std::string_view text, std::size_t lines_max, std::span<const Column> columns,
                       std::size_t others, Read read) {
  const auto rows = parse_csv(text, {lines_max + 1, columns.size() + fields_max});
  if (!rows) return tl::unexpected(Problems{rows.error()});
  if (rows->empty()) return tl::unexpected(Problems{{1, {}, "there is no header"}});
  const auto& header = rows->front();
  auto problems = check_header(header, columns, others);
  if (problems.empty() && rows->size() == 1)
    problems.push_back({header.line, {}, "no line follows the header"});
  const bool readable = problems.empty();  // else nobody knows which cell is what
  std::vector<Line> lines;
  for (std::size_t i = 1; readable && i < rows->size() && problems.size() < line_problems_max; ++i) {
    const auto& row = (*rows)[i];
    Row under{header, row, problems};
    if (row.cells.size() == header.cells.size())
      lines.push_back(read(under));
    else
      under.wrong({}, fmt::format("has {} cells, and the header {}", row.cells.size(), header.cells.size()));
  }
  if (problems.empty()) return lines;
  problems.resize(std::min(problems.size(), line_problems_max));
  return tl::unexpected(std::move(problems));
}

// Decimal or hexadecimal digits, as the chip says it, in lower case; empty when it is not that.
std::string chip_serial(std::string_view text) {
  std::string result;
  for (const char digit : text) {
    const char lower = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
    if ((lower < '0' || lower > '9') && (lower < 'a' || lower > 'f')) return {};
    result += lower;
  }
  return text.size() <= chip_serial_length_max ? result : std::string();
}

void read_result(Row& row, core::ManifestLine& line) {
  const auto result = row.cell("result");
  const auto chip = row.cell("chip");
  line.produced = result == "produced";
  line.text = row.one_line("reason", note_length_max);
  line.chip_serial = chip_serial(chip);
  if (line.produced) {
    if (line.chip_serial.empty())
      row.wrong(
          "chip",
          "the serial number of a produced card's chip is missing, or has other characters than 0-9 and a-f");
    if (!line.text.empty()) row.wrong("reason", "a produced card has none");
  } else if (result == "failed") {
    if (!chip.empty()) row.wrong("chip", "a failed card has none");
  } else {
    row.wrong("result", "neither \"produced\" nor \"failed\"");
  }
}

// Digits of a PIN or PUK; what a product takes, the engine knows.
std::optional<unsigned> read_number(Row& row, std::string_view column) {
  const auto text = row.cell(column);
  if (text.empty()) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) row.wrong(column, "no number");
  return value;
}

core::Options read_options(Row& row) {
  core::Options options;
  options.pin_length = read_number(row, "pinLength");
  options.puk_length = read_number(row, "pukLength");
  const auto encode = row.cell("encode");
  if (!encode.empty()) options.encode = encode == "true";
  if (!encode.empty() && encode != "true" && encode != "false")
    row.wrong("encode", "neither \"true\" nor \"false\"");
  std::istringstream names(row.cell("certificates"));
  for (std::string name; names >> name;) {
    row.check_size("certificates", name, name_length_max);
    if (!options.certificates) options.certificates.emplace();
    options.certificates->push_back(std::move(name));
  }
  if (options.certificates && options.certificates->size() > certificates_max)
    row.wrong("certificates", fmt::format("more than {} names", certificates_max));
  return options;
}

core::ImportedCard read_request(Row& row) {
  core::ImportedCard card;
  card.line = row.line();
  card.product = row.one_line("product", name_length_max);
  card.note = row.cell("note");
  row.check_size("note", card.note, note_length_max);
  card.options = read_options(row);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (std::ranges::find(request_columns, std::string_view(row.name(i)), &Column::name) !=
        request_columns.end())
      continue;
    row.check_size(row.name(i), row.cell(i), field_value_length_max);
    card.fields.emplace(row.name(i), row.cell(i));
  }
  return card;
}

}  // namespace

Table<core::ManifestLine> read_manifest(std::string_view text, std::size_t lines_max) {
  std::map<std::string, std::int64_t> cards, chips;  // and where each stands first
  auto once = [](Row& row, std::string_view column, const std::string& value, auto& seen) {
    const auto [first, is_new] = seen.emplace(value, row.line());
    if (!is_new && !value.empty()) row.wrong(column, fmt::format("stands in line {} already", first->second));
  };
  return read_table<core::ManifestLine>(text, lines_max, manifest_columns, 0, [&](Row& row) {
    core::ManifestLine line;
    line.line = row.line();
    line.order = row.cell("order");
    line.card = row.cell("card");
    if (!core::OrderId::parse(line.order)) row.wrong("order", "no id of an order");
    if (!core::CardId::parse(line.card)) row.wrong("card", "no id of a card");
    line.number = row.one_line("number", name_length_max);
    read_result(row, line);
    once(row, "card", line.card, cards);
    once(row, "chip", line.chip_serial, chips);
    return line;
  });
}

Table<core::ImportedCard> read_requests(std::string_view text, std::size_t lines_max) {
  return read_table<core::ImportedCard>(text, lines_max, request_columns, fields_max + 1, read_request);
}

}  // namespace service
