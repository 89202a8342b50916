#include "daemon/render/drawing/style.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace drawing {
namespace {

std::string_view trimmed(std::string_view text, std::string_view what = " \t\r\n") {
  text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
  return text.substr(0, text.find_last_not_of(what) + 1);
}

// Calls `use(name, value)` with each declaration of style="…".
template <class Use>
void for_each_declaration(std::string_view style, Use use) {
  while (!style.empty()) {
    const auto end = std::min(style.find(';'), style.size());
    const auto declaration = style.substr(0, end);
    const auto colon = declaration.find(':');
    if (colon != std::string_view::npos) {
      const auto value = declaration.substr(colon + 1);
      use(trimmed(declaration.substr(0, colon)), trimmed(value.substr(0, value.find('!'))));
    }
    style.remove_prefix(std::min(end + 1, style.size()));
  }
}

pugi::xml_attribute style_of(pugi::xml_node node) {
  const auto style = node.attribute("style");
  return style ? style : node.append_attribute("style");
}

// The units of CSS; librsvg is told that an inch has 25.4 user units.
struct Unit {
  std::string_view name;
  double mm;
};
constexpr std::array units{Unit{"", 1},      Unit{"px", 1},         Unit{"mm", 1},       Unit{"cm", 10},
                           Unit{"in", 25.4}, Unit{"pt", 25.4 / 72}, Unit{"pc", 25.4 / 6}};

}  // namespace

std::optional<std::string> property_of(pugi::xml_node node, std::string_view name) {
  std::optional<std::string> found;
  for_each_declaration(node.attribute("style").value(), [&](std::string_view key, std::string_view value) {
    if (key == name) found = value;
  });
  const auto attribute = node.attribute(std::string(name).c_str());
  if (!found && attribute) found = attribute.value();
  return found;
}

std::optional<std::string> inherited_property(pugi::xml_node node, std::string_view name) {
  for (; node; node = node.parent())
    if (auto found = property_of(node, name); found && *found != "inherit") return found;
  return std::nullopt;
}

void set_property(pugi::xml_node node, std::string_view name, std::string_view value) {
  auto style = style_of(node);
  style.set_value(fmt::format("{};{}:{}", style.value(), name, value).c_str());
}

void merge_properties(pugi::xml_node outer, pugi::xml_node inner) {
  constexpr std::array<std::string_view, 8> own{"id", "x", "y", "dx", "dy", "style", "class", "rotate"};
  for (const auto attribute : inner.attributes()) {
    const std::string_view name = attribute.name();
    if (name.find(':') == std::string_view::npos && std::find(own.begin(), own.end(), name) == own.end())
      set_property(outer, name, attribute.value());
  }
  for_each_declaration(inner.attribute("style").value(), [&](std::string_view name, std::string_view value) {
    set_property(outer, name, value);
  });
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> length_of(std::string_view text) {
  text = trimmed(text);
  const auto digits = std::min(text.find_last_of("0123456789.") + 1, text.size());
  for (const auto& unit : units) {
    if (unit.name != text.substr(digits)) continue;
    if (const auto number = number_of(text.substr(0, digits))) return *number * unit.mm;
  }
  return std::nullopt;
}

std::string first_family(std::string_view families) {
  return std::string(trimmed(families.substr(0, families.find(',')), " \t\r\n'\""));
}

}  // namespace drawing
