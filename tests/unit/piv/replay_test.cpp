// RAND_METHOD is how a program replaces OpenSSL's randomness altogether; OpenSSL 3 calls that deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

#include <random>

#include "tests/unit/piv/support.hpp"

using namespace piv_test;

namespace {

std::mt19937_64 generator;

int seeded_bytes(unsigned char* out, int count) {
  std::generate_n(out, count, [] { return static_cast<unsigned char>(generator()); });
  return 1;
}
int always() {
  return 1;
}
const RAND_METHOD seeded{nullptr, seeded_bytes, nullptr, nullptr, seeded_bytes, always};

// Every byte that passes between host and chip while a card is made and invalidated.
std::vector<api::Bytes> session(unsigned seed) {
  generator.seed(seed);
  const RAND_METHOD* before = RAND_get_rand_method();
  RAND_set_rand_method(&seeded);
  Bench bench;
  using enum api::KeyAlgorithm;
  bench.what = personalisation(four_keys(p256, rsa2048, p384, p256));
  EXPECT_TRUE(bench.personalise());
  EXPECT_TRUE(bench.write());
  EXPECT_EQ(bench.family->invalidate(bench.chip, bench.identity, bench.what, no_deadline),
            api::Invalidation::invalidated);
  RAND_set_rand_method(before);
  std::vector<api::Bytes> all;
  for (const auto& exchange : bench.chip.log()) {
    all.push_back(exchange.command);
    all.push_back(exchange.answer);
  }
  return all;
}

}  // namespace

TEST(replay, one_seed_gives_one_session_to_the_byte) {
  const auto first = session(1);
  EXPECT_EQ(first, session(1));
  EXPECT_NE(first, session(2));
}
