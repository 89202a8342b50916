#include "daemon/render/drawing/code.hpp"

#include <fmt/core.h>
#include <zint.h>

#include <algorithm>
#include <memory>

namespace drawing {
namespace {

using Symbol = std::unique_ptr<zint_symbol, decltype(&ZBarcode_Delete)>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}
bool is_code39(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') ||
           std::string_view("-. $/+%").find(c) != std::string_view::npos;
  });
}
bool is_ean13(std::string_view text) {
  return text.size() == 13 && std::all_of(text.begin(), text.end(), is_digit);
}
bool is_anything(std::string_view) {
  return true;
}

// Quiet zones: ISO/IEC 18004 (QR), 15417 (Code 128), 16388 (Code 39), 15420 (EAN-13: 11 on the left).
constexpr Symbology qr{"qr", BARCODE_QRCODE, 4, "any text", is_anything};
constexpr std::array barcodes{
    Symbology{"code128", BARCODE_CODE128, 10, "printable ASCII", is_printable},
    Symbology{"code39", BARCODE_CODE39, 10, "digits, capital letters and -. $/+%", is_code39},
    Symbology{"ean13", BARCODE_EANX, 11, "13 digits", is_ean13},
};
constexpr int qr_level_m = 2;
constexpr int eci_utf8 = 26;  // AIM ECI assignments

// libzint keeps a row's modules as bits, the first in the lowest.
Code code_of(const zint_symbol& symbol, unsigned quiet) {
  Code code{static_cast<unsigned>(symbol.width), static_cast<unsigned>(symbol.rows), quiet, {}};
  for (unsigned row = 0; row < code.rows; ++row)
    for (unsigned column = 0; column < code.columns; ++column)
      code.black.push_back((symbol.encoded_data[row][column / 8] >> column % 8 & 1) != 0);
  return code;
}

}  // namespace

const Symbology* find_symbology(std::string_view name) {
  const auto* found =
      std::find_if(barcodes.begin(), barcodes.end(), [&](const Symbology& s) { return s.name == name; });
  return found == barcodes.end() ? nullptr : found;
}

std::string symbology_names() {
  std::string names;
  for (const auto& barcode : barcodes) names += fmt::format("{}{}", names.empty() ? "" : ", ", barcode.name);
  return names;
}

const Symbology& symbology_of(const Field& field) {
  if (field.type == FieldType::qr) return qr;
  return *find_symbology(field.node.attribute("data-symbology").as_string("code128"));
}

api::Result<Code> encode(const Field& field, const std::string& value) {
  const auto& symbology = symbology_of(field);
  if (!symbology.holds(value))
    return api::fail(api::Reason::textInvalid, fmt::format("the field {}: {} holds {}: \"{}\"", field.name,
                                                           symbology.name, symbology.takes, value));
  const Symbol symbol(ZBarcode_Create(), ZBarcode_Delete);
  symbol->symbology = symbology.zint;
  // Without a word about it readers guess at Shift JIS as often as at UTF-8.
  const bool ascii = is_printable(value);
  symbol->input_mode = ascii ? DATA_MODE : UNICODE_MODE;
  symbol->eci = ascii ? 0 : eci_utf8;
  symbol->show_hrt = 0;
  if (field.type == FieldType::qr) symbol->option_1 = qr_level_m;
  const auto status = ZBarcode_Encode(symbol.get(), reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()));
  if (status == ZINT_ERROR_TOO_LONG)
    return api::fail(api::Reason::textDoesNotFit,
                     at_line(field.line, fmt::format("the field {} is too long for a code", field.name)));
  if (status >= ZINT_ERROR)
    return api::fail(api::Reason::textInvalid, fmt::format("the field {}: {}", field.name, symbol->errtxt));
  return code_of(*symbol, symbology.quiet_modules);
}

}  // namespace drawing
