#include "daemon/render/drawing/png.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/gobject.hpp"

namespace drawing {
namespace {

std::uint32_t pixel_of(const api::Planes& planes, unsigned x, unsigned y) {
  const auto row_bytes = (planes.width + 7) / 8;
  if (!planes.k.empty() && planes.k[std::size_t{y} * row_bytes + x / 8] & 0x80 >> x % 8) return 0x000000;
  if (planes.color.empty()) return 0xffffff;
  const auto* rgb = &planes.color[(std::size_t{y} * planes.width + x) * 3];
  return static_cast<std::uint32_t>(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
}

}  // namespace

api::Result<> write_png(const api::Planes& planes, const std::string& path) {
  const Owned<cairo_surface_t> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(planes.width), static_cast<int>(planes.height)));
  auto* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (unsigned y = 0; y < planes.height; ++y)
    for (unsigned x = 0; x < planes.width; ++x)
      reinterpret_cast<std::uint32_t*>(data + y * stride)[x] = pixel_of(planes, x, y);
  cairo_surface_mark_dirty(surface.get());
  const auto status = cairo_surface_write_to_png(surface.get(), path.c_str());
  if (status == CAIRO_STATUS_SUCCESS) return {};
  return api::fail(api::Reason::rendererFailed, fmt::format("{}: {}", path, cairo_status_to_string(status)));
}

}  // namespace drawing
