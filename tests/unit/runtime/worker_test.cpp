#include "daemon/runtime/workers.hpp"

#include <future>
#include <thread>

namespace {

using core::Returned;
using core::Step;
using runtime::Job;
using runtime::Worker;

constexpr auto patience = std::chrono::seconds(30);  // only a broken worker takes as long

Job job(Step step, std::uint8_t attempt = 0) {
  Job job;
  job.step = step;
  job.attempt.id.back() = attempt;
  return job;
}

// What a worker delivered, and a way to wait for it.
class Mailbox {
 public:
  Worker::Deliver deliver() {
    return [this](Returned returned) {
      const std::lock_guard lock(mutex_);
      returned_.push_back(std::move(returned));
      came_.notify_all();
    };
  }
  std::vector<Returned> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, patience, [&] { return returned_.size() >= count; });
    return returned_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Returned> returned_;
};

TEST(worker, does_one_job_after_the_other_and_delivers_each_result) {
  Mailbox mailbox;
  std::vector<Step> order;
  Worker worker(
      [&](const Job& one) -> api::Result<core::Brought> {
        order.push_back(one.step);
        if (one.step == Step::print) return api::fail(api::Reason::jam);
        return core::Brought{};
      },
      mailbox.deliver());
  worker.start(job(Step::feed, 1));
  worker.start(job(Step::print, 2));
  worker.start(job(Step::eject, 3));
  const auto returned = mailbox.wait_for(3);
  ASSERT_EQ(returned.size(), 3U);
  EXPECT_THAT(order, testing::ElementsAre(Step::feed, Step::print, Step::eject));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(returned[i].step, order[i]);
    EXPECT_EQ(returned[i].attempt.back(), i + 1);
  }
  EXPECT_TRUE(returned[0].result);
  EXPECT_EQ(returned[1].result.error().reason, api::Reason::jam);
}

TEST(worker, says_of_which_order_the_job_was) {
  Mailbox mailbox;
  Worker worker([](const Job&) { return core::Brought{}; }, mailbox.deliver());
  auto dispatch = job(Step::dispatch);
  dispatch.order.id = {7};
  worker.start(dispatch);
  const auto returned = mailbox.wait_for(1);
  ASSERT_EQ(returned.size(), 1U);
  EXPECT_EQ(returned.front().order, core::OrderId{7});
}

TEST(worker, takes_what_a_job_throws_for_an_unknown_end_and_goes_on) {
  Mailbox mailbox;
  Worker worker(
      [](const Job& one) -> api::Result<core::Brought> {
        if (one.step == Step::feed) throw std::runtime_error("no thread to be had");
        return core::Brought{};
      },
      mailbox.deliver());
  worker.start(job(Step::feed, 1));
  worker.start(job(Step::eject, 2));
  const auto returned = mailbox.wait_for(2);
  ASSERT_EQ(returned.size(), 2U);
  ASSERT_FALSE(returned[0].result);
  EXPECT_EQ(returned[0].result.error().reason, api::Reason::linkLost);
  EXPECT_EQ(returned[0].result.error().certainty, api::Certainty::unknown);
  EXPECT_EQ(returned[0].result.error().detail, "no thread to be had");
  EXPECT_TRUE(returned[1].result);
}

TEST(worker, works_beside_whoever_gave_the_job) {
  Mailbox mailbox;
  std::promise<std::thread::id> where;
  Worker worker(
      [&](const Job&) -> api::Result<core::Brought> {
        where.set_value(std::this_thread::get_id());
        return core::Brought{};
      },
      mailbox.deliver());
  worker.start(job(Step::probe));
  EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
  mailbox.wait_for(1);
}

// What a job that never ends on time touches has to outlive the worker: it is shared with it.
struct Device {
  std::promise<void> reached, go_on, left;
  std::shared_future<void> released{go_on.get_future()};
};

TEST(worker, with_a_job_that_hangs_is_destroyed_at_once_and_delivers_nothing_any_more) {
  const auto device = std::make_shared<Device>();
  const auto delivered = std::make_shared<std::atomic<int>>(0);
  {
    Worker worker(
        [device](const Job&) -> api::Result<core::Brought> {
          device->reached.set_value();
          device->released.wait();
          device->left.set_value();
          return core::Brought{};
        },
        [delivered](Returned) { ++*delivered; });
    worker.start(job(Step::personalise));
    device->reached.get_future().wait();
    EXPECT_TRUE(worker.busy());
  }  // would wait for ever here if the job were joined
  device->go_on.set_value();
  device->left.get_future().wait();
  EXPECT_EQ(*delivered, 0);
}

TEST(worker, is_busy_until_its_last_job_is_delivered) {
  Mailbox mailbox;
  const auto device = std::make_shared<Device>();
  Worker worker(
      [device](const Job& one) -> api::Result<core::Brought> {
        if (one.step == Step::feed) device->released.wait();
        return core::Brought{};
      },
      mailbox.deliver());
  EXPECT_FALSE(worker.busy());
  worker.start(job(Step::feed));
  EXPECT_TRUE(worker.busy()) << "also while the job waits for the thread";
  worker.start(job(Step::eject));
  device->go_on.set_value();
  mailbox.wait_for(2);
  // The delivery itself is part of the job.
  const auto until = std::chrono::steady_clock::now() + patience;
  while (worker.busy() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_FALSE(worker.busy());
}

}  // namespace
