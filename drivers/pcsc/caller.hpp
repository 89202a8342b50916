#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "drivers/api/clock.hpp"

namespace pcsc {

// A thread that makes blocking calls for somebody who cannot wait for ever. The call that is not back by its
// deadline is left behind together with the thread; what it works on must belong to it (captured by value or
// shared), and is destroyed by that thread when the call comes back after all. Used by one thread.
class Caller {
 public:
  Caller();
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // Whether a call can be made: not when `exhausted`, and not while the system has no thread for it.
  bool ready();

  // False: `work` was not done by the deadline and is left behind, or the caller was not `ready`, and it was
  // never started.
  bool run(std::function<void()> work, api::Deadline deadline);

  // As many calls as can be left behind hang at this moment.
  bool exhausted() const;

 private:
  struct Desk;
  static void serve(const std::shared_ptr<Desk>& desk);
  std::shared_ptr<std::atomic<int>> left_behind_;
  std::shared_ptr<Desk> desk_;  // of the thread that works at present; null when there is none
};

}  // namespace pcsc
