#include "drivers/api/bytes.hpp"

using api::Bytes;

TEST(bytes, become_lower_case_hexadecimal) {
  EXPECT_EQ(api::to_hex(Bytes{0x00, 0xAB, 0x7f}), "00ab7f");
}

TEST(bytes, are_read_from_hexadecimal_of_either_case) {
  EXPECT_EQ(api::from_hex("00Ab7F"), (Bytes{0x00, 0xab, 0x7f}));
  EXPECT_EQ(api::from_hex(""), Bytes{});
}

// RFC 4648 section 10.
TEST(bytes, become_base64) {
  const auto base64 = [](std::string_view text) { return api::to_base64(api::bytes_of(text)); };
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xef\xbe"), "/+++");
}

TEST(bytes, are_not_read_from_anything_else) {
  EXPECT_EQ(api::from_hex("0"), std::nullopt);
  EXPECT_EQ(api::from_hex("0g"), std::nullopt);
  EXPECT_EQ(api::from_hex("00 1"), std::nullopt);
}
