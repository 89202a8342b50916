#pragma once
#include <optional>
#include <string>

namespace drawing {

// Why a photo (data:image/jpeg;base64,… or png) cannot be printed; nothing when it can. librsvg would leave
// such an image out without a word.
std::optional<std::string> undecodable(const std::string& data);

}  // namespace drawing
