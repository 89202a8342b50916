#pragma once
#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/svg.hpp"

namespace drawing {

// Leaves the zone's dye white. Fails with layoutInvalid where black or varnish lies in it, and names the line
// of the element that put it there; all of `failures`. The filled layout gets ids.
void keep_free(Zone zone, Layout& layout, const Place& drawing, const api::ImageSpec& image,
               api::Planes& planes, std::vector<api::Failure>& failures);

// A text field of the group k under which nothing is black: too light, transparent or beside the card. For
// samples only; a card's own text may be a blank. Takes a filled layout and its planes.
void expect_ink(Layout& layout, const Place& drawing, const api::Planes& planes,
                std::vector<api::Failure>& failures);

// A text of the group k that is too small for resin, be it by its layout or since it was made to fit. Takes a
// filled layout.
void expect_legible(const Layout& layout, std::vector<api::Failure>& failures);

}  // namespace drawing
