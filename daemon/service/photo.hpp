#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/core/model.hpp"

namespace service {

// The picture from base64 (RFC 4648 section 4: padded, nothing between the characters), under its digest; or
// why it is none that can be used. It is looked at no further than to its first bytes: whoever draws it takes
// it apart.
tl::expected<core::Photo, std::string> read_photo(std::string_view base64);

}  // namespace service
