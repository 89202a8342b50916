#include "daemon/render/drawing/problems.hpp"

#include <algorithm>

#include "daemon/render/drawing/layout.hpp"

namespace drawing {

void Problems::add(std::ptrdiff_t offset, std::string_view what) {
  found_.emplace_back(line_at(offset), what);
}

std::vector<std::string> Problems::in_order() const {
  auto sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [line, what] : sorted) lines.push_back(at_line(line, what));
  return lines;
}

int Problems::line_at(std::ptrdiff_t offset) const {
  const auto end = text_.begin() + std::clamp<std::ptrdiff_t>(offset, 0, std::ssize(text_));
  return static_cast<int>(1 + std::count(text_.begin(), end, '\n'));
}

}  // namespace drawing
