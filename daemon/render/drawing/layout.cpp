#include "daemon/render/drawing/layout.hpp"

#include <fmt/format.h>
#include <glib.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "daemon/render/drawing/elements.hpp"
#include "daemon/render/drawing/fields.hpp"
#include "daemon/render/drawing/problems.hpp"
#include "daemon/render/drawing/style.hpp"

namespace drawing {
namespace {

// What may stand directly below the root besides the groups of the planes.
constexpr std::array<std::string_view, 5> silent_elements{"title", "desc", "metadata", "defs", "style"};
// Pages that printers and folding machines take: from a DL slip to A3.
constexpr double page_side_min_mm = 90, page_side_max_mm = 450;

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool is_hidden(pugi::xml_node node) {
  return property_of(node, "display") == "none" || property_of(node, "visibility") == "hidden";
}

// " (layer Colour)": how the editor calls it; empty where it has no name.
std::string layer_name(pugi::xml_node node) {
  const std::string_view name = node.attribute("inkscape:label").value();
  return name.empty() ? "" : fmt::format(" (layer {})", name);
}

// By itself or by what it stands in.
bool is_unseen(pugi::xml_node node) {
  for (; node.type() == pugi::node_element; node = node.parent()) {
    const auto opacity = property_of(node, "opacity");
    if (is_hidden(node) || (opacity && number_of(*opacity) == 0.0)) return true;
  }
  return false;
}

// Reads one layout and collects everything that is wrong with it.
class Reader {
 public:
  Reader(std::string_view text, Sheet sheet) : text_(text), sheet_(sheet), problems_(text) {
    layout_.document = std::make_unique<pugi::xml_document>();
  }

  Reading read() {
    if (parse()) {
      const auto root = layout_.document->document_element();
      read_size(root);
      if (sheet_ == Sheet::card) read_planes(root);
      strip_editors_notes(*layout_.document);
      check_elements(*layout_.document, problems_);
      read_fields(root);
      if (sheet_ == Sheet::letter) read_letter(root);
      drop_size(root);
    }
    layout_.lines = problems_.lines();
    return {std::move(layout_), problems_.in_order()};
  }

 private:
  // librsvg places elements by the root's own width and height where there are any, but draws into the place
  // that we name.
  static void drop_size(pugi::xml_node root) {
    root.remove_attribute("width");
    root.remove_attribute("height");
  }

  bool parse() {
    if (text_.size() > layout_bytes_max)
      problems_.add(0, "the layout is larger than 2 MiB: make its embedded images smaller");
    else if (text_.starts_with("\x1f\x8b"))
      problems_.add(0, "this is compressed (svgz): save it as plain SVG");
    else if (const char* bad = nullptr;
             !g_utf8_validate(text_.data(), static_cast<gssize>(text_.size()), &bad))
      problems_.add(bad - text_.data(), "this is not UTF-8");
    if (!problems_.none()) return false;
    constexpr auto options =
        pugi::parse_default | pugi::parse_doctype | pugi::parse_pi | pugi::parse_ws_pcdata_single;
    auto& document = *layout_.document;
    const auto parsed = document.load_buffer(text_.data(), text_.size(), options, pugi::encoding_utf8);
    if (!parsed) problems_.add(parsed.offset, fmt::format("this is no XML: {}", parsed.description()));
    if (parsed) check_limits(document, problems_);
    if (problems_.none() && std::strcmp(document.document_element().name(), "svg") != 0)
      problems_.add(document.document_element(), "the root element must be svg");
    return problems_.none();
  }

