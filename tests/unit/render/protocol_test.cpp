#include "daemon/render/protocol.hpp"

#include <fmt/core.h>

namespace render {
namespace {

constexpr api::ImageSpec image{10, 4, 300};  // 120 bytes of colour, 8 bytes of a bitmap

api::Faces small_faces() {
  api::Faces faces;
  faces.front = api::Planes{10, 4, api::Bytes(120, 0x11), api::Bytes(8, 0x22), {}};
  return faces;
}

const Request card{"<svg>\n\"</svg>", "", {{"name", "Ł \"<&>'\n"}, {"empty", ""}}, image, true, false};

void expect_same(const Request& read) {
  EXPECT_EQ(read.front, card.front);
  EXPECT_EQ(read.back, card.back);
  EXPECT_EQ(read.fields, card.fields);
  EXPECT_EQ(read.image, image);
  EXPECT_TRUE(read.chip);
  EXPECT_FALSE(read.stripe);
}

TEST(question, comes_back_from_its_line_as_it_was) {
  const auto planes = planes_line(card);
  const auto pictures = pictures_line(card);
  ASSERT_TRUE(planes && pictures);
  EXPECT_EQ(planes->find('\n'), planes->size() - 1);
  const auto planes_of = parse_question(*planes);
  const auto pictures_of = parse_question(*pictures);
  ASSERT_TRUE(planes_of && std::holds_alternative<PlanesOf>(*planes_of));
  ASSERT_TRUE(pictures_of && std::holds_alternative<PicturesOf>(*pictures_of));
  expect_same(std::get<PlanesOf>(*planes_of).card);
  expect_same(std::get<PicturesOf>(*pictures_of).card);
}

TEST(question, for_a_letter_announces_the_secrets_that_follow) {
  const auto line = letter_line("<svg/>", {{"product", "Ł"}}, 6, 8);
  ASSERT_TRUE(line);
  const auto question = parse_question(*line);
  ASSERT_TRUE(question && std::holds_alternative<LetterOf>(*question));
  const auto& letter = std::get<LetterOf>(*question);
  EXPECT_EQ(letter.layout, "<svg/>");
  EXPECT_EQ(letter.fields, (Fields{{"product", "Ł"}}));
  EXPECT_EQ(letter.pin_size, 6U);
  EXPECT_EQ(letter.puk_size, 8U);
}

TEST(question, is_refused_when_it_is_something_else) {
  const auto planes = [](std::string_view front, std::string_view fields, std::string_view size,
                         std::string_view chip) {
    return fmt::format(
        R"({{"planes":{{"front":{},"back":"","fields":{},"image":{{"width":{},"height":1,"dpi":1}},"chip":{},"stripe":false}}}})",
        front, fields, size, chip);
  };
  EXPECT_TRUE(parse_question(planes("\"\"", "{}", "1", "true")));
  const std::vector<std::string> lines{"",
                                       "[]",
                                       "{}",
                                       "{",
                                       R"({"planes":1})",
                                       planes("1", "{}", "1", "true"),
                                       planes("\"\"", R"({"a":1})", "1", "true"),
                                       planes("\"\"", "{}", "0", "true"),
                                       planes("\"\"", "{}", "4000001", "true"),
                                       planes("\"\"", "{}", "-1", "true"),
                                       planes("\"\"", "{}", "1", "1"),
                                       R"({"letter":{"layout":"","fields":{},"pinSize":6}})",
                                       R"({"letter":{"layout":"","fields":{},"pinSize":65,"pukSize":0}})",
                                       R"({"letter":{"layout":"","fields":{},"pinSize":-1,"pukSize":0}})"};
  for (const auto& line : lines) EXPECT_FALSE(parse_question(line)) << line;
}

TEST(question, that_is_too_large_is_not_asked) {
  auto huge = card;
  huge.fields["photo"] = std::string(request_bytes_max, 'A');
  auto quoted = card;
  quoted.front = std::string(request_bytes_max / 2, '"');  // twice as long in JSON
  for (const auto& line : {planes_line(huge), pictures_line(huge), planes_line(quoted),
                           letter_line(std::string(request_bytes_max + 1, ' '), {}, 6, 0)}) {
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().reason, api::Reason::drawingLimit);
  }
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
  const auto answer =
      answer_bytes(api::Result<api::Faces>(api::fail(api::Reason::fieldMissing, "the card has no name")));
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

TEST(answer, may_only_blame_the_card) {
  // Whatever took the process over shall not stop the line with it.
  for (const std::string line : {R"({"reason":"hopperEmpty"})", R"({"reason":"paused","detail":"x"})"}) {
    EXPECT_EQ(parse_header(line, image).error().reason, api::Reason::rendererFailed);
    EXPECT_EQ(parse_pictures_header(line).error().reason, api::Reason::rendererFailed);
    EXPECT_EQ(parse_letter_header(line).error().reason, api::Reason::rendererFailed);
  }
}

TEST(answer, announces_the_pictures_that_follow) {
  const std::vector<Picture> drawn{{"front", "card", api::Bytes(5, 'a')}, {"back", "k", api::Bytes(3, 'b')}};
  const auto answer = answer_bytes(drawn);
  const auto end = answer.find('\n');
  EXPECT_EQ(answer.substr(end + 1), "aaaaabbb");
  const auto pictures = parse_pictures_header(answer.substr(0, end));
  ASSERT_TRUE(pictures);
  ASSERT_EQ(pictures->size(), 2U);
  EXPECT_EQ(pictures->at(0).face, "front");
  EXPECT_EQ(pictures->at(0).plane, "card");
  EXPECT_EQ(pictures->at(0).png.size(), 5U);
  EXPECT_EQ(pictures->at(1).png.size(), 3U);
  for (const std::string line :
       {R"({})", R"({"pictures":[1]})", R"({"pictures":[{"face":"front","plane":"k"}]})",
        R"({"pictures":[{"face":"front","plane":"k","size":99999999}]})",
        R"({"pictures":[{"face":"side","plane":"k","size":1}]})",
        R"({"pictures":[{"face":"front","plane":"ultraviolet","size":1}]})",
        R"({"pictures":[1,2,3,4,5,6,7,8,9]})"})
    EXPECT_EQ(parse_pictures_header(line).error().reason, api::Reason::rendererFailed) << line;
}

TEST(answer, announces_the_letter_that_follows) {
  EXPECT_EQ(parse_letter_header(letter_header(1234)), 1234U);
  for (const std::string line : {R"({})", R"({"letter":-1})", R"({"letter":99999999})"})
    EXPECT_EQ(parse_letter_header(line).error().reason, api::Reason::rendererFailed) << line;
}

}  // namespace
}  // namespace render
