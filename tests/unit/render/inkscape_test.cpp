#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// What Inkscape saves is taken as it is, or refused in words that say what to choose in Inkscape.
namespace drawing {
namespace {

const std::string file = sample::file(SAMPLES "/inkscape.svg");

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), instead);
}

unsigned pixels(double mm, double edge_mm) {
  return static_cast<unsigned>((mm + edge_mm) * 300 / 25.4);
}

TEST(inkscape_file, has_no_problems) {
  EXPECT_THAT(problems_of(file), testing::IsEmpty());
}

// x of the text 40, moved by the text 12.8 and by its layer -10: the middle of the card.
TEST(inkscape_file, shows_the_field_where_its_tspan_stands) {
  const auto planes = draw_face(file, {{"name", "HHHH"}, {"address", " "}}, sample::image);
  ASSERT_TRUE(planes) << planes.error().detail;
  const auto ink = sample::ink_of(planes->k, sample::image);
  EXPECT_NEAR((ink.left + ink.right) / 2.0, pixels(42.8, 0.21), 2);
  EXPECT_NEAR(ink.bottom, pixels(30, 0.44), 2);
  EXPECT_NEAR(ink.height(), 0.714 * 4 * 300 / 25.4, 2) << "cap height of Noto Sans at 4 mm, not at 9";
}

TEST(inkscape_file, gives_its_layers_to_the_planes_of_their_names) {
  const auto planes = draw_face(file, {{"name", "Ada"}, {"address", "1 Street\nTown"}}, sample::image);
  ASSERT_TRUE(planes) << planes.error().detail;
  EXPECT_FALSE(planes->color.empty());
  EXPECT_TRUE(planes->overlay.empty());
  EXPECT_LT(planes->color[3 * (50U * sample::image.width + 50)], 0x40) << "the band, moved by its layer";
}

TEST(inkscape_file, with_text_in_a_shape_says_what_to_choose) {
  const auto shaped = with(file, "style=\"font-size:4px;line-height:1.25",
                           "style=\"font-size:4px;shape-inside:url(#rect25);line-height:1.25");
  EXPECT_THAT(problems_of(shaped), testing::ElementsAre(testing::AllOf(
                                       testing::StartsWith("line 111: this text flows into a shape"),
                                       testing::HasSubstr("choose Text > Unflow"))));
  EXPECT_THAT(problems_of(sample::k("<flowRoot><flowPara>x</flowPara></flowRoot>")),
              testing::ElementsAre(testing::HasSubstr("choose Text > Unflow")));
}

TEST(inkscape_file, with_a_hidden_layer_of_ink_is_refused) {
  EXPECT_THAT(problems_of(with(file, "inkscape:label=\"k\"", "inkscape:label=\"k\" style=\"display:none\"")),
              testing::ElementsAre(testing::HasSubstr("this group is hidden and would not be printed")));
  EXPECT_THAT(problems_of(with(file, "style=\"display:none\"", "")),
              testing::ElementsAre(testing::HasSubstr("<g> (layer guides) stands in none of the groups")));
}

TEST(inkscape_file, with_several_lines_in_a_field_that_has_one_is_refused) {
  EXPECT_THAT(problems_of(with(file, "data-fit=\"wrap\"", "")),
              testing::ElementsAre(testing::HasSubstr("this text has several lines")));
}

TEST(inkscape_file, names_the_line_of_a_font_in_a_style) {
  EXPECT_THAT(
      problems_of(with(file, "font-size:4px;font-family:'Noto Sans'", "font-size:4px;font-family:'Nowhere'")),
      testing::Contains("line 105: the font \"Nowhere\" is not installed"));
}

}  // namespace
}  // namespace drawing
