#pragma once
#include "drivers/api/card_family.hpp"
#include "drivers/piv/apdu.hpp"

// The management key, 9B (SP 800-73-4 part 2, section 3.2.4 and appendix A.1).
namespace piv {

// Algorithm identifier (SP 800-78-4, table 6-2).
std::uint8_t id_of(api::ManagementAlgorithm algorithm);

// Mutual authentication, one try: host and chip each prove that they know the key.
// Fails: managementKeyRefused when either proof fails; chipUnsupported, with nothing sent, for a key that has
// not the algorithm's length.
api::Result<> authenticate(Channel& channel, api::ManagementAlgorithm algorithm, const api::Secret& key);

// Vendor: replaces the key. Needs `authenticate` before.
api::Result<> set_management_key(Channel& channel, api::ManagementAlgorithm algorithm,
                                 const api::Secret& key);

}  // namespace piv
