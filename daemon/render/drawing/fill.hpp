#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

inline constexpr std::size_t photo_bytes_max = 1024 * 1024;  // decoded from base64
inline constexpr int photo_side_max = 4096;                  // pixels

// Puts the card's fields into the tree of its layout, by nodes and never as text, and makes texts fit.
// Optional fields without a value leave the tree and the list. Codes are drawn later, by `print_codes`. Adds
// all that failed; the layout can be drawn all the same, without those fields.
void fill(Layout& layout, const render::Fields& fields, std::vector<api::Failure>& failures);

// The same, with the first failure.
api::Result<> fill(Layout& layout, const render::Fields& fields);

}  // namespace drawing
