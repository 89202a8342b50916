#include "daemon/render/drawing/qr.hpp"

#include <fmt/core.h>
#include <qrencode.h>

#include <algorithm>
#include <cmath>

namespace drawing {
namespace {

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

api::Result<> draw_code(const Field& field, const QRcode& code, const Place& place,
                        const api::ImageSpec& image, api::Bytes& k) {
  const auto modules = static_cast<unsigned>(code.width);
  const auto side = std::min(place.width, place.height);
  const auto pixels = static_cast<unsigned>(std::floor((side + 0.01) / (modules + 2 * qr_quiet_modules)));
  if (pixels < qr_module_min_mm / 25.4 * image.dpi)
    return api::fail(
        api::Reason::textDoesNotFit,
        fmt::format("the QR code {} has too many modules ({}) for its place: less text, or a larger rect",
                    field.name, modules));
  const auto left = std::lround(place.x + (place.width - pixels * modules) / 2);
  const auto top = std::lround(place.y + (place.height - pixels * modules) / 2);
  if (left < 0 || top < 0 || left + pixels * modules > image.width || top + pixels * modules > image.height)
    return api::fail(api::Reason::layoutInvalid,
                     fmt::format("the QR code {} lies outside the image", field.name));
  const auto row_bytes = (image.width + 7) / 8;
  for (unsigned y = 0; y < pixels * modules; ++y)
    for (unsigned x = 0; x < pixels * modules; ++x) {
      if (!(code.data[y / pixels * modules + x / pixels] & 1)) continue;
      const auto column = static_cast<unsigned>(left) + x;
      k[(static_cast<unsigned>(top) + y) * row_bytes + column / 8] |=
          static_cast<std::uint8_t>(0x80 >> column % 8);
    }
  return {};
}

}  // namespace

api::Result<> draw_qr_codes(const Layout& layout, const render::Fields& fields, const Svg& svg,
                            const Place& drawing, const api::ImageSpec& image, api::Bytes& k) {
  for (const auto& field : layout.fields) {
    if (field.type != FieldType::qr) continue;
    const auto& value = fields.at(field.name);
    const Code code(QRcode_encodeData(static_cast<int>(value.size()),
                                      reinterpret_cast<const unsigned char*>(value.data()), 0, QR_ECLEVEL_M),
                    QRcode_free);
    if (!code)
      return api::fail(api::Reason::textDoesNotFit,
                       fmt::format("the field {} is too long for a QR code", field.name));
    TRY_ASSIGN(place, svg.place_of(field.node.attribute("id").value(), drawing));
    TRY(draw_code(field, *code, place, image, k));
  }
  return {};
}

}  // namespace drawing
