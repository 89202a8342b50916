#pragma once
#include <functional>

#include "drivers/api/encoder.hpp"
#include "drivers/api/printer.hpp"
#include "tools/simulator/world.hpp"

namespace simulator {

// Lets time go by: the virtual clock is set forward, or the thread really sleeps.
using Pass = std::function<void(std::chrono::nanoseconds)>;

// A clock that stands still until it is told. Wall time and steady time go together.
class VirtualClock final : public api::Clock {
 public:
  explicit VirtualClock(api::WallTime start = api::WallTime{std::chrono::sys_days{std::chrono::year{2030} /
                                                                                  1 / 1}})
      : wall_start_(start) {}
  api::WallTime wall() const override {
    return wall_start_ + std::chrono::duration_cast<std::chrono::milliseconds>(passed_);
  }
  api::SteadyTime steady() const override { return api::SteadyTime{passed_}; }
  void pass(std::chrono::nanoseconds time) { passed_ += time; }
  Pass passer() {
    return [this](std::chrono::nanoseconds time) { pass(time); };
  }

 private:
  api::WallTime wall_start_;
  std::chrono::nanoseconds passed_{1};  // never the epoch itself
};

// What driver code sees of a world in its own process. World, clock and whatever `pass` uses outlive it.
// A call whose movement ends only after the deadline passes the time until the deadline and fails with
// `timedOut`, unknown; the machine goes on meanwhile.
class SimulatedPrinter final : public api::Printer {
 public:
  SimulatedPrinter(World& world, const api::Clock& clock, Pass pass);
  api::Result<api::PrinterIdentity> identity(api::Deadline deadline) override;
  api::Result<api::Capabilities> capabilities(api::Deadline deadline) override;
  api::Result<api::PrinterStatus> status(api::Deadline deadline) override;
  api::Result<api::Counters> counters(api::Deadline deadline) override;
  api::Result<api::Supplies> supplies(api::Deadline deadline) override;
  api::Result<> feed(const api::CardPlan& plan, api::Deadline deadline) override;
  api::Result<> to_contact(api::Deadline deadline) override;
  api::Result<> retry_contact(api::Deadline deadline) override;
  api::Result<> leave_contact(api::Deadline deadline) override;
  api::Result<> print(const api::Faces& faces, api::Deadline deadline) override;
  api::Result<> finish(api::Destination destination, api::Deadline deadline) override;
  api::Result<> recover(api::Recovery recovery, api::Deadline deadline) override;

 private:
  api::Result<> perform(Operation operation, api::Deadline deadline);
  api::Result<> answers();
  World& world_;
  const api::Clock& clock_;
  Pass pass_;
};

// An encoder whose contacts are those of the world's contact station. Same ownership. Its transports may
// outlive the session's chip (they fail with `chipLost`), not the world. `apdu_time` is what reader and line
// need for one exchange, besides the chip's own time.
class InProcessEncoder final : public api::Encoder {
 public:
  InProcessEncoder(World& world, const api::Clock& clock, Pass pass,
                   std::chrono::nanoseconds apdu_time = std::chrono::microseconds{50});
  std::string name() const override { return "simulated encoder"; }
  api::Slot slot() override;
  api::Result<std::unique_ptr<api::Transport>> connect(api::Deadline deadline) override;
  api::Result<> await_empty(api::Deadline deadline) override;

 private:
  api::Result<> wait_for(api::Slot wanted, api::Deadline deadline, api::Reason otherwise);
  World& world_;
  const api::Clock& clock_;
  Pass pass_;
  std::chrono::nanoseconds apdu_time_;
};

}  // namespace simulator
