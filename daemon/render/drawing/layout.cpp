#include "daemon/render/drawing/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

// The groups that become planes, and what else may stand directly below the root.
constexpr std::array plane_ids{"color", "k", "overlay"};
constexpr std::array silent_elements{"title", "desc", "metadata", "defs", "style", "sodipodi:namedview"};
// Pages that printers and folding machines take: from a DL slip to A3.
constexpr double page_side_min_mm = 90, page_side_max_mm = 450;
// Elements that run something, fetch something or bring another vocabulary.
constexpr std::array refused_elements{"script", "foreignObject", "a",   "iframe",    "video",
                                      "audio",  "animate",       "set", "xi:include"};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool starts_with_data_image(std::string_view text) {
  return text.starts_with("data:image/png;base64,") || text.starts_with("data:image/jpeg;base64,");
}

// Every url(…) of a style points into the document itself.
bool urls_stay_inside(std::string_view style) {
  for (auto at = style.find("url("); at != std::string_view::npos; at = style.find("url(", at + 1)) {
    const auto target = style.find_first_not_of(" \t\r\n'\"", at + 4);
    if (target == std::string_view::npos || style[target] != '#') return false;
  }
  return style.find("@import") == std::string_view::npos;
}

// Reads one layout and collects everything that is wrong with it.
class Reader : private pugi::xml_tree_walker {
 public:
  Reader(std::string_view text, Sheet sheet) : text_(text), sheet_(sheet) {
    layout_.document = std::make_unique<pugi::xml_document>();
  }

  void read() {
    if (text_.size() > layout_bytes_max) return problem(0, "the layout is larger than 2 MiB");
    constexpr auto options =
        pugi::parse_default | pugi::parse_doctype | pugi::parse_pi | pugi::parse_ws_pcdata_single;
    const auto parsed =
        layout_.document->load_buffer(text_.data(), text_.size(), options, pugi::encoding_utf8);
    if (!parsed) return problem(parsed.offset, fmt::format("this is no XML: {}", parsed.description()));
    const auto root = layout_.document->document_element();
    if (std::strcmp(root.name(), "svg") != 0) return problem(root, "the root element must be svg");
    read_size(root);
    if (sheet_ == Sheet::card) read_planes(root);
    layout_.document->traverse(*this);
    if (sheet_ == Sheet::letter) read_letter(root);
  }

  Layout layout_;
  std::vector<std::string> problems_;

