#include <cairo.h>

#include <cstdlib>
#include <memory>

#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// Long names in scripts of all kinds, fitted in every way: never beyond their place, and the same as in the
// pictures of tests/unit/render/golden, which a person has looked at (README.md there).
namespace drawing {
namespace {

struct Script {
  const char* name;
  const char* person;
};
const Script scripts[] = {
    {"latin", "Maximiliane Wolfeschlegelsteinhausen-Bergerdorff"},
    {"greek", "Αικατερίνη Παπαδημητρακοπούλου-Χατζηγεωργίου"},
    {"cyrillic", "Александра Преображенская-Рождественская"},
    {"arabic", "عبد الرحمن بن محمد بن عبد العزيز آل الشيخ القحطاني"},
    {"hebrew", "אלכסנדרה-מרים בן־גוריון לבית רוזנצווייג-הורוביץ"},
    {"devanagari", "श्रीमती वेंकटलक्ष्मी सुब्रह्मण्यम् चक्रवर्ती राजगोपालाचारी"},
    {"thai", "สมเด็จพระเจ้าลูกเธอเจ้าฟ้าจุฬาภรณวลัยลักษณ์"},
    {"han", "歐陽司馬諸葛上官夏侯慕容端木軒轅令狐皇甫尉遲公孫鮮于"},
};

// Each field has the 60 mm from x = 10; its ink stays between the rules, in millimetres of the card.
struct Band {
  double top, bottom;
};
constexpr Band bands[] = {{2, 10}, {12, 28}, {30, 38}, {40, 48}};
constexpr auto layout = R"(<g font-family="Noto Sans" font-weight="bold">
  <text data-field="name" data-width="60" x="10" y="7.5" font-size="3.6"/>
  <text data-field="name" data-width="60" data-fit="wrap" x="10" y="18" font-size="5"/>
  <text data-field="name" data-width="60" data-fit="ellipsis" x="10" y="35.5" font-size="5"/>
  <text data-field="name" data-width="60" data-fit="ellipsis" x="70" y="45.5" font-size="5" text-anchor="end"/></g>)";

unsigned pixels(double mm, double edge_mm) {
  return static_cast<unsigned>((mm + edge_mm) * 300 / 25.4);
}

api::Planes planes_of(const Script& script) {
  auto planes = draw_face(sample::k(layout), {{"name", script.person}}, sample::image);
  if (planes) return *std::move(planes);
  ADD_FAILURE() << script.name << ": " << planes.error().detail;
  return {};
}

// The card's part with the fields, a byte for each pixel: 1 is ink.
struct Picture {
  unsigned width = pixels(74, 0), height = pixels(50, 0);
  std::vector<std::uint8_t> ink = std::vector<std::uint8_t>(std::size_t{width} * height);

  // What lies outside of it is no ink.
  bool near(unsigned x, unsigned y) const {
    for (unsigned v = y ? y - 1 : 0; v <= y + 1 && v < height; ++v)
      for (unsigned u = x ? x - 1 : 0; u <= x + 1 && u < width; ++u)
        if (ink[std::size_t{v} * width + u]) return true;
    return false;
  }
};

Picture picture_of(const api::Planes& planes) {
  Picture picture;
  if (planes.k.empty()) return picture;
  for (unsigned y = 0; y < picture.height; ++y)
    for (unsigned x = 0; x < picture.width; ++x)
      picture.ink[std::size_t{y} * picture.width + x] = sample::bit(planes.k, sample::image, x, y);
  return picture;
}

// Part of the ink that has no ink of the other within one pixel.
double difference(const Picture& a, const Picture& b) {
  std::size_t count = 0, alone = 0;
  for (unsigned y = 0; y < a.height; ++y)
    for (unsigned x = 0; x < a.width; ++x) {
      const auto at = std::size_t{y} * a.width + x;
      count += a.ink[at] + b.ink[at];
      alone += (a.ink[at] && !b.near(x, y)) + (b.ink[at] && !a.near(x, y));
    }
  return count ? static_cast<double>(alone) / static_cast<double>(count) : 1;
}

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;

std::string path_of(const Script& script) {
  return fmt::format("{}/{}.png", GOLDEN, script.name);
}

void write(const Picture& picture, const std::string& path) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(picture.width),
                                                   static_cast<int>(picture.height)),
                        cairo_surface_destroy);
  auto* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (unsigned y = 0; y < picture.height; ++y)
    for (unsigned x = 0; x < picture.width; ++x)
      reinterpret_cast<std::uint32_t*>(data + y * stride)[x] =
          picture.ink[std::size_t{y} * picture.width + x] ? 0 : 0xffffff;
  cairo_surface_mark_dirty(surface.get());
  ASSERT_EQ(cairo_surface_write_to_png(surface.get(), path.c_str()), CAIRO_STATUS_SUCCESS) << path;
}

Picture read(const std::string& path) {
  Picture picture;
  const Surface surface(cairo_image_surface_create_from_png(path.c_str()), cairo_surface_destroy);
  EXPECT_EQ(cairo_surface_status(surface.get()), CAIRO_STATUS_SUCCESS) << path;
  if (std::cmp_not_equal(cairo_image_surface_get_width(surface.get()), picture.width) ||
      std::cmp_not_equal(cairo_image_surface_get_height(surface.get()), picture.height))
    return picture;
  const auto* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (unsigned y = 0; y < picture.height; ++y)
    for (unsigned x = 0; x < picture.width; ++x)
      picture.ink[std::size_t{y} * picture.width + x] =
          (reinterpret_cast<const std::uint32_t*>(data + y * stride)[x] & 0xff) < 128;
  return picture;
}

bool in_a_band(unsigned y) {
  return std::any_of(std::begin(bands), std::end(bands), [&](auto& band) {
    return y >= pixels(band.top, 0.44) && y <= pixels(band.bottom, 0.44);
  });
}

TEST(long_names, stay_in_their_place_in_every_script) {
  for (const auto& script : scripts) {
    const auto planes = planes_of(script);
    const auto ink = sample::ink_of(planes.k, sample::image);
    ASSERT_GT(ink.count, 5000U) << script.name;
    EXPECT_GE(ink.left, pixels(10, 0.21)) << script.name;
    EXPECT_LE(ink.right, pixels(70, 0.21)) << script.name;
    // What is fitted uses its place.
    EXPECT_GE(ink.width(), pixels(57, 0)) << script.name;
    for (unsigned y = 0; y < sample::image.height; ++y)
      for (unsigned x = 0; x < sample::image.width; ++x)
        ASSERT_TRUE(in_a_band(y) || !sample::bit(planes.k, sample::image, x, y)) << script.name << ' ' << y;
  }
}

// Another version of FreeType or HarfBuzz moves edges by a pixel, which is forgiven; 1 % of the ink elsewhere
// is less than one letter of these names.
TEST(long_names, look_as_they_did) {
  for (const auto& script : scripts) {
    const auto now = picture_of(planes_of(script));
    if (std::getenv("GOLDEN_WRITE")) write(now, path_of(script));
    EXPECT_LT(difference(now, read(path_of(script))), 0.01) << script.name;
  }
}

TEST(long_names, would_be_told_from_one_letter_less) {
  const auto whole = picture_of(planes_of({"whole", "Maximiliane Wolfeschlegelsteinhausen"}));
  const auto less = picture_of(planes_of({"less", "Maximiliane Wolfeschlegelsteinhause"}));
  EXPECT_GT(difference(whole, less), 0.01);
}

}  // namespace
}  // namespace drawing
