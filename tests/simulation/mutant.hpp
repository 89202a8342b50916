#pragma once
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/wrong.hpp"

namespace simulation {

// Between two lives: does to journal and machine what software would that knows no better.
void mutate(Mutant mutant, Site& site);

// What has to come of it sooner or later.
constexpr Wrong shown_by(Mutant mutant) {
  return mutant == Mutant::reprint     ? Wrong::letterTwice
         : mutant == Mutant::onePerson ? Wrong::letterNotReleased
                                       : Wrong::secondBody;
}

}  // namespace simulation
