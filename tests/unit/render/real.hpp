#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "daemon/render/renderer.hpp"
#include "tests/unit/render/sample.hpp"

// The real program with the fonts of the shipped station.
namespace real {

using namespace std::chrono_literals;

inline const render::Program program{RENDER_PROGRAM, FONTS};

inline api::Deadline in(std::chrono::milliseconds time) {
  return api::Deadline::clock::now() + time;
}

inline render::Request card() {
  return {sample::file(LAYOUTS "/temporary-card-front.svg"),
          sample::file(LAYOUTS "/temporary-card-back.svg"),
          {{"number", "CW-2026-000042"},
           {"product", "Temporary"},
           {"organisation", "Example"},
           {"checkCode", "7KQ4-M2XF"},
           {"expiryDate", "2026-12-31"},
           {"issueDate", "2026-12-30"}},
          sample::image,
          false,
          false};
}

// Runs a command; its output and exit status.
inline std::pair<std::string, int> run(const std::string& command) {
  std::string output;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  for (int c; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  const auto status = ::pclose(pipe);
  return {output, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

// A folder that is there as long as this object.
struct Folder {
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "cardwright-render-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path / name; }
  std::filesystem::path path;
};

}  // namespace real
