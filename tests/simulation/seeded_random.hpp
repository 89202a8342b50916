#pragma once
#include <cstdint>

namespace simulation {

// While it lives, all of OpenSSL's randomness in this process (keys, nonces, PINs, serial numbers, UUIDs)
// comes from the seed, so that a run can be repeated to the bit. For simulations only. One at a time.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed);
  ~SeededRandom();
  SeededRandom(const SeededRandom&) = delete;
  SeededRandom& operator=(const SeededRandom&) = delete;
};

}  // namespace simulation
