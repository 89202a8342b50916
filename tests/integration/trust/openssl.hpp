#pragma once
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace trust {

struct Verdict {
  bool good = false;
  std::string text;
};

// Runs the command with these arguments.
inline Verdict openssl(const std::string& arguments) {
  Verdict verdict;
  std::FILE* const pipe = ::popen(("openssl " + arguments + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return verdict;
  std::array<char, 4096> part{};
  while (const auto size = std::fread(part.data(), 1, part.size(), pipe))
    verdict.text.append(part.data(), size);
  const int status = ::pclose(pipe);
  verdict.good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return verdict;
}

}  // namespace trust
