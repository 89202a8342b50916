#pragma once
#include "tests/simulation/life.hpp"
#include "tests/simulation/story.hpp"
#include "tests/simulation/wrong.hpp"

namespace simulation {

// What one person asks of the station, each call under a key of its own: what was not answered is asked
// again, and what was answered has to be answered alike for as long as the station keeps answers. Survives
// the daemon.
class Calls {
 public:
  struct Call {
    std::size_t matter;  // what it was about, as the caller counts
    core::Command command;
    core::Caller caller;
    std::optional<core::Done> done;  // acknowledged
    api::SteadyTime made;
  };

  Calls(std::string who, const Clock& clock, Story& story, std::int64_t uid = 1000)
      : who_(std::move(who)), clock_(clock), story_(story), uid_(uid) {}

  std::int64_t uid() const { return uid_; }

  // A call that was not answered.
  bool pending() const { return pending_; }
  // Asks; the reply, which `last` keeps. A refusal is an answer too.
  core::Reply ask(Life& life, std::size_t matter, core::Command command, std::string_view method);
  core::Reply ask_again(Life& life);
  const Call& last() const { return calls_.back(); }
  const std::vector<Call>& all() const { return calls_; }

  // After a start: all that was ever acknowledged. Returns those whose answer is another one than before.
  std::vector<const Call*> compare_all(Life& life, Violations& wrong);

 private:
  std::string who_;
  const Clock& clock_;
  Story& story_;
  std::int64_t uid_;
  std::vector<Call> calls_;
  bool pending_ = false;
};

}  // namespace simulation