 private:
  void problem(std::ptrdiff_t offset, std::string what) {
    const auto end = text_.begin() + std::clamp<std::ptrdiff_t>(offset, 0, std::ssize(text_));
    problems_.push_back(fmt::format("line {}: {}", 1 + std::count(text_.begin(), end, '\n'), what));
  }
  void problem(pugi::xml_node node, std::string what) { problem(node.offset_debug(), std::move(what)); }

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
      problem(root,
              "viewBox must be the card in millimetres with the same bleed all around: with 2 mm of it "
              "\"-2 -2 89.6 57.98\"");
  }

  void read_page(pugi::xml_node root, const std::array<double, 4>& box) {
    const auto side = [](double mm) { return mm >= page_side_min_mm && mm <= page_side_max_mm; };
    if (box[0] == 0 && box[1] == 0 && side(box[2]) && side(box[3])) {
      layout_.width_mm = box[2];
      layout_.height_mm = box[3];
    } else {
      problem(root, "viewBox must be the page in millimetres: of A4 \"0 0 210 297\"");
    }
  }

  // Whoever finds a letter must not learn from it whose card, and which, its PIN opens.
  void read_letter(pugi::xml_node root) {
    const auto& fields = layout_.fields;
    for (const auto& field : fields) {
      if (!contains(letter_fields, field.name))
        problem(field.node, fmt::format("a letter may not show the field {}: it has {}", field.name,
                                        fmt::join(letter_fields, ", ")));
      if (field.type != FieldType::text && field.type != FieldType::date)
        problem(field.node, "a field of a letter is a text or a date");
    }
    for (const auto* name : {"pin", "control"})
      if (std::none_of(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; }))
        problem(root, fmt::format("a letter needs the field {}", name));
  }

  void read_planes(pugi::xml_node root) {
    for (const auto child : root.children()) {
      const std::string_view name = child.name(), id = child.attribute("id").value();
      if (child.type() != pugi::node_element || contains(silent_elements, name)) continue;
      if (name != "g" || !contains(plane_ids, id)) {
        problem(child,
                fmt::format("<{}> stands in none of the groups color, k and overlay and would not be printed",
                            name));
        continue;
      }
      (id == "color" ? layout_.color : id == "k" ? layout_.k : layout_.overlay) = true;
    }
    if (!layout_.color && !layout_.k && !layout_.overlay)
      problem(root, "there is no group with the id color, k or overlay");
  }

  bool for_each(pugi::xml_node& node) override {
    if (depth() > layout_depth_max) {
      problem(node, fmt::format("elements are nested deeper than {}", layout_depth_max));
      return false;
    }
    if (node.type() == pugi::node_doctype) problem(node, "remove the DOCTYPE: entities are not read");
    if (node.type() == pugi::node_pi) problem(node, "remove the processing instruction");
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) read_text(node);
    if (node.type() == pugi::node_element) read_element(node);
    return true;
  }

  void read_text(pugi::xml_node node) {
    if (std::strcmp(node.parent().name(), "style") == 0) {
      if (!urls_stay_inside(node.value()))
        problem(node, "a style may fetch nothing: the renderer opens no file");
      return;
    }
    if (const auto wrong = unprintable(node.value())) problem(node, *wrong);
  }

  void read_element(pugi::xml_node node) {
    if (contains(refused_elements, node.name()))
      problem(node, fmt::format("<{}> is not allowed", node.name()));
    for (const auto attribute : node.attributes()) {
      const std::string_view name = attribute.name(), value = attribute.value();
      const bool reference = name == "href" || name.ends_with(":href");
      if (reference && !value.starts_with('#') && !starts_with_data_image(value))
        problem(node,
                fmt::format("{} may only be \"#id\" or data:image/…: the renderer opens no file", name));
      if (!reference && !urls_stay_inside(value)) problem(node, fmt::format("{} may fetch nothing", name));
      if (name.starts_with("on")) problem(node, fmt::format("{} is not allowed", name));
      if (name == "id" && !ids_.emplace(value).second)
        problem(node, fmt::format("the id \"{}\" is there twice", value));
      if (name == "font-family" && !font_installed(value))
        problem(node, fmt::format("the font \"{}\" is not installed", value));
    }
    if (node.attribute("data-field")) read_field(node);
  }

  void read_field(pugi::xml_node node) {
    const std::string name = node.attribute("data-field").value();
    const auto type = api::from_name<FieldType>(node.attribute("data-type").as_string("text"));
    if (name.empty()) return problem(node, "data-field must name a field");
    if (!type) return problem(node, "data-type must be text, date, qr or photo");
    switch (*type) {
      case FieldType::text:
      case FieldType::date:
        expect_element(node, "text");
        expect_numbers(node, {"data-width", "font-size"});
        for (const auto child : node.children("tspan"))
          problem(child, "a text field holds one text and no tspan");
        break;
      case FieldType::qr:
        expect_element(node, "rect");
        expect_plane(node, "k");
        expect_numbers(node, {"width", "height"});
        break;
      case FieldType::photo:
        expect_element(node, "image");
        expect_plane(node, "color");
        expect_numbers(node, {"width", "height"});
        break;
    }
    layout_.fields.push_back({node, name, *type, node.attribute("data-optional").as_bool()});
  }

  void expect_element(pugi::xml_node node, std::string_view name) {
    if (name != node.name())
      problem(node, fmt::format("a field of this type must be a <{}>, not a <{}>", name, node.name()));
  }

  void expect_plane(pugi::xml_node node, std::string_view id) {
    if (sheet_ == Sheet::letter) return;
    auto group = node;
    while (group.parent() && group.parent() != layout_.document->document_element()) group = group.parent();
    if (id != group.attribute("id").value())
      problem(node, fmt::format("a field of this type must be in the group {}", id));
  }

  void expect_numbers(pugi::xml_node node, std::initializer_list<const char*> names) {
    for (const auto* name : names)
      if (number_of(node.attribute(name).value()).value_or(0) <= 0)
        problem(node, fmt::format("this field needs {}=\"…\", a number of millimetres", name));
  }

  std::string_view text_;
  Sheet sheet_;
  std::set<std::string, std::less<>> ids_;
};

}  // namespace

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

api::Result<Layout> read_layout(std::string_view text, Sheet sheet) {
  Reader reader(text, sheet);
  reader.read();
  if (!reader.problems_.empty()) return api::fail(api::Reason::layoutInvalid, reader.problems_.front());
  return std::move(reader.layout_);
}

std::vector<std::string> problems_of(std::string_view text, const api::ImageSpec&, Zone) {
  Reader reader(text, Sheet::card);
  reader.read();
  return reader.problems_;
}

std::vector<std::string> problems_of_letter(std::string_view text) {
  Reader reader(text, Sheet::letter);
  reader.read();
  return reader.problems_;
}

}  // namespace drawing
