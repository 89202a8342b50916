#pragma once
#include <deque>

#include "daemon/runtime/desk.hpp"
#include "daemon/runtime/hand_bench.hpp"
#include "daemon/runtime/post.hpp"
#include "daemon/runtime/runner.hpp"
#include "tests/simulation/site.hpp"

namespace simulation {

// One life of the daemon at a site, from its start to its end or crash: the real engine, journal, PIV driver
// and desk, all in one thread. Only drawing is replaced, by blank planes and plain letters. What it throws
// besides StoreFailed is Crash; after either nothing but destroying it makes sense.
class Life {
 public:
  using Told = std::function<void(const core::Change&)>;
  // `told`: every change, after it was committed. `order`: line, desk, post and the encoder for cards put in
  // by hand work beside each other, so which of them is next is drawn from it; without it, whoever was asked
  // first.
  Life(Site& site, Told told, std::mt19937_64* order = nullptr);
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  void submit(core::Command command, core::Caller caller, std::function<void(const core::Reply&)> answer);
  // Submits a command and lets the daemon decide it; the answer.
  core::Reply ask(core::Command command, core::Caller caller = {0, "test", {}, {}});
  // One thing that the daemon has to do: a turn, or a job and its return. False: there is nothing.
  bool step();
  // As the daemon's own timer: it may find something to do.
  void tick();
  // Until nothing moves any more: no step under way, and no wait that ends by itself within `patience`.
  // What is tried in vain for hours moves no more.
  void settle(std::chrono::seconds patience = std::chrono::minutes(5),
              const std::function<void()>& after_step = {});

  runtime::Runner& runner() { return *runner_; }
  store::Store& store() { return store_; }

 private:
  std::size_t next_job();
  core::Returned perform(const runtime::Job& job);
  void handed();

  Site& site_;
  std::mt19937_64* order_;
  store::Store store_;
  const std::uint64_t boot_;  // of the disk, as long as this life lasts
  runtime::ChipSettings chips_;
  runtime::FaceShelf shelf_;
  runtime::Desk desk_;
  runtime::Post post_;
  runtime::Bench bench_;
  runtime::HandBench hand_;
  std::deque<runtime::Job> jobs_;
  std::unique_ptr<runtime::Runner> runner_;
  std::shared_ptr<void> listening_;
};

}  // namespace simulation
