#pragma once
#include "daemon/runtime/records.hpp"
#include "daemon/runtime/runner.hpp"

// A runner with a stopped clock, a journal in memory and no devices.
namespace runtime::test {

using namespace core;

class StoppedClock final : public api::Clock {
 public:
  api::WallTime wall() const override { return now; }
  api::SteadyTime steady() const override { return {}; }
  api::WallTime now{std::chrono::seconds(1'700'000'000)};
};

// One product without a chip: the shortest way of a card.
inline Rules rules() {
  Product product;
  product.name = product.title = "printed";
  product.encode = false;
  product.layout_front = "/front.svg";
  Rules rules;
  rules.products["printed"] = product;
  rules.default_product = "printed";
  return rules;
}

inline LineStatus healthy() {
  LineStatus status;
  status.printer.state = api::PrinterState::ready;
  status.printer.position = api::CardPosition::none;
  return status;
}

// A runner over a journal in memory; jobs wait in a list until the test ends them.
struct Station {
  explicit Station(Rules wanted = rules()) : initial(std::move(wanted)) {}

  Rules initial;
  StoppedClock clock;
  store::Store store{":memory:"};
  std::vector<Job> jobs;
  unsigned wakes = 0;
  std::uint8_t uuids = 0;
  std::function<void(const Job&)> at_start = [](const Job&) {};
  Runner runner{initial,
                {store, clock,
                 [this] {
                   api::Uuid uuid{};
                   uuid.back() = ++uuids;
                   return uuid;
                 },
                 [this](Job job) {
                   at_start(job);
                   jobs.push_back(std::move(job));
                 },
                 [this] { ++wakes; }, "station", "line"}};

  void start() {
    runner.recover();
    settle();
  }
  // Turns until nothing waits.
  void turn() {
    while (runner.waiting()) runner.turn();
  }
  // Ends all jobs, each well, and those that follow.
  void settle() {
    for (turn(); !jobs.empty(); turn())
      for (const auto& job : std::exchange(jobs, {})) end(job);
  }
  void end(const Job& job) {
    Brought brought;
    if (job.step == Step::check || job.step == Step::probe) brought = Checked{healthy()};
    if (job.step == Step::eject) brought = Ejected{};
    if (job.step == Step::reject) brought = Rejected{};
    if (job.step == Step::publish) brought = Published{};
    runner.returned({job.step, job.attempt.id, brought});
  }
  // Ends jobs until one of this step has started, and takes it out of the list.
  Job until(Step step) {
    for (turn();; turn()) {
      const auto found = std::ranges::find(jobs, step, &Job::step);
      if (found != jobs.end()) {
        auto job = std::move(*found);
        jobs.erase(found);
        return job;
      }
      if (jobs.empty()) throw std::logic_error("that step never started");
      end(jobs.front());
      jobs.erase(jobs.begin());
    }
  }

  Reply ask(Command command, Caller caller = {}) {
    std::optional<Reply> answer;
    runner.submit(std::move(command), std::move(caller), [&](const Reply& reply) { answer = reply; });
    turn();
    return answer.value();
  }
  Done done(Command command, Caller caller = {}) {
    return std::get<Done>(ask(std::move(command), std::move(caller)));
  }
  BatchId produce(std::int64_t amount) {
    IssueCards issue;
    issue.cards = done(RequestCards{amount, {}, {}, {}, {}}).cards;
    return done(issue).batch.value();
  }
};

inline RequestCards request(std::int64_t amount) {
  return {amount, {}, {}, {}, {}};
}

}  // namespace runtime::test
