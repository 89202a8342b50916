#include "daemon/render/drawing/fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "daemon/render/drawing/code.hpp"
#include "daemon/render/drawing/style.hpp"
#include "daemon/render/drawing/text.hpp"

namespace drawing {
namespace {

constexpr std::array<std::string_view, 6> field_attributes{"data-type",  "data-fit",         "data-width",
                                                           "data-lines", "data-line-height", "data-optional"};
// What a field may say besides these, and on some types only.
constexpr std::array<std::string_view, 4> further_attributes{"data-field", "data-format", "data-label",
                                                             "data-symbology"};
constexpr unsigned lines_max = 20;
constexpr double line_height_min = 0.7, line_height_max = 4;

class FieldReader {
 public:
  FieldReader(pugi::xml_node node, std::string_view plane, Sheet sheet, Problems& problems)
      : node_(node), plane_(plane), sheet_(sheet), problems_(problems) {}

  std::optional<Field> read() {
    check_names();
    const auto type = api::from_name<FieldType>(node_.attribute("data-type").as_string("text"));
    if (!type) return problem("data-type must be text, date, checkCode, photo, qr or barcode");
    field_.type = *type;
    field_.name = node_.attribute("data-field").as_string(*type == FieldType::checkCode ? "checkCode" : "");
    if (field_.name.empty()) return problem("data-field must name a field");
    field_.optional = node_.attribute("data-optional").as_bool();
    field_.secret = sheet_ == Sheet::letter;
    if (is_text(*type))
      read_text();
    else
      read_box();
    if (*type == FieldType::checkCode && field_.name != "checkCode")
      problem("a check code is always the card's own: leave data-field away");
    if (*type == FieldType::photo)
      expect_plane("color");
    else if (*type != FieldType::text && *type != FieldType::date)
      expect_plane("k");
    if (!good_) return std::nullopt;
    field_.node = node_;
    field_.line = problems_.lines().of(node_);
    return field_;
  }

 private:
  // A misspelt one would be left out without a word.
  void check_names() {
    const auto among = [](const auto& names, std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto attribute : node_.attributes()) {
      const std::string_view name = attribute.name();
      if (name.starts_with("data-") && !among(field_attributes, name) && !among(further_attributes, name))
        problem(fmt::format("a field has no {}: is it misspelt?", name));
    }
  }

  std::nullopt_t problem(std::string_view what) {
    problems_.add(node_, what);
    good_ = false;
    return std::nullopt;
  }

  void expect_element(std::string_view name) {
    if (name != node_.name())
      problem(fmt::format("a field of this type must be a <{}>, not a <{}>", name, node_.name()));
  }

  void expect_plane(std::string_view plane) {
    if (sheet_ == Sheet::card && plane_ != plane)
      problem(fmt::format("a field of this type must be in the group {}", plane));
  }

  double positive(const char* name, const std::optional<std::string>& value) {
    const auto length = length_of(value.value_or(""));
    if (length && *length > 0) return *length;
    problem(fmt::format("this field needs {}=\"…\", a number of millimetres", name));
    return 0;
  }

  void read_box() {
    expect_element(field_.type == FieldType::photo ? "image" : "rect");
    for (const auto* name : {"width", "height"}) positive(name, node_.attribute(name).value());
    if (node_.attribute("data-fit")) problem("data-fit is for texts");
    const std::string_view symbology = node_.attribute("data-symbology").as_string("code128");
    if (field_.type == FieldType::barcode && !find_symbology(symbology))
      problem(fmt::format("data-symbology must be one of: {}", symbology_names()));
  }

  void read_text() {
    expect_element("text");
    if (!good_) return;
    read_fit();
    read_format();
    flatten();
    auto& place = field_.text;
    place.room = positive("data-width", node_.attribute("data-width").value());
    place.size = positive("font-size", inherited_property(node_, "font-size"));
    place.x = coordinate("x");
    place.y = coordinate("y");
    const auto anchor = inherited_property(node_, "text-anchor").value_or("start");
    place.anchor = anchor == "middle" ? Anchor::middle : anchor == "end" ? Anchor::end : Anchor::start;
    // One with a sample was checked with its text.
    if (*node_.child_value()) return;
    if (const auto wrong = unusable(first_family(inherited_property(node_, "font-family").value_or(""))))
      problem(*wrong);
  }

