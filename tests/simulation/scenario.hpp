#pragma once
#include "tests/simulation/hazards.hpp"
#include "tests/simulation/site.hpp"

namespace simulation {

// What software does wrong on purpose, so that the simulation shows that it would notice (mutant.hpp).
enum class Mutant { none, synchronousNormal, withoutIntents, requeue };
inline constexpr std::array<api::EnumRow<Mutant>, 4> mutant_rows{{
    {Mutant::none, "none", "the software as it is"},
    {Mutant::synchronousNormal, "synchronousNormal", "the journal is written with synchronous=NORMAL"},
    {Mutant::withoutIntents, "withoutIntents", "nothing is written before an effect, only after it"},
    {Mutant::requeue, "requeue", "what was open is made again after a restart"},
}};
static_assert(api::well_formed(mutant_rows));
constexpr const auto& rows_of(Mutant) {
  return mutant_rows;
}

// What one run is about; all of it follows from the seed.
struct Scenario {
  std::uint64_t seed = 1;
  std::vector<unsigned> orders{2};        // cards of each
  std::string product = "temporary";      // of site.hpp
  std::vector<std::string> certificates;  // purposes
  bool condemn = false;                   // a person finds one of the finished cards misprinted
  bool give_up = false;                   // a person does not want the first card that failed any more
  std::vector<Strike> strikes;            // one a life: each is armed when a life begins
  std::vector<simulator::Fault> faults;   // of the devices
  bool clock_jumps = false;               // after a crash the time of day is wrong for a while
  Blindness blind;                        // of the printer
  unsigned files_to_fail = 0;             // letters and lists that find no room
  bool powersafe_overwrite = true;
  int checkpoint_pages = 1000;  // how long the write-ahead log grows
  Mutant mutant = Mutant::none;
};

Scenario draw_scenario(std::uint64_t seed);

}  // namespace simulation
