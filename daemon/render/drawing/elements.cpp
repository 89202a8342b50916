#include "daemon/render/drawing/elements.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <set>

#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/photo.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// What librsvg draws of SVG 1.1 and a card has use for. Not among them: what runs or fetches something, and
// filters that take seconds (feTurbulence, feMorphology, feConvolveMatrix, lights), and what librsvg leaves
// out without a word (textPath).
constexpr std::array<std::string_view, 40> known_elements{"svg",
                                                          "g",
                                                          "defs",
                                                          "symbol",
                                                          "use",
                                                          "title",
                                                          "desc",
                                                          "style",
                                                          "path",
                                                          "rect",
                                                          "circle",
                                                          "ellipse",
                                                          "line",
                                                          "polyline",
                                                          "polygon",
                                                          "text",
                                                          "tspan",
                                                          "image",
                                                          "linearGradient",
                                                          "radialGradient",
                                                          "stop",
                                                          "pattern",
                                                          "clipPath",
                                                          "mask",
                                                          "marker",
                                                          "filter",
                                                          "feBlend",
                                                          "feColorMatrix",
                                                          "feComponentTransfer",
                                                          "feFuncR",
                                                          "feFuncG",
                                                          "feFuncB",
                                                          "feFuncA",
                                                          "feComposite",
                                                          "feFlood",
                                                          "feGaussianBlur",
                                                          "feMerge",
                                                          "feMergeNode",
                                                          "feOffset",
                                                          "feDropShadow"};

// Their text is not drawn.
constexpr std::array<std::string_view, 3> silent_parents{"title", "desc", "style"};

// Elements and attributes of these are an editor's own notes.
constexpr std::array<std::string_view, 5> editors{"sodipodi:", "inkscape:", "rdf:", "cc:", "dc:"};

constexpr double font_size_max = 500;  // a percentage, or millimetres of a poster

constexpr auto flowed =
    "this text flows into a shape, which only Inkscape draws: choose Text > Unflow; a field with "
    "data-width and data-fit=\"wrap\" breaks its lines by itself";

