#include "daemon/render/drawing/ruler.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/svg.hpp"

namespace drawing {
namespace {

// What moves, cuts or hides the text but does not change its width.
constexpr std::array<std::string_view, 9> left_out{"id",   "transform", "x",       "y",      "clip-path",
                                                   "mask", "filter",    "display", "opacity"};

pugi::xml_node copy_into(pugi::xml_node parent, pugi::xml_node element) {
  auto copy = parent.append_child(element.name());
  for (const auto attribute : element.attributes())
    if (std::find(left_out.begin(), left_out.end(), attribute.name()) == left_out.end())
      copy.append_copy(attribute);
  for (const auto* name : {"transform", "clip-path", "mask", "filter"})
    if (property_of(element, name)) set_property(copy, name, "none");
  return copy;
}

// `element` and what is around it.
pugi::xml_node copy_chain(pugi::xml_node root, pugi::xml_node top, pugi::xml_node element) {
  const auto parent = element.parent() == top ? root : copy_chain(root, top, element.parent());
  return copy_into(parent, element);
}

}  // namespace

Ruler::Ruler(const Field& field) : anchor_(field.text.anchor) {
  auto top = field.node;
  while (top.parent().parent()) top = top.parent();
  auto root = copy_into(document_, top);
  for (const auto* name : {"width", "height", "viewBox"}) root.remove_attribute(name);
  root.append_attribute("viewBox").set_value("0 0 100 100");
  text_ = copy_chain(root, top, field.node);
  text_.append_attribute("id").set_value("t");
  text_.append_child(pugi::node_pcdata);
}

api::Result<double> Ruler::needed(const std::string& line) {
  text_.first_child().set_value(line.c_str());
  TRY_ASSIGN(svg, Svg::open(document_));
  constexpr Place user_units{0, 0, 100, 100};
  TRY_ASSIGN(ink, svg.ink_of("t", user_units));
  const auto right = ink.x + ink.width, left = -ink.x;
  switch (anchor_) {
    case Anchor::start: return std::max(right, ink.width);
    case Anchor::end: return std::max(left, ink.width);
    case Anchor::middle: return 2 * std::max(right, left);
  }
  return ink.width;
}

}  // namespace drawing
