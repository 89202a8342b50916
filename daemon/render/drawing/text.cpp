#include "daemon/render/drawing/text.hpp"

#include <fmt/core.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ctime>
#include <set>

#include "daemon/render/drawing/gobject.hpp"

namespace drawing {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::set<std::string> installed_families() {
  std::set<std::string> names;
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
  for (int i = 0; i < count; ++i) names.insert(lower(pango_font_family_get_name(families[i])));
  g_free(families);
  return names;
}

// librsvg draws a box, silently, for a character that no font has.
bool has_unknown_glyphs(std::string_view text, const std::string& family) {
  const Owned<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  const Owned<PangoLayout> layout(pango_layout_new(context.get()));
  auto* font = pango_font_description_new();
  pango_font_description_set_family(font, family.c_str());
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return pango_layout_get_unknown_glyphs_count(layout.get()) > 0;
}

// "the character U+E123": many of them cannot be seen. Some are only unknown beside others.
std::string unknown_character(std::string_view text, const std::string& family) {
  for (const auto* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
    const auto size = static_cast<std::size_t>(g_utf8_next_char(at) - at);
    if (has_unknown_glyphs({at, size}, family))
      return fmt::format("the character U+{:04X}", g_utf8_get_char(at));
  }
  return "all characters";
}

// UAX 9: they change how everything after them is read, and nobody sees them.
constexpr bool turns_text_around(gunichar character) {
  return (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

// Those of strftime (POSIX 2008 and the flags of glibc) that say something of a day.
constexpr std::string_view conversions = "aAbBCdDeFgGhjmnuUVwWxyYt%", flags = "_-0^#";

}  // namespace

std::optional<std::string> unprintable(std::string_view text, const std::string& family, bool quoted) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) return "a text is not UTF-8";
  for (const auto* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
    const auto character = g_utf8_get_char(at);
    const bool space = character == '\n' || character == '\t' || character == '\r';
    if (!space && (g_unichar_iscntrl(character) || turns_text_around(character)))
      return fmt::format("U+{:04X} is a control character", character);
    // Noncharacters; XML refuses them.
    if ((character & 0xfffe) == 0xfffe) return fmt::format("U+{:04X} is no character", character);
  }
  if (!has_unknown_glyphs(text, family)) return std::nullopt;
  if (!quoted) return "no installed font has all its characters";
  return fmt::format("no installed font has {} of \"{}\"", unknown_character(text, family), text);
}

std::optional<std::string> unusable(const std::string& family) {
  static const std::set<std::string> installed = installed_families();
  if (family.empty()) return "this text has no font-family";
  if (!installed.contains(lower(family))) return fmt::format("the font \"{}\" is not installed", family);
  return std::nullopt;
}

Boundaries boundaries_of(const std::string& text) {
  const auto characters = g_utf8_strlen(text.data(), static_cast<gssize>(text.size()));
  std::vector<PangoLogAttr> attributes(static_cast<std::size_t>(characters) + 1);
  pango_get_log_attrs(text.data(), static_cast<int>(text.size()), -1, pango_language_get_default(),
                      attributes.data(), static_cast<int>(attributes.size()));
  Boundaries found;
  const auto* at = text.data();
  for (std::size_t i = 1; i < attributes.size(); ++i) {
    at = g_utf8_next_char(at);
    const auto offset = static_cast<std::size_t>(at - text.data());
    const bool last = i + 1 == attributes.size();
    if (attributes[i].is_cursor_position || last) found.graphemes.push_back(offset);
    if (attributes[i].is_line_break || last)
      found.breaks.push_back({offset, !last && attributes[i].is_mandatory_break != 0});
  }
  return found;
}

std::string in_its_direction(const std::string& text) {
  const Owned<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  const Owned<PangoLayout> layout(pango_layout_new(context.get()));
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  if (pango_layout_get_direction(layout.get(), 0) != PANGO_DIRECTION_RTL) return text;
  return "\u2067" + text + "\u2069";
}

std::optional<std::string> unknown_conversion(std::string_view format) {
  for (auto at = format.find('%'); at != std::string_view::npos; at = format.find('%', at)) {
    const auto end = format.find_first_not_of(flags, at + 1);
    if (end == std::string_view::npos || conversions.find(format[end]) == std::string_view::npos)
      return std::string(format.substr(at, end == std::string_view::npos ? end : end + 1 - at));
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string> format_day(std::string_view iso, const std::string& format) {
  const std::string day(iso);
  std::tm parts{};
  const auto* end = ::strptime(day.c_str(), "%Y-%m-%d", &parts);
  if (!end || *end != '\0' || day.size() != 10) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(parts.tm_year + 1900),
                                         std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                         std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  if (!date.ok()) return std::nullopt;  // strptime takes 2026-02-31
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, format.c_str(), &parts));
}

}  // namespace drawing
