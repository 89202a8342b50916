#pragma once
#include "drivers/api/card_family.hpp"

namespace piv {

// See api::CardFamily::personalise.
api::Result<std::vector<api::PublicKey>> personalise(api::Transport& chip, const api::ChipIdentity& identity,
                                                     const api::Personalisation& what,
                                                     api::Deadline deadline);

// See api::CardFamily::reencode and redate.
api::Result<std::vector<api::PublicKey>> reencode(api::Transport& chip, const api::ChipIdentity& identity,
                                                  const api::Personalisation& what, api::Deadline deadline);
api::Result<> redate(api::Transport& chip, const api::ChipIdentity& identity,
                     const api::Personalisation& what, api::Deadline deadline);

// See api::CardFamily::reopen.
api::Result<> reopen(api::Transport& chip, const api::ChipIdentity& identity,
                     const api::Personalisation& what, api::Deadline deadline);

}  // namespace piv
