#pragma once
#include <deque>
#include <filesystem>
#include <random>

#include "daemon/authority/authority.hpp"
#include "daemon/runtime/bench.hpp"
#include "daemon/runtime/runner.hpp"
#include "daemon/vault/vault.hpp"
#include "drivers/piv/piv.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/simulation/seeded_random.hpp"
#include "tools/simulator/in_process.hpp"

namespace simulation {

// The whole station in virtual time: the real engine, journal, authority, vault and PIV driver over a
// simulated printer with virtual chips, all in one thread and from one seed. Only rendering is replaced, by
// blank planes.
class Station {
 public:
  struct Options {
    std::uint64_t seed = 1;
    unsigned blanks = 60;
    std::vector<simulator::Fault> faults;
    simulator::CardOptions card;
    unsigned consecutive_failures_max = 3;
    unsigned pool_days = 365;
    bool foreign_blanks = false;  // their management key is not the one that the station was told
    std::vector<std::string> certificates{"authentication", "signature", "keyManagement",
                                          "cardAuthentication"};
  };
  explicit Station(Options options);

  // Submits a command and lets the station decide it; the answer.
  core::Reply ask(core::Command command);
  // Lets the station work until nothing moves any more: no step under way, and no wait that ends by itself
  // within `patience`.
  void settle(std::chrono::minutes patience = std::chrono::minutes(5));

  simulator::World& world() { return world_; }
  store::Store& store() { return store_; }
  const api::Clock& clock() const { return clock_; }
  runtime::Runner& runner() { return *runner_; }
  const std::filesystem::path& directory() const { return folder_.path(); }
  api::CardFamily& family() { return *family_; }

  // Everything that was committed, a line a change, with its virtual time: two runs of one seed give the same
  // text.
  const std::string& trace() const { return trace_; }
  // What is wrong with the world as it stands, against the journal; empty when all is well.
  std::vector<std::string> broken_invariants();

 private:
  core::Rules rules() const;
  authority::Authority make_authority();

  Options options_;
  SeededRandom random_;
  fakes::TemporaryFolder folder_;
  simulator::VirtualClock clock_;
  simulator::World world_;
  simulator::SimulatedPrinter printer_;
  simulator::InProcessEncoder encoder_;
  std::unique_ptr<api::CardFamily> family_;
  store::Store store_;
  authority::Authority authority_;
  vault::Vault vault_;
  runtime::ChipSettings chips_;
  runtime::FaceShelf shelf_;
  runtime::Desk desk_;
  runtime::Bench bench_;
  std::deque<runtime::Job> jobs_;
  std::unique_ptr<runtime::Runner> runner_;
  std::shared_ptr<void> listening_;
  std::string trace_;
};

}  // namespace simulation
