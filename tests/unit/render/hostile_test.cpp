#include "daemon/render/drawing/draw.hpp"
#include "tests/unit/render/sample.hpp"

// Layouts that are wrong or mean harm.
namespace drawing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Refused by --check, and in the same words when a card is to be drawn.
void expect_problem(const std::string& layout, const std::string& words) {
  const auto problems = problems_of(layout);
  EXPECT_THAT(problems, testing::Contains(HasSubstr(words))) << layout.substr(0, 300);
  const auto planes = draw_face(layout, {{"name", "Ada"}}, sample::image);
  ASSERT_FALSE(planes) << layout.substr(0, 300);
  EXPECT_EQ(planes.error().reason, api::Reason::layoutInvalid);
  EXPECT_EQ(planes.error().detail, problems.at(0));
}

TEST(layout, names_the_line_of_every_problem) {
  EXPECT_THAT(
      problems_of("<svg viewBox='-2 -2 89.6 57.98'>\n<g id='k'>\n<script/>\n<text font-family='Nowhere "
                  "Sans'>x</text>\n</g>\n</svg>"),
      ElementsAre("line 3: <script> is not allowed", "line 4: the font \"Nowhere Sans\" is not installed"));
  EXPECT_THAT(problems_of("<svg>\n<g>\n</svg>"), ElementsAre(HasSubstr("line 3: this is no XML")));
}

TEST(layout, that_is_no_drawing_is_refused) {
  expect_problem("", "this is no XML");
  expect_problem("hello", "this is no XML");
  expect_problem("<html/>", "the root element must be svg");
  expect_problem(std::string(3 * 1024 * 1024, ' '), "larger than 2 MiB");
}

TEST(layout, must_have_the_size_of_a_card) {
  for (const auto* box : {"", "0 0 100 50", "-2 -2 89.6", "-2 -1 89.6 57.98", "nan nan 85.6 53.98",
                          "2 2 81.6 49.98", "-2 -2 89.6 57.98px"})
    expect_problem(fmt::format("<svg viewBox='{}'><g id='k'/></svg>", box), "viewBox must be the card");
}

TEST(layout, must_put_everything_into_the_groups_of_planes) {
  expect_problem(sample::svg(""), "there is no group");
  expect_problem(sample::svg("<g id='k'/><rect width='3' height='3'/>"),
                 "<rect> stands in none of the groups");
  expect_problem(sample::svg("<g id='layer1'><g id='k'/></g>"), "<g> stands in none of the groups");
}

TEST(layout, fetches_nothing) {
  for (const auto* content : {"<image xlink:href='file:///etc/passwd' width='9' height='9'/>",
                              "<image href='/tmp/x.png' width='9' height='9'/>",
                              "<image href='https://example.org/x.png' width='9' height='9'/>",
                              "<use href='other.svg#x'/>", "<image href='data:image/svg+xml;base64,AAAA'/>"})
    expect_problem(sample::k(content), "the renderer opens no file");
  expect_problem(sample::k("<rect fill='url(other.svg#x)'/>"), "fill may fetch nothing");
  expect_problem(sample::k("<rect style='fill:url( \"http://example.org\")'/>"), "style may fetch nothing");
  expect_problem(sample::svg("<style>@import 'x.css';</style><g id='k'/>"), "a style may fetch nothing");
  expect_problem("<?xml-stylesheet href='x.css'?>" + sample::k(""), "remove the processing instruction");
}

TEST(layout, runs_nothing) {
  expect_problem(sample::k("<script>1</script>"), "<script> is not allowed");
  expect_problem(sample::k("<foreignObject/>"), "<foreignObject> is not allowed");
  expect_problem(sample::k("<rect onclick='x'/>"), "onclick is not allowed");
}

TEST(layout, has_no_entities) {
  std::string bomb = "<!DOCTYPE svg [<!ENTITY a0 'aaaaaaaaaa'>";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("<!ENTITY a{0} '&a{1};&a{1};&a{1};&a{1};&a{1};&a{1};&a{1};&a{1};&a{1};&a{1};'>", i,
                        i - 1);
  expect_problem(bomb + "]>" + sample::k("<text>&a11;</text>"), "remove the DOCTYPE");
  expect_problem("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + sample::k("<text>&x;</text>"),
                 "remove the DOCTYPE");
}

TEST(layout, that_is_nested_too_deep_is_refused) {
  std::string open, close;
  for (int i = 0; i < 100'000; ++i) {
    open += "<g>";
    close += "</g>";
  }
  expect_problem(sample::k(open + close), "nested deeper than 64");
}

