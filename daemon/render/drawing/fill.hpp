#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

// A text is made smaller down to this part of the size that the layout gives it; then the card is refused.
inline constexpr double text_shrink_min = 0.6;

inline constexpr std::size_t photo_bytes_max = 1024 * 1024;  // decoded from base64
inline constexpr int photo_side_max = 4096;                  // pixels

// Puts the card's fields into the tree of its layout, by nodes and never as text; makes texts smaller that
// are too wide. Optional fields without a value leave the tree. QR codes are left to `qr_codes_of`.
api::Result<> fill(Layout& layout, const render::Fields& fields);

}  // namespace drawing
