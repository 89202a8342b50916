#include "tools/simulator/faces.hpp"

#include <cairo.h>

#include <memory>
#include <stdexcept>

namespace simulator {
namespace {
constexpr std::uint32_t white = 0xffffff, black = 0x000000;  // CAIRO_FORMAT_RGB24: 0x00RRGGBB, native order

std::uint32_t pixel(const api::Planes& face, std::size_t x, std::size_t y) {
  const std::size_t row = (face.width + 7) / 8;
  if (!face.k.empty() && (face.k[y * row + x / 8] >> (7 - x % 8) & 1)) return black;
  if (face.color.empty()) return white;
  const auto* rgb = &face.color[3 * (y * face.width + x)];
  return std::uint32_t{rgb[0]} << 16 | std::uint32_t{rgb[1]} << 8 | rgb[2];
}
}  // namespace

void write_face(const api::Planes& face, const std::filesystem::path& file) {
  const auto width = static_cast<int>(face.width), height = static_cast<int>(face.height);
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), cairo_surface_destroy);
  cairo_surface_flush(surface.get());
  auto* bytes = cairo_image_surface_get_data(surface.get());
  if (!bytes)
    throw std::runtime_error("no picture of " + std::to_string(width) + " × " + std::to_string(height));
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t y = 0; y < face.height; ++y)
    for (std::size_t x = 0; x < face.width; ++x)
      reinterpret_cast<std::uint32_t*>(bytes + y * stride)[x] = pixel(face, x, y);
  cairo_surface_mark_dirty(surface.get());
  const auto status = cairo_surface_write_to_png(surface.get(), file.c_str());
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error(file.string() + ": " + cairo_status_to_string(status));
}

}  // namespace simulator
