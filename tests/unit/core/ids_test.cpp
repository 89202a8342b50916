#include "daemon/core/ids.hpp"

#include "daemon/core/production.hpp"

namespace {

using core::BatchId;
using core::CardId;

TEST(card_id, is_a_letter_and_a_running_number) {
  EXPECT_EQ(CardId{17}.text(), "C17");
  EXPECT_EQ(BatchId{3}.text(), "B3");
  EXPECT_EQ(CardId::parse("C17"), CardId{17});
  EXPECT_EQ(CardId::parse("C999999999999999999"), CardId{999'999'999'999'999'999});
}

TEST(card_id, takes_nothing_but_its_own_text) {
  for (const auto* text : {"", "C", "B17", "c17", "17", "C0", "C01", "C-1", "C+1", "C 1", "C1 ", "C1x",
                           "C1.0", "C0x1", "C9999999999999999999", "C99999999999999999999999999", "CC1"})
    EXPECT_EQ(CardId::parse(text), std::nullopt) << text;
  EXPECT_EQ(CardId::parse(std::string_view("C1\0", 3)), std::nullopt);
}

TEST(uuid_text, is_that_of_rfc_4122_and_back) {
  api::Uuid uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<std::uint8_t>(0xf0 + i);
  const auto text = core::uuid_text(uuid);
  EXPECT_EQ(text, "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff");
  EXPECT_EQ(core::parse_uuid(text), uuid);
}

TEST(uuid_text, is_refused_when_a_dash_or_a_digit_is_wrong) {
  const std::string right = "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff";
  for (std::size_t i = 0; i < right.size(); ++i) {
    auto wrong = right;
    wrong[i] = wrong[i] == '-' ? '0' : i % 2 == 0 ? '-' : 'g';
    EXPECT_EQ(core::parse_uuid(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(core::parse_uuid(""), std::nullopt);
  EXPECT_EQ(core::parse_uuid(right + "0"), std::nullopt);
}

// The doubling of every second digit from the right, done the long way.
bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

TEST(card_number, has_a_prefix_seven_digits_and_a_luhn_digit) {
  EXPECT_EQ(core::card_number("T", {1}), "T00000018");
  EXPECT_EQ(core::card_number("T", {7992739}), "T79927398");
  EXPECT_EQ(core::card_number("", {0}), "00000000");
  for (std::int64_t id = 0; id < 3000; ++id) {
    const auto number = core::card_number("X-", {id * 3331});
    EXPECT_EQ(number.substr(0, 2), "X-");
    EXPECT_TRUE(passes_luhn(number.substr(2))) << number;
  }
}

TEST(card_number, grows_when_seven_digits_are_not_enough) {
  const auto number = core::card_number("T", {12'345'678});
  EXPECT_EQ(number.substr(0, 9), "T12345678");
  EXPECT_TRUE(passes_luhn(number.substr(1)));
}

TEST(check_code, is_the_first_thirty_bits_in_crockfords_letters) {
  const auto code = [](std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    core::AttemptId id{a, b, c, d, 0xff};
    return core::check_code(id);
  };
  EXPECT_EQ(code(0, 0, 0, 0), "000000");
  EXPECT_EQ(code(0xff, 0xff, 0xff, 0xfc), "ZZZZZZ");
  EXPECT_EQ(code(0, 0, 0, 3), "000000") << "two bits are left over";
  EXPECT_EQ(code(0, 0, 0, 4), "000001");
  EXPECT_EQ(code(0x08, 0, 0, 0), "100000");
  EXPECT_EQ(code(0x12, 0x34, 0x56, 0x78), "28T5CY");
}

TEST(check_code, has_no_letter_that_looks_like_a_digit) {
  for (unsigned value = 0; value < 256; ++value)
    EXPECT_EQ(core::check_code({static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value * 7)})
                  .find_first_of("ILOU"),
              std::string::npos);
}

}  // namespace
