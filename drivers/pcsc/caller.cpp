#include "drivers/pcsc/caller.hpp"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "drivers/pcsc/pcsc.hpp"

namespace pcsc {

struct Caller::Desk {
  explicit Desk(std::shared_ptr<std::atomic<int>> counter) : left_behind(std::move(counter)) {}
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> work;  // the thread's own while `busy`
  bool busy = false;           // work is to be done, or under way
  bool closed = false;         // nobody brings work any more
  bool abandoned = false;      // closed while work was under way
  std::shared_ptr<std::atomic<int>> left_behind;
};

Caller::Caller() : left_behind_(std::make_shared<std::atomic<int>>(0)) {}

Caller::~Caller() {
  if (!desk_) return;
  const std::lock_guard lock(desk_->mutex);
  desk_->closed = true;
  desk_->changed.notify_all();
}

bool Caller::exhausted() const {
  return *left_behind_ >= abandoned_calls_max;
}

// The thread holds its desk and nothing else of ours: it may outlive the caller.
void Caller::serve(const std::shared_ptr<Desk>& desk) {
  std::unique_lock lock(desk->mutex);
  for (;;) {
    desk->changed.wait(lock, [&] { return desk->busy || desk->closed; });
    if (!desk->busy) return;
    lock.unlock();
    desk->work();
    desk->work = nullptr;  // what the call owned goes here, before anybody hears of its end
    lock.lock();
    desk->busy = false;
    desk->changed.notify_all();
    if (desk->abandoned) --*desk->left_behind;
  }
}

bool Caller::ready() {
  if (exhausted()) return false;
  if (desk_) return true;
  auto desk = std::make_shared<Desk>(left_behind_);
  try {
    std::thread([desk] { serve(desk); }).detach();
  } catch (const std::system_error&) {
    return false;
  }
  desk_ = std::move(desk);
  return true;
}

bool Caller::run(std::function<void()> work, api::Deadline deadline) {
  if (!ready()) return false;
  std::unique_lock lock(desk_->mutex);
  desk_->work = std::move(work);
  desk_->busy = true;
  desk_->changed.notify_all();
  if (desk_->changed.wait_until(lock, deadline, [&] { return !desk_->busy; })) return true;
  desk_->closed = desk_->abandoned = true;
  ++*left_behind_;
  lock.unlock();
  desk_ = nullptr;
  return false;
}

}  // namespace pcsc
