#pragma once
#include "tools/ctl/commands.hpp"

// Photos that are sent, and pictures of cards that come back.
namespace ctl {

// Stores the photo of that file; its digest, or the status to end with: what is wrong was said.
tl::expected<std::string, Exit> store_photo(const Session& session, const std::string& file);

// Whether each of these cards can be drawn; says of each that cannot what is wrong with it.
Exit check_drawing(const Session& session, const std::vector<std::string>& cards);

}  // namespace ctl