  double coordinate(const char* name) {
    const auto length = length_of(node_.attribute(name).as_string("0"));
    if (!length) problem(fmt::format("{} of a text field must be one number of millimetres", name));
    return length.value_or(0);
  }

  void read_format() {
    const auto format = node_.attribute("data-format");
    if (!format) return;
    if (field_.type != FieldType::date) return void(problem("data-format is for dates"));
    // strftime prints what it does not know.
    if (const auto unknown = unknown_conversion(format.value()))
      problem(fmt::format("data-format has {}, which no day has: %d %m %Y, say, are day, month and year",
                          *unknown));
    else if (format_day("2026-12-31", format.value())->empty())
      problem("data-format is empty or too long");
  }

  void read_fit() {
    auto& place = field_.text;
    const auto fit = api::from_name<Fit>(node_.attribute("data-fit").as_string("shrink"));
    if (!fit) problem("data-fit must be shrink, wrap, ellipsis or refuse");
    place.fit = fit.value_or(Fit::shrink);
    const bool wraps = place.fit == Fit::wrap;
    const auto lines = node_.attribute("data-lines"), height = node_.attribute("data-line-height");
    if (!wraps && (lines || height)) problem("data-lines and data-line-height are for data-fit=\"wrap\"");
    if (!wraps) return;
    const auto count = number_of(lines.as_string("2")).value_or(0);
    if (count < 1 || count > lines_max || count != static_cast<unsigned>(count))
      return void(problem(fmt::format("data-lines must be a number from 1 to {}", lines_max)));
    place.lines = static_cast<unsigned>(count);
    place.line_height = number_of(height.as_string("1.2")).value_or(0);
    if (place.line_height < line_height_min || place.line_height > line_height_max)
      problem(fmt::format("data-line-height must be a number of font sizes from {} to {}", line_height_min,
                          line_height_max));
  }

  // The first tspan's place and style become the text's: that is where the editor shows it.
  void flatten() {
    std::string sample;
    bool first = true;
    const bool parts = has_text(node_) && node_.child("tspan");
    for (const auto child : node_.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) sample += child.value();
      if (child.type() != pugi::node_element) continue;
      if (std::strcmp(child.name(), "tspan") != 0 || parts)
        return void(problem("this text has parts of their own style: a field is one text in one style"));
      if (!first && field_.text.fit != Fit::wrap)
        return void(problem("this text has several lines: a field has one, or data-fit=\"wrap\""));
      const auto line = take_line(child, first);
      if (!line) return;
      sample += (sample.empty() ? "" : " ") + *line;
      first = false;
    }
    node_.remove_children();
    node_.append_child(pugi::node_pcdata).set_value(sample.c_str());
  }

  static bool has_text(pugi::xml_node node) {
    return std::strspn(node.child_value(), " \t\r\n") != std::strlen(node.child_value());
  }

  // The text of a tspan, which may hold nothing but that or one more tspan.
  std::optional<std::string> take_line(pugi::xml_node line, bool first) {
    for (;; line = line.first_child()) {
      if (first) {
        for (const auto* name : {"x", "y"}) {
          const auto value = line.attribute(name);
          if (!value) continue;
          node_.remove_attribute(name);
          node_.append_attribute(name).set_value(value.value());
        }
        merge_properties(node_, line);
      }
      const auto child = line.first_child();
      if (!child) return "";
      if (child.next_sibling() ||
          (child.type() == pugi::node_element && std::strcmp(child.name(), "tspan") != 0))
        return problem("this text has parts of their own style: a field is one text in one style");
      if (child.type() != pugi::node_element) return child.value();
    }
  }

  pugi::xml_node node_;
  std::string_view plane_;
  Sheet sheet_;
  Problems& problems_;
  Field field_{};
  bool good_ = true;
};

}  // namespace

bool is_field(pugi::xml_node node) {
  return node.attribute("data-field") ||
         std::any_of(field_attributes.begin(), field_attributes.end(),
                     [&](auto name) { return node.attribute(std::string(name).c_str()); });
}

std::optional<Field> read_field(pugi::xml_node node, std::string_view plane, Sheet sheet,
                                Problems& problems) {
  return FieldReader(node, plane, sheet, problems).read();
}

}  // namespace drawing
