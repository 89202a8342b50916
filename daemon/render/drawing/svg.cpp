#include "daemon/render/drawing/svg.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "daemon/render/drawing/layout.hpp"

namespace drawing {
namespace {

constexpr double mm_per_inch = 25.4;

tl::unexpected<api::Failure> refused(GError* error) {
  const Owned<GError> owned(error);
  // Cairo's want of memory, which librsvg hands on in words alone.
  if (owned && std::string_view(owned->message).ends_with("NoMemory"))
    return api::fail(api::Reason::drawingLimit, "drawing this takes too much memory");
  return api::fail(api::Reason::layoutInvalid, owned ? owned->message : "librsvg refused the layout");
}

}  // namespace

api::Result<Place> place_drawing(double bleed_mm, const api::ImageSpec& image) {
  const double scale = image.dpi / mm_per_inch;
  const auto needed_mm =
      std::max(image.width / scale - card_width_mm, image.height / scale - card_height_mm) / 2;
  if (bleed_mm < needed_mm - 0.005)
    return api::fail(api::Reason::layoutInvalid,
                     fmt::format("this printer needs a bleed of {:.2f} mm, the layout has {:.2f} mm",
                                 needed_mm, bleed_mm));
  const double width = (card_width_mm + 2 * bleed_mm) * scale,
               height = (card_height_mm + 2 * bleed_mm) * scale;
  return Place{(image.width - width) / 2, (image.height - height) / 2, width, height};
}

api::Result<Svg> Svg::open(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  const auto text = std::move(out).str();
  GError* error = nullptr;
  // From memory, without a base URI: librsvg then loads nothing but data: URIs.
  auto* handle = rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(text.data()), text.size(), &error);
  if (!handle) return refused(error);
  // The user unit is a millimetre; with this many of them to an inch, "3mm" and "8pt" mean what they say.
  rsvg_handle_set_dpi(handle, mm_per_inch);
  return Svg(handle);
}

api::Result<Place> Svg::ink_of(const std::string& id, const Place& drawing) const {
  Place ink{};
  GError* error = nullptr;
  if (!rsvg_handle_get_geometry_for_layer(handle_.get(), ("#" + id).c_str(), &drawing, &ink, nullptr, &error))
    return refused(error);
  return ink;
}

api::Result<Place> Svg::place_of(const std::string& id, const Place& drawing) const {
  Place outline{};
  GError* error = nullptr;
  if (!rsvg_handle_get_geometry_for_layer(handle_.get(), ("#" + id).c_str(), &drawing, nullptr, &outline,
                                          &error))
    return refused(error);
  return outline;
}

api::Result<Owned<cairo_surface_t>> Svg::paint(const std::string& id, const Place& drawing,
                                               const api::ImageSpec& image) const {
  Owned<cairo_surface_t> surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(image.width),
                                                            static_cast<int>(image.height)));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
    return api::fail(api::Reason::drawingLimit, "there is no memory for an image of that size");
  const Owned<cairo_t> context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  GError* error = nullptr;
  if (!rsvg_handle_render_layer(handle_.get(), context.get(), ("#" + id).c_str(), &drawing, &error))
    return refused(error);
  cairo_surface_flush(surface.get());
  return surface;
}

api::Result<> Svg::draw(cairo_t* context, const Place& drawing) const {
  GError* error = nullptr;
  if (!rsvg_handle_render_document(handle_.get(), context, &drawing, &error)) return refused(error);
  return {};
}

}  // namespace drawing
