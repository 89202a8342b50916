#pragma once
#include <cairo.h>

#include "drivers/api/printer.hpp"

// Painted images (CAIRO_FORMAT_RGB24, in the size of `image`) as planes of the printer.
namespace drawing {

api::Bytes to_rgb(cairo_surface_t* surface, const api::ImageSpec& image);

// Darker than half is 1. The weights are those of luma in ITU-R BT.709, in 1/256.
api::Bytes to_bits(cairo_surface_t* surface, const api::ImageSpec& image);

}  // namespace drawing
