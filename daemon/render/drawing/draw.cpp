#include "daemon/render/drawing/draw.hpp"

#include <fmt/core.h>

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/print_code.hpp"
#include "daemon/render/drawing/raster.hpp"
#include "daemon/render/drawing/sample.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/drawing/zones.hpp"

namespace drawing {
namespace {

// librsvg finds elements by id: codes that have none get one; it does not paint their rects.
void prepare_codes(Layout& layout) {
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    auto node = layout.fields[i].node;
    if (!is_code(layout.fields[i].type)) continue;
    if (!node.attribute("id"))
      node.append_attribute("id").set_value(fmt::format("cardwright-code-{}", i).c_str());
    for (const auto* paint : {"fill", "stroke"}) set_property(node, paint, "none");
  }
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
  prepare_codes(layout);
  fill(layout, fields, failures);
  TRY_ASSIGN(svg, Svg::open(*layout.document));
  TRY_ASSIGN(planes, paint(layout, svg, place, image));
  print_codes(layout, fields, svg, place, image, planes, failures);
  keep_free(zone, layout, place, image, planes, failures);
  return planes;
}

// Front and back are two files: a line's number alone would not say of which.
api::Result<api::Planes> of_face(std::string_view face, api::Result<api::Planes> drawn) {
  if (!drawn) drawn.error().detail = fmt::format("{}: {}", face, drawn.error().detail);
  return drawn;
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
    TRY_ASSIGN(front, of_face("front", draw_face(request.front, request.fields, request.image, zone)));
    faces.front = std::move(front);
  }
  if (!request.back.empty()) {
    const auto zone = request.stripe ? Zone::stripe : Zone::none;
    TRY_ASSIGN(back, of_face("back", draw_face(request.back, request.fields, request.image, zone)));
    faces.back = std::move(back);
  }
  return faces;
}

std::vector<std::string> problems_of(std::string_view text, const api::ImageSpec& image, Zone zone,
                                     const render::Fields& fields) {
  auto [layout, problems] = read_with_problems(text, Sheet::card);
  if (!problems.empty()) return problems;
  std::vector<api::Failure> failures;
  const auto root_line = layout.lines.of(layout.document->document_element());
  auto shown = fields;
  shown.merge(sample_fields(layout));
  const auto planes = draw_layout(layout, shown, image, zone, failures);
  const auto place = place_drawing(layout.bleed_mm, image);
  if (planes && place && failures.empty()) expect_ink(layout, *place, *planes, failures);
  expect_legible(layout, failures);
  for (const auto& failure : failures) problems.push_back(failure.detail);
  if (!planes) problems.push_back(at_line(root_line, planes.error().detail));
  return problems;
}

}  // namespace drawing
