#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace drawing {

inline constexpr std::size_t text_bytes_max = 1024;  // of one field; a card has no room for more

// Why a text cannot be printed: no UTF-8, a control character, a character that no installed font has.
// Nothing when it can.
std::optional<std::string> unprintable(std::string_view text);

// Whether the first family of a font-family list is installed.
bool font_installed(std::string_view families);

// A day given as 2026-12-31 in the form of strftime; nothing when it is no day.
std::optional<std::string> format_day(std::string_view iso, const std::string& format);

}  // namespace drawing
