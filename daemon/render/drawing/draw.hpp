#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/render/protocol.hpp"

// SVG layouts to print planes, with librsvg, cairo and pango. Only cardwright-render and its tests link this.
// The vocabulary of a layout is described in etc/cardwright/layouts/README.md.
namespace drawing {

// One face. Fails with layoutInvalid, fieldMissing, textDoesNotFit, textInvalid or imageInvalid.
api::Result<api::Planes> draw_face(std::string_view layout, const render::Fields& fields,
                                   const api::ImageSpec& image);

// Both faces of a request; an empty layout is a face that is not there.
api::Result<api::Faces> draw(const render::Request& request);

// What is wrong with a layout, "line 12: …" each, independent of any card; empty when nothing is.
std::vector<std::string> problems_of(std::string_view layout);

}  // namespace drawing
