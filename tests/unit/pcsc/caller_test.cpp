#include "drivers/pcsc/caller.hpp"

#include <pthread.h>

#include <future>

#include "drivers/pcsc/pcsc.hpp"

using namespace std::chrono_literals;

namespace {
api::Deadline in(std::chrono::milliseconds time) {
  return api::SteadyTime::clock::now() + time;
}

// A call that hangs until it is let go; shared with the thread that makes it.
struct Gate {
  std::promise<void> open, passed;
  std::shared_future<void> opened = open.get_future().share();
};
std::function<void()> hang_at(const std::shared_ptr<Gate>& gate) {
  return [gate] {
    gate->opened.wait();
    gate->passed.set_value();
  };
}
}  // namespace

TEST(caller, brings_back_what_was_done_in_time) {
  pcsc::Caller caller;
  for (int i = 0; i < 100; ++i) {
    const auto result = std::make_shared<int>(0);
    ASSERT_TRUE(caller.run([result, i] { *result = i; }, in(60s)));
    EXPECT_EQ(*result, i);
    EXPECT_EQ(result.use_count(), 1) << "what the call owned must be gone when it is back";
  }
}

TEST(caller, leaves_a_hanging_call_behind_at_its_deadline_and_makes_the_next_one) {
  const auto gate = std::make_shared<Gate>();
  pcsc::Caller caller;
  const auto deadline = in(20ms);
  EXPECT_FALSE(caller.run(hang_at(gate), deadline));
  EXPECT_GE(api::SteadyTime::clock::now(), deadline);
  EXPECT_TRUE(caller.run([] {}, in(60s)));
  gate->open.set_value();
  gate->passed.get_future().wait();
}

TEST(caller, leaves_a_bounded_number_behind_until_one_comes_back) {
  std::vector<std::shared_ptr<Gate>> gates;
  pcsc::Caller caller;
  for (int i = 0; i < pcsc::abandoned_calls_max; ++i) {
    EXPECT_FALSE(caller.exhausted());
    gates.push_back(std::make_shared<Gate>());
    EXPECT_FALSE(caller.run(hang_at(gates.back()), in(1ms)));
  }
  EXPECT_TRUE(caller.exhausted());
  bool started = false;
  EXPECT_FALSE(caller.run([&started] { started = true; }, in(60s)));
  EXPECT_FALSE(started);
  gates[0]->open.set_value();
  while (caller.exhausted()) std::this_thread::yield();
  EXPECT_TRUE(caller.run([] {}, in(60s)));
  for (std::size_t i = 1; i < gates.size(); ++i) gates[i]->open.set_value();
  for (const auto& gate : gates) gate->passed.get_future().wait();
}

TEST(caller, may_go_while_a_call_hangs) {
  const auto gate = std::make_shared<Gate>();
  {
    pcsc::Caller caller;
    EXPECT_FALSE(caller.run(hang_at(gate), in(1ms)));
  }
  gate->open.set_value();
  gate->passed.get_future().wait();
}

TEST(caller, makes_no_call_while_the_system_has_no_thread) {
  pthread_attr_t before, greedy;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(pthread_getattr_default_np(&greedy), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&greedy, std::size_t{1} << 50), 0);  // more than an address space holds
  pcsc::Caller caller;
  bool started = false;
  ASSERT_EQ(pthread_setattr_default_np(&greedy), 0);
  EXPECT_FALSE(caller.ready());
  EXPECT_FALSE(caller.run([&started] { started = true; }, in(60s)));
  EXPECT_FALSE(caller.exhausted());
  ASSERT_EQ(pthread_setattr_default_np(&before), 0);
  EXPECT_FALSE(started);
  EXPECT_TRUE(caller.ready());
  EXPECT_TRUE(caller.run([] {}, in(60s)));
  pthread_attr_destroy(&before);
  pthread_attr_destroy(&greedy);
}
