#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

// ISO/IEC 18004 wants four modules of white around the code; the rect of the layout includes them.
inline constexpr unsigned qr_quiet_modules = 4;
// Smaller modules are not read reliably from a card by hand-held readers.
inline constexpr double qr_module_min_mm = 0.25;

// Draws the QR codes of the layout into the K plane, each module a whole number of pixels: librsvg would blur
// their edges. `svg` tells where their rects lie. Fails with textDoesNotFit when modules became too small.
api::Result<> draw_qr_codes(const Layout& layout, const render::Fields& fields, const Svg& svg,
                            const Place& drawing, const api::ImageSpec& image, api::Bytes& k);

}  // namespace drawing
