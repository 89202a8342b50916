#include <gmock/gmock.h>

#include "tests/simulation/mutant.hpp"
#include "tests/simulation/run.hpp"

// The simulation itself: that it replays, that it hits, and that it would notice.
namespace {

using namespace simulation;

Outcome run(const Scenario& scenario) {
  return Run(scenario, shared_trust(), true).go();
}

TEST(crash_run, replays_identically_from_its_seed) {
  std::map<std::uint64_t, std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) traces[seed] = run(draw_scenario(seed)).hash;
  for (std::uint64_t seed = 20; seed >= 1; --seed)
    EXPECT_EQ(run(draw_scenario(seed)).hash, traces[seed]) << "seed " << seed;
  EXPECT_NE(traces[1], traces[2]);
}

TEST(crash_run, hits_most_runs_and_many_recoveries) {
  unsigned hit = 0, in_recovery = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto outcome = run(draw_scenario(seed));
    hit += !outcome.falls.empty();
    in_recovery += std::ranges::count(outcome.falls, true, &Fall::in_recovery);
  }
  EXPECT_GT(hit, 250U);
  EXPECT_GT(in_recovery, 40U);
}

// Runs of software that is wrong on purpose, until what has to come of that is found: a second good body of a
// card, mostly.
class a_mutant : public testing::TestWithParam<Mutant> {};

TEST_P(a_mutant, is_found_by_what_comes_of_it) {
  unsigned wrong = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    auto scenario = draw_scenario(seed);
    scenario.mutant = GetParam();
    const auto outcome = run(scenario);
    wrong += !outcome.wrong.empty();
    if (std::ranges::find(outcome.wrong, shown_by(GetParam()), &Violation::what) != outcome.wrong.end())
      return;
  }
  ADD_FAILURE() << "not found in 500 runs; something else was wrong in " << wrong;
}

INSTANTIATE_TEST_SUITE_P(of_each_kind, a_mutant,
                         testing::Values(Mutant::synchronousNormal, Mutant::withoutIntents, Mutant::requeue,
                                         Mutant::reprint, Mutant::onePerson),
                         [](const auto& tested) { return std::string(api::name_of(tested.param)); });

}  // namespace