bool is_editors(std::string_view name) {
  return std::any_of(editors.begin(), editors.end(), [&](auto prefix) { return name.starts_with(prefix); });
}

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// SVG 1.2's draft: flowRoot, with flowRegion, flowPara and flowSpan inside.
bool is_flow(pugi::xml_node node) {
  return std::string_view(node.name()).starts_with("flow");
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Every url(…) of a style points into the document itself.
bool urls_stay_inside(std::string_view style) {
  for (auto at = style.find("url("); at != std::string_view::npos; at = style.find("url(", at + 1)) {
    const auto target = style.find_first_not_of(" \t\r\n'\"", at + 4);
    if (target == std::string_view::npos || style[target] != '#') return false;
  }
  return style.find("@import") == std::string_view::npos;
}

class Check {
 public:
  explicit Check(Problems& problems) : problems_(problems) {}

  bool operator()(pugi::xml_node node, int) {
    if (is_flow(node.parent())) return true;  // told once, with what it stands in
    if (node.type() == pugi::node_doctype) problems_.add(node, "remove the DOCTYPE: entities are not read");
    if (node.type() == pugi::node_pi) problems_.add(node, "remove the processing instruction");
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) check_text(node);
    if (node.type() == pugi::node_element) check_element(node);
    return true;
  }

 private:
  void check_text(pugi::xml_node node) {
    const std::string_view parent = node.parent().name();
    if (parent == "style") return check_sheet(node);
    if (contains(silent_parents, parent) || is_blank(node.value())) return;
    if (std::strlen(node.value()) > text_bytes_max)
      return problems_.add(node.parent(), fmt::format("this text is longer than {} bytes", text_bytes_max));
    const auto family = first_family(inherited_property(node.parent(), "font-family").value_or(""));
    if (const auto wrong = unprintable(node.value(), family)) problems_.add(node, *wrong);
    if (const auto wrong = unusable(family)) problems_.add(node.parent(), *wrong);
  }

  // Texts are measured and checked by what stands at them and at the groups around them.
  void check_sheet(pugi::xml_node node) {
    const std::string_view sheet = node.value();
    if (!urls_stay_inside(sheet))
      problems_.add(node, "a style may fetch nothing: the renderer opens no file");
    for (const auto* property : {"font", "text-anchor", "letter-spacing", "word-spacing"})
      if (sheet.find(property) != std::string_view::npos)
        return problems_.add(node, fmt::format("{} cannot be set by a style sheet: set it at the text or a "
                                               "group around it",
                                               property));
  }

  void check_element(pugi::xml_node node) {
    const std::string_view name = node.name();
    if (is_flow(node))
      problems_.add(node, flowed);
    else if (!contains(known_elements, name))
      problems_.add(node, fmt::format("<{}> is not allowed", name));
    for (const auto attribute : node.attributes()) check_attribute(node, attribute);
    if (const auto shape = property_of(node, "shape-inside"); shape && shape->starts_with("url"))
      problems_.add(node, flowed);
    // librsvg gives up the process over a text that overflows its numbers.
    if (const auto size = property_of(node, "font-size"); size && std::atof(size->c_str()) > font_size_max)
      problems_.add(node, fmt::format("font-size is larger than {}", font_size_max));
    if (property_of(node, "font"))
      problems_.add(node, "write font-family, font-size and so on one by one instead of font");
  }

  void check_attribute(pugi::xml_node node, pugi::xml_attribute attribute) {
    const std::string_view name = attribute.name(), value = attribute.value();
    if (name == "href" || name.ends_with(":href")) {
      if (!value.starts_with('#') && !value.starts_with("data:image/png;base64,") &&
          !value.starts_with("data:image/jpeg;base64,"))
        problems_.add(node,
                      fmt::format("{} may only be \"#id\" or an embedded PNG or JPEG (data:image/…): the "
                                  "renderer opens no file",
                                  name));
    } else if (!urls_stay_inside(value)) {
      problems_.add(node, fmt::format("{} may fetch nothing", name));
    }
    // librsvg leaves out, without a word, an image that it cannot decode.
    if (value.starts_with("data:image/"))
      if (const auto wrong = undecodable(attribute.value(), "embedded image")) problems_.add(node, *wrong);
    if (name.starts_with("on")) problems_.add(node, fmt::format("{} is not allowed", name));
    if (name == "id" && !ids_.emplace(value).second)
      problems_.add(node, fmt::format("the id \"{}\" is there twice", value));
  }

  Problems& problems_;
  std::set<std::string, std::less<>> ids_;
};

}  // namespace

void check_limits(const pugi::xml_document& document, Problems& problems) {
  int elements = 0;
  walk(document, [&](pugi::xml_node node, int depth) {
    if (depth > layout_depth_max)
      problems.add(node, fmt::format("elements are nested deeper than {}", layout_depth_max));
    if (++elements > 2 * layout_elements_max)  // with the texts between them
      problems.add(node, fmt::format("the layout has more than {} elements", layout_elements_max));
    return problems.none();
  });
}

void strip_editors_notes(pugi::xml_document& document) {
  std::vector<pugi::xml_node> notes;
  walk(document, [&](pugi::xml_node node, int) {
    if (is_editors(node.name()) || std::strcmp(node.name(), "metadata") == 0) notes.push_back(node);
    for (auto attribute = node.first_attribute(); attribute;) {
      const auto next = attribute.next_attribute();
      if (is_editors(attribute.name())) node.remove_attribute(attribute);
      attribute = next;
    }
    return true;
  });
  // From the end: what stands inside another note goes before it.
  for (auto note = notes.rbegin(); note != notes.rend(); ++note) note->parent().remove_child(*note);
}

void check_elements(const pugi::xml_document& document, Problems& problems) {
  walk(document, Check(problems));
}

}  // namespace drawing
