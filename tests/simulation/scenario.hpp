#pragma once
#include "tests/simulation/hazards.hpp"
#include "tests/simulation/site.hpp"

namespace simulation {

// What software does wrong on purpose, so that the simulation shows that it would notice (mutant.hpp).
enum class Mutant { none, synchronousNormal, withoutIntents, requeue, reprint, onePerson };
inline constexpr std::array<api::EnumRow<Mutant>, 6> mutant_rows{{
    {Mutant::none, "none", "the software as it is"},
    {Mutant::synchronousNormal, "synchronousNormal", "the journal is written with synchronous=NORMAL"},
    {Mutant::withoutIntents, "withoutIntents", "nothing is written before an effect, only after it"},
    {Mutant::requeue, "requeue", "what was open is made again after a restart"},
    {Mutant::reprint, "reprint", "a letter that was on its way to the printer is sent again after a restart"},
    {Mutant::onePerson, "onePerson", "who released a letter is forgotten, and counts for both"},
}};
static_assert(api::well_formed(mutant_rows));
constexpr const auto& rows_of(Mutant) {
  return mutant_rows;
}

// Something that is wanted besides requests: how its cards come, and what may happen on the way.
enum class Way { order, bureau, import };
enum class PoolDeed { assign, extend, withdraw, wait, lock };
struct Errand {
  Way way = Way::order;
  unsigned amount = 1;
  unsigned priority = core::priority_default;
  bool queue = false;
  // Each once, at some moment at which somebody comes by:
  bool hold = false;
  bool abort = false;    // its first card, or the whole order
  bool cancel = false;   // the batch while it is produced
  bool give_up = false;  // the first card that failed, or that the bureau has not made
  bool fail = false;     // the bureau cannot make the first card
  // What becomes of its first card when that is good: one after the other.
  std::vector<PoolDeed> pool;
  bool condemn = false;         // it is locked because its body is bad, and replaced
  unsigned wrong_chips = 0;     // so often a person puts another card into the encoder at first
  std::uint64_t chip_dies = 0;  // the body of the bureau: at this command; 0: never
};

// What one run is about; all of it follows from the seed.
struct Scenario {
  std::uint64_t seed = 1;
  std::vector<unsigned> orders{2};        // cards of each
  std::string product = "temporary";      // of site.hpp
  std::vector<std::string> certificates;  // purposes
  std::vector<Errand> errands;            // of the office
  unsigned pool_days = 365;               // how long a chip lives
  bool condemn = false;                   // a person finds one of the finished cards misprinted
  bool give_up = false;                   // a person does not want the first card that failed any more
  std::vector<Strike> strikes;            // one a life: each is armed when a life begins
  std::vector<simulator::Fault> faults;   // of the devices
  bool clock_jumps = false;               // after a crash the time of day is wrong for a while
  Blindness blind;                        // of the printer
  unsigned letter_persons = 0;            // who have to release a letter
  std::optional<unsigned> paper;          // letters are printed, with so many troubles
  unsigned files_to_fail = 0;             // letters and lists that find no room
  bool powersafe_overwrite = true;
  int checkpoint_pages = 1000;  // how long the write-ahead log grows
  Mutant mutant = Mutant::none;
};

Scenario draw_scenario(std::uint64_t seed);

}  // namespace simulation
