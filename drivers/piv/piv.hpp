#pragma once
#include <memory>

#include "drivers/api/card_family.hpp"

namespace piv {

struct Options {
  // False: short APDUs with chaining, even where the chip's ATR offers extended length. For readers that
  // cannot pass long APDUs on.
  bool allow_extended_length = true;
};

// The PIV card application of NIST SP 800-73-4, with the widespread vendor commands FD, F8, F7 and FF where
// the chip answers them. The object keeps nothing between calls and may serve any number of transports and
// threads.
std::unique_ptr<api::CardFamily> make_piv(Options options = {});

}  // namespace piv
