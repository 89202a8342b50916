// cardwright-simulate: lives of the daemon in virtual time, which end at any moment; all of a run from its
// seed.
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "tests/simulation/statistics.hpp"

namespace {

using namespace simulation;

struct Asked {
  std::uint64_t runs = 1000, seed = 1;
  unsigned jobs = 1;
  bool json = false, story = false;
  std::string mutant = "none";
};

constexpr unsigned shown_max = 20;  // runs with something wrong, of each job

// The runs of one job: every `asked.jobs`-th seed.
Statistics run_share(const Asked& asked, unsigned job) {
  const auto mutant = api::from_name<Mutant>(asked.mutant);
  Statistics sums;
  unsigned shown = 0;
  for (auto run = std::uint64_t{job}; run < asked.runs; run += asked.jobs) {
    auto scenario = draw_scenario(asked.seed + run);
    scenario.mutant = *mutant;
    const auto outcome = Run(scenario, shared_trust(), asked.story).go();
    sums.add(outcome);
    if (asked.story) fmt::print("{}\nseed {}, trace {:016x}\n\n", outcome.story, scenario.seed, outcome.hash);
    if (outcome.wrong.empty() || ++shown > shown_max) continue;
    const auto& wrong = outcome.wrong.front();
    fmt::print(stderr, "seed {}: {}: {}\n", scenario.seed, api::text_of(wrong.what), wrong.text);
  }
  return sums;
}

// A child that writes its sums, as they lie in memory, into the pipe.
int start_job(const Asked& asked, unsigned job) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child > 0) {
    ::close(ends[1]);
    return ends[0];
  }
  const auto sums = run_share(asked, job);
  std::fflush(nullptr);
  const bool written = ::write(ends[1], &sums, sizeof sums) == static_cast<ssize_t>(sizeof sums);
  ::_exit(written ? EXIT_SUCCESS : EXIT_FAILURE);
}

Statistics run_all(const Asked& asked) {
  if (asked.jobs == 1) return run_share(asked, 0);
  Statistics all;
  std::vector<int> pipes;
  for (unsigned job = 0; job < asked.jobs; ++job) pipes.push_back(start_job(asked, job));
  for (const int pipe : pipes) {
    Statistics sums;
    // Less than PIPE_BUF: it comes as one.
    static_assert(sizeof sums <= 4096 && std::is_trivially_copyable_v<Statistics>);
    const bool whole = ::read(pipe, &sums, sizeof sums) == static_cast<ssize_t>(sizeof sums);
    ::close(pipe);
    if (!whole) throw std::runtime_error("a job ended without its figures");
    all.add(sums);
  }
  while (::wait(nullptr) > 0) continue;
  return all;
}

int simulate(const Asked& asked) {
  // What is freed is used again by the next run.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
  const auto begin = std::chrono::steady_clock::now();
  const auto sums = run_all(asked);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{}", asked.json ? json(sums, seconds) : table(sums, seconds));
  return sums.wrong_runs == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  Asked asked;
  CLI::App app{
      "Lets the station work in a simulated world and ends it at any moment, again and again; says what was "
      "ever wrong. Fails when anything was."};
  app.add_option("--runs", asked.runs, "How many runs")->capture_default_str();
  app.add_option("--seed", asked.seed, "Seed of the first run; each has the next one")->capture_default_str();
  app.add_option("--jobs", asked.jobs, "Processes that share the runs")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", asked.json, "The figures as JSON");
  app.add_flag("--story", asked.story, "Tells what happens in each run");
  std::vector<std::string> mutants;
  for (const auto& row : mutant_rows) mutants.emplace_back(row.name);
  app.add_option("--mutant", asked.mutant, "Software that does something wrong on purpose")
      ->check(CLI::IsMember(mutants))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return simulate(asked);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "cardwright-simulate: {}\n", failure.what());
    return EXIT_FAILURE;
  }
}