TEST(layout, that_multiplies_itself_is_refused) {
  std::string content = "<rect id='r0' width='1' height='1'/>";
  for (int i = 1; i < 12; ++i) {
    content += fmt::format("<g id='r{}'>", i);
    for (int j = 0; j < 10; ++j) content += fmt::format("<use href='#r{}'/>", i - 1);
    content += "</g>";
  }
  const auto planes = draw_face(sample::k(content), {}, sample::image);
  ASSERT_FALSE(planes);
  EXPECT_EQ(planes.error().reason, api::Reason::layoutInvalid);
}

// Refused as the layout's fault, or drawn: never anything else. What would take long is not among them: the
// process has a limit for that.
TEST(layout, that_is_made_to_confuse_librsvg_is_drawn_or_refused) {
  const auto defs = [](std::string_view definitions, std::string_view use) {
    return sample::k(fmt::format("<defs>{}</defs><rect width='30' height='30' {}/>", definitions, use));
  };
  const std::string layouts[] = {
      sample::k("<g id='a'><rect width='3' height='3'/><use href='#a'/></g>"),
      sample::k("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"),
      defs("<pattern id='p' width='5' height='5'><rect width='5' height='5' fill='url(#p)'/></pattern>",
           "fill='url(#p)'"),
      defs("<pattern id='p' width='1e-5' height='1e-5' patternUnits='userSpaceOnUse'><rect/></pattern>",
           "fill='url(#p)'"),
      defs("<pattern id='p' width='1e9' height='1e9' patternUnits='userSpaceOnUse'><rect/></pattern>",
           "fill='url(#p)'"),
      defs("<mask id='m'><rect width='5' height='5' mask='url(#m)'/></mask>", "mask='url(#m)'"),
      defs("<clipPath id='c' clip-path='url(#c)'><rect width='5' height='5'/></clipPath>",
           "clip-path='url(#c)'"),
      defs("<linearGradient id='a' href='#b'/><linearGradient id='b' href='#a'/>", "fill='url(#a)'"),
      defs("<filter id='f' x='-1e6' y='-1e6' width='1e9' height='1e9'><feGaussianBlur "
           "stdDeviation='1e6'/></filter>",
           "filter='url(#f)'"),
      sample::k("<rect x='NaN' width='1e308' height='1e308'/><circle r='1e39'/><path d='M1e300 1 L nan'/>"),
      sample::k(
          "<g transform='scale(1e200) rotate(1e300) matrix(0 0 0 0 0 0)'><rect width='1' height='1'/></g>"),
      sample::k("<text x='1e30' y='-1e30' font-size='1e20'>x</text><text font-size='30000'>W</text>"),
      sample::k("<path d='M0 0H8000000' stroke='#000' stroke-dasharray='0.0001'/>"),
      sample::k("<svg width='1e9' height='1e9' viewBox='0 0 1e-9 1e-9'><rect width='1' height='1'/></svg>"),
      sample::k("<text data-field='name' data-width='1e9' font-size='1e8' x='1e30'/>"),
      sample::k("<rect data-field='name' data-type='qr' x='-1e30' width='1e30' height='1e30'/>"),
      sample::k("<rect data-field='name' data-type='barcode' x='1e300' width='1e300' height='1'/>"),
  };
  for (const auto& layout : layouts) {
    const auto planes = draw_face(layout, {{"name", "Ada"}}, sample::image);
    const auto reason = planes ? api::Reason::layoutInvalid : planes.error().reason;
    EXPECT_THAT(reason, testing::AnyOf(api::Reason::layoutInvalid, api::Reason::textDoesNotFit,
                                       api::Reason::drawingLimit))
        << layout;
    problems_of(layout);
  }
}