  void read_size(pugi::xml_node root) {
    std::array<double, 4> box{};
    std::string_view rest = root.attribute("viewBox").value();
    for (auto& number : box) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" ,\t\n"), rest.size()));
      const auto end = std::min(rest.find_first_of(" ,\t\n"), rest.size());
      number = number_of(rest.substr(0, end)).value_or(NAN);
      rest.remove_prefix(end);
    }
    if (sheet_ == Sheet::letter) return read_page(root, box);
    const auto bleed = -box[0];
    const auto near = [](double a, double b) { return std::abs(a - b) < 0.005; };
    if (bleed >= 0 && bleed <= 10 && near(box[1], -bleed) && near(box[2], card_width_mm + 2 * bleed) &&
        near(box[3], card_height_mm + 2 * bleed))
      layout_.bleed_mm = bleed;
    else
      problems_.add(root,
                    "viewBox must be the card in millimetres with the same bleed all around: with 2 mm of it "
                    "\"-2 -2 89.6 57.98\"");
  }

  void read_page(pugi::xml_node root, const std::array<double, 4>& box) {
    const auto side = [](double mm) { return mm >= page_side_min_mm && mm <= page_side_max_mm; };
    if (box[0] == 0 && box[1] == 0 && side(box[2]) && side(box[3])) {
      layout_.width_mm = box[2];
      layout_.height_mm = box[3];
    } else {
      problems_.add(root, "viewBox must be the page in millimetres: of A4 \"0 0 210 297\"");
    }
  }

  // Whoever finds a letter must not learn from it whose card, and which, its PIN opens.
  void read_letter(pugi::xml_node root) {
    const auto& fields = layout_.fields;
    for (const auto& field : fields) {
      if (!contains(letter_fields, field.name))
        problems_.add(field.node, fmt::format("a letter may not show the field {}: it has {}", field.name,
                                              fmt::join(letter_fields, ", ")));
      if (field.type != FieldType::text && field.type != FieldType::date)
        problems_.add(field.node, "a field of a letter is a text or a date");
      if (is_unseen(field.node))
        problems_.add(field.node,
                      fmt::format("the field {} is hidden: its letter would go out without it, and "
                                  "what it shows is erased here",
                                  field.name));
    }
    for (const auto* name : {"pin", "control"})
      if (std::none_of(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; }))
        problems_.add(root, fmt::format("a letter needs the field {}", name));
  }

  // Inkscape names a layer in inkscape:label and leaves its id alone.
  Group* plane_of(pugi::xml_node node) {
    const auto named = [&](const char* attribute) -> Group* {
      const std::string_view name = node.attribute(attribute).value();
      return name == "color"     ? &layout_.color
             : name == "k"       ? &layout_.k
             : name == "overlay" ? &layout_.overlay
                                 : nullptr;
    };
    if (std::strcmp(node.name(), "g") != 0) return nullptr;
    if (auto* group = named("id")) return group;
    return named("inkscape:label");
  }

  void read_planes(pugi::xml_node root) {
    std::vector<pugi::xml_node> hidden;
    for (const auto child : root.children()) {
      const std::string_view name = child.name();
      if (child.type() != pugi::node_element || contains(silent_elements, name)) continue;
      auto* group = plane_of(child);
      if (!group && is_hidden(child)) hidden.push_back(child);
      if (group)
        read_plane(child, *group);
      else if (!is_hidden(child) && name.find(':') == std::string_view::npos)
        problems_.add(child, fmt::format("<{}>{} stands in none of the groups color, k and overlay and would "
                                         "not be printed",
                                         name, layer_name(child)));
    }
    for (const auto guide : hidden) root.remove_child(guide);
    if (!layout_.color && !layout_.k && !layout_.overlay)
      problems_.add(root, "there is no group (or layer) color, k or overlay directly below <svg>");
  }

  void read_plane(pugi::xml_node node, Group& group) {
    if (group) problems_.add(node, "there are two groups for this plane");
    if (is_hidden(node)) problems_.add(node, "this group is hidden and would not be printed: show it");
    if (!node.attribute("id"))
      node.append_attribute("id").set_value(node.attribute("inkscape:label").value());
    group = {node.attribute("id").value(), problems_.lines().of(node)};
  }

  void read_fields(pugi::xml_node root) {
    for (const auto top : root.children()) {
      const std::string_view id = top.attribute("id").value();
      const std::string_view plane = id == layout_.color.id     ? "color"
                                     : id == layout_.k.id       ? "k"
                                     : id == layout_.overlay.id ? "overlay"
                                                                : "";
      read_fields(top, plane);
    }
  }

  // The depth is limited: `check_limits`.
  void read_fields(pugi::xml_node node, std::string_view plane) {
    if (is_field(node)) {
      if (auto field = read_field(node, plane, sheet_, problems_)) layout_.fields.push_back(*field);
      return;
    }
    for (const auto child : node.children()) read_fields(child, plane);
  }

  std::string_view text_;
  Sheet sheet_;
  Problems problems_;
  Layout layout_;
};

}  // namespace

Reading read_with_problems(std::string_view text, Sheet sheet) {
  return Reader(text, sheet).read();
}

api::Result<Layout> read_layout(std::string_view text, Sheet sheet) {
  auto reading = read_with_problems(text, sheet);
  if (!reading.problems.empty()) return api::fail(api::Reason::layoutInvalid, reading.problems.front());
  return std::move(reading.layout);
}

}  // namespace drawing
