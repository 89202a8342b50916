#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/svg.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

// Smaller modules are not read reliably from a card by hand-held readers. Of bars two dots of a 300 dpi head.
inline constexpr double qr_module_min_mm = 0.25;
inline constexpr double bar_module_min_mm = 0.165;

// Draws the codes of the layout into the K plane, each module a whole number of pixels: librsvg would blur
// their edges. In a rect that is higher than wide bars lie across. `svg` tells where their rects are. Fails
// with textDoesNotFit when modules become too small, with layoutInvalid where something else is in the way;
// all of `failures`.
void print_codes(const Layout& layout, const render::Fields& fields, const Svg& svg, const Place& drawing,
                 const api::ImageSpec& image, api::Planes& planes, std::vector<api::Failure>& failures);

}  // namespace drawing
