#pragma once
#include "daemon/core/turn.hpp"

// Inside of core: the sum of blanks. Every blank that a printer fed is good, rejected, condemned, a sample,
// in the machine or in doubt; what the journal adds up has to be what the printer counted.
namespace core {

// With no card of ours in the machine: whether the printer is the one that was used last, and its counters
// are what the journal says. A printer that does not keep its counters is not compared. The first printer
// that ever comes is welcome.
std::optional<api::Failure> disagreement(const Production& production, const LineStatus& status);

// A person said to go on with the figures, or the printer, as they are.
void accept_figures(Turn& turn, const Caller& caller);

// The printer of which the counters are read for the first time.
void welcome(Turn& turn, const LineStatus& status);

// The attempt came to this end; `attempt.bodies` blanks were fed for it. Where it went as it should, the
// counters are what they have to be; those of a doubt are taken as they are.
void account_for(Turn& turn, const Attempt& attempt, Phase end);

// A finished body was condemned, or a doubt resolved: it is counted elsewhere now.
void move_bodies(Turn& turn, const Attempt& attempt, std::int64_t PrinterAccount::*from,
                 std::int64_t PrinterAccount::*to);

}  // namespace core
