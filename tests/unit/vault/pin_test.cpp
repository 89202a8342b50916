#include "daemon/vault/pin.hpp"

#include <gmock/gmock.h>

#include <set>

namespace vault {
namespace {

std::string digits_of(unsigned value, unsigned length) {
  std::string digits(length, '0');
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, value /= 10)
    *at = static_cast<char>('0' + value % 10);
  return digits;
}

bool weak(std::string_view digits) {
  return is_weak(api::bytes_of(digits));
}

// How many of all PINs of a length are never given out: the price of the deny list.
unsigned excluded(unsigned length) {
  unsigned all = 1;
  for (unsigned i = 0; i < length; ++i) all *= 10;
  unsigned count = 0;
  for (unsigned value = 0; value < all; ++value) count += weak(digits_of(value, length)) ? 1 : 0;
  return count;
}

TEST(weak_pin, has_one_of_the_denied_forms) {
  for (const auto* const digits : {"000000", "999999", "123456", "789012", "987654", "210987", "123123",
                                   "121212", "123321", "112211", "1234321", "122222", "12341234", "12344321"})
    EXPECT_TRUE(weak(digits)) << digits;
}

TEST(weak_pin, is_not_one_that_only_looks_a_little_like_it) {
  for (const auto* const digits :
       {"123457", "135791", "123124", "112233", "123322", "246802", "1234320", "1231223", "48151623"})
    EXPECT_FALSE(weak(digits)) << digits;
}

TEST(weak_pin, is_excluded_in_these_numbers) {
  EXPECT_EQ(excluded(4), 660U);   // 6.60 % of 10^4
  EXPECT_EQ(excluded(5), 2100U);  // 2.10 % of 10^5
  EXPECT_EQ(excluded(6), 4260U);  // 0.43 % of 10^6
}

TEST(pin, is_never_weak_and_has_the_length_asked_for) {
  for (const std::size_t length : {4U, 6U, 7U, 8U, 16U}) {
    for (int i = 0; i < 20'000; ++i) {
      const auto pin = generate_pin(length);
      ASSERT_EQ(pin.size(), length);
      ASSERT_FALSE(is_weak(pin.reveal()));
    }
  }
}

TEST(pin, is_as_likely_as_any_other) {
  // Four digits, 9,340 allowed values, about 20 of each. The sum of squares has the mean 9,339 and the
  // standard deviation sqrt(2 * 9,339) = 137; ten of them happen by chance once in 10^20 runs.
  constexpr unsigned allowed = 10'000 - 660;
  constexpr unsigned draws = allowed * 20;
  std::map<std::string, unsigned> seen;
  for (unsigned i = 0; i < draws; ++i) ++seen[api::text_of(generate_pin(4).reveal())];
  double chi_squared = 0;
  for (const auto& [pin, count] : seen) chi_squared += (count - 20.0) * (count - 20.0) / 20.0;
  chi_squared += 20.0 * (allowed - static_cast<double>(seen.size()));
  EXPECT_NEAR(chi_squared, allowed - 1, 1370);
}

TEST(pin, is_never_the_one_the_chip_came_with) {
  const auto factory = api::bytes_of("4815");
  for (int i = 0; i < 200'000; ++i) {
    const auto pin = generate_pin(4, factory);
    ASSERT_FALSE(std::equal(factory.begin(), factory.end(), pin.reveal().begin(), pin.reveal().end()));
  }
}

}  // namespace
}  // namespace vault
