#pragma once
#include <cairo.h>

#include "drivers/api/printer.hpp"

// Painted images (CAIRO_FORMAT_RGB24, in the size of `image`) as planes of the printer.
namespace drawing {

api::Bytes to_rgb(cairo_surface_t* surface, const api::ImageSpec& image);

// Of ITU-R BT.709; its weights in 1/256, and so the sum.
constexpr unsigned luma(unsigned red, unsigned green, unsigned blue) {
  return red * 54 + green * 183 + blue * 19;
}

constexpr bool is_darker_than_half(unsigned red, unsigned green, unsigned blue) {
  return luma(red, green, blue) < 128 * 256;
}

// Darker than half is 1.
api::Bytes to_bits(cairo_surface_t* surface, const api::ImageSpec& image);

}  // namespace drawing
