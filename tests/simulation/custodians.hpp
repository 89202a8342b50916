#pragma once
#include "tests/simulation/calls.hpp"
#include "tests/simulation/truth.hpp"

namespace simulation {

// Two persons who let PIN letters out, and look into the tray where nobody knows whether one was printed.
// They take turns as it comes, so that one of them may release a letter twice. Survive the daemon.
class Custodians {
 public:
  Custodians(Site& site, Truth& truth, Story& story);

  // As Client::ask_again.
  void ask_again(Life& life, Violations& wrong);
  // Something that one of them does; false when there is nothing. `patient`: they see to what there is, else
  // they come by now and then.
  bool act(Life& life, bool patient);
  // No letter waits for them.
  bool finished(Life& life) const;
  const std::array<Calls, 2>& calls() const { return calls_; }

 private:
  bool ask(Life& life, Calls& calls, core::Command command, std::string_view method);
  bool ask_again(Life& life, Calls& calls);
  bool release(Life& life, const core::Letter& letter);
  bool resolve(Life& life, const core::Letter& letter);

  Site& site_;
  Truth& truth_;
  Story& story_;
  const bool needed_;
  std::array<Calls, 2> calls_;
};

}  // namespace simulation
