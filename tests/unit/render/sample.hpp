#pragma once
#include <fmt/core.h>

#include <fstream>
#include <sstream>
#include <string>

#include "drivers/api/printer.hpp"

// Small layouts for tests, and a way to look at planes.
namespace sample {

inline constexpr api::ImageSpec image{1016, 648, 300};

// One red pixel.
inline constexpr auto photo =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/"
    "pLvAAAAAElFTkSuQmCC";

// A layout of the usual size with these things below its root.
inline std::string svg(std::string_view content) {
  return fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink")"
                     R"( viewBox="-2 -2 89.6 57.98">{}</svg>)",
                     content);
}

// One with a K group alone.
inline std::string k(std::string_view content) {
  return svg(fmt::format(R"(<g id="k" font-family="DejaVu Sans">{}</g>)", content));
}

inline bool bit(const api::Bytes& plane, const api::ImageSpec& spec, unsigned x, unsigned y) {
  return plane[std::size_t{y} * ((spec.width + 7) / 8) + x / 8] & 0x80 >> x % 8;
}

struct Ink {
  unsigned left = ~0U, top = ~0U, right = 0, bottom = 0, count = 0;
  unsigned width() const { return count ? right - left + 1 : 0; }
  unsigned height() const { return count ? bottom - top + 1 : 0; }
};

inline Ink ink_of(const api::Bytes& plane, const api::ImageSpec& spec) {
  Ink ink;
  if (plane.empty()) return ink;
  for (unsigned y = 0; y < spec.height; ++y)
    for (unsigned x = 0; x < spec.width; ++x) {
      if (!bit(plane, spec, x, y)) continue;
      ++ink.count;
      ink.left = std::min(ink.left, x);
      ink.right = std::max(ink.right, x);
      ink.top = std::min(ink.top, y);
      ink.bottom = std::max(ink.bottom, y);
    }
  return ink;
}

inline std::string file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace sample
