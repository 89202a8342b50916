#include "daemon/vault/pin.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cassert>
#include <cstdlib>

namespace vault {
namespace {

constexpr unsigned value_of(std::uint8_t digit) {
  return static_cast<unsigned>(digit - '0');
}

// Every digit is its left neighbour plus `step`, 9 and 0 being neighbours: 0 says all equal.
bool counts_by(api::BytesView digits, unsigned step) {
  for (std::size_t i = 1; i < digits.size(); ++i)
    if (value_of(digits[i]) != (value_of(digits[i - 1]) + step) % 10) return false;
  return true;
}

bool repeats_every(api::BytesView digits, std::size_t period) {
  if (digits.size() % period != 0) return false;
  return std::equal(digits.begin() + static_cast<std::ptrdiff_t>(period), digits.end(), digits.begin());
}

std::size_t distinct(api::BytesView digits) {
  std::bitset<10> seen;
  for (const auto digit : digits) seen.set(value_of(digit));
  return seen.count();
}

// Random digits without a bias: bytes of 250 and more are thrown away, so that each digit has 25 bytes.
class DigitSource {
 public:
  DigitSource() = default;
  DigitSource(const DigitSource&) = delete;
  DigitSource& operator=(const DigitSource&) = delete;
  ~DigitSource() { OPENSSL_cleanse(pool_.data(), pool_.size()); }

  std::uint8_t next() {
    for (;;) {
      if (used_ == pool_.size()) refill();
      const auto byte = pool_[used_++];
      if (byte < 250) return static_cast<std::uint8_t>('0' + byte % 10);
    }
  }

 private:
  void refill() {
    // Without randomness there is no PIN that may be given out, and nothing that could be told to anybody.
    if (RAND_priv_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1) std::abort();
    used_ = 0;
  }

  std::array<std::uint8_t, 32> pool_{};
  std::size_t used_ = pool_.size();
};

}  // namespace

bool is_weak(api::BytesView digits) {
  assert(digits.size() >= 4);
  assert(std::all_of(digits.begin(), digits.end(), [](auto digit) { return digit >= '0' && digit <= '9'; }));
  const std::size_t half = digits.size() / 2;
  return counts_by(digits, 0) || counts_by(digits, 1) || counts_by(digits, 9) || distinct(digits) <= 2 ||
         repeats_every(digits, 2) || (digits.size() % 2 == 0 && repeats_every(digits, half)) ||
         std::equal(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(half), digits.rbegin());
}

api::Secret generate_pin(std::size_t length, api::BytesView factory) {
  assert(length >= 4 && length <= 16);
  DigitSource source;
  api::Bytes digits(length);
  // Drawing the whole again keeps the rest equally probable.
  do {
    std::generate(digits.begin(), digits.end(), [&source] { return source.next(); });
  } while (is_weak(digits) || std::equal(digits.begin(), digits.end(), factory.begin(), factory.end()));
  return api::Secret::take(std::move(digits));
}

}  // namespace vault
