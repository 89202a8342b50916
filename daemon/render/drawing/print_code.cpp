#include "daemon/render/drawing/print_code.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "daemon/render/drawing/code.hpp"
#include "daemon/render/drawing/raster.hpp"

namespace drawing {
namespace {

constexpr double dark_part_max = 0.01;  // of the code's rect: a speck

// The pixels of a code and its quiet zones.
struct Box {
  unsigned left, top, width, height;
};

class Printer {
 public:
  Printer(const Field& field, const Code& code, const Place& place, const api::ImageSpec& image)
      : field_(field),
        code_(code),
        place_(place),
        image_(image),
        bars_(code.rows == 1),
        across_(bars_ && place.height > place.width) {}

  api::Result<> print(api::Planes& planes) {
    if (!lies_inside())
      return refused(api::Reason::layoutInvalid,
                     fmt::format("the rect of the code {} does not lie inside of the image", field_.name));
    const auto length = across_ ? place_.height
                        : bars_ ? place_.width
                                : std::min(place_.width, place_.height);
    const auto modules = code_.columns + 2 * code_.quiet;
    pixels_ = static_cast<unsigned>(std::floor((length + 0.01) / modules));
    const auto smallest_mm = bars_ ? bar_module_min_mm : qr_module_min_mm;
    if (pixels_ < smallest_mm / 25.4 * image_.dpi)
      return refused(
          api::Reason::textDoesNotFit,
          fmt::format("the code of the field {} has too many modules ({}) for its place: they would "
                      "be smaller than {} mm. Less text, or a larger rect",
                      field_.name, code_.columns, smallest_mm));
    const auto box = box_of(modules * pixels_);
    unsigned dark = 0;
    for (unsigned y = 0; y < box.height; ++y)
      for (unsigned x = 0; x < box.width; ++x) {
        if (!put(planes, box, x, y))
          return refused(
              api::Reason::layoutInvalid,
              fmt::format("black lies over the code of the field {} or its white border", field_.name));
        dark += is_dark(planes, box.left + x, box.top + y);
      }
    if (dark > box.width * box.height * dark_part_max)
      return refused(
          api::Reason::layoutInvalid,
          fmt::format("the dye under the code of the field {} is too dark: no reader tells it from "
                      "the code",
                      field_.name));
    return {};
  }

 private:
  tl::unexpected<api::Failure> refused(api::Reason reason, std::string_view what) const {
    return api::fail(reason, at_line(field_.line, what));
  }

  // Also false for places that are no numbers.
  bool lies_inside() const {
    constexpr double rounded = 0.01;
    return place_.x >= -rounded && place_.y >= -rounded &&
           place_.x + place_.width <= image_.width + rounded &&
           place_.y + place_.height <= image_.height + rounded;
  }

  static unsigned centred(double start, double room, unsigned length, unsigned limit) {
    const auto first = std::lround(start + (room - length) / 2);
    return static_cast<unsigned>(std::clamp(first, 0L, static_cast<long>(limit - length)));
  }

  Box box_of(unsigned length) const {
    const auto floor = [](double pixels) { return static_cast<unsigned>(std::floor(pixels + 0.01)); };
    const auto width = across_ ? floor(place_.width) : length;
    const auto height = !bars_ || across_ ? length : floor(place_.height);
    return {centred(place_.x, place_.width, width, image_.width),
            centred(place_.y, place_.height, height, image_.height), width, height};
  }

  // Whether the pixel was free.
  bool put(api::Planes& planes, const Box& box, unsigned x, unsigned y) const {
    const auto column = box.left + x, row = box.top + y;
    auto& byte = planes.k[std::size_t{row} * ((image_.width + 7) / 8) + column / 8];
    const auto bit = static_cast<std::uint8_t>(0x80 >> column % 8);
    if (byte & bit) return false;
    if (is_black(x, y)) byte |= bit;
    return true;
  }

  bool is_dark(const api::Planes& planes, unsigned column, unsigned row) const {
    if (planes.color.empty()) return false;
    const auto* rgb = &planes.color[(std::size_t{row} * image_.width + column) * 3];
    return is_darker_than_half(rgb[0], rgb[1], rgb[2]);
  }

  bool is_black(unsigned x, unsigned y) const {
    const auto along = (across_ ? y : x) / pixels_, row = bars_ ? code_.quiet : y / pixels_;
    const bool quiet = along < code_.quiet || along >= code_.quiet + code_.columns || row < code_.quiet ||
                       row >= code_.quiet + code_.rows;
    return !quiet && code_.at(along - code_.quiet, row - code_.quiet);
  }

  const Field& field_;
  const Code& code_;
  const Place& place_;
  const api::ImageSpec& image_;
  bool bars_, across_;
  unsigned pixels_ = 0;
};

}  // namespace

void print_codes(const Layout& layout, const render::Fields& fields, const Svg& svg, const Place& drawing,
                 const api::ImageSpec& image, api::Planes& planes, std::vector<api::Failure>& failures) {
  for (const auto& field : layout.fields) {
    if (!is_code(field.type)) continue;
    const auto print = [&]() -> api::Result<> {
      TRY_ASSIGN(code, encode(field, fields.at(field.name)));
      TRY_ASSIGN(place, svg.place_of(field.node.attribute("id").value(), drawing));
      return Printer(field, code, place, image).print(planes);
    };
    if (const auto done = print(); !done) failures.push_back(done.error());
  }
}

}  // namespace drawing
