#pragma once
#include "drivers/api/card_family.hpp"

namespace piv {

// See api::CardFamily::invalidate.
api::Invalidation invalidate(api::Transport& chip, const api::ChipIdentity& identity,
                             const api::Personalisation& what, api::Deadline deadline);

}  // namespace piv
