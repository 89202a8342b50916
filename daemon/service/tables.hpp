#pragma once
#include "daemon/core/event.hpp"

// Tables that people send, from text to what the engine takes: what each column may hold. What depends on the
// configuration or on states is left to the engine.
namespace service {

// All lines, or what is wrong with them: at most `line_problems_max`, in their order.
template <class Line>
using Table = tl::expected<std::vector<Line>, std::vector<core::LineProblem>>;

Table<core::ManifestLine> read_manifest(std::string_view text, std::size_t lines_max);
Table<core::ImportedCard> read_requests(std::string_view text, std::size_t lines_max);

}  // namespace service
