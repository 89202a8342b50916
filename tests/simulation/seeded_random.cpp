#include "tests/simulation/seeded_random.hpp"

#include <openssl/rand.h>

#include <random>

// RAND_METHOD is deprecated in OpenSSL 3 in favour of provider randomness; it is still consulted first, and
// is the one hook that covers every caller in the default library context.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace simulation {
namespace {

std::mt19937_64 generator;

int fill(unsigned char* buffer, int count) {
  for (int i = 0; i < count; ++i) buffer[i] = static_cast<unsigned char>(generator() >> 56);
  return 1;
}

int ready() {
  return 1;
}

const RAND_METHOD seeded{nullptr, fill, nullptr, nullptr, fill, ready};

}  // namespace

SeededRandom::SeededRandom(std::uint64_t seed) {
  generator.seed(seed);
  RAND_set_rand_method(&seeded);
}

SeededRandom::~SeededRandom() {
  RAND_set_rand_method(nullptr);
}

}  // namespace simulation
