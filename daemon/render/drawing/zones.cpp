#include "daemon/render/drawing/zones.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "daemon/render/drawing/raster.hpp"
#include "daemon/render/drawing/style.hpp"

namespace drawing {
namespace {

struct ZoneRow {
  Zone zone;
  std::string_view name;
  double left, top, right, bottom;  // millimetres of the card
};

// ISO/IEC 7816-2: the contacts C1 to C8 lie from 10.25 to 19.87 mm from the left edge and from 19.23 to 28.55
// mm from the upper edge; the modules around them reach some 2 mm farther. ISO/IEC 7811-2: the stripe's
// material ends 15.82 mm below the upper edge at most; all of its width, bleed included.
constexpr std::array zones{
    ZoneRow{Zone::contacts, "the contacts of the chip (x 8.3 to 21.8 mm, y 17.3 to 30.5 mm)", 8.3, 17.3, 21.8,
            30.5},
    ZoneRow{Zone::stripe, "the magnetic stripe (y 4.0 to 16.5 mm)", -10, 4.0, card_width_mm + 10, 16.5},
};

// Of the pixels that the image has, those whose larger part lies inside the zone.
struct Pixels {
  unsigned left, top, right, bottom;  // right and bottom are the first outside
};

Pixels pixels_of(const ZoneRow& zone, double bleed_mm, const Place& drawing, const api::Planes& planes) {
  const auto scale = drawing.width / (card_width_mm + 2 * bleed_mm);
  const auto pixel = [&](double origin, double mm, unsigned limit) {
    return static_cast<unsigned>(
        std::clamp(std::round(origin + (mm + bleed_mm) * scale), 0.0, static_cast<double>(limit)));
  };
  return {pixel(drawing.x, zone.left, planes.width), pixel(drawing.y, zone.top, planes.height),
          pixel(drawing.x, zone.right, planes.width), pixel(drawing.y, zone.bottom, planes.height)};
}

bool has_ink(const api::Bytes& plane, unsigned plane_width, const Pixels& area) {
  if (plane.empty()) return false;
  for (auto y = area.top; y < area.bottom; ++y)
    for (auto x = area.left; x < area.right; ++x)
      if (plane[std::size_t{y} * ((plane_width + 7) / 8) + x / 8] & 0x80 >> x % 8) return true;
  return false;
}

bool overlaps(const Place& ink, const Pixels& area) {
  return ink.width > 0 && ink.height > 0 && ink.x < area.right && ink.y < area.bottom &&
         ink.x + ink.width > area.left && ink.y + ink.height > area.top;
}

constexpr std::array<std::string_view, 10> painted{"path",     "rect",    "circle", "ellipse", "line",
                                                   "polyline", "polygon", "text",   "image",   "use"};
constexpr std::size_t suspects_max = 500;

// What the group paints, each with an id.
std::vector<pugi::xml_node> suspects_in(Layout& layout, const Group& group) {
  std::vector<pugi::xml_node> found;
  for (const auto top : layout.document->document_element().children())
    if (group.id == top.attribute("id").value())
      walk(top, [&](pugi::xml_node node, int) {
        if (std::find(painted.begin(), painted.end(), node.name()) != painted.end()) found.push_back(node);
        return found.size() < suspects_max;
      });
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!found[i].attribute("id"))
      found[i].append_attribute("id").set_value(fmt::format("cardwright-suspect-{}", i).c_str());
  return found;
}

// The line of what inks the area: painted alone it does so too. The group's when nothing alone does.
int culprit(Layout& layout, const Group& group, const Pixels& area, const Place& drawing,
            const api::ImageSpec& image) {
  const auto suspects = suspects_in(layout, group);
  const auto svg = Svg::open(*layout.document);
  if (!svg) return group.line;
  for (const auto& field : layout.fields) {
    if (!is_code(field.type) || group.id != layout.k.id) continue;
    const auto place = svg->place_of(field.node.attribute("id").value(), drawing);
    if (place && overlaps(*place, area)) return field.line;
  }
  for (const auto suspect : suspects) {
    const std::string id = suspect.attribute("id").value();
    const auto ink = svg->ink_of(id, drawing);
    if (!ink || !overlaps(*ink, area)) continue;
    const auto surface = svg->paint(id, drawing, image);
    if (surface && has_ink(to_bits(surface->get(), image), image.width, area))
      return layout.lines.of(suspect);
  }
  return group.line;
}

bool stands_in(pugi::xml_node node, const Group& group) {
  for (; node; node = node.parent())
    if (group.id == node.attribute("id").value()) return !group.id.empty();
  return false;
}

Pixels pixels_under(const Place& place, const api::Planes& planes) {
  const auto pixel = [](double at, unsigned limit) {
    return at > 0 ? static_cast<unsigned>(std::min(at, static_cast<double>(limit)))
                  : 0U;  // 0 also of no number
  };
  return {pixel(std::floor(place.x), planes.width), pixel(std::floor(place.y), planes.height),
          pixel(std::ceil(place.x + place.width), planes.width),
          pixel(std::ceil(place.y + place.height), planes.height)};
}

// 18 dots of 300 to an inch: its strokes are thinner than two.
constexpr double legible_mm = 1.5;

bool is_part(pugi::xml_node node) {
  return std::strcmp(node.name(), "tspan") == 0;
}

bool is_drawn_text(pugi::xml_node node) {
  return is_part(node) || std::strcmp(node.name(), "text") == 0;
}

}  // namespace

