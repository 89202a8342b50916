#include "daemon/render/drawing/draw.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/qr.hpp"
#include "daemon/render/drawing/svg.hpp"

namespace drawing {
namespace {

// librsvg finds elements by id: fields that have none get one. It places elements by the root's own width and
// height where there are any, but draws into the place that we name: they go.
void prepare(Layout& layout) {
  auto root = layout.document->document_element();
  root.remove_attribute("width");
  root.remove_attribute("height");
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    auto node = layout.fields[i].node;
    if (!node.attribute("id"))
      node.append_attribute("id").set_value(fmt::format("cardwright-field-{}", i).c_str());
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
  api::Bytes plane;
  plane.reserve(std::size_t{image.width} * image.height * 3);
  for_each_pixel(surface, image, [&](unsigned, unsigned, std::uint32_t pixel) {
    plane.push_back(static_cast<std::uint8_t>(pixel >> 16));
    plane.push_back(static_cast<std::uint8_t>(pixel >> 8));
    plane.push_back(static_cast<std::uint8_t>(pixel));
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

}  // namespace

api::Result<api::Planes> draw_face(std::string_view text, const render::Fields& fields,
                                   const api::ImageSpec& image, Zone) {
  TRY_ASSIGN(layout, read_layout(text));
  prepare(layout);
  TRY_ASSIGN(place, place_drawing(layout.bleed_mm, image));
  TRY(fill(layout, fields));
  TRY_ASSIGN(measured, Svg::open(*layout.document));
  TRY(fit_texts(layout, measured));

  api::Planes planes{image.width, image.height, {}, {}, {}};
  api::Bytes codes(std::size_t{(image.width + 7) / 8} * image.height);
  TRY(draw_qr_codes(layout, fields, measured, place, image, codes));
  for (auto& field : layout.fields)
    if (field.type == FieldType::qr) field.node.parent().remove_child(field.node);

  TRY_ASSIGN(svg, Svg::open(*layout.document));
  if (layout.color) {
    TRY_ASSIGN(surface, svg.paint("color", place, image));
    planes.color = to_rgb(surface.get(), image);
  }
  if (layout.k) {
    TRY_ASSIGN(surface, svg.paint("k", place, image));
    planes.k = to_bits(surface.get(), image);
    for (std::size_t i = 0; i < codes.size(); ++i) planes.k[i] |= codes[i];
  }
  if (layout.overlay) {
    TRY_ASSIGN(surface, svg.paint("overlay", place, image));
    planes.overlay = to_bits(surface.get(), image);
  }
  return planes;
}

api::Result<api::Faces> draw(const render::Request& request) {
  api::Faces faces;
  if (!request.front.empty()) {
    TRY_ASSIGN(front, draw_face(request.front, request.fields, request.image));
    faces.front = std::move(front);
  }
  if (!request.back.empty()) {
    TRY_ASSIGN(back, draw_face(request.back, request.fields, request.image));
    faces.back = std::move(back);
  }
  return faces;
}

}  // namespace drawing
