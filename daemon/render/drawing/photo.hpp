#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace drawing {

// Why an image (data:image/jpeg;base64,… or png) cannot be printed; nothing when it can. librsvg would leave
// such an image out without a word. `what` the reason calls it.
std::optional<std::string> undecodable(const std::string& data, std::string_view what);

}  // namespace drawing
