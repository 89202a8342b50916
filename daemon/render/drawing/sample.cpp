#include "daemon/render/drawing/sample.hpp"

#include <string_view>

#include "daemon/render/drawing/code.hpp"

namespace drawing {
namespace {

// A grey PNG of 3 × 4 pixels: the proportions of a portrait.
constexpr auto grey_photo =
    "data:image/"
    "png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAAAAABuRtrbAAAAD0lEQVR42mOYNWsWAxIGADnQBzlPB0n6AAAAAElFTkSuQmCC";

std::string plausible(const Field& field) {
  switch (field.type) {
    case FieldType::text: return "Sample";
    case FieldType::date: return "2026-12-31";
    case FieldType::checkCode: return "7KQ2M0";
    case FieldType::photo: return grey_photo;
    case FieldType::qr: return "T0000018";
    case FieldType::barcode: return symbology_of(field).name == "ean13" ? "4006381333931" : "T0000018";
  }
  return {};
}

}  // namespace

render::Fields sample_fields(const Layout& layout) {
  render::Fields fields;
  for (const auto& field : layout.fields) {
    const std::string_view own = field.node.child_value();
    const bool says = field.type == FieldType::text || field.type == FieldType::checkCode;
    if (says && own.find_first_not_of(" \t\r\n") != std::string_view::npos) fields.emplace(field.name, own);
  }
  for (const auto& field : layout.fields) fields.emplace(field.name, plausible(field));
  return fields;
}

render::Fields letter_sample() {
  return {{"product", "Product"},
          {"organisation", "Organisation"},
          {"control", "7KQ4-M2XF-0000"},
          {"issueDate", "2026-12-31"},
          {"pin", "000000"},
          {"puk", "00000000"}};
}

}  // namespace drawing
