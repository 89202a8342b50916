#include "daemon/render/drawing/fit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "daemon/render/drawing/ruler.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// A little less than fits: what is rounded while drawing must not reach beyond.
constexpr double slack = 0.995;
constexpr double shrink_step = 0.05;  // of texts in lines, whose breaks change with the size

std::string quoted(const Field& field, const std::string& text) {
  return field.secret ? "" : fmt::format(": \"{}\"", text);
}

tl::unexpected<api::Failure> does_not_fit(const Field& field, const std::string& text, double needed_mm) {
  const auto at_all = field.text.fit == Fit::refuse ? "" : " at its smallest size";
  return api::fail(
      api::Reason::textDoesNotFit,
      at_line(field.line, fmt::format("the field {} needs {:.1f} mm{} and has {:.1f} mm{}", field.name,
                                      needed_mm, at_all, field.text.room, quoted(field, text))));
}

void scale(const Field& field, double factor) {
  if (factor == 1) return;
  set_property(field.node, "font-size", fmt::format("{:.4f}px", field.text.size * factor));
  for (const auto* spacing : {"letter-spacing", "word-spacing"})
    if (const auto length = length_of(inherited_property(field.node, spacing).value_or("")))
      set_property(field.node, spacing, fmt::format("{:.4f}px", *length * factor));
}

void put_line(const Field& field, const std::string& text) {
  auto node = field.node;
  node.remove_children();
  node.append_child(pugi::node_pcdata).set_value(in_its_direction(text).c_str());
}

api::Result<> shrink(const Field& field, const std::string& text, double smallest) {
  Ruler ruler(field);
  TRY_ASSIGN(needed, ruler.needed(in_its_direction(text)));
  put_line(field, text);
  if (needed <= field.text.room) return {};
  const auto factor = field.text.room / needed * slack;
  if (factor < smallest) return does_not_fit(field, text, needed * smallest);
  scale(field, factor);
  return {};
}

std::string trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first));
}

api::Result<> cut(const Field& field, const std::string& text) {
  Ruler ruler(field);
  const auto shown = [&](std::size_t bytes) {
    return bytes == text.size() ? text : trimmed(text.substr(0, bytes)) + "…";
  };
  const auto fits = [&](std::size_t bytes) -> api::Result<bool> {
    TRY_ASSIGN(needed, ruler.needed(in_its_direction(shown(bytes))));
    return needed <= field.text.room * slack;
  };
  TRY_ASSIGN(whole, fits(text.size()));
  if (whole) return put_line(field, text), api::Result<>{};
  const auto graphemes = boundaries_of(text).graphemes;
  std::size_t good = 0, bad = graphemes.size();  // counts of graphemes
  while (bad - good > 1) {
    const auto middle = good + (bad - good) / 2;
    TRY_ASSIGN(fitting, fits(graphemes[middle - 1]));
    (fitting ? good : bad) = middle;
  }
  if (good == 0) return does_not_fit(field, text, field.text.room);
  put_line(field, shown(graphemes[good - 1]));
  return {};
}

// Breaks one text into lines, again and again for smaller sizes; measures each piece once.
class Breaker {
 public:
  Breaker(const Field& field, const std::string& text)
      : text_(text), ruler_(field), breaks_(boundaries_of(text).breaks) {}

  // The lines of a room that wide, at full size; nothing when a piece that cannot be broken is wider.
  api::Result<std::vector<std::string>> lines(double room_mm, unsigned lines_max) {
    std::vector<std::string> result;
    for (std::size_t start = 0; start < breaks_.size();) {
      if (result.size() == lines_max) return std::vector<std::string>{};
      TRY_ASSIGN(end, farthest(start, room_mm));
      if (end == start) return std::vector<std::string>{};
      result.push_back(piece(start, end));
      start = end;
    }
    return result;
  }

 private:
  std::string piece(std::size_t start, std::size_t end) const {
    const auto from = start ? breaks_[start - 1].at : 0;
    return trimmed(text_.substr(from, breaks_[end - 1].at - from));
  }

  api::Result<bool> fits(std::size_t start, std::size_t end, double room_mm) {
    const auto key = std::pair(start, end);
    if (!widths_.contains(key)) {
      TRY_ASSIGN(needed, ruler_.needed(in_its_direction(piece(start, end))));
      widths_[key] = needed;
    }
    return widths_[key] <= room_mm * slack;
  }

  // How many pieces up to `end` fit into one line that starts at `start`; a line feed ends it.
  api::Result<std::size_t> farthest(std::size_t start, double room_mm) {
    auto limit = start;
    while (limit < breaks_.size() && !breaks_[limit].forced) ++limit;
    auto good = start, bad = std::min(limit + 1, breaks_.size()) + 1;
    while (bad - good > 1) {
      const auto middle = good + (bad - good) / 2;
      TRY_ASSIGN(fitting, fits(start, middle, room_mm));
      (fitting ? good : bad) = middle;
    }
    return good;
  }

  const std::string& text_;
  Ruler ruler_;
  std::vector<Boundaries::Break> breaks_;
  std::map<std::pair<std::size_t, std::size_t>, double> widths_;
};

void put_lines(const Field& field, const std::vector<std::string>& lines, double factor) {
  auto node = field.node;
  node.remove_children();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto line = node.append_child("tspan");
    const auto y = field.text.y + static_cast<double>(i) * field.text.line_height * field.text.size * factor;
    line.append_attribute("x").set_value(fmt::format("{:.4f}", field.text.x).c_str());
    line.append_attribute("y").set_value(fmt::format("{:.4f}", y).c_str());
    line.append_child(pugi::node_pcdata).set_value(in_its_direction(lines[i]).c_str());
  }
}

api::Result<> wrap(const Field& field, const std::string& text) {
  Breaker breaker(field, text);
  for (double factor = 1; factor > text_shrink_min - shrink_step / 2; factor -= shrink_step) {
    TRY_ASSIGN(lines, breaker.lines(field.text.room / factor, field.text.lines));
    if (lines.empty()) continue;
    put_lines(field, lines, factor);
    scale(field, factor);
    return {};
  }
  return api::fail(
      api::Reason::textDoesNotFit,
      at_line(field.line,
              fmt::format("the field {} does not fit into {} lines of {:.1f} mm at its smallest size{}",
                          field.name, field.text.lines, field.text.room, quoted(field, text))));
}

}  // namespace

api::Result<> fit(const Field& field, const std::string& text) {
  switch (field.text.fit) {
    case Fit::shrink: return shrink(field, text, text_shrink_min);
    case Fit::refuse: return shrink(field, text, 1);
    case Fit::ellipsis: return cut(field, text);
    case Fit::wrap: return wrap(field, text);
  }
  return {};
}

}  // namespace drawing
