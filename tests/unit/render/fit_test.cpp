#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// data-fit: what happens to a text that is too long.
namespace drawing {
namespace {

using testing::HasSubstr;

constexpr double pixels_per_mm = 300 / 25.4;

std::string field(std::string_view more) {
  return sample::k(
      fmt::format(R"(<text data-field="name" data-width="30" x="10" y="20" font-size="4" {}/>)", more));
}

api::Bytes k_of(const std::string& layout, const std::string& name) {
  const auto planes = draw_face(layout, {{"name", name}}, sample::image);
  EXPECT_TRUE(planes) << planes.error().detail;
  return planes ? planes->k : api::Bytes();
}

std::string refusal(const std::string& layout, const std::string& name) {
  const auto planes = draw_face(layout, {{"name", name}}, sample::image);
  if (planes) return "it was drawn";
  EXPECT_EQ(planes.error().reason, api::Reason::textDoesNotFit);
  return planes.error().detail;
}

// How many separate bands of ink there are, from top to bottom.
unsigned lines_in(const api::Bytes& k) {
  unsigned lines = 0;
  bool before = false;
  for (unsigned y = 0; y < sample::image.height; ++y) {
    bool now = false;
    for (unsigned x = 0; x < sample::image.width; ++x) now = now || sample::bit(k, sample::image, x, y);
    lines += now && !before;
    before = now;
  }
  return lines;
}

TEST(wrapped_text, is_broken_between_words_at_full_size) {
  const auto k = k_of(field(R"(data-fit="wrap" data-lines="3")"), "HHHH HHHH HHHH HHHH HHHH");
  EXPECT_EQ(lines_in(k), 3U);
  const auto ink = sample::ink_of(k, sample::image);
  EXPECT_LE(ink.width(), 30 * pixels_per_mm);
  // Two lines below the first, 1.2 × 4 mm each, and the height of a capital of DejaVu Sans, 0.729 em.
  EXPECT_NEAR(ink.height(), (2 * 1.2 * 4 + 0.729 * 4) * pixels_per_mm, 2);
}

TEST(wrapped_text, that_is_short_is_the_text_as_it_is) {
  EXPECT_EQ(k_of(field(R"(data-fit="wrap")"), "Ada"), k_of(field(""), "Ada"));
}

TEST(wrapped_text, takes_the_line_height_of_the_layout) {
  const auto k = k_of(field(R"(data-fit="wrap" data-line-height="2")"), "HHHH HHHH HHHH");
  EXPECT_NEAR(sample::ink_of(k, sample::image).height(), (2 * 4 + 0.729 * 4) * pixels_per_mm, 2);
}

TEST(wrapped_text, obeys_a_line_feed) {
  EXPECT_EQ(lines_in(k_of(field(R"(data-fit="wrap")"), "H\nH")), 2U);
  EXPECT_THAT(refusal(field(R"(data-fit="wrap")"), "H\nH\nH"), HasSubstr("does not fit into 2 lines"));
}

TEST(wrapped_text, becomes_smaller_when_the_lines_are_used_up) {
  const auto k = k_of(field(R"(data-fit="wrap")"), "HHHHH HHHHH HHHHH HHHHH HHHHH HHHHH");
  EXPECT_EQ(lines_in(k), 2U);
  EXPECT_LT(sample::ink_of(k, sample::image).height(), (1.2 * 4 + 0.729 * 4) * pixels_per_mm * 0.9);
}

TEST(wrapped_text, that_would_become_too_small_is_refused) {
  EXPECT_THAT(refusal(field(R"(data-fit="wrap")"), "HHHHHHHHHHHHHHHHHHHHHHHHH"),
              HasSubstr("line 1: the field name does not fit into 2 lines of 30.0 mm"));
}

TEST(cut_text, ends_with_an_ellipsis_at_full_size) {
  const auto ink =
      sample::ink_of(k_of(field(R"(data-fit="ellipsis")"), std::string(200, 'H')), sample::image);
  EXPECT_LE(ink.width(), 30 * pixels_per_mm);
  EXPECT_GT(ink.width(), 25 * pixels_per_mm);
  EXPECT_EQ(k_of(field(R"(data-fit="ellipsis")"), "HHHHHHHHHHHH"), k_of(field(""), "HHHHHHHH…"));
}

// Letter and vowel sign of Devanagari are one character to who reads them; each has a width of its own.
TEST(cut_text, is_never_cut_inside_of_a_character) {
  const auto in = [](unsigned room_mm, std::string_view fit) {
    return sample::k(fmt::format(R"(<text data-field="name" data-width="{}" data-fit="{}" x="10" y="20" )"
                                 R"(font-size="4" font-family="Noto Sans"/>)",
                                 room_mm, fit));
  };
  const std::string syllable = "नी";
  std::string many;
  for (int i = 0; i < 40; ++i) many += syllable;
  for (unsigned room_mm = 20; room_mm < 30; ++room_mm) {
    const auto cut = k_of(in(room_mm, "ellipsis"), many);
    bool found = false;
    for (std::size_t i = 1; i < 20 && !found; ++i)
      found = k_of(in(60, "refuse"), many.substr(0, i * syllable.size()) + "…") == cut;
    EXPECT_TRUE(found) << room_mm;
  }
}

TEST(text_at_its_size, is_refused_at_once_when_it_is_too_long) {
  EXPECT_THAT(refusal(field(R"(data-fit="refuse")"), "HHHHHHHHHHHH"),
              HasSubstr("the field name needs 35.7 mm and has 30.0 mm"));
}

TEST(shrunk_text, shrinks_its_letter_spacing_too) {
  const auto k = k_of(field(R"(letter-spacing="1")"), "HHHHHHHHH");
  const auto width = sample::ink_of(k, sample::image).width();
  EXPECT_LE(width, 30 * pixels_per_mm);
  EXPECT_GE(width, 29.3 * pixels_per_mm);
}

TEST(shrunk_text, has_its_size_from_the_style_rather_than_the_attribute) {
  const auto sized = [](std::string_view size) {
    return sample::k(fmt::format(R"(<text data-field="name" data-width="30" x="10" y="20" {}/>)", size));
  };
  EXPECT_EQ(k_of(sized(R"(font-size="9" style="fill:#000; font-size : 4px")"), "Wolfeschlegelstein"),
            k_of(sized(R"(font-size="4")"), "Wolfeschlegelstein"));
}

TEST(fitted_text, stays_on_its_side_of_x) {
  const auto at = [](std::string_view anchor, double x) {
    return sample::k(fmt::format(
        R"(<g style="text-anchor:{}"><text data-field="name" data-width="30" x="{}" y="20" font-size="4"/></g>)",
        anchor, x));
  };
  for (const auto& [anchor, x] :
       {std::pair("end", 40.0), std::pair("middle", 25.0), std::pair("start", 10.0)}) {
    const auto ink = sample::ink_of(k_of(at(anchor, x), "jWolfeschlegelf"), sample::image);
    EXPECT_GE(ink.left, static_cast<unsigned>(10.21 * pixels_per_mm)) << anchor;
    EXPECT_LE(ink.right, static_cast<unsigned>(40.21 * pixels_per_mm) + 1) << anchor;
  }
}

TEST(date_field, is_fitted_like_a_text) {
  const auto layout = field(R"(data-type="date" data-format="%A, %d %B %Y" data-fit="wrap")");
  EXPECT_EQ(lines_in(k_of(layout, "2026-12-31")), 2U);
}

TEST(check_code, is_the_cards_own) {
  const auto layout =
      sample::k(R"(<text data-type="checkCode" data-width="30" x="10" y="20" font-size="4">SAMPLE</text>)");
  EXPECT_THAT(problems_of(layout), testing::IsEmpty());
  const auto drawn = draw_face(layout, {{"checkCode", "7KQ2M0"}}, sample::image);
  ASSERT_TRUE(drawn) << drawn.error().detail;
  EXPECT_EQ(drawn->k, k_of(field(""), "7KQ2M0"));
  EXPECT_EQ(draw_face(layout, {{"name", "x"}}, sample::image).error().detail, "the card has no checkCode");
}

TEST(data_fit, is_checked_by_line) {
  const auto problem = [](std::string_view more) {
    const auto problems = problems_of(field(more));
    EXPECT_EQ(problems.size(), 1U) << more;
    return problems.empty() ? "" : problems.front();
  };
  EXPECT_THAT(problem(R"(data-fit="squeeze")"), HasSubstr("line 1: data-fit must be shrink, wrap"));
  EXPECT_THAT(problem(R"(data-lines="2")"), HasSubstr("are for data-fit=\"wrap\""));
  EXPECT_THAT(problem(R"(data-fit="wrap" data-lines="2.5")"),
              HasSubstr("data-lines must be a number from 1"));
  EXPECT_THAT(problem(R"(data-fit="wrap" data-lines="-1")"), HasSubstr("data-lines must be a number from 1"));
  EXPECT_THAT(problem(R"(data-fit="wrap" data-line-height="9")"), HasSubstr("data-line-height must be"));
  EXPECT_THAT(problems_of(sample::k(R"(<text data-fit="wrap">x</text>)")),
              testing::ElementsAre(HasSubstr("data-field must name a field")));
}

}  // namespace
}  // namespace drawing
