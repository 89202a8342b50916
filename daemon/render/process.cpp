#include "daemon/render/process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "daemon/render/protocol.hpp"

namespace render {
namespace {

auto failed(std::string detail) {
  return api::fail(api::Reason::rendererFailed, std::move(detail));
}

// By the signal that ended the process while it drew. What is not listed came from outside and says nothing
// about the card.
struct Death {
  int signal;
  const char* words;
};
constexpr const char* out_of_time = "drawing this card takes too much processor time";
constexpr const char* broke = "the renderer broke down, most often for want of memory";
constexpr std::array deaths{Death{SIGPROF, out_of_time}, Death{SIGXCPU, out_of_time}, Death{SIGABRT, broke},
                            Death{SIGSEGV, broke},       Death{SIGBUS, broke},        Death{SIGTRAP, broke},
                            Death{SIGILL, broke},        Death{SIGFPE, broke}};

api::Failure failure_of(int status) {
  if (!WIFSIGNALED(status))
    return {api::Reason::rendererFailed, {}, fmt::format("the renderer ended with {}", WEXITSTATUS(status))};
  const auto signal = WTERMSIG(status);
  const auto* death =
      std::find_if(deaths.begin(), deaths.end(), [&](const Death& d) { return d.signal == signal; });
  if (death != deaths.end()) return {api::Reason::drawingLimit, {}, death->words};
  return {api::Reason::rendererFailed,
          {},
          fmt::format("the renderer was killed by SIG{}", ::sigabbrev_np(signal))};
}

// Nothing of the daemon's environment: it names the credentials, for one.
std::vector<std::string> environment_of(const Program& program) {
  std::vector<std::string> variables{"LC_ALL=C.UTF-8"};
  if (!program.fonts.empty()) variables.push_back("FONTCONFIG_FILE=" + program.fonts);
  return variables;
}

// Starts it with `socket` as its standard input and output; the error of posix_spawn, or 0.
int spawn(Program program, int socket, pid_t& id) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  // The daemon's workers may block signals; the renderer starts with none blocked and all at their defaults.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  auto variables = environment_of(program);
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::array<char*, 2> arguments{program.path.data(), nullptr};
  const int error =
      ::posix_spawn(&id, program.path.c_str(), &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

api::Result<Process> Process::start(const Program& program, api::Deadline deadline) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return failed(fmt::format("socketpair: {}", ::strerror(errno)));
  // The child reads and writes in the ordinary, blocking way.
  ::fcntl(ends[1], F_SETFL, 0);
  Process process(-1, ends[0]);
  const int error = spawn(program, ends[1], process.id_);
  ::close(ends[1]);
  if (error != 0) {
    process.id_ = -1;
    return failed(fmt::format("{} does not start: {}", program.path, ::strerror(error)));
  }
  const auto line = process.receive_line(deadline);
  if (!line) return failed(fmt::format("{} does not start: {}", program.path, line.error().detail));
  if (*line != ready_line) return failed(program.path + " does not speak as cardwright-render does");
  return process;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), socket_(std::exchange(other.socket_, -1)) {}

bool Process::runs() const noexcept {
  siginfo_t ended{};
  return id_ != -1 && ::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0;
}

// Its wait status. A process that is dying of something else keeps that as its status.
int Process::end() noexcept {
  if (socket_ != -1) ::close(std::exchange(socket_, -1));
  if (id_ == -1) return 0;
  int status = 0;
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
  return status;
}

api::Failure Process::died() noexcept {
  return failure_of(end());
}

// Waits until the socket is ready for `events`, or fails at the deadline.
api::Result<> Process::await(short events, api::Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - api::Deadline::clock::now());
    if (left.count() <= 0) return api::fail(api::Reason::drawingLimit, "it was not done in time");
    pollfd wanted{socket_, events, 0};
    const auto ready = ::poll(&wanted, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(fmt::format("poll: {}", ::strerror(errno)));
  }
}

api::Result<> Process::send(api::BytesView bytes, api::Deadline deadline) {
  while (!bytes.empty()) {
    TRY(await(POLLOUT, deadline));
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) return tl::unexpected(died());
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

api::Result<std::string> Process::receive_line(api::Deadline deadline) {
  std::string line;
  std::array<char, 4096> chunk;
  while (line.size() <= header_bytes_max) {
    TRY(await(POLLIN, deadline));
    // Looks first and then takes no more than the line: what follows may be a letter, whose bytes shall be
    // nowhere but in their place.
    const auto seen = ::recv(socket_, chunk.data(), chunk.size(), MSG_PEEK);
    if (seen < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (seen <= 0) return tl::unexpected(died());
    const std::string_view view(chunk.data(), static_cast<std::size_t>(seen));
    const auto end = view.find('\n');
    const bool whole = end != std::string_view::npos;
    line.append(view.substr(0, end));
    const auto taken = ::recv(socket_, chunk.data(), whole ? end + 1 : view.size(), 0);
    ::explicit_bzero(chunk.data(), chunk.size());
    if (taken < 0) return tl::unexpected(died());
    if (whole) return line;
  }
  return failed("the answer has no end of line");
}

api::Result<> Process::receive(api::Bytes& bytes, api::Deadline deadline) {
  for (std::size_t done = 0; done < bytes.size();) {
    TRY(await(POLLIN, deadline));
    const auto received = ::recv(socket_, bytes.data() + done, bytes.size() - done, 0);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (received <= 0) return tl::unexpected(died());
    done += static_cast<std::size_t>(received);
  }
  return {};
}

}  // namespace render
