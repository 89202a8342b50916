#pragma once
#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"

namespace piv {

// SELECT of the PIV application by the part of its name that has no version (SP 800-73-4 part 1,
// section 2.2).
api::Result<> select(Channel& channel);

// See api::CardFamily::identify. `extended`: extended length may be used with this chip.
api::Result<api::ChipIdentity> identify(api::Transport& chip, bool extended, api::Deadline deadline);

}  // namespace piv
