#pragma once
#include <string>
#include <vector>

#include "daemon/render/drawing/draw.hpp"

namespace drawing {

// The pictures of one face, "card" first: what the printed card will look like, cut to its outline, with
// contacts or stripe where it has them; then its planes, exactly. `face` is their name, "front" or "back".
api::Result<std::vector<render::Picture>> pictures_of(const api::Planes& planes, const api::ImageSpec& image,
                                                      Zone zone, std::string face);

// Both faces of a request, front first.
api::Result<std::vector<render::Picture>> pictures_of(const api::Faces& faces,
                                                      const render::Request& request);

}  // namespace drawing
