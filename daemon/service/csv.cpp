#include "daemon/service/csv.hpp"

#include <fmt/format.h>

namespace service {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

using Wrong = tl::unexpected<std::string>;

struct Reader {
  std::string_view rest;
  std::int64_t line = 1;

  bool at_end() const { return rest.empty(); }
  bool take(std::string_view what) {
    if (!rest.starts_with(what)) return false;
    rest.remove_prefix(what.size());
    return true;
  }
  bool take_line_end() {
    if (!take("\r\n") && !take("\n")) return false;
    ++line;
    return true;
  }
};

tl::expected<std::string, std::string> read_quoted(Reader& reader) {
  std::string cell;
  do {
    const auto end = reader.rest.find('"');
    if (end == std::string_view::npos) return Wrong("a cell begins with a quotation mark and does not end");
    const auto part = reader.rest.substr(0, end);
    reader.line += std::ranges::count(part, '\n');
    cell += part;
    reader.rest.remove_prefix(end + 1);
    if (reader.rest.starts_with('"')) cell += '"';
  } while (reader.take("\""));
  return cell;
}

tl::expected<std::string, std::string> read_cell(Reader& reader) {
  if (reader.take("\"")) {
    auto cell = read_quoted(reader);
    if (cell && !reader.at_end() &&
        std::string_view(",\r\n").find(reader.rest.front()) == std::string_view::npos)
      return Wrong("there is text behind the quotation mark that ends a cell");
    return cell;
  }
  const auto size = std::min(reader.rest.find_first_of(",\"\r\n"), reader.rest.size());
  std::string cell(reader.rest.substr(0, size));
  reader.rest.remove_prefix(size);
  if (reader.rest.starts_with('"'))
    return Wrong("there is a quotation mark inside a cell that has none around it");
  return cell;
}

tl::expected<std::vector<std::string>, std::string> read_row(Reader& reader, std::size_t cells_max) {
  std::vector<std::string> cells;
  do {
    auto cell = read_cell(reader);
    if (!cell) return Wrong(std::move(cell.error()));
    if (cells.size() == cells_max) return Wrong(fmt::format("there are more than {} columns", cells_max));
    cells.push_back(*std::move(cell));
  } while (reader.take(","));
  if (!reader.at_end() && !reader.take_line_end())
    return Wrong("there is a carriage return inside of the line");
  return cells;
}

}  // namespace

tl::expected<std::vector<CsvRow>, core::LineProblem> parse_csv(std::string_view text,
                                                               const CsvLimits& limits) {
  Reader reader{text};
  reader.take(byte_order_mark);
  std::vector<CsvRow> rows;
  while (!reader.at_end()) {
    if (reader.take_line_end()) continue;
    const auto line = reader.line;
    if (rows.size() == limits.rows_max)
      return tl::unexpected(
          core::LineProblem{line, {}, fmt::format("there are more than {} lines", limits.rows_max)});
    auto cells = read_row(reader, limits.cells_max);
    if (!cells) return tl::unexpected(core::LineProblem{line, {}, std::move(cells.error())});
    rows.push_back({line, *std::move(cells)});
  }
  return rows;
}

}  // namespace service
