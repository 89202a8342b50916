#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// The layouts that are shipped in etc/cardwright/layouts.
namespace drawing {
namespace {

const render::Fields card{
    {"number", "T0000018"},  {"product", "Temporary"},     {"organisation", "Example Organisation"},
    {"checkCode", "7KQ2M0"}, {"expiryDate", "2026-12-31"}, {"issueDate", "2026-12-30"}};

std::string shipped(const std::string& face) {
  return sample::file(LAYOUTS "/temporary-card-" + face + ".svg");
}

api::Planes planes_of(const std::string& face) {
  auto result = draw_face(shipped(face), card, sample::image);
  if (result) return *std::move(result);
  ADD_FAILURE() << face << ": " << result.error().detail;
  return {};
}

constexpr unsigned pixels(double mm, double edge_mm) {
  return static_cast<unsigned>((mm + edge_mm) * 300 / 25.4);
}

TEST(shipped_layouts, have_no_problems) {
  EXPECT_THAT(problems_of(shipped("front")), testing::IsEmpty());
  EXPECT_THAT(problems_of(shipped("back")), testing::IsEmpty());
}

TEST(shipped_layouts, draw_a_card_and_keep_black_away_from_its_edge) {
  for (const std::string face : {"front", "back"}) {
    const auto ink = sample::ink_of(planes_of(face).k, sample::image);
    EXPECT_GT(ink.count, 1000U) << face;
    EXPECT_GE(ink.left, pixels(2, 0.21)) << face;
    EXPECT_LE(ink.right, pixels(83.6, 0.21)) << face;
    EXPECT_GE(ink.top, pixels(2, 0.44)) << face;
    EXPECT_LE(ink.bottom, pixels(51.98, 0.44)) << face;
  }
}

// ISO/IEC 7816-2: the contacts C1 to C8 lie from 10.25 to 19.87 mm from the left edge and from 19.23 to 28.55
// mm from the upper edge; the modules around them reach some 2 mm farther.
TEST(shipped_layouts, leave_the_contacts_free) {
  const auto face = planes_of("front");
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
