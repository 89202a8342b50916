#include "daemon/render/drawing/visible.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "daemon/render/drawing/raster.hpp"
#include "daemon/render/drawing/svg.hpp"

namespace drawing {
namespace {

// Without them a card cannot be used, or its letter not be found; the PIN is nowhere else any more.
constexpr std::array<std::string_view, 3> indispensable{"pin", "puk", "control"};
constexpr double pixels_per_mm = 4;
constexpr int contrast_min = 64;   // of 255: lighter than #bfbfbf on white
constexpr double seen_min = 0.9;   // of the width that the text should have
constexpr double edge_pixels = 2;  // that smoothing makes too light to count

int brightness(const std::uint8_t* rgb) {
  return static_cast<int>(luma(rgb[0], rgb[1], rgb[2]) / 256);
}

// Draws pages of one letter as a reader would see them.
class Reader {
 public:
  explicit Reader(const Layout& letter)
      : page_{0, 0, letter.width_mm * pixels_per_mm, letter.height_mm * pixels_per_mm},
        image_{static_cast<unsigned>(std::ceil(page_.width)), static_cast<unsigned>(std::ceil(page_.height)),
               static_cast<unsigned>(std::lround(pixels_per_mm * 25.4))} {}

  const Place& page() const { return page_; }

  api::Result<api::Bytes> read(const Svg& svg) const {
    const Owned<cairo_surface_t> surface(cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, static_cast<int>(image_.width), static_cast<int>(image_.height)));
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
      return api::fail(api::Reason::drawingLimit, "there is no memory for a page of that size");
    {
      const Owned<cairo_t> context(cairo_create(surface.get()));
      cairo_set_source_rgb(context.get(), 1, 1, 1);
      cairo_paint(context.get());
      TRY(svg.draw(context.get(), page_));
    }
    cairo_surface_flush(surface.get());
    return to_rgb(surface.get(), image_);
  }

  // How many columns lie between the first and the last in which the two pages differ.
  double width_of_difference(const api::Bytes& one, const api::Bytes& other) const {
    unsigned left = image_.width, right = 0;
    for (unsigned y = 0; y < image_.height; ++y)
      for (unsigned x = 0; x < image_.width; ++x) {
        const auto at = (std::size_t{y} * image_.width + x) * 3;
        if (std::abs(brightness(&one[at]) - brightness(&other[at])) < contrast_min) continue;
        left = std::min(left, x);
        right = std::max(right, x + 1);
      }
    return left < right ? right - left : 0;
  }

 private:
  Place page_;
  api::ImageSpec image_;
};

api::Result<Svg> without(const Layout& letter, const std::string& id) {
  pugi::xml_document document;
  document.reset(*letter.document);
  document.find_node([&](pugi::xml_node node) { return id == node.attribute("id").value(); })
      .remove_children();
  return Svg::open(document);
}

bool lies_within(const Place& ink, const Place& page) {
  return ink.x >= 0 && ink.y >= 0 && ink.x + ink.width <= page.width && ink.y + ink.height <= page.height;
}

api::Result<bool> is_seen(const Layout& letter, const std::string& id) {
  const Reader reader(letter);
  TRY_ASSIGN(svg, Svg::open(*letter.document));
  TRY_ASSIGN(ink, svg.ink_of(id, reader.page()));
  if (ink.width <= 0 || !lies_within(ink, reader.page())) return false;
  TRY_ASSIGN(page, reader.read(svg));
  TRY_ASSIGN(bare, without(letter, id));
  TRY_ASSIGN(bare_page, reader.read(bare));
  return reader.width_of_difference(page, bare_page) >= ink.width * seen_min - edge_pixels;
}

}  // namespace

void expect_visible(Layout& letter, std::vector<api::Failure>& failures) {
  for (std::size_t i = 0; i < letter.fields.size(); ++i) {
    const auto& field = letter.fields[i];
    if (std::ranges::find(indispensable, field.name) == indispensable.end()) continue;
    auto node = field.node;
    if (!node.attribute("id"))
      node.append_attribute("id").set_value(fmt::format("cardwright-field-{}", i).c_str());
    const auto seen = is_seen(letter, node.attribute("id").value());
    if (!seen)
      failures.push_back(seen.error());
    else if (!*seen)
      failures.push_back(
          {api::Reason::layoutInvalid, api::Certainty::notDone,
           at_line(field.line, fmt::format("the field {} would not be seen: it is hidden, too light, "
                                           "covered, or not all of it lies on the page",
                                           field.name))});
  }
}

}  // namespace drawing
