#include "daemon/render/drawing/problems.hpp"

#include <algorithm>

#include "daemon/render/drawing/layout.hpp"

namespace drawing {

Lines::Lines(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ends_.push_back(static_cast<std::ptrdiff_t>(at));
}

int Lines::of(std::ptrdiff_t offset) const {
  return static_cast<int>(1 +
                          std::distance(ends_.begin(), std::lower_bound(ends_.begin(), ends_.end(), offset)));
}

void Problems::add(std::ptrdiff_t offset, std::string_view what) {
  found_.emplace_back(lines_.of(offset), what);
}

std::vector<std::string> Problems::in_order() const {
  auto sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [line, what] : sorted) lines.push_back(at_line(line, what));
  return lines;
}

}  // namespace drawing
