#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace runtime {

// A thread that does one thing after the other. Destroying it lets the one that runs go on by itself and
// drops the others: nothing is joined that may hang.
class Background {
 public:
  // Must not throw.
  using Task = std::function<void()>;

  Background();
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void start(Task task);
  // Whether a task runs or waits: whoever ends the process must not destroy what that task uses.
  bool busy() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace runtime
