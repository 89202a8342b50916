#pragma once
#include "daemon/core/revocation.hpp"
#include "tests/unit/core/plant.hpp"

// What the tests of revocation share.
namespace plant {

inline auto in_state(CertificateState state) {
  return testing::AllOf(testing::SizeIs(2), testing::Each(testing::Field(&Certificate::state, state)));
}

inline std::vector<Certificate> certificates_of(Plant& plant, std::int64_t card, std::size_t attempt = 0) {
  return plant.records.certificates(plant.attempts_of(card).at(attempt).id);
}

// While it exists no list can be written.
class FullDisk {
 public:
  explicit FullDisk(Plant& plant) : plant_(plant), before_(plant.devices) {
    plant.devices = [before = before_](const Effect& effect) -> Plant::Result {
      if (effect.step == Step::publish) return api::fail(api::Reason::fileNotWritten, "disk full");
      return before(effect);
    };
  }
  ~FullDisk() { plant_.devices = before_; }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  Plant& plant_;
  Plant::Devices before_;
};

// The list that is under way, set aside until it is given back to be finished.
inline Effect set_aside(Plant& plant) {
  EXPECT_TRUE(plant.finish_until(Step::publish));
  const auto list = plant.effects.front();
  plant.effects.pop_front();
  return list;
}

// Lets time pass, whether or not everything comes to rest.
inline void pass(Plant& plant) {
  for (int tick = 0; tick < 9; ++tick) {
    while (plant.finish_one()) {
    }
    plant.tick();
  }
  while (plant.finish_one()) {
  }
}

}  // namespace plant
