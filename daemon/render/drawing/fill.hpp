#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

class Svg;

// A text is made smaller down to this part of the size that the layout gives it; then the card is refused.
inline constexpr double text_shrink_min = 0.6;

inline constexpr std::size_t photo_bytes_max = 1024 * 1024;  // decoded from base64
inline constexpr int photo_side_max = 4096;                  // pixels

// Puts the card's fields into the tree of its layout, by nodes and never as text. Optional fields without a
// value leave the tree and the list. QR codes are drawn later, by `draw_qr_codes`.
api::Result<> fill(Layout& layout, const render::Fields& fields);

// Makes the texts of the filled layout smaller that are wider than their place; `svg` was opened from it.
api::Result<> fit_texts(const Layout& layout, const Svg& svg);

}  // namespace drawing
