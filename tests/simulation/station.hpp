#pragma once
#include "tests/simulation/life.hpp"

namespace simulation {

// The whole station in virtual time: a site, and one life of the daemon there, from one seed.
class Station {
 public:
  using Options = SiteOptions;
  explicit Station(Options options);

  // Submits a command and lets the station decide it; the answer.
  core::Reply ask(core::Command command) { return life_.ask(std::move(command)); }
  // Lets the station work until nothing moves any more: no step under way, and no wait that ends by itself
  // within `patience`.
  void settle(std::chrono::minutes patience = std::chrono::minutes(5)) { life_.settle(patience); }

  simulator::World& world() { return site_.world; }
  store::Store& store() { return life_.store(); }
  const api::Clock& clock() const { return site_.clock; }
  runtime::Runner& runner() { return life_.runner(); }
  const std::filesystem::path& directory() const { return site_.folder(); }
  api::CardFamily& family() { return *site_.family; }

  // Everything that was committed, a line a change, with its virtual time: two runs of one seed give the same
  // text.
  const std::string& trace() const { return trace_; }
  // What is wrong with the world as it stands, against the journal; empty when all is well.
  std::vector<std::string> broken_invariants();

 private:
  Site site_;
  std::string trace_;
  Life life_;
};

}  // namespace simulation
