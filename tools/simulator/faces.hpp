#pragma once
#include <filesystem>

#include "drivers/api/printer.hpp"

namespace simulator {

// What one face looks like on a white body, as a PNG: color, resin over it, varnish not at all (it is clear).
// Throws std::runtime_error when the file cannot be written.
void write_face(const api::Planes& face, const std::filesystem::path& file);

}  // namespace simulator
