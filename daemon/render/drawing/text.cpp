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
bool has_unknown_glyphs(std::string_view text) {
  const Owned<PangoContext> context(pango_font_map_create_context(pango_cairo_font_map_get_default()));
  const Owned<PangoLayout> layout(pango_layout_new(context.get()));
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return pango_layout_get_unknown_glyphs_count(layout.get()) > 0;
}

}  // namespace

std::optional<std::string> unprintable(std::string_view text) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) return "a text is not UTF-8";
  for (const auto* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
    const auto character = g_utf8_get_char(at);
    const bool space = character == '\n' || character == '\t' || character == '\r';
    if (!space && g_unichar_iscntrl(character))
      return fmt::format("U+{:04X} is a control character", character);
    // Noncharacters; XML refuses them.
    if ((character & 0xfffe) == 0xfffe) return fmt::format("U+{:04X} is no character", character);
  }
  if (has_unknown_glyphs(text)) return fmt::format("no installed font has all characters of \"{}\"", text);
  return std::nullopt;
}

bool font_installed(std::string_view families) {
  static const std::set<std::string> installed = installed_families();
  auto first = families.substr(0, families.find(','));
  first.remove_prefix(std::min(first.find_first_not_of(" '\""), first.size()));
  first = first.substr(0, first.find_last_not_of(" '\"") + 1);
  return installed.contains(lower(first));
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
