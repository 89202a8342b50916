#pragma once
#include "tools/simulator/card/chip.hpp"

namespace simulator {

// GENERAL AUTHENTICATE (SP 800-73-4 part 2, section 3.2.4): the management key by mutual or single
// authentication; the other keys by signature, RSA operation or key agreement.
CardReply general_authenticate(Chip& chip, Session& session, const CardCommand& command);

}  // namespace simulator
