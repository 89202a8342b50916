#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// The layouts that are shipped in etc/cardwright/layouts.
namespace drawing {
namespace {

const render::Fields card{{"number", "T0000018"},           {"product", "Product"},
                          {"organisation", "Organisation"}, {"checkCode", "7KQ2M0"},
                          {"expiryDate", "2026-12-31"},     {"issueDate", "2026-12-30"},
                          {"name", "Ada Lovelace"},         {"photo", sample::photo}};

struct Face {
  const char* name;
  Zone zone;  // of the blank that it is made for
};
constexpr Face faces[] = {{"temporary-card-front", Zone::contacts},
                          {"temporary-card-back", Zone::none},
                          {"employee-badge-front", Zone::contacts},
                          {"employee-badge-back", Zone::stripe},
                          {"visitor-card-front", Zone::none}};

std::string shipped(const Face& face) {
  return sample::file(fmt::format("{}/{}.svg", LAYOUTS, face.name));
}

api::Planes planes_of(const Face& face) {
  auto result = draw_face(shipped(face), card, sample::image, face.zone);
  if (result) return *std::move(result);
  ADD_FAILURE() << face.name << ": " << result.error().detail;
  return {};
}

constexpr unsigned pixels(double mm, double edge_mm) {
  return static_cast<unsigned>((mm + edge_mm) * 300 / 25.4);
}

TEST(shipped_layouts, have_no_problems) {
  for (const auto& face : faces)
    EXPECT_THAT(problems_of(shipped(face), sample::image, face.zone), testing::IsEmpty()) << face.name;
}

TEST(shipped_layouts, draw_a_card_and_keep_black_away_from_its_edge) {
  for (const auto& face : faces) {
    const auto ink = sample::ink_of(planes_of(face).k, sample::image);
    EXPECT_GT(ink.count, 1000U) << face.name;
    EXPECT_GE(ink.left, pixels(2, 0.21)) << face.name;
    EXPECT_LE(ink.right, pixels(83.6, 0.21)) << face.name;
    EXPECT_GE(ink.top, pixels(2, 0.44)) << face.name;
    EXPECT_LE(ink.bottom, pixels(52.48, 0.44)) << face.name;
  }
}

// ISO/IEC 7816-2: the contacts C1 to C8 lie from 10.25 to 19.87 mm from the left edge and from 19.23 to 28.55
// mm from the upper edge; the modules around them reach some 2 mm farther.
TEST(shipped_layouts, leave_the_contacts_free) {
  const auto planes = draw_face(shipped(faces[0]), card, sample::image);
  ASSERT_TRUE(planes) << planes.error().detail;
  const auto& face = *planes;
  ASSERT_FALSE(face.overlay.empty());
  EXPECT_TRUE(sample::bit(face.overlay, sample::image, 10, 10));
  for (auto y = pixels(17.3, 0.44); y <= pixels(30.5, 0.44); ++y)
    for (auto x = pixels(8.3, 0.21); x <= pixels(21.8, 0.21); ++x) {
      ASSERT_FALSE(sample::bit(face.k, sample::image, x, y)) << x << ' ' << y;
      ASSERT_FALSE(sample::bit(face.overlay, sample::image, x, y)) << x << ' ' << y;
      const auto* rgb = &face.color[(std::size_t{y} * face.width + x) * 3];
      ASSERT_TRUE(rgb[0] == 255 && rgb[1] == 255 && rgb[2] == 255) << x << ' ' << y;
    }
}

}  // namespace
}  // namespace drawing
