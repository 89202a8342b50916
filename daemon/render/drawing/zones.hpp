#pragma once
#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/svg.hpp"

namespace drawing {

// Leaves the zone's dye white. Fails with layoutInvalid where black or varnish lies in it; all of `failures`.
void keep_free(Zone zone, const Layout& layout, const Place& drawing, api::Planes& planes,
               std::vector<api::Failure>& failures);

}  // namespace drawing
