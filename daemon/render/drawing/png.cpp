#include "daemon/render/drawing/png.hpp"

#include <fmt/core.h>

#include <cmath>
#include <numbers>

#include "daemon/render/drawing/draw.hpp"
#include "daemon/render/drawing/gobject.hpp"
#include "daemon/render/drawing/layout.hpp"

namespace drawing {
namespace {

// ISO/IEC 7810, ID-1.
constexpr double corner_mm = 3.18;
// The contacts of ISO/IEC 7816-2 reach from 10.25 to 19.87 mm and from 19.23 to 28.55 mm; the pad around them
// is as large as that of common modules.
struct Box {
  double x, y, width, height;  // millimetres
};
constexpr Box pad{9.1, 18.2, 11.9, 11.6};
constexpr double pad_corner_mm = 1.6;
// The magnetic area of ISO/IEC 7811-2 begins at 5.54 mm at the latest and ends at 15.82 mm at the earliest.
constexpr Box stripe{-1, 5.0, 88, 11.3};

int pixels(double mm, const api::ImageSpec& image) {
  return static_cast<int>(std::lround(mm * image.dpi / 25.4));
}

bool ink(const api::Bytes& plane, unsigned width, unsigned x, unsigned y) {
  return plane[std::size_t{y} * ((width + 7) / 8) + x / 8] & 0x80 >> x % 8;
}

api::Result<Owned<cairo_surface_t>> surface_of(cairo_format_t format, int width, int height) {
  Owned<cairo_surface_t> surface(cairo_image_surface_create(format, width, height));
  if (cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS) return surface;
  return api::fail(api::Reason::drawingLimit, "there is no memory for an image of that size");
}

// Colour, white where there is none, and black resin on it where `k` is not empty.
api::Result<Owned<cairo_surface_t>> seen(const api::Planes& planes, const api::Bytes& k) {
  TRY_ASSIGN(surface,
             surface_of(CAIRO_FORMAT_RGB24, static_cast<int>(planes.width), static_cast<int>(planes.height)));
  auto* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  const auto* rgb = planes.color.empty() ? nullptr : planes.color.data();
  for (unsigned y = 0; y < planes.height; ++y) {
    auto* row = reinterpret_cast<std::uint32_t*>(data + y * stride);
    for (unsigned x = 0; x < planes.width; ++x) {
      row[x] = rgb ? std::uint32_t{rgb[0]} << 16 | std::uint32_t{rgb[1]} << 8 | rgb[2] : 0xffffff;
      if (rgb) rgb += 3;
      if (!k.empty() && ink(k, planes.width, x, y)) row[x] = 0;
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

// In grey: black where there is ink, else white. Cairo writes masks as grey images.
api::Result<Owned<cairo_surface_t>> bits(const api::Planes& planes, const api::Bytes& plane) {
  TRY_ASSIGN(surface,
             surface_of(CAIRO_FORMAT_A8, static_cast<int>(planes.width), static_cast<int>(planes.height)));
  auto* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (unsigned y = 0; y < planes.height; ++y)
    for (unsigned x = 0; x < planes.width; ++x)
      data[y * stride + x] = ink(plane, planes.width, x, y) ? 0 : 255;
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

cairo_status_t append(void* png, const unsigned char* bytes, unsigned size) {
  auto& to = *static_cast<api::Bytes*>(png);
  to.insert(to.end(), bytes, bytes + size);
  return CAIRO_STATUS_SUCCESS;
}

api::Result<api::Bytes> png_of(cairo_surface_t* surface) {
  api::Bytes png;
  const auto status = cairo_surface_write_to_png_stream(surface, append, &png);
  if (status == CAIRO_STATUS_SUCCESS) return png;
  return api::fail(api::Reason::drawingLimit, cairo_status_to_string(status));
}

void rounded(cairo_t* context, const Box& box, double radius) {
  constexpr double quarter = std::numbers::pi / 2;
  const double right = box.x + box.width, bottom = box.y + box.height;
  cairo_new_path(context);
  cairo_arc(context, right - radius, box.y + radius, radius, -quarter, 0);
  cairo_arc(context, right - radius, bottom - radius, radius, 0, quarter);
  cairo_arc(context, box.x + radius, bottom - radius, radius, quarter, 2 * quarter);
  cairo_arc(context, box.x + radius, box.y + radius, radius, 2 * quarter, 3 * quarter);
  cairo_close_path(context);
}

// A gold pad, divided into the eight contacts.
void draw_contacts(cairo_t* context) {
  const auto gold = std::unique_ptr<cairo_pattern_t, decltype(&cairo_pattern_destroy)>(
      cairo_pattern_create_linear(pad.x, pad.y, pad.x + pad.width, pad.y + pad.height),
      cairo_pattern_destroy);
  cairo_pattern_add_color_stop_rgb(gold.get(), 0, 0.93, 0.82, 0.51);
  cairo_pattern_add_color_stop_rgb(gold.get(), 0.5, 0.85, 0.71, 0.36);
  cairo_pattern_add_color_stop_rgb(gold.get(), 1, 0.76, 0.60, 0.27);
  rounded(context, pad, pad_corner_mm);
  cairo_set_source(context, gold.get());
  cairo_fill_preserve(context);
  cairo_set_source_rgb(context, 0.50, 0.38, 0.14);
  cairo_set_line_width(context, 0.15);
  cairo_stroke(context);
  const double left = pad.x + pad.width * 0.36, right = pad.x + pad.width * 0.64;
  for (int row = 1; row < 4; ++row) {
    const double y = pad.y + pad.height * row / 4;
    cairo_move_to(context, pad.x, y);
    cairo_line_to(context, left, y);
    cairo_move_to(context, right, y);
    cairo_line_to(context, pad.x + pad.width, y);
  }
  for (const double x : {left, right}) {
    cairo_move_to(context, x, pad.y + (x == left ? 0 : pad.height / 4));
    cairo_line_to(context, x, pad.y + pad.height);
  }
  cairo_stroke(context);
}

void draw_stripe(cairo_t* context) {
  cairo_set_source_rgb(context, 0.13, 0.10, 0.09);
  cairo_rectangle(context, stripe.x, stripe.y, stripe.width, stripe.height);
  cairo_fill(context);
}

api::Result<api::Bytes> card_png(const api::Planes& planes, const api::ImageSpec& image, Zone zone) {
  const int width = pixels(card_width_mm, image), height = pixels(card_height_mm, image);
  TRY_ASSIGN(printed, seen(planes, planes.k));
  TRY_ASSIGN(surface, surface_of(CAIRO_FORMAT_ARGB32, width, height));
  {
    const Owned<cairo_t> context(cairo_create(surface.get()));
    cairo_scale(context.get(), width / card_width_mm, height / card_height_mm);
    const Box card{0, 0, card_width_mm, card_height_mm};
    rounded(context.get(), card, corner_mm);
    cairo_clip(context.get());
    cairo_save(context.get());
    cairo_identity_matrix(context.get());
    cairo_set_source_surface(context.get(), printed.get(), (width - static_cast<int>(image.width)) / 2,
                             (height - static_cast<int>(image.height)) / 2);
    cairo_paint(context.get());
    cairo_restore(context.get());
    if (zone == Zone::stripe) draw_stripe(context.get());
    if (zone == Zone::contacts) draw_contacts(context.get());
    // The edge of a white card on a white page.
    rounded(context.get(), card, corner_mm);
    cairo_set_source_rgba(context.get(), 0, 0, 0, 0.22);
    cairo_set_line_width(context.get(), 0.3);
    cairo_stroke(context.get());
  }
  return png_of(surface.get());
}

}  // namespace

api::Result<std::vector<render::Picture>> pictures_of(const api::Planes& planes, const api::ImageSpec& image,
                                                      Zone zone, std::string face) {
  std::vector<render::Picture> pictures;
  TRY_ASSIGN(card, card_png(planes, image, zone));
  pictures.push_back({face, "card", std::move(card)});
  if (!planes.color.empty()) {
    TRY_ASSIGN(surface, seen(planes, {}));
    TRY_ASSIGN(png, png_of(surface.get()));
    pictures.push_back({face, "color", std::move(png)});
  }
  for (const auto& [plane, content] : {std::pair{"k", &planes.k}, std::pair{"overlay", &planes.overlay}}) {
    if (content->empty()) continue;
    TRY_ASSIGN(surface, bits(planes, *content));
    TRY_ASSIGN(png, png_of(surface.get()));
    pictures.push_back({face, plane, std::move(png)});
  }
  return pictures;
}

api::Result<std::vector<render::Picture>> pictures_of(const api::Faces& faces,
                                                      const render::Request& request) {
  std::vector<render::Picture> pictures;
  if (faces.front) {
    const auto zone = request.chip ? Zone::contacts : Zone::none;
    TRY_ASSIGN(front, pictures_of(*faces.front, request.image, zone, "front"));
    std::move(front.begin(), front.end(), std::back_inserter(pictures));
  }
  if (faces.back) {
    const auto zone = request.stripe ? Zone::stripe : Zone::none;
    TRY_ASSIGN(back, pictures_of(*faces.back, request.image, zone, "back"));
    std::move(back.begin(), back.end(), std::back_inserter(pictures));
  }
  return pictures;
}

}  // namespace drawing
