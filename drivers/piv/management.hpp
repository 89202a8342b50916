#pragma once
#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"
#include "drivers/piv/secrets.hpp"

// The management key, 9B (SP 800-73-4 part 2, section 3.2.4 and appendix A.1).
namespace piv {

// Algorithm identifier (SP 800-78-4, table 6-2).
std::uint8_t id_of(api::ManagementAlgorithm algorithm);

// Mutual authentication, one try: host and chip each prove that they know the key.
// Fails: managementKeyRefused when either proof fails; chipUnsupported, with nothing sent, for a key that has
// not the algorithm's length.
api::Result<> authenticate(Channel& channel, api::ManagementAlgorithm algorithm, const api::Secret& key);

// The keys a chip may hold, in the order in which to try them: after an interruption anywhere, and once the
// card is made. One of them where the card gets no key of its own.
std::vector<Held> possible_keys(const api::Personalisation& what);
Held final_key(const api::Personalisation& what);

// Authenticates with the first of `keys` that the chip takes, and says which. What the chip tells about its
// key comes first: a key that cannot be it is not tried; none is when a counter of tries is low. Each is
// tried once at most, and only a refusal leads to the next. Fails: managementKeyRefused when none is taken;
// tryCounterLow.
api::Result<Held> open_management(Channel& channel, const api::ChipIdentity& identity,
                                  const api::Personalisation& what, const std::vector<Held>& keys);

// Vendor: replaces the key. Needs `authenticate` before.
api::Result<> set_management_key(Channel& channel, api::ManagementAlgorithm algorithm,
                                 const api::Secret& key);

}  // namespace piv
