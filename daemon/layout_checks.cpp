#include "daemon/layout_checks.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace station {
namespace {

// Arguments of cardwright-render.
using Check = std::vector<std::string>;

// An @ at its beginning would name a file.
std::string field(std::string_view name, const std::string& value) {
  return fmt::format("{}={}{}", name, value.starts_with('@') ? "@" : "", value);
}

// A layout that several products print is looked at once for each kind of blank and each title: what the
// station says itself, the same on every card, has to fit.
std::set<Check> checks_of(const config::Configuration& configuration) {
  std::set<Check> checks;
  const auto add = [&](const std::string& layout, bool zone, const char* option, const std::string& title) {
    if (layout.empty()) return;
    Check check{"--check", layout};
    if (zone) check.emplace_back(option);
    check.insert(check.end(), {"--field", field("organisation", configuration.station.organisation),
                               field("product", title)});
    checks.insert(std::move(check));
  };
  for (const auto& [name, product] : configuration.products) {
    add(product.layout_front, product.chip, "--chip", product.title);
    add(product.layout_back, core::has_stripe(product), "--stripe", product.title);
    if (product.encode) add(configuration.letters.layout, true, "--letter", product.title);
  }
  return checks;
}

bool run(const std::string& program, Check arguments) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers(arguments.size() + 1, nullptr);
  std::ranges::transform(arguments, pointers.begin(), [](std::string& text) { return text.data(); });
  std::string locale = "LC_ALL=C.UTF-8";
  std::array<char*, 2> environment{locale.data(), nullptr};
  pid_t process = -1;
  if (const int error =
          ::posix_spawn(&process, program.c_str(), nullptr, nullptr, pointers.data(), environment.data())) {
    fmt::print(stderr, "{}: {}\n", program, std::strerror(error));
    return false;
  }
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

}  // namespace

bool layouts_are_right(const config::Configuration& configuration) {
  bool right = true;
  for (auto check : checks_of(configuration)) {
    if (const auto& fonts = configuration.station.fonts; !fonts.empty())
      check.insert(check.end(), {"--fonts", fonts.string()});
    right = run(configuration.station.renderer, std::move(check)) && right;
  }
  return right;
}

}  // namespace station
