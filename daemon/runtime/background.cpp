#include "daemon/runtime/background.hpp"

#include <thread>
#include <utility>

namespace runtime {

struct Background::Shared {
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> tasks;
  bool busy = false;
  bool ended = false;

  static void run(const std::shared_ptr<Shared>& self) {
    std::unique_lock lock(self->mutex);
    for (;;) {
      self->changed.wait(lock, [&] { return self->ended || !self->tasks.empty(); });
      if (self->ended) return;
      auto task = std::move(self->tasks.front());
      self->tasks.pop_front();
      self->busy = true;
      lock.unlock();
      task();
      task = {};  // what it holds goes with it, not when the next one comes
      lock.lock();
      self->busy = false;
    }
  }
};

Background::Background() : shared_(std::make_shared<Shared>()) {
  std::thread([shared = shared_] { Shared::run(shared); }).detach();
}

Background::~Background() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ended = true;
  shared_->changed.notify_one();
}

void Background::start(Task task) {
  const std::lock_guard lock(shared_->mutex);
  shared_->tasks.push_back(std::move(task));
  shared_->changed.notify_one();
}

bool Background::busy() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->busy || !shared_->tasks.empty();
}

}  // namespace runtime
