#pragma once
#include "daemon/runtime/background.hpp"
#include "daemon/runtime/job.hpp"

namespace runtime {

// A thread that does one job after the other and hands each result to `deliver` (called on this thread; it
// must not call the worker).
// Destroying it lets the job that runs go on by itself, and nothing of it is delivered: a hung device is
// never joined, so that the daemon can always stop.
class Worker {
 public:
  using Perform = std::function<api::Result<core::Brought>(const Job&)>;
  using Deliver = std::function<void(core::Returned)>;

  Worker(Perform perform, Deliver deliver);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start(Job job);
  // Whether a job runs or waits: whoever ends the process must not destroy what that job uses.
  bool busy() const { return thread_.busy(); }

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  Background thread_;
};

}  // namespace runtime
