#include "daemon/render/drawing/draw.hpp"

#include "daemon/render/drawing/fill.hpp"
#include "daemon/render/drawing/layout.hpp"
#include "tests/unit/render/sample.hpp"

// fontconfig and pango keep the fonts they have loaded until the process ends.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libpango\n";
}
// They also load them in a thread of their own, with locks that ThreadSanitizer does not see.
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libpangoft2\ncalled_from_lib:libfontconfig\ncalled_from_lib:libglib-2.0\nrace:"
         "libpango\n";
}

namespace drawing {
namespace {

using api::Reason;
using sample::ink_of;

// A file of one pixel that claims to be 60,000 × 60,000 pixels large.
constexpr auto huge_picture =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAIAAAAPsOIVAAAADElEQVR4nGP4z8AAAAMBAQDJ/"
    "pLvAAAAAElFTkSuQmCC";

api::Planes drawn(const std::string& layout, const render::Fields& fields = {},
                  const api::ImageSpec& image = sample::image) {
  auto planes = draw_face(layout, fields, image);
  if (planes) return *std::move(planes);
  ADD_FAILURE() << api::name_of(planes.error().reason) << ": " << planes.error().detail;
  return {};
}

api::Failure failure(const std::string& layout, const render::Fields& fields = {},
                     const api::ImageSpec& image = sample::image) {
  const auto planes = draw_face(layout, fields, image);
  return planes ? api::Failure{Reason::restarted, {}, "it was drawn"} : planes.error();
}

// A text field "name", 30 mm wide.
std::string name_layout(std::string_view more = "") {
  return sample::k(
      fmt::format(R"(<text data-field="name" data-width="30" x="10" y="20" font-size="4" {}/>)", more));
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) result += fmt::format("&#{};", static_cast<int>(c));
  return result;
}

TEST(planes, have_the_size_of_the_image) {
  const auto layout = sample::svg(R"(<g id="color"/><g id="k"/><g id="overlay"/>)");
  for (const auto& image : {sample::image, api::ImageSpec{1011, 638, 300}, api::ImageSpec{2072, 1328, 600}}) {
    const auto planes = drawn(layout, {}, image);
    EXPECT_EQ(planes.width, image.width);
    EXPECT_EQ(planes.height, image.height);
    EXPECT_EQ(planes.color.size(), std::size_t{image.width} * image.height * 3);
    EXPECT_EQ(planes.k.size(), std::size_t{(image.width + 7) / 8} * image.height);
    EXPECT_EQ(planes.overlay.size(), planes.k.size());
  }
}

TEST(planes, of_groups_that_are_not_there_are_empty) {
  const auto planes = drawn(sample::k(""));
  EXPECT_TRUE(planes.color.empty());
  EXPECT_TRUE(planes.overlay.empty());
  EXPECT_FALSE(planes.k.empty());
}

TEST(planes, hold_their_own_group_alone) {
  const auto planes = drawn(sample::svg(R"(<g id="color"><rect width="10" height="10" fill="#ff0000"/></g>)"
                                        R"(<g id="k"><rect x="20" width="10" height="10"/></g>)"
                                        R"(<g id="overlay"><rect x="40" width="10" height="10"/></g>)"));
  const auto rgb = [&](unsigned x, unsigned y) {
    const auto* pixel = &planes.color[(y * planes.width + x) * 3];
    return std::vector<int>{pixel[0], pixel[1], pixel[2]};
  };
  EXPECT_EQ(rgb(60, 60), (std::vector<int>{255, 0, 0}));
  EXPECT_EQ(rgb(300, 60), (std::vector<int>{255, 255, 255}));
  EXPECT_EQ(ink_of(planes.k, sample::image).left,
            239U);  // (20 mm + the 0.21 mm beyond the card) × 300 / 25.4
  EXPECT_EQ(ink_of(planes.k, sample::image).width(), 118U);
  EXPECT_EQ(ink_of(planes.overlay, sample::image).left, 475U);
}

TEST(planes, have_the_card_in_their_middle_at_its_true_size) {
  const auto layout = sample::k(R"(<rect width="85.6" height="53.98"/>)");
  auto ink = ink_of(drawn(layout).k, sample::image);
  EXPECT_NEAR(ink.left, 2.5, 1);  // (1016 − 85.60 × 300 / 25.4) / 2
  EXPECT_NEAR(ink.width(), 1011, 1);
  EXPECT_NEAR(ink.top, 5.2, 1);
  EXPECT_NEAR(ink.height(), 638, 1);
  constexpr api::ImageSpec fine{2072, 1328, 600};
  ink = ink_of(drawn(layout, {}, fine).k, fine);
  EXPECT_NEAR(ink.width(), 2022, 1);
  EXPECT_NEAR(ink.left, 25, 1);
}

TEST(planes, need_a_bleed_that_reaches_the_edge) {
  const auto result = failure(sample::k(""), {}, {1200, 648, 300});
  EXPECT_EQ(result.reason, Reason::layoutInvalid);
  EXPECT_THAT(result.detail, testing::HasSubstr("needs a bleed of 8.00 mm"));
}

TEST(planes, take_lengths_with_a_unit_at_their_word) {
  const auto ink = ink_of(drawn(sample::k(R"(<rect width="10mm" height="72pt"/>)")).k, sample::image);
  EXPECT_NEAR(ink.width(), 118, 1);
  EXPECT_NEAR(ink.height(), 300, 1);
}

TEST(black_plane, takes_what_is_darker_than_half) {
  const auto planes = drawn(sample::k(R"(<rect width="10" height="10" fill="#7f7f7f"/>)"
                                      R"(<rect x="20" width="10" height="10" fill="#818181"/>)"));
  const auto ink = ink_of(planes.k, sample::image);
  EXPECT_NEAR(ink.width(), 118, 1);
  EXPECT_EQ(ink.count, ink.width() * ink.height());
}

TEST(text_field, draws_hostile_text_as_text) {
  const auto text = [](std::string_view attribute, std::string_view content) {
    return sample::k(fmt::format(R"(<text {} x="5" y="20" font-size="2">{}</text>)", attribute, content));
  };
  for (const std::string hostile : {"<&>\"'", "]]>", "</text><rect width=\"80\" height=\"50\"/>",
                                    "&amp;&#65;", "<!--", "<?x?>", "%s{}"}) {
    const auto by_field = drawn(text(R"(data-field="name" data-width="80")", ""), {{"name", hostile}});
    const auto fixed = drawn(text("", escaped(hostile)));
    EXPECT_EQ(by_field.k, fixed.k) << hostile;
    EXPECT_GT(ink_of(fixed.k, sample::image).count, 0U) << hostile;
  }
}

TEST(text_field, is_made_smaller_until_it_fits) {
  const auto ink = ink_of(drawn(name_layout(), {{"name", "Wolfeschlegelstein"}}).k, sample::image);
  EXPECT_LE(ink.width(), 355U);  // 30 mm
  EXPECT_GT(ink.width(), 340U);
  const auto free = ink_of(drawn(name_layout(), {{"name", "Wolg"}}).k, sample::image);
  EXPECT_GT(free.height(), ink.height());
}

TEST(text_field, that_would_become_too_small_is_refused) {
  const auto result = failure(name_layout(), {{"name", "Wolfeschlegelsteinhausenbergerdorff"}});
  EXPECT_EQ(result.reason, Reason::textDoesNotFit);
  EXPECT_THAT(result.detail, testing::HasSubstr("the field name needs "));
  EXPECT_THAT(result.detail, testing::HasSubstr("has 30.0 mm"));
  EXPECT_EQ(failure(name_layout(), {{"name", std::string(100'000, 'i')}}).reason, Reason::textDoesNotFit);
}

TEST(text_field, is_measured_along_its_line_when_it_is_turned) {
  const auto layout = sample::k(R"x(<g transform="translate(20 50) rotate(-90)">)x"
                                R"(<text data-field="name" data-width="30" font-size="4"/></g>)");
  const auto ink = ink_of(drawn(layout, {{"name", "Wolfeschlegelstein"}}).k, sample::image);
  EXPECT_LE(ink.height(), 355U);
  EXPECT_GT(ink.height(), 340U);
}

TEST(text_field, that_the_card_does_not_have_is_named) {
  const auto result = failure(name_layout(), {{"other", "x"}});
  EXPECT_EQ(result.reason, Reason::fieldMissing);
  EXPECT_EQ(result.detail, "the card has no name");
  EXPECT_EQ(failure(name_layout(), {{"name", ""}}).reason, Reason::fieldMissing);
}

TEST(text_field, that_is_optional_leaves_no_trace) {
  const auto layout = name_layout(R"(data-optional="true")");
  EXPECT_EQ(ink_of(drawn(layout).k, sample::image).count, 0U);
  EXPECT_GT(ink_of(drawn(layout, {{"name", "Ada"}}).k, sample::image).count, 0U);
}

TEST(text_field, with_characters_that_cannot_be_printed_is_refused) {
  // A private character that no font has, a control character, broken UTF-8, a noncharacter.
  for (const std::string bad : {"Ada \xf4\x8f\xbf\xbd", "Ada\x01", "Ada\xff", "Ada\xef\xbf\xbf"}) {
    const auto result = failure(name_layout(), {{"name", bad}});
    EXPECT_EQ(result.reason, Reason::textInvalid);
    EXPECT_THAT(result.detail, testing::HasSubstr("the field name"));
  }
  EXPECT_GT(ink_of(drawn(name_layout(), {{"name", "Łukasz Søn"}}).k, sample::image).count, 0U);
}

TEST(date_field, is_written_as_the_layout_says) {
  const auto layout = name_layout(R"(data-type="date" data-format="%d.%m.%Y")");
  EXPECT_EQ(drawn(layout, {{"name", "2026-02-03"}}).k, drawn(name_layout(), {{"name", "03.02.2026"}}).k);
}

TEST(date_field, has_a_form_that_days_have) {
  for (const auto& [form, words] : {std::pair{"%d.%Q", "data-format has %Q,"},
                                    {"%-d %", "data-format has %,"},
                                    {"%H:%M", "data-format has %H,"},
                                    {"", "data-format is empty"}})
    EXPECT_THAT(problems_of(name_layout(fmt::format(R"(data-type="date" data-format="{}")", form))),
                testing::ElementsAre(testing::ContainsRegex("line [0-9]+: " + std::string(words))))
        << form;
  for (const auto* form : {"%-d. %B %Y", "%e %b %y", "%%%F", "week %V", "soon"})
    EXPECT_THAT(problems_of(name_layout(fmt::format(R"(data-type="date" data-format="{}")", form))),
                testing::IsEmpty())
        << form;
  EXPECT_THAT(problems_of(name_layout(R"(data-format="%d")")),
              testing::ElementsAre(testing::HasSubstr("data-format is for dates")));
}

TEST(date_field, that_is_no_day_is_refused) {
  for (const auto* bad :
       {"2026-02-30", "2026-2-3", "tomorrow", "2026-13-01", "2026-01-01T00:00", "-999-01-01"})
    EXPECT_EQ(failure(name_layout(R"(data-type="date")"), {{"name", bad}}).reason, Reason::textInvalid)
        << bad;
}

TEST(qr_field, is_drawn_in_modules_of_whole_pixels) {
  const auto layout =
      sample::k(R"(<rect data-field="n" data-type="qr" x="10.13" y="10.37" width="20" height="20"/>)");
  const auto planes = drawn(layout, {{"n", "CW-000042"}});
  const auto ink = ink_of(planes.k, sample::image);
  constexpr unsigned module = 8;  // 20 mm are 236 pixels, for 21 modules and a border of 4 on either side
  ASSERT_EQ(ink.width(), 21 * module);
  ASSERT_EQ(ink.height(), 21 * module);
  for (unsigned y = 0; y < ink.height(); ++y)
    for (unsigned x = 0; x < ink.width(); ++x)
      ASSERT_EQ(sample::bit(planes.k, sample::image, ink.left + x, ink.top + y),
                sample::bit(planes.k, sample::image, ink.left + x / module * module,
                            ink.top + y / module * module));
}

TEST(qr_field, with_modules_too_small_to_be_read_is_refused) {
  const auto layout = sample::k(R"(<rect data-field="n" data-type="qr" width="10" height="10"/>)");
  EXPECT_EQ(failure(layout, {{"n", std::string(60, 'x')}}).reason, Reason::textDoesNotFit);
  EXPECT_EQ(failure(layout, {{"n", std::string(9000, 'x')}}).reason, Reason::textDoesNotFit);
}

TEST(qr_field, outside_of_the_image_is_refused) {
  const auto layout = sample::k(R"(<rect data-field="n" data-type="qr" x="80" width="20" height="20"/>)");
  EXPECT_EQ(failure(layout, {{"n", "1"}}).reason, Reason::layoutInvalid);
}

TEST(photo_field, shows_the_photo) {
  const auto layout = sample::svg(
      R"(<g id="color"><image data-field="photo" data-type="photo" width="20" height="20"/></g>)");
  const auto planes = drawn(layout, {{"photo", sample::photo}});
  const auto* pixel = &planes.color[(100 * sample::image.width + 100) * 3];
  EXPECT_EQ((std::vector<int>{pixel[0], pixel[1], pixel[2]}), (std::vector<int>{255, 0, 0}));
}

TEST(photo_field, that_cannot_be_decoded_is_refused) {
  const auto layout = sample::svg(
      R"(<g id="color"><image data-field="photo" data-type="photo" width="20" height="20"/></g>)");
  const auto large = "data:image/png;base64," + std::string(2 * photo_bytes_max, 'A');
  for (const std::string& bad :
       {std::string("file:///etc/passwd"), std::string("data:image/svg+xml;base64,PHN2Zy8+"),
        std::string("data:image/png;base64,AAAA"), std::string("data:image/jpeg;base64,"),
        std::string(huge_picture), large}) {
    const auto result = failure(layout, {{"photo", bad}});
    EXPECT_EQ(result.reason, Reason::imageInvalid) << bad.substr(0, 40);
    EXPECT_THAT(result.detail, testing::HasSubstr("the field photo")) << bad.substr(0, 40);
  }
  EXPECT_THAT(failure(layout, {{"photo", huge_picture}}).detail,
              testing::HasSubstr("4096 × 4096 pixels at most"));
}

TEST(drawing, says_on_which_face_something_is_wrong) {
  const auto good = sample::k(""), bad = sample::k("<script/>");
  EXPECT_EQ(draw({bad, good, {}, sample::image}).error().detail, "front: " + problems_of(bad).at(0));
  EXPECT_EQ(draw({good, bad, {}, sample::image}).error().detail, "back: " + problems_of(bad).at(0));
}

}  // namespace
}  // namespace drawing
