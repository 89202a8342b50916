#pragma once
#include "tests/simulation/custodians.hpp"
#include "tests/simulation/habits.hpp"
#include "tests/simulation/office.hpp"
#include "tests/simulation/people.hpp"

namespace simulation {

// One blow that fell.
struct Fall {
  Blow blow;
  bool in_recovery = false;            // what an earlier one had left open was not settled yet
  std::optional<std::string> attempt;  // that was under way
  std::optional<core::Phase> end;      // of that attempt
  bool asked_person = false;           // because of it a person had to look, or to take a card out
};

struct Outcome {
  std::vector<Fall> falls;
  Violations wrong;
  Operator::Help help;  // all of it together
  unsigned lives = 0, cards = 0;
  std::uint64_t blanks = 0;
  std::vector<std::size_t> asked;  // of the office, acknowledged: which commands, as alternatives of Command
  unsigned expired = 0;            // assignments
  unsigned encoded = 0, anew = 0, spoiled = 0;  // by hand: good, of these again; bad
  std::size_t sheets = 0, sheets_lost = 0;      // of paper
  bool faults = false;                          // devices misbehaved too, or cannot tell what others can
  std::chrono::nanoseconds time{};
  std::uint64_t hash = 0;
  std::string story;
};

// Everything that happens at one site, from the first order until all batches are completed: lives of the
// daemon, what ends them, and what people do meanwhile.
class Run {
 public:
  Run(Scenario scenario, std::shared_ptr<const Trust> trust, bool with_story);
  Outcome go();

  // Counts of moments, to know how far a blow can be aimed.
  const Hazards& hazards() const { return site_.hazards; }

 private:
  struct Found {};    // something is wrong: the run ends
  struct Stopped {};  // the daemon ended as it was asked to

  void begin_life();
  void live();
  void work();
  void stop_when_idle();
  void restart_when_all_is_done();
  bool let_people_act(bool still);
  void fell(Blow blow);
  bool explained(const store::StoreFailed& failed);
  void pick_up();
  void told(const core::Change& change);
  void tally(Operator::Help help);
  void blame(const std::string& attempt);
  void stop_if_wrong();
  void finish();

  const Scenario scenario_;
  const SqliteHabits habits_;
  std::mt19937_64 order_;
  Site site_;
  Story story_;
  Truth truth_;
  Client client_;
  Office office_;
  Custodians custodians_;
  Operator operator_;
  std::optional<Life> life_;
  bool struck_ = false;         // in this life
  bool asked_to_stop_ = false;  // likewise
  std::optional<api::SteadyTime> stop_begun_;
  std::optional<std::string> to_settle_;  // the attempt that was open when this life began
  Outcome outcome_;
};

// The authority that all runs of a process share.
std::shared_ptr<const Trust> shared_trust();

}  // namespace simulation
