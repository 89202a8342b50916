#pragma once
#include "daemon/runtime/desk.hpp"
#include "daemon/runtime/issuing.hpp"
#include "drivers/api/printer.hpp"

namespace runtime {

// The line's worker table: printer, encoder, and the chip session of the card in the machine. Used by one
// thread; every step blocks until it is done or its deadline has passed.
class Bench {
 public:
  // All of these outlive the bench.
  struct Parts {
    api::Printer& printer;
    api::Encoder& encoder;
    api::CardFamily& family;
    FaceShelf& shelf;
    const authority::Authority& authority;
    const vault::Vault& vault;
    const api::Clock& clock;
    const ChipSettings& chips;
  };
  explicit Bench(Parts parts) : parts_(parts) {}

  api::Result<core::Brought> perform(const Job& job);

 private:
  // Of the card in the machine; replaced when the next one is identified.
  struct Session : ChipSession {
    std::string invalidation;
  };

  ChipTools tools() const {
    return {parts_.family, parts_.authority, parts_.vault, parts_.clock, parts_.chips};
  }
  api::Deadline deadline_of(const Job& job) const { return parts_.clock.steady() + row_of(job.step).limit; }
  // No talk with the chip takes longer than the configuration says.
  api::Deadline chip_limit(api::Deadline deadline) const {
    return std::min(deadline, parts_.clock.steady() + parts_.chips.step_limit);
  }
  api::Result<core::LineStatus> line_status(api::Deadline deadline);
  api::Result<std::unique_ptr<api::Transport>> reach_chip(api::Deadline deadline);
  api::Result<api::ChipIdentity> meet_chip(const Job& job, api::Deadline deadline);
  api::Result<> leave_chip(api::Deadline deadline);
  api::Result<> same_chip(const Job& job, api::Deadline deadline);
  std::optional<api::Counters> counters_after(api::Deadline deadline);
  api::Result<> expect_counters(const Job& job, api::Counters expected, api::Deadline deadline);

  api::Result<core::Brought> check(const Job& job);
  api::Result<core::Brought> feed(const Job& job);
  api::Result<core::Brought> identify(const Job& job);
  api::Result<core::Brought> examine(const Job& job);
  api::Result<core::Brought> verify(const Job& job);
  api::Result<core::Brought> stripe(const Job& job);
  api::Result<core::Brought> print(const Job& job);
  api::Result<core::Brought> inspect(const Job& job);
  api::Result<core::Brought> eject(const Job& job);
  api::Result<core::Brought> reject(const Job& job);
  std::string invalidate(const Job& job, api::Deadline deadline);

  Parts parts_;
  Session session_;
};

}  // namespace runtime
