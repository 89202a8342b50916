#include "daemon/runtime/workers.hpp"

namespace runtime {

struct Worker::Shared {
  Perform perform;
  Deliver deliver;
  std::mutex mutex;
  bool ended = false;

  // Drivers say what fails as values; what is thrown all the same (no memory, no thread) must not end the
  // daemon with a card in the machine. How far the job came is not known.
  api::Result<core::Brought> result_of(const Job& job) const {
    try {
      return perform(job);
    } catch (const std::exception& thrown) {
      return api::fail_unknown(api::Reason::linkLost, thrown.what());
    }
  }

  void work(const Job& job) {
    core::Returned returned{job.step, job.attempt.id, result_of(job), job.order.id};
    const std::lock_guard lock(mutex);
    if (!ended) deliver(std::move(returned));
  }
};

Worker::Worker(Perform perform, Deliver deliver) : shared_(std::make_shared<Shared>()) {
  shared_->perform = std::move(perform);
  shared_->deliver = std::move(deliver);
}

Worker::~Worker() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ended = true;
}

void Worker::start(Job job) {
  thread_.start(
      [shared = shared_, job = std::make_shared<const Job>(std::move(job))] { shared->work(*job); });
}

}  // namespace runtime
