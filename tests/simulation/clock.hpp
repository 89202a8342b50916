#pragma once
#include "drivers/api/clock.hpp"

namespace simulation {

// A clock that stands still until it is told, and of which the time of day can be set, as on any host.
class Clock final : public api::Clock {
 public:
  api::WallTime wall() const override {
    return start + std::chrono::duration_cast<std::chrono::milliseconds>(passed_) + set_;
  }
  api::SteadyTime steady() const override { return api::SteadyTime{passed_}; }

  void pass(std::chrono::nanoseconds time) { passed_ += time; }
  void set(std::chrono::milliseconds off) { set_ = off; }  // from what is right
  std::chrono::milliseconds off() const { return set_; }

  static constexpr api::WallTime start{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};

 private:
  std::chrono::nanoseconds passed_{1};  // never the epoch itself
  std::chrono::milliseconds set_{0};
};

}  // namespace simulation