void keep_free(Zone zone, Layout& layout, const Place& drawing, const api::ImageSpec& image,
               api::Planes& planes, std::vector<api::Failure>& failures) {
  const auto* row = std::find_if(zones.begin(), zones.end(), [&](auto& z) { return z.zone == zone; });
  if (row == zones.end()) return;
  const auto area = pixels_of(*row, layout.bleed_mm, drawing, planes);
  const auto check = [&](const api::Bytes& plane, const Group& group, std::string_view what) {
    if (!has_ink(plane, planes.width, area)) return;
    const auto line = culprit(layout, group, area, drawing, image);
    failures.push_back(
        {api::Reason::layoutInvalid, api::Certainty::notDone,
         at_line(line, fmt::format("{} lies over {}, which must stay free of it", what, row->name))});
  };
  check(planes.k, layout.k, "black (group k)");
  check(planes.overlay, layout.overlay, "varnish (group overlay)");
  if (planes.color.empty()) return;
  for (auto y = area.top; y < area.bottom; ++y) {
    const auto row_start = std::size_t{y} * planes.width;
    std::fill(planes.color.begin() + static_cast<std::ptrdiff_t>((row_start + area.left) * 3),
              planes.color.begin() + static_cast<std::ptrdiff_t>((row_start + area.right) * 3), 0xff);
  }
}

void expect_ink(Layout& layout, const Place& drawing, const api::Planes& planes,
                std::vector<api::Failure>& failures) {
  std::vector<Field> texts;
  for (const auto& field : layout.fields)
    if (is_text(field.type) && texts.size() < suspects_max && stands_in(field.node, layout.k))
      texts.push_back(field);
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].node.attribute("id"))
      texts[i].node.append_attribute("id").set_value(fmt::format("cardwright-text-{}", i).c_str());
  const auto svg = Svg::open(*layout.document);
  if (!svg) return;
  for (const auto& field : texts) {
    const auto ink = svg->ink_of(field.node.attribute("id").value(), drawing);
    if (ink && has_ink(planes.k, planes.width, pixels_under(*ink, planes))) continue;
    failures.push_back(
        {api::Reason::layoutInvalid, api::Certainty::notDone,
         at_line(field.line, fmt::format("the field {} would not be printed: resin knows no grey "
                                         "(draw it black), or it lies beside the card",
                                         field.name))});
  }
}

void expect_legible(const Layout& layout, std::vector<api::Failure>& failures) {
  walk(*layout.document, [&](pugi::xml_node node, int) {
    auto text = node.parent();
    if (node.type() != pugi::node_pcdata || !is_drawn_text(text) || !stands_in(text, layout.k)) return true;
    const auto size = length_of(inherited_property(text, "font-size").value_or(""));
    if (!size || *size >= legible_mm) return true;
    while (is_part(text)) text = text.parent();  // a line that was made to fit has no place in the layout
    failures.push_back({api::Reason::layoutInvalid, api::Certainty::notDone,
                        at_line(layout.lines.of(text),
                                fmt::format("this text of group k has a font-size of {:.2f} mm and prints as "
                                            "dust; 2.1 mm is legible",
                                            *size))});
    return true;
  });
}

}  // namespace drawing
