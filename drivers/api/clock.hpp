#pragma once
#include <chrono>

namespace api {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;  // what the records and certificates say
using SteadyTime = std::chrono::steady_clock::time_point;           // what deadlines are measured in
using Deadline = SteadyTime;  // every blocking call has one; there is no "for ever"

// Time as a parameter: the real one at run time, a virtual one in the simulation and in tests.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace api
