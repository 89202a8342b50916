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

TEST(layout, says_everything_about_its_fields) {
  expect_problem(sample::k("<text data-field=''/>"), "data-field must name a field");
  expect_problem(sample::k("<text data-field='name' data-type='picture'/>"), "data-type must be");
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
}

}  // namespace
}  // namespace drawing
