#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace simulation {

// Empty when there is no such file.
inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// What follows the label on its line of a plain letter; empty when there is no such line.
inline std::string line_of(const std::string& text, std::string_view label) {
  const auto letter = "\n" + text;
  const auto line = "\n" + std::string(label) + ": ";
  const auto at = letter.find(line);
  if (at == std::string::npos) return {};
  const auto begin = at + line.size();
  return letter.substr(begin, letter.find('\n', begin) - begin);
}

inline std::string control_on(const std::string& letter) {
  return line_of(letter, "control");
}

inline std::string pin_on(const std::string& letter) {
  return line_of(letter, "PIN");
}

}  // namespace simulation
