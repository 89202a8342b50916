#pragma once
#include "daemon/render/drawing/layout.hpp"

namespace drawing {

// PIN, PUK and control number of a filled letter that a reader would not see, for whatever reason: hidden by
// a style, of the colour of what is behind, covered, or (in part) beside the page. All of `failures`, as
// layoutInvalid. The layout gets ids.
void expect_visible(Layout& letter, std::vector<api::Failure>& failures);

}  // namespace drawing
