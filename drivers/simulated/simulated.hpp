#pragma once
#include <memory>
#include <string>

#include "drivers/api/printer.hpp"

namespace simulated {

// The printer of a `cardwright-simulator` that listens on the Unix socket `path`. Connects at the first call
// and again after every failure of the link. Not connectable: printerGone, notDone. Broken in the middle of a
// call: linkLost, unknown. No reply by the deadline: timedOut, unknown.
std::unique_ptr<api::Printer> make_printer(std::string path);

}  // namespace simulated
