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

// Both faces of a small card: colour and K in front, K alone on the back.
inline render::Request card() {
  constexpr std::string_view texts =
      R"(<text data-field="organisation" data-width="30" x="5" y="10" font-size="4" font-family="Noto Sans"/>)"
      R"(<rect data-field="number" data-type="qr" x="60" y="25" width="22" height="22"/>)";
  return {
      sample::svg(fmt::format(R"(<g id="color"><rect x="-2" y="-2" width="90" height="58" fill="#5d9"/></g>)"
                              R"(<g id="k">{}</g>)",
                              texts)),
      sample::svg(fmt::format(R"(<g id="k">{}</g>)", texts)),
      {{"number", "CW-2026-000042"}, {"organisation", "Example"}},
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
