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
  api::Result<> write_stripe(const api::Tracks& tracks, api::Deadline deadline) override;
  api::Result<api::Tracks> read_stripe(api::Deadline deadline) override;
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

class Contacts;

// An encoder in this process. Clock and whatever `pass` uses outlive it and its transports. `apdu_time` is
// what reader and line need for one exchange, besides the chip's own time.
class ContactEncoder : public api::Encoder {
 public:
  std::string name() const override { return name_; }
  api::Slot slot() override;
  api::Result<std::unique_ptr<api::Transport>> connect(api::Deadline deadline) override;
  api::Result<> await_empty(api::Deadline deadline) override;

 protected:
  ContactEncoder(std::string name, std::shared_ptr<Contacts> contacts, const api::Clock& clock, Pass pass,
                 std::chrono::nanoseconds apdu_time);

 private:
  api::Result<> wait_for(api::Slot wanted, api::Deadline deadline, api::Reason otherwise);
  std::string name_;
  std::shared_ptr<Contacts> contacts_;
  const api::Clock& clock_;
  Pass pass_;
  std::chrono::nanoseconds apdu_time_;
};

inline constexpr std::chrono::microseconds usual_apdu_time{50};

// Its contacts are those of the world's contact station. Its transports may outlive the session's chip (they
// fail with `chipLost`), not the world.
class InProcessEncoder final : public ContactEncoder {
 public:
  InProcessEncoder(World& world, const api::Clock& clock, Pass pass,
                   std::chrono::nanoseconds apdu_time = usual_apdu_time);
};

// A reader of its own, into which a person puts cards: a fresh blank, or the chip of a finished body
// (`Body::chip`). What goes wrong is the chip's own faults, and the reader's outage.
class HandEncoder final : public ContactEncoder {
 public:
  HandEncoder(const api::Clock& clock, Pass pass, std::chrono::nanoseconds apdu_time = usual_apdu_time);
  // The slot must be empty.
  void put(VirtualCard chip);
  // Takes it out, also in the middle of a session, which is over then. Nothing: the slot was empty.
  std::optional<VirtualCard> take();
  const VirtualCard* chip() const;  // null: the slot is empty
  // The reader, or the service, is gone until it is said to be back (nothing). A session is over by both.
  void set_outage(std::optional<api::Reason> reason);

 private:
  class Slot;
  HandEncoder(std::shared_ptr<Slot> slot, const api::Clock& clock, Pass pass,
              std::chrono::nanoseconds apdu_time);
  std::shared_ptr<Slot> slot_;
};

}  // namespace simulator
