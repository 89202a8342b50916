#pragma once
#include "tests/simulation/scenario.hpp"

namespace simulation {

// Between two lives: does to journal and machine what software would that knows no better.
void mutate(Mutant mutant, Site& site);

}  // namespace simulation
