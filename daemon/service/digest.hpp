#pragma once
#include <boost/json/object.hpp>

#include "daemon/core/event.hpp"

namespace service {

// FIPS 180-4.
api::Bytes sha256(std::string_view text);

// SHA-256 of what a call says: its parameters without the idempotency key, as JSON without
// white space, members in the order of their names' bytes, null members left out. Two calls that mean
// the same have the same digest, however their client writes them.
api::Bytes digest_of(const boost::json::object& parameters);

}  // namespace service
