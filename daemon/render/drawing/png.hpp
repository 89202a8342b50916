#pragma once
#include <string>

#include "drivers/api/printer.hpp"
#include "drivers/api/result.hpp"

namespace drawing {

// The face as a person would see it: colour, then black resin on it. The overlay is clear.
api::Result<> write_png(const api::Planes& planes, const std::string& path);

}  // namespace drawing
