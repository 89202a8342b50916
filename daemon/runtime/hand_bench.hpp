#pragma once
#include "daemon/runtime/issuing.hpp"

namespace runtime {

// The encoder into which a person puts a card: a reader and the session with the chip in it, without a
// printer. Used by one thread, which is not the line's; every step blocks until it is done or its deadline
// has passed. The session is over with the last step and with any that fails: the card can be taken out then.
class HandBench {
 public:
  // The encoder outlives the bench.
  HandBench(api::Encoder& encoder, ChipTools tools) : encoder_(encoder), tools_(tools) {}

  // Of an attempt by hand, a step from `identify` to `verify`.
  api::Result<core::Brought> perform(const Job& job);

 private:
  api::Result<core::Brought> step(const Job& job);
  api::Result<core::Brought> identify(const Job& job);
  api::Result<std::unique_ptr<api::Transport>> reach_chip();
  api::Result<> needs_session(const Job& job) const;
  // No talk with the chip takes longer than the configuration says.
  api::Deadline chip_limit(const Job& job) const {
    return tools_.clock.steady() + std::min(row_of(job.step).limit, tools_.chips.step_limit);
  }

  api::Encoder& encoder_;
  ChipTools tools_;
  ChipSession session_;
};

}  // namespace runtime
