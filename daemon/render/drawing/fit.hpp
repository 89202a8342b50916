#pragma once
#include "daemon/render/drawing/layout.hpp"

namespace drawing {

// A text is made smaller down to this part of the size that the layout gives it; then the card is refused.
inline constexpr double text_shrink_min = 0.6;

// Puts the text into the field's node in the way its data-fit says. Fails with textDoesNotFit.
api::Result<> fit(const Field& field, const std::string& text);

}  // namespace drawing
