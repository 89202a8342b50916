#include "daemon/render/renderer.hpp"

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

namespace render {
namespace {

api::Result<> failed(std::string detail) {
  return api::fail(api::Reason::rendererFailed, std::move(detail));
}

// Waits until the socket is ready for `events`, or fails at the deadline.
api::Result<> await(int socket, short events, api::Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - api::Deadline::clock::now());
    if (left.count() <= 0) return failed("no answer in time");
    pollfd wanted{socket, events, 0};
    const auto ready = ::poll(&wanted, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(fmt::format("poll: {}", ::strerror(errno)));
  }
}

api::Result<> send_all(int socket, std::string_view bytes, api::Deadline deadline) {
  while (!bytes.empty()) {
    TRY(await(socket, POLLOUT, deadline));
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) return failed("the renderer died while it was asked");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

// At least one byte, at most `size`.
api::Result<std::size_t> receive_some(int socket, void* to, std::size_t size, api::Deadline deadline) {
  for (;;) {
    TRY(await(socket, POLLIN, deadline));
    const auto received = ::recv(socket, to, size, 0);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0 || (errno != EAGAIN && errno != EINTR))
      return api::fail(api::Reason::rendererFailed, "the renderer died at this card");
  }
}

// Reads up to the end of the line. What came after it belongs to the planes and stays in `rest`.
api::Result<std::string> receive_line(int socket, std::string& rest, api::Deadline deadline) {
  for (;;) {
    if (const auto end = rest.find('\n'); end != std::string::npos) {
      auto line = rest.substr(0, end);
      rest.erase(0, end + 1);
      return line;
    }
    if (rest.size() > header_bytes_max)
      return api::fail(api::Reason::rendererFailed, "the answer has no end of line");
    std::array<char, 16 * 1024> chunk;
    TRY_ASSIGN(size, receive_some(socket, chunk.data(), chunk.size(), deadline));
    rest.append(chunk.data(), size);
  }
}

api::Result<> receive_plane(int socket, std::string& rest, api::Bytes& plane, api::Deadline deadline) {
  auto done = std::min(rest.size(), plane.size());
  std::copy_n(rest.begin(), done, plane.begin());
  rest.erase(0, done);
  while (done < plane.size()) {
    TRY_ASSIGN(size, receive_some(socket, plane.data() + done, plane.size() - done, deadline));
    done += size;
  }
  return {};
}

}  // namespace

api::Result<> Renderer::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return failed(fmt::format("socketpair: {}", ::strerror(errno)));
  // The child reads and writes in the ordinary, blocking way.
  ::fcntl(ends[1], F_SETFL, 0);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
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
  // Nothing of the daemon's environment: it names the credentials, for one.
  std::string locale = "LC_ALL=C.UTF-8";
  std::array<char*, 2> arguments{program_.path.data(), nullptr};
  std::array<char*, 2> environment{locale.data(), nullptr};
  const int error = ::posix_spawn(&process_, program_.path.c_str(), &actions, &attributes, arguments.data(),
                                  environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  socket_ = ends[0];
  if (error == 0) return {};
  process_ = -1;
  stop();
  return failed(fmt::format("{} does not start: {}", program_.path, ::strerror(error)));
}

void Renderer::stop() noexcept {
  if (socket_ != -1) ::close(socket_);
  socket_ = -1;
  if (process_ == -1) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
}

api::Result<api::Faces> Renderer::exchange(const Request& request, api::Deadline deadline) {
  if (process_ == -1) TRY(start());
  const auto line = request_line(request);
  if (line.size() > request_bytes_max)
    return api::fail(api::Reason::layoutInvalid, "layout and fields together are too large");
  TRY(send_all(socket_, line, deadline));
  std::string rest;
  TRY_ASSIGN(header, receive_line(socket_, rest, deadline));
  TRY_ASSIGN(faces, parse_header(header, request.image));
  for (auto* face : {&faces.front, &faces.back}) {
    if (!*face) continue;
    for (auto* plane : {&(*face)->color, &(*face)->k, &(*face)->overlay})
      TRY(receive_plane(socket_, rest, *plane, deadline));
  }
  if (!rest.empty()) return api::fail(api::Reason::rendererFailed, "the answer is longer than announced");
  return faces;
}

api::Result<api::Faces> Renderer::render(const Request& request, api::Deadline deadline) {
  auto result = exchange(request, deadline);
  // After this the connection may stand in the middle of an answer, or the process be gone.
  if (!result && result.error().reason == api::Reason::rendererFailed) stop();
  return result;
}

api::Result<std::vector<Picture>> Renderer::preview(const Request& request, api::Deadline deadline) {
  TRY(render(request, deadline));
  return api::fail(api::Reason::rendererFailed, "the renderer makes no pictures yet");
}

}  // namespace render
