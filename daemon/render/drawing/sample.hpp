#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/protocol.hpp"

namespace drawing {

// A card to try a layout with: the texts that stand in its fields, else something plausible for each.
render::Fields sample_fields(const Layout& layout);

// A letter to try a layout with: every field has a value.
render::Fields letter_sample();

}  // namespace drawing