TEST(layout, has_an_end) {
  std::string elements;
  for (int i = 0; i < 300'000; ++i) elements += "<g/>";
  expect_problem(sample::k(elements), "more than 20000 elements");
  expect_problem(sample::k("<text>" + std::string(100'000, 'W') + "</text>"), "longer than 1024 bytes");
}

TEST(layout, that_is_no_text_says_what_it_is) {
  expect_problem("\x1f\x8b\x08 compressed", "this is compressed (svgz): save it as plain SVG");
  expect_problem(std::string("\xff\xfe<\0s\0v\0g\0", 10), "this is not UTF-8");
  expect_problem("<svg>\n\xe4</svg>", "line 2: this is not UTF-8");
}

TEST(layout, has_no_slow_filters_and_unknown_elements) {
  for (const auto* name : {"feTurbulence", "feMorphology", "feConvolveMatrix", "feImage", "rext", "svg:rect"})
    expect_problem(sample::k(fmt::format("<{}/>", name)), fmt::format("<{}> is not allowed", name));
}

// What is only found by drawing, with the text that stands in the field.
TEST(layout, is_drawn_once_to_be_checked) {
  const auto problem = [](const std::string& content) {
    const auto problems = problems_of(sample::svg("\n" + content));
    EXPECT_EQ(problems.size(), 1U) << content;
    return problems.empty() ? "" : problems.front();
  };
  EXPECT_THAT(problem("<g id='k' font-family='DejaVu Sans'>\n<text data-field='n' data-width='9' "
                      "font-size='3'>Maximiliane</text></g>"),
              HasSubstr("line 3: the field n needs"));
  EXPECT_THAT(problem("<g id='k'>\n<rect data-field='n' data-type='qr' width='6' height='6'/></g>"),
              HasSubstr("line 3: the code of the field n has too many modules"));
  EXPECT_THAT(problem("<g id='k'>\n<rect data-field='n' data-type='barcode' width='12' height='6'/></g>"),
              HasSubstr("line 3: the code of the field n has too many modules"));
  EXPECT_THAT(problem("<g id='k'>\n<rect data-field='n' data-type='qr' width='12' height='12'/>"
                      "<rect width='4' height='4'/></g>"),
              HasSubstr("line 3: black lies over the code of the field n"));
  EXPECT_THAT(problem("<g id='color'><rect width='12' height='6' fill='#406080'/></g><g id='k'>\n"
                      "<rect data-field='n' data-type='qr' width='12' height='12'/></g>"),
              HasSubstr("line 3: the dye under the code of the field n is too dark"));
  EXPECT_THAT(problem("<g id='color'>\n<image width='9' height='9' href='data:image/png;base64,AAAA'/></g>"),
              HasSubstr("line 3: the embedded image cannot be decoded"));
  EXPECT_THAT(problems_of(sample::svg("<g id='color'><image data-field='photo' data-type='photo' width='9' "
                                      "height='9'/></g>")),
              testing::IsEmpty());
  const api::ImageSpec wide{1200, 648, 300};
  EXPECT_THAT(problems_of(sample::k(""), wide), ElementsAre(HasSubstr("line 1: this printer needs a bleed")));
}

TEST(layout, says_everything_about_its_fields) {
  expect_problem(sample::k("<text data-field=''/>"), "data-field must name a field");
  expect_problem(sample::k("<text data-field='name' data-type='picture'/>"), "data-type must be");
  expect_problem(sample::k("<rect data-type='qr' width='9' height='9'/>"), "data-field must name a field");
  expect_problem(
      sample::k("<rect data-field='name' data-type='barcode' data-symbology='x' width='9' height='9'/>"),
      "data-symbology must be one of: code128, code39, ean13");
  expect_problem(sample::k("<text>x</text>").replace(sample::k("").find("DejaVu Sans"), 11, ""),
                 "no font-family");
  expect_problem(sample::svg("<style>text{font-size:3px}</style><g id='k'/>"),
                 "cannot be set by a style sheet");
  expect_problem(sample::k("<text style='font:3px Arial'>x</text>"), "one by one instead of font");
  expect_problem(sample::k("<text data-field='name' font-size='3'/>"), "this field needs data-width");
  expect_problem(sample::k("<text data-field='name' data-width='9'/>"), "this field needs font-size");
  expect_problem(sample::k("<text data-field='name' data-width='9' font-size='large'/>"),
                 "this field needs font-size");
  expect_problem(sample::k("<rect data-field='name' data-width='9' font-size='3'/>"), "must be a <text>");
  expect_problem(sample::k("<text data-field='name' data-width='9' font-size='3'>a<tspan>b</tspan></text>"),
                 "parts of their own style");
  expect_problem(
      sample::svg("<g id='color'><rect data-field='name' data-type='qr' width='9' height='9'/></g>"),
      "in the group k");
  expect_problem(sample::k("<image data-field='name' data-type='photo' width='9' height='9'/>"),
                 "in the group color");
}

TEST(layout, refuses_what_librsvg_would_draw_wrong_without_a_word) {
  expect_problem(sample::k("<rect id='a'/><rect id='a'/>"), "the id \"a\" is there twice");
  expect_problem(sample::k("<text>\xf4\x8f\xbf\xbd</text>"), "no installed font has");
  expect_problem(sample::k("<text font-family='Nowhere, DejaVu Sans'>x</text>"), "is not installed");
  expect_problem(sample::k("<text><textPath href='#a'>x</textPath></text>"), "<textPath> is not allowed");
}

TEST(layout, names_the_character_that_no_font_has) {
  expect_problem(sample::k("<text font-family='DejaVu Sans'>Ada \xee\x84\xa3</text>"),
                 "no installed font has the character U+E123 of \"Ada");
}

TEST(layout, has_no_misspelt_attribute_of_a_field) {
  expect_problem(sample::k("<text data-field='name' data-width='30' data-optonal='true' font-size='4' "
                           "font-family='DejaVu Sans'>x</text>"),
                 "a field has no data-optonal");
}

}  // namespace
}  // namespace drawing
