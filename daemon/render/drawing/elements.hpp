#pragma once
#include <pugixml.hpp>

#include "daemon/render/drawing/problems.hpp"

namespace drawing {

// A tree that is too deep or too large for anything that follows.
void check_limits(const pugi::xml_document& document, Problems& problems);

// Takes away what SVG editors keep for themselves (Inkscape: sodipodi:, inkscape:, metadata).
void strip_editors_notes(pugi::xml_document& document);

// Elements that are not drawn here, everything that would fetch or run something, fonts that are not there.
void check_elements(const pugi::xml_document& document, Problems& problems);

}  // namespace drawing
