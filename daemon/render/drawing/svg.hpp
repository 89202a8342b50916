#pragma once
#include <librsvg/rsvg.h>

#include <pugixml.hpp>
#include <string>

#include "daemon/render/drawing/gobject.hpp"
#include "drivers/api/printer.hpp"
#include "drivers/api/result.hpp"

namespace drawing {

// A rectangle of the image, in pixels.
using Place = RsvgRectangle;

// Where the whole drawing, bleed included, comes to lie so that the card is centred in the image at its true
// size. Fails with layoutInvalid when the bleed does not reach the edges of the image.
api::Result<Place> place_drawing(double bleed_mm, const api::ImageSpec& image);

// A filled layout in librsvg's hands.
class Svg {
 public:
  static api::Result<Svg> open(const pugi::xml_document& document);

  // What an element inks, where `drawing` is the place of the whole document.
  api::Result<Place> ink_of(const std::string& id, const Place& drawing) const;
  // Where an element comes to lie, painted or not.
  api::Result<Place> place_of(const std::string& id, const Place& drawing) const;
  // One group alone, on white, in the size of the image: CAIRO_FORMAT_RGB24.
  api::Result<Owned<cairo_surface_t>> paint(const std::string& id, const Place& drawing,
                                            const api::ImageSpec& image) const;

  // Everything, onto whatever the context draws on.
  api::Result<> draw(cairo_t* context, const Place& drawing) const;

 private:
  explicit Svg(RsvgHandle* handle) : handle_(handle) {}
  Owned<RsvgHandle> handle_;
};

}  // namespace drawing
