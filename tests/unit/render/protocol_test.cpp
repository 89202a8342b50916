#include "daemon/render/protocol.hpp"

namespace render {
namespace {

constexpr api::ImageSpec image{10, 4, 300};  // 120 bytes of colour, 8 bytes of a bitmap

api::Faces small_faces() {
  api::Faces faces;
  faces.front = api::Planes{10, 4, api::Bytes(120, 0x11), api::Bytes(8, 0x22), {}};
  return faces;
}

TEST(request, comes_back_from_its_line_as_it_was) {
  const Request request{"<svg>\n\"</svg>", "", {{"name", "Ł \"<&>'\n"}, {"empty", ""}}, image, true, false};
  const auto line = request_line(request);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto back = parse_request(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->front, request.front);
  EXPECT_EQ(back->back, request.back);
  EXPECT_EQ(back->fields, request.fields);
  EXPECT_EQ(back->image, image);
  EXPECT_TRUE(back->chip);
  EXPECT_FALSE(back->stripe);
}

TEST(request, is_refused_when_it_is_something_else) {
  const std::vector<std::string> lines{
      "",
      "[]",
      "{}",
      "{",
      R"({"front":1,"back":"","fields":{},"image":{"width":1,"height":1,"dpi":1}})",
      R"({"front":"","back":"","fields":{"a":1},"image":{"width":1,"height":1,"dpi":1}})",
      R"({"front":"","back":"","fields":{},"image":{"width":0,"height":1,"dpi":1}})",
      R"({"front":"","back":"","fields":{},"image":{"width":4000000,"height":4000000,"dpi":1}})",
      R"({"front":"","back":"","fields":{},"image":{"width":-1,"height":1,"dpi":1}})"};
  for (const auto& line : lines) EXPECT_FALSE(parse_request(line)) << line;
}

TEST(answer, announces_the_planes_that_follow) {
  const auto answer = answer_bytes(small_faces());
  const auto end = answer.find('\n');
  const auto faces = parse_header(answer.substr(0, end), image);
  ASSERT_TRUE(faces);
  ASSERT_TRUE(faces->front);
  EXPECT_FALSE(faces->back);
  EXPECT_EQ(faces->front->width, 10U);
  EXPECT_EQ(faces->front->color.size(), 120U);
  EXPECT_EQ(faces->front->k.size(), 8U);
  EXPECT_TRUE(faces->front->overlay.empty());
  EXPECT_EQ(answer.substr(end + 1), std::string(120, 0x11) + std::string(8, 0x22));
}

TEST(answer, carries_a_failure_with_its_reason) {
  const auto answer = answer_bytes(api::fail(api::Reason::fieldMissing, "the card has no name"));
  const auto faces = parse_header(answer, image);
  ASSERT_FALSE(faces);
  EXPECT_EQ(faces.error().reason, api::Reason::fieldMissing);
  EXPECT_EQ(faces.error().detail, "the card has no name");
  EXPECT_EQ(faces.error().certainty, api::Certainty::notDone);
}

TEST(answer, with_planes_of_another_size_is_refused) {
  const auto answer = answer_bytes(small_faces());
  const auto line = answer.substr(0, answer.find('\n'));
  for (const auto& other : {api::ImageSpec{11, 4, 300}, api::ImageSpec{10, 5, 300}}) {
    const auto faces = parse_header(line, other);
    ASSERT_FALSE(faces);
    EXPECT_EQ(faces.error().reason, api::Reason::rendererFailed);
  }
}

TEST(answer, that_is_no_answer_is_refused) {
  for (const std::string line : {"", "[]", "{}", R"({"faces":{"front":{}}})", R"({"reason":"madeUp"})",
                                 R"({"faces":{"front":{"color":-1,"k":0,"overlay":0}}})"}) {
    const auto faces = parse_header(line, image);
    ASSERT_FALSE(faces) << line;
    EXPECT_EQ(faces.error().reason, api::Reason::rendererFailed) << line;
  }
}

}  // namespace
}  // namespace render
