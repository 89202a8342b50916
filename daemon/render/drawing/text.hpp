#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drawing {

inline constexpr std::size_t text_bytes_max = 1024;  // of one field; a card has no room for more

// Why a text cannot be printed in that font family and those that stand in for it: no UTF-8, a control
// character, a character that no font has. Nothing when it can. `quoted`: whether the reason may show the
// text.
std::optional<std::string> unprintable(std::string_view text, const std::string& family, bool quoted = true);

// Why a text cannot be drawn in that family: none is named, or it is not installed. Nothing when it can.
std::optional<std::string> unusable(const std::string& family);

// A day given as 2026-12-31 in the form of strftime; nothing when it is no day.
std::optional<std::string> format_day(std::string_view iso, const std::string& format);

// The conversion of such a form that no day has, "%Q"; nothing when there is none.
std::optional<std::string> unknown_conversion(std::string_view format);

// Where a text may be parted, as offsets in bytes; the last one is its end (UAX 14 and UAX 29).
struct Boundaries {
  std::vector<std::size_t> graphemes;
  struct Break {
    std::size_t at;
    bool forced;  // after a line feed
  };
  std::vector<Break> breaks;
};
Boundaries boundaries_of(const std::string& text);

// A text from right to left, isolated (UAX 9): its full stop then stands at its left end, whatever is around
// it.
std::string in_its_direction(const std::string& text);

}  // namespace drawing
