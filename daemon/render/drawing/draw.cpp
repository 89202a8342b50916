#include "daemon/render/drawing/draw.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/photo.hpp"
#include "daemon/render/drawing/print_code.hpp"
#include "daemon/render/drawing/problems.hpp"
#include "daemon/render/drawing/sample.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/drawing/zones.hpp"

namespace drawing {
namespace {

// librsvg places elements by the root's own width and height where there are any, but draws into the place
// that we name: they go. It finds elements by id: codes that have none get one; it does not paint their
// rects.
void prepare(Layout& layout) {
  auto root = layout.document->document_element();
  root.remove_attribute("width");
  root.remove_attribute("height");
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    auto node = layout.fields[i].node;
    if (!is_code(layout.fields[i].type)) continue;
    if (!node.attribute("id"))
      node.append_attribute("id").set_value(fmt::format("cardwright-code-{}", i).c_str());
    for (const auto* paint : {"fill", "stroke"}) set_property(node, paint, "none");
  }
}

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

// Darker than half is 1. The weights are those of luma in ITU-R BT.709, in 1/256.
api::Bytes to_bits(cairo_surface_t* surface, const api::ImageSpec& image) {
  const auto row_bytes = (image.width + 7) / 8;
  api::Bytes plane(std::size_t{row_bytes} * image.height);
  for_each_pixel(surface, image, [&](unsigned x, unsigned y, std::uint32_t pixel) {
    const auto luma = (pixel >> 16 & 255) * 54 + (pixel >> 8 & 255) * 183 + (pixel & 255) * 19;
    if (luma < 128 * 256)
      plane[std::size_t{y} * row_bytes + x / 8] |= static_cast<std::uint8_t>(0x80 >> x % 8);
  });
  return plane;
}

api::Result<api::Planes> paint(const Layout& layout, const Svg& svg, const Place& place,
                               const api::ImageSpec& image) {
  api::Planes planes{image.width, image.height, {}, {}, {}};
  if (layout.color) {
    TRY_ASSIGN(surface, svg.paint(layout.color.id, place, image));
    planes.color = to_rgb(surface.get(), image);
  }
  if (layout.k) {
    TRY_ASSIGN(surface, svg.paint(layout.k.id, place, image));
    planes.k = to_bits(surface.get(), image);
  }
  if (layout.overlay) {
    TRY_ASSIGN(surface, svg.paint(layout.overlay.id, place, image));
    planes.overlay = to_bits(surface.get(), image);
  }
  return planes;
}

// Adds all that failed to `failures`; the planes are only to be used when nothing did.
api::Result<api::Planes> draw_layout(Layout& layout, const render::Fields& fields,
                                     const api::ImageSpec& image, Zone zone,
                                     std::vector<api::Failure>& failures) {
  TRY_ASSIGN(place, place_drawing(layout.bleed_mm, image));
  prepare(layout);
  fill(layout, fields, failures);
  TRY_ASSIGN(svg, Svg::open(*layout.document));
  TRY_ASSIGN(planes, paint(layout, svg, place, image));
  print_codes(layout, fields, svg, place, image, planes, failures);
  keep_free(zone, layout, place, planes, failures);
  return planes;
}

// librsvg leaves out, without a word, an image that it cannot decode.
void check_images(const Layout& layout, Problems& problems) {
  walk(*layout.document, [&](pugi::xml_node node, int) {
    if (std::string_view(node.name()) != "image") return true;
    const auto href = node.attribute("href") ? node.attribute("href") : node.attribute("xlink:href");
    if (!std::string_view(href.value()).starts_with("data:")) return true;
    if (const auto wrong = undecodable(href.value())) problems.add(node, *wrong);
    return true;
  });
}

}  // namespace

api::Result<api::Planes> draw_face(std::string_view text, const render::Fields& fields,
                                   const api::ImageSpec& image, Zone zone) {
  TRY_ASSIGN(layout, read_layout(text));
  std::vector<api::Failure> failures;
  TRY_ASSIGN(planes, draw_layout(layout, fields, image, zone, failures));
  if (!failures.empty()) return tl::unexpected(failures.front());
  return planes;
}

api::Result<api::Faces> draw(const render::Request& request) {
  api::Faces faces;
  if (!request.front.empty()) {
    const auto zone = request.chip ? Zone::contacts : Zone::none;
    TRY_ASSIGN(front, draw_face(request.front, request.fields, request.image, zone));
    faces.front = std::move(front);
  }
  if (!request.back.empty()) {
    const auto zone = request.stripe ? Zone::stripe : Zone::none;
    TRY_ASSIGN(back, draw_face(request.back, request.fields, request.image, zone));
    faces.back = std::move(back);
  }
  return faces;
}

std::vector<std::string> problems_of(std::string_view text, const api::ImageSpec& image, Zone zone) {
  auto [layout, problems] = read_with_problems(text, Sheet::card);
  if (!problems.empty()) return problems;
  Problems images(text);
  check_images(layout, images);
  problems = images.in_order();
  std::vector<api::Failure> failures;
  const auto root_line = images.line_of(layout.document->document_element());
  const auto planes = draw_layout(layout, sample_fields(layout), image, zone, failures);
  for (const auto& failure : failures) problems.push_back(failure.detail);
  if (!planes) problems.push_back(at_line(root_line, planes.error().detail));
  return problems;
}

}  // namespace drawing
