#pragma once
#include "daemon/config/config.hpp"

namespace station {

// Lets cardwright-render look at each layout that the configuration names, as the blanks of its products are
// and with what the station says on every card (organisation, title):
// what is wrong comes out on standard output, a line FILE: line N for each mistake. False: something is, or
// the program does not start.
bool layouts_are_right(const config::Configuration& configuration);

}  // namespace station
