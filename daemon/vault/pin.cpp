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

// Every digit is its left neighbour plus `step`, 9 and 0 being neighbours.
bool counts_by(api::BytesView digits, unsigned step) {
  for (std::size_t i = 1; i < digits.size(); ++i)
    if (value_of(digits[i]) != (value_of(digits[i - 1]) + step) % 10) return false;
  return true;
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
  const auto half = digits.size() / 2;
  const auto first = digits.first(half);
  const bool halves =
      digits.size() % 2 == 0 && std::equal(first.begin(), first.end(), digits.last(half).begin());
  const bool palindrome = std::equal(first.begin(), first.end(), digits.rbegin());
  // all equal, and one pair again and again, are cases of two different digits
  return counts_by(digits, 1) || counts_by(digits, 9) || distinct(digits) <= 2 || halves || palindrome;
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
