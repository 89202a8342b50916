#pragma once
#include "daemon/core/production.hpp"

// Inside of core: what stands in the way of a line.
namespace core {

// What the next step needs of the line. Blanks and ribbon are asked for before a blank is fed, and not again.
struct Need {
  bool encoder = false;
  bool empty_machine = false;
  unsigned blanks = 0;
  unsigned panels = 0;  // faces on the ribbon
};

// Why the line cannot go on now, by what its devices say; nothing when it can.
std::optional<api::Failure> obstacle(const LineStatus& status, const Need& need);

// What the line waits for: the step at which the attempt in the machine stands, or the next card.
Need waiting_need(const Production& production);

// What the product asks for and this line does not have; waiting would not help.
std::optional<api::Failure> beyond(const api::Capabilities& line, const Product& product);

}  // namespace core
