#pragma once
#include <array>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/render/drawing/problems.hpp"
#include "drivers/api/enum_table.hpp"
#include "drivers/api/result.hpp"

namespace drawing {

// The card of ISO/IEC 7810 ID-1 in millimetres: the user unit of every layout.
inline constexpr double card_width_mm = 85.60;
inline constexpr double card_height_mm = 53.98;

inline constexpr std::size_t layout_bytes_max = 2 * 1024 * 1024;
inline constexpr int layout_depth_max = 64;
inline constexpr int layout_elements_max = 20'000;  // a logo traced from a photo has some thousand

enum class FieldType { text, date, checkCode, photo, qr, barcode };
inline constexpr std::array<api::EnumRow<FieldType>, 6> field_type_rows{{
    {FieldType::text, "text", "a text"},
    {FieldType::date, "date", "a day, given as 2026-12-31"},
    {FieldType::checkCode, "checkCode", "the check code of the card, in black"},
    {FieldType::photo, "photo", "an image, given as data:image/jpeg;base64,… or png"},
    {FieldType::qr, "qr", "a QR code"},
    {FieldType::barcode, "barcode", "a barcode"},
}};
static_assert(api::well_formed(field_type_rows));
constexpr const auto& rows_of(FieldType) {
  return field_type_rows;
}
constexpr bool is_text(FieldType type) {
  return type == FieldType::text || type == FieldType::date || type == FieldType::checkCode;
}
constexpr bool is_code(FieldType type) {
  return type == FieldType::qr || type == FieldType::barcode;
}

// What happens to a text that is wider than its place.
enum class Fit { shrink, wrap, ellipsis, refuse };
inline constexpr std::array<api::EnumRow<Fit>, 4> fit_rows{{
    {Fit::shrink, "shrink", "made smaller"},
    {Fit::wrap, "wrap", "broken into lines, then made smaller"},
    {Fit::ellipsis, "ellipsis", "cut off"},
    {Fit::refuse, "refuse", "refused"},
}};
static_assert(api::well_formed(fit_rows));
constexpr const auto& rows_of(Fit) {
  return fit_rows;
}

enum class Anchor { start, middle, end };

// Where a text stands and how it may be changed, in millimetres.
struct TextPlace {
  double x = 0, y = 0;  // of the (first) baseline
  double room = 0, size = 0;
  Anchor anchor = Anchor::start;
  Fit fit = Fit::shrink;
  unsigned lines = 1;
  double line_height = 1.2;  // in sizes of the font
};

// A place in the layout that takes its content from the card. `node` belongs to the document of its layout.
struct Field {
  pugi::xml_node node;
  std::string name;
  FieldType type;
  bool optional = false;
  bool secret = false;  // its content is never quoted
  int line = 0;         // of the layout's text
  TextPlace text = {};  // of a text
};

// What a layout is drawn on. A letter is a page of any size without planes; it may show the fields of
// `letter_fields` and no others.
enum class Sheet { card, letter };
inline constexpr std::array<std::string_view, 6> letter_fields{"product",   "organisation", "control",
                                                               "issueDate", "pin",          "puk"};

// The group of a plane; no id means that there is none and the plane is not printed.
struct Group {
  std::string id;
  int line = 0;
  explicit operator bool() const { return !id.empty(); }
};

// A layout that was read and found right. The document is the tree to be filled and drawn.
struct Layout {
  std::unique_ptr<pugi::xml_document> document;
  double bleed_mm = 0;                 // what the drawing has beyond each edge of the card
  double width_mm = 0, height_mm = 0;  // of a letter's page
  Group color, k, overlay;
  std::vector<Field> fields;
  Lines lines;
};

// Fails with layoutInvalid and the first problem.
api::Result<Layout> read_layout(std::string_view text, Sheet sheet = Sheet::card);

// The same with all problems, "line 12: …" each; the layout is only to be used when there are none.
struct Reading {
  Layout layout;
  std::vector<std::string> problems;
};
Reading read_with_problems(std::string_view text, Sheet sheet);

// A failure of a layout or of a text in it, with the line that a designer has to look at.
inline std::string at_line(int line, std::string_view what) {
  return "line " + std::to_string(line) + ": " + std::string(what);
}

}  // namespace drawing
