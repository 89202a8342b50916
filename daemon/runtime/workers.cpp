#include "daemon/runtime/workers.hpp"

namespace runtime {

struct Worker::Shared {
  Perform perform;
  Deliver deliver;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool busy = false;
  bool ended = false;

  // Drivers say what fails as values; what is thrown all the same (no memory, no thread) must not end the
  // daemon with a card in the machine. How far the job came is not known.
  static api::Result<core::Brought> result_of(const Shared& self, const Job& job) {
    try {
      return self.perform(job);
    } catch (const std::exception& thrown) {
      return api::fail_unknown(api::Reason::linkLost, thrown.what());
    }
  }

  static void run(const std::shared_ptr<Shared>& self) {
    std::unique_lock lock(self->mutex);
    for (;;) {
      self->changed.wait(lock, [&] { return self->ended || !self->jobs.empty(); });
      if (self->ended) return;
      const auto job = std::move(self->jobs.front());
      self->jobs.pop_front();
      self->busy = true;
      lock.unlock();
      core::Returned returned{job.step, job.attempt.id, result_of(*self, job), job.order.id};
      lock.lock();
      self->busy = false;
      if (!self->ended) self->deliver(std::move(returned));
    }
  }
};

Worker::Worker(Perform perform, Deliver deliver) : shared_(std::make_shared<Shared>()) {
  shared_->perform = std::move(perform);
  shared_->deliver = std::move(deliver);
  std::thread([shared = shared_] { Shared::run(shared); }).detach();
}

Worker::~Worker() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ended = true;
  shared_->changed.notify_one();
}

void Worker::start(Job job) {
  const std::lock_guard lock(shared_->mutex);
  shared_->jobs.push_back(std::move(job));
  shared_->changed.notify_one();
}

bool Worker::busy() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->busy || !shared_->jobs.empty();
}

}  // namespace runtime
