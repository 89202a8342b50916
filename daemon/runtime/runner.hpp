#pragma once
#include <deque>
#include <functional>
#include <list>

#include "daemon/core/production.hpp"
#include "daemon/runtime/job.hpp"
#include "daemon/store/store.hpp"

namespace runtime {

// Decide, commit, act. A turn takes everything that waits, decides each, writes all rows in one transaction,
// and only after the commit lets jobs start, answers leave and watchers hear: intent stands before effect by
// structure. Runs on the io thread. A failed write leaves `turn` as store::StoreFailed, and the process has
// to end.
class Runner final : public core::Engine {
 public:
  struct Parts {
    store::Store& store;
    const api::Clock& clock;
    std::function<api::Uuid()> new_uuid;
    std::function<void(Job)> start;  // hands a job to its worker; the end comes back through `returned`
    std::function<void()> wake;      // arranges that `turn` is called soon; called once until then
    std::string station, line;       // names
  };
  Runner(core::Rules rules, Parts parts);

  // Once, before anything else: loads what was open and decides what becomes of it.
  void recover();
  void returned(core::Returned returned);
  // The configuration was read again: between two decisions these rules replace the others.
  void reload(core::Rules rules);
  // To be called every `probe_interval`; does nothing while nothing waits.
  void timer();
  void turn();
  bool waiting() const { return !events_.empty(); }
  // Whether nothing moves that the daemon could finish before it stops: no card is in the machine, or it
  // waits for a device or a person; and no revocation list is being written.
  bool idle() const;

  void submit(core::Command command, core::Caller caller,
              std::function<void(const core::Reply&)> answer) override;
  core::StationView station() const override;
  const core::Rules& rules() const override { return production_.rules; }
  std::shared_ptr<void> listen(Listener listener) override;

  // In words, for the service manager: "producing C3", "idle", and what a person has to see to.
  std::string summary() const;
  // What the last recovery found and did, in one line; empty before the first turn.
  const std::string& recovered() const { return production_.recovered; }

 private:
  struct Asked {
    core::Command command;
    core::Caller caller;
    std::function<void(const core::Reply&)> answer;
  };
  using Event = std::variant<Asked, core::Returned, core::Timer, core::Recovered, core::Rules>;
  // What may leave after the commit.
  struct Outbox {
    std::vector<Job> jobs;
    std::vector<core::Change> changes;
    bool wrote = false;
    std::vector<std::pair<std::function<void(const core::Reply&)>, core::Reply>> answers;
  };

  void push(Event event);
  void decide_event(Event& event, core::Records& records, Outbox& outbox);
  core::Reply decide_command(const Asked& asked, core::Records& records, core::Decision& decision);
  void write(core::Decision& decision, Outbox& outbox);
  void tell(Outbox& outbox);
  Job job_for(const core::Effect& effect);

  Parts parts_;
  core::Production production_;
  api::WallTime started_;
  std::deque<Event> events_;
  bool woken_ = false;
  std::list<std::weak_ptr<Listener>> listeners_;
};

// How long after a start `summary` says what recovery found.
inline constexpr std::chrono::minutes recovery_shown(10);

// How often a waiting line asks its devices whether they are mended.
inline constexpr std::chrono::seconds probe_interval(2);

}  // namespace runtime
