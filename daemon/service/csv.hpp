#pragma once
#include "daemon/core/event.hpp"

namespace service {

struct CsvRow {
  std::int64_t line =
      0;  // of the text, from 1; where the row begins, when a cell in quotation marks spans several
  std::vector<std::string> cells;
};

struct CsvLimits {
  std::size_t rows_max;  // the header included
  std::size_t cells_max;
};

// The rows of a text in CSV (RFC 4180), or the first thing that is wrong with its form: behind that nobody
// knows what is a cell. Strict, but for what programs really write: a line may end in LF alone, the text may
// begin with a byte order mark, and empty lines are no rows. The text is UTF-8: it came in JSON.
tl::expected<std::vector<CsvRow>, core::LineProblem> parse_csv(std::string_view text,
                                                               const CsvLimits& limits);

}  // namespace service
