#include "daemon/runtime/host.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace runtime {
namespace {
// A manager that cannot be told is no reason to stop making cards.
void notify(const std::string& state) {
  (void)::sd_notify(0, state.c_str());
}

// Devices have their word in a status, and each line of a message is an assignment of its own: a printer that
// says "\nWATCHDOG=trigger" would end the daemon.
std::string assign_status(std::string_view status) {
  std::string line = fmt::format("STATUS={}", status);
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return line;
}
}  // namespace

void notify_ready(std::string_view status) {
  notify("READY=1\n" + assign_status(status));
}
void notify_status(std::string_view status) {
  notify(assign_status(status));
}
void notify_reloading() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());  // CLOCK_MONOTONIC, as sd_notify(3) asks for
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
}
void notify_stopping(std::string_view status) {
  notify("STOPPING=1\n" + assign_status(status));
}
void notify_watchdog() {
  notify("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t allowed = 0;
  if (::sd_watchdog_enabled(0, &allowed) <= 0) return std::nullopt;
  return std::chrono::microseconds(allowed) / 4;
}

std::optional<int> inherited_socket() {
  const int count = ::sd_listen_fds(1);
  if (count <= 0) return std::nullopt;
  constexpr int fd = SD_LISTEN_FDS_START;
  if (count > 1 || ::sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) <= 0)
    throw std::runtime_error(
        "systemd has to hand over exactly one listening Unix stream socket: see cardwright.socket");
  return fd;
}

void allow_descriptors() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

void protect_memory() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace runtime
