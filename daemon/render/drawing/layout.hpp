#pragma once
#include <array>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/api/enum_table.hpp"
#include "drivers/api/result.hpp"

namespace drawing {

// The card of ISO/IEC 7810 ID-1 in millimetres: the user unit of every layout.
inline constexpr double card_width_mm = 85.60;
inline constexpr double card_height_mm = 53.98;

inline constexpr std::size_t layout_bytes_max = 2 * 1024 * 1024;
inline constexpr int layout_depth_max = 64;

enum class FieldType { text, date, qr, photo };
inline constexpr std::array<api::EnumRow<FieldType>, 4> field_type_rows{{
    {FieldType::text, "text", "one line of text"},
    {FieldType::date, "date", "a day, given as 2026-12-31"},
    {FieldType::qr, "qr", "a QR code"},
    {FieldType::photo, "photo", "an image, given as data:image/jpeg;base64,… or png"},
}};
static_assert(api::well_formed(field_type_rows));
constexpr const auto& rows_of(FieldType) {
  return field_type_rows;
}

// A place in the layout that takes its content from the card. `node` belongs to the document of its layout.
struct Field {
  pugi::xml_node node;
  std::string name;
  FieldType type;
  bool optional;
};

// What a layout is drawn on. A letter is a page of any size without planes; it may show the fields of
// `letter_fields` and no others.
enum class Sheet { card, letter };
inline constexpr std::array<std::string_view, 6> letter_fields{"product",   "organisation", "control",
                                                               "issueDate", "pin",          "puk"};

// A layout that was read and found right. The document is the tree to be filled and drawn.
struct Layout {
  std::unique_ptr<pugi::xml_document> document;
  double bleed_mm = 0;                 // what the drawing has beyond each edge of the card
  double width_mm = 0, height_mm = 0;  // of a letter's page
  bool color = false, k = false, overlay = false;
  std::vector<Field> fields;
};

// Fails with layoutInvalid and the first problem.
api::Result<Layout> read_layout(std::string_view text, Sheet sheet = Sheet::card);

// What is wrong with the layout of a letter, "line 12: …" each.
std::vector<std::string> problems_of_letter(std::string_view text);

// All of `text` as a finite number; nothing for anything else.
std::optional<double> number_of(std::string_view text);

}  // namespace drawing
