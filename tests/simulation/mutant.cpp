#include "tests/simulation/mutant.hpp"

#include <fmt/format.h>

#include "daemon/store/sqlite.hpp"

namespace simulation {
namespace {

// The counters are what the machine says, and nobody asks why.
void trust_figures(store::Database& journal, const api::Counters& counters) {
  journal.run(fmt::format("UPDATE printer SET last='{{\"fed\":{0},\"printed\":{1},\"ejected\":{2},"
                          "\"rejected\":{3}}}',foreign_bodies={0}-json_extract(first,'$.fed')-good-rejected-"
                          "condemned-in_doubt-samples",
                          counters.fed, counters.printed, counters.ejected, counters.rejected)
                  .c_str());
}

void clear_machine(Site& site, api::Destination destination) {
  while (const auto due = site.world.next_due()) {
    site.clock.pass(std::max(*due - site.clock.steady(), std::chrono::nanoseconds(0)));
    site.world.advance(site.clock.steady());
  }
  site.clock.pass(std::chrono::minutes(1));  // until a machine that lost power answers again
  site.world.advance(site.clock.steady());
  if (!site.world.inside() || !site.world.begin(destination)) return;
  site.clock.pass(std::chrono::minutes(1));
  site.world.advance(site.clock.steady());
}

// What was open is done again, or not, without a look at what became of it.
void make_again(Mutant mutant, Site& site, store::Database& journal) {
  const bool requeue = mutant == Mutant::requeue;
  // Nobody wrote what was about to be done: what was not done by the book was not done.
  journal.run(requeue ? "UPDATE attempt SET phase='void' WHERE phase NOT IN "
                        "('done','spoiled','void','inDoubt','condemned')"
                      : "UPDATE attempt SET phase='void' WHERE phase IN "
                        "('feedIntent','encodeIntent','printIntent','ejectIntent','rejectIntent')");
  trust_figures(journal, site.world.counters());
}

}  // namespace

void mutate(Mutant mutant, Site& site) {
  if (mutant == Mutant::none || mutant == Mutant::synchronousNormal) return;
  site.disk.full = false;
  const bool machine = shown_by(mutant) == Wrong::secondBody;
  if (machine)
    clear_machine(site, mutant == Mutant::requeue ? api::Destination::output : api::Destination::rejectBin);
  store::Database journal(Site::journal, site.disk.vfs());
  journal.run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  if (machine) return make_again(mutant, site, journal);
  journal.run(mutant == Mutant::reprint
                  ? "UPDATE letter SET state='released' WHERE state='sending'"
                  : "UPDATE letter SET state='released', second_person=first_person WHERE state='waiting' "
                    "AND first_person>=0");
}

}  // namespace simulation
