#pragma once
#include "daemon/render/drawing/layout.hpp"
#include "daemon/render/drawing/problems.hpp"

namespace drawing {

// Whether the element takes something from the card, or tries to.
bool is_field(pugi::xml_node node);

// Reads one, and brings a text into the form <text …>sample</text>: Inkscape puts each line into a tspan.
// `plane` is the group below the root that it stands in. Nothing when it has problems.
std::optional<Field> read_field(pugi::xml_node node, std::string_view plane, Sheet sheet, Problems& problems);

}  // namespace drawing
