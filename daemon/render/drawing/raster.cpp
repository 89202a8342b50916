#include "daemon/render/drawing/raster.hpp"

namespace drawing {
namespace {

// Calls `use(x, y, pixel)` with every pixel, 0x00RRGGBB.
template <class Use>
void for_each_pixel(cairo_surface_t* surface, const api::ImageSpec& image, Use use) {
  const auto* data = cairo_image_surface_get_data(surface);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
  for (unsigned y = 0; y < image.height; ++y) {
    const auto* row = reinterpret_cast<const std::uint32_t*>(data + y * stride);
    for (unsigned x = 0; x < image.width; ++x) use(x, y, row[x]);
  }
}

}  // namespace

api::Bytes to_rgb(cairo_surface_t* surface, const api::ImageSpec& image) {
  api::Bytes plane(std::size_t{image.width} * image.height * 3);
  auto* byte = plane.data();
  for_each_pixel(surface, image, [&](unsigned, unsigned, std::uint32_t pixel) {
    *byte++ = static_cast<std::uint8_t>(pixel >> 16);
    *byte++ = static_cast<std::uint8_t>(pixel >> 8);
    *byte++ = static_cast<std::uint8_t>(pixel);
  });
  return plane;
}

api::Bytes to_bits(cairo_surface_t* surface, const api::ImageSpec& image) {
  const auto row_bytes = (image.width + 7) / 8;
  api::Bytes plane(std::size_t{row_bytes} * image.height);
  for_each_pixel(surface, image, [&](unsigned x, unsigned y, std::uint32_t pixel) {
    if (is_darker_than_half(pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255))
      plane[std::size_t{y} * row_bytes + x / 8] |= static_cast<std::uint8_t>(0x80 >> x % 8);
  });
  return plane;
}

}  // namespace drawing
