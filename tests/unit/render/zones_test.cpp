#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// What of a blank must stay free: the contacts of its chip, its magnetic stripe.
namespace drawing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto full = R"(<rect x="-2" y="-2" width="89.6" height="57.98" fill="#102030"/>)";

std::string plane(std::string_view id, std::string_view content) {
  return sample::svg(fmt::format("\n<g id=\"{}\">{}</g>", id, content));
}

std::string rect(double x, double y, double width, double height) {
  return fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}"/>)", x, y, width, height);
}

api::Failure refused(const std::string& layout, Zone zone) {
  const auto planes = draw_face(layout, {}, sample::image, zone);
  return planes ? api::Failure{api::Reason::restarted, {}, "it was drawn"} : planes.error();
}

TEST(contacts, get_no_black_and_no_varnish) {
  for (const auto& [id, words] :
       {std::pair("k", "line 2: black (group k) lies over the contacts of the chip"),
        std::pair("overlay", "line 2: varnish (group overlay) lies over the contacts")}) {
    const auto failure = refused(plane(id, full), Zone::contacts);
    EXPECT_EQ(failure.reason, api::Reason::layoutInvalid);
    EXPECT_THAT(failure.detail, HasSubstr(words));
    EXPECT_THAT(problems_of(plane(id, full), usual_image, Zone::contacts), ElementsAre(failure.detail));
    EXPECT_TRUE(draw_face(plane(id, full), {}, sample::image)) << "a blank without a chip";
  }
}

TEST(contacts, are_told_with_the_line_of_what_lies_there) {
  const auto layout = plane("overlay",
                            "<path fill-rule='evenodd' d='M-2 -2H87.6V55.98H-2Z M7 16V32H23V16Z'/>\n"
                            "<g transform='translate(5 5)'>\n<rect x='30' width='5' height='5'/>\n"
                            "<circle cx='10' cy='15' r='3'/>\n</g>");
  EXPECT_THAT(refused(layout, Zone::contacts).detail, testing::StartsWith("line 5: varnish (group overlay)"));
  const auto code =
      plane("k", "\n<rect data-field='n' data-type='qr' x='10' y='18' width='20' height='20'/>");
  EXPECT_THAT(problems_of(code, usual_image, Zone::contacts),
              ElementsAre(HasSubstr("line 3: black (group k)")));
}

TEST(contacts, reach_as_far_as_ink_may_come_near) {
  const auto free = [](double x, double y, double width, double height) {
    return draw_face(plane("k", rect(x, y, width, height)), {}, sample::image, Zone::contacts).has_value();
  };
  EXPECT_TRUE(free(0, 0, 85.6, 17.2));
  EXPECT_TRUE(free(0, 30.6, 85.6, 20));
  EXPECT_TRUE(free(0, 0, 8.2, 53));
  EXPECT_TRUE(free(21.9, 0, 60, 53));
  EXPECT_FALSE(free(0, 0, 85.6, 17.5));
  EXPECT_FALSE(free(0, 30.3, 85.6, 20));
  EXPECT_FALSE(free(0, 0, 8.5, 53));
  EXPECT_FALSE(free(21.6, 0, 60, 53));
}

TEST(contacts, have_their_dye_left_out) {
  const auto planes = draw_face(plane("color", full), {}, sample::image, Zone::contacts);
  ASSERT_TRUE(planes) << planes.error().detail;
  const auto rgb = [&](double x_mm, double y_mm) {
    const auto x = static_cast<unsigned>((x_mm + 0.21) * 300 / 25.4),
               y = static_cast<unsigned>((y_mm + 0.44) * 300 / 25.4);
    const auto* pixel = &planes->color[(std::size_t{y} * planes->width + x) * 3];
    return pixel[0] << 16 | pixel[1] << 8 | pixel[2];
  };
  EXPECT_EQ(rgb(15, 24), 0xffffff);
  EXPECT_EQ(rgb(8.5, 17.5), 0xffffff);
  EXPECT_EQ(rgb(21.6, 30.3), 0xffffff);
  EXPECT_EQ(rgb(8.1, 24), 0x102030);
  EXPECT_EQ(rgb(15, 30.7), 0x102030);
}

TEST(stripe, gets_no_black_and_no_varnish_over_all_its_width) {
  for (const double x : {-1.0, 40.0, 85.0})
    EXPECT_THAT(refused(plane("k", rect(x, 10, 1, 1)), Zone::stripe).detail,
                HasSubstr("line 2: black (group k) lies over the magnetic stripe"));
  EXPECT_TRUE(draw_face(plane("k", rect(0, 16.7, 80, 30)), {}, sample::image, Zone::stripe));
  EXPECT_TRUE(draw_face(plane("k", rect(0, 0, 80, 3.8)), {}, sample::image, Zone::stripe));
}

TEST(request, says_what_of_which_face_stays_free) {
  render::Request request{plane("k", full), plane("k", full), {}, sample::image, false, false};
  EXPECT_TRUE(draw(request));
  request.chip = true;
  ASSERT_FALSE(draw(request));
  EXPECT_THAT(draw(request).error().detail, HasSubstr("contacts"));
  request = {plane("k", rect(0, 0, 3, 3)), plane("k", full), {}, sample::image, true, true};
  ASSERT_FALSE(draw(request));
  EXPECT_THAT(draw(request).error().detail, HasSubstr("magnetic stripe"));
}

TEST(layout, prints_every_text_of_the_group_k) {
  const auto problems = [](const std::string& style, const std::string& ground = "") {
    return problems_of(sample::k(ground +
                                 "\n<text data-field='number' data-width='30' x='9' y='9' font-size='4' "
                                 "font-family='DejaVu Sans' " +
                                 style + ">T1</text>"));
  };
  EXPECT_THAT(problems(""), testing::IsEmpty());
  for (const auto* style : {"fill='#cccccc'", "opacity='0.3'", "transform='translate(200)'"})
    EXPECT_THAT(problems(style),
                testing::ElementsAre(testing::HasSubstr("the field number would not be printed")))
        << style;
  EXPECT_THAT(problems("fill='#ffffff'", "<rect width='60' height='20'/>"), testing::IsEmpty());
}

TEST(layout, prints_no_dust) {
  const auto text = [](const std::string& attributes, const std::string& content) {
    return sample::k(fmt::format("\n<text x='9' y='9' {}>{}</text>", attributes, content));
  };
  const auto field = "data-field='name' data-width='10' font-size='1.8'";
  const auto dust = ElementsAre(testing::ContainsRegex("line 2: .* prints as dust"));
  EXPECT_THAT(problems_of(text("font-size='1.4'", "small print")), dust);
  EXPECT_THAT(problems_of(text("font-size='4'", "<tspan style='font-size:3pt'>small</tspan> print")), dust);
  EXPECT_THAT(problems_of(text("font-size='1.5'", "small print")), testing::IsEmpty());
  EXPECT_THAT(problems_of(text(field, "Ada")), testing::IsEmpty());
  const render::Fields longer{{"name", "Ada K. Lovelace"}};
  EXPECT_THAT(problems_of(text(field, "Ada"), usual_image, Zone::none, longer), dust) << "made to fit";
  const auto wrapped = std::string(field) + " data-fit='wrap' data-lines='1'";
  EXPECT_THAT(problems_of(text(wrapped, "Ada"), usual_image, Zone::none, longer), dust);
  EXPECT_THAT(problems_of(sample::svg("<g id='color' font-family='DejaVu Sans'><text y='9' font-size='1.2'>"
                                      "dye</text></g>")),
              testing::IsEmpty());
}

}  // namespace
}  // namespace drawing
