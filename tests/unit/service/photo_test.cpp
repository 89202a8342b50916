#include "daemon/service/photo.hpp"

#include "daemon/service/limits.hpp"

namespace service {
namespace {

std::string why(std::string_view base64) {
  const auto photo = read_photo(base64);
  return photo ? "none" : photo.error();
}

// Three bytes a group: FF D8 FF, then zeros.
std::string jpeg(std::size_t groups) {
  std::string text = "/9j/";
  for (std::size_t i = 1; i < groups; ++i) text += "AAAA";
  return text;
}

TEST(photo, is_known_by_the_digest_of_its_bytes) {
  const auto photo = read_photo("/9j/4AAQ");
  ASSERT_TRUE(photo);
  EXPECT_EQ(photo->image, (api::Bytes{0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10}));
  // printf '\xff\xd8\xff\xe0\x00\x10' | sha256sum
  EXPECT_EQ(photo->digest, "fc16d7dcee9cae83ef3923222a81ccd8fe96c9d25fdb7f504d66f1011e0cd870");
}

TEST(photo, may_be_jpeg_or_png_and_nothing_else) {
  EXPECT_EQ(why("/9j/"), "none");
  EXPECT_EQ(why("iVBORw0KGgo="), "none");
  EXPECT_EQ(why("/9j+"), "it is neither JPEG nor PNG");
  EXPECT_EQ(why("/9g="), "it is neither JPEG nor PNG") << "the begin of one";
  EXPECT_EQ(why("R0lGODlh"), "it is neither JPEG nor PNG");
  EXPECT_EQ(why("PHN2Zz4="), "it is neither JPEG nor PNG");
}

TEST(photo, is_base64_with_nothing_else_between_before_or_behind) {
  const std::string wrong = "it is not base64 (RFC 4648 section 4)";
  for (const auto* text : {"", "/9j", "/9j/4", "/9j/\n", " /9j/4AA", "/9j/4AA\n", "/9j/ AAA", "/9=/4AAQ",
                           "====", "/9j_", "/9j/4===", "iVBORw0KGgp=", "/9j/A=AA", "/9j/4A=A"})
    EXPECT_EQ(why(text), wrong) << text;
  EXPECT_EQ(why(std::string_view("/9j/\0AAA", 8)), wrong);
  EXPECT_EQ(why("/9j/\xff\xfe\xfd\xfc"), wrong);
}

TEST(photo, has_at_most_a_mebibyte) {
  const std::string wrong = "it has more than 1048576 bytes";
  // 1048576 bytes are 349525 groups and one byte.
  EXPECT_EQ(why(jpeg(349'525) + "AA=="), "none");
  EXPECT_EQ(why(jpeg(349'525) + "AAA="), wrong);
  EXPECT_EQ(why(jpeg(349'526)), wrong);
  EXPECT_EQ(why(jpeg(500'000)), wrong);
}

}  // namespace
}  // namespace service
