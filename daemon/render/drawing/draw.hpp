#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/render/protocol.hpp"

// SVG layouts to print planes, with librsvg, cairo and pango. Only cardwright-render and its tests link this.
// The vocabulary of a layout is described in etc/cardwright/layouts/README.md.
namespace drawing {

// What of a face must stay free of black resin and of varnish; its dye is simply left out.
enum class Zone { none, contacts, stripe };

// One face. Fails with layoutInvalid, fieldMissing, textDoesNotFit, textInvalid or imageInvalid.
api::Result<api::Planes> draw_face(std::string_view layout, const render::Fields& fields,
                                   const api::ImageSpec& image, Zone zone = Zone::none);

// Both faces of a request; an empty layout is a face that is not there.
api::Result<api::Faces> draw(const render::Request& request);

// The printer that a layout is checked for where nobody names another.
inline constexpr api::ImageSpec usual_image{1016, 648, 300};

// What is wrong with a layout, "line 12: …" each; empty when nothing is. A layout that reads well is also
// drawn once, with `fields` and, where these say nothing, the texts that stand in its own fields.
std::vector<std::string> problems_of(std::string_view layout, const api::ImageSpec& image = usual_image,
                                     Zone zone = Zone::none, const render::Fields& fields = {});

}  // namespace drawing
