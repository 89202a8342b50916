#include "ipc/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "ipc/frame.hpp"

namespace ipc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr timeval connect_timeout{10, 0};  // a full backlog means that the service hangs

// The moment until which one waits; nullopt is for ever.
using Deadline = std::optional<Clock::time_point>;

Deadline deadline_in(milliseconds timeout) {
  if (timeout == Client::forever) return std::nullopt;
  return Clock::now() + timeout;
}

tl::unexpected<Error> fail(Error::Kind kind, std::string text) {
  return tl::unexpected(Error{kind, {}, {}, std::move(text)});
}

std::string reason(int code) {
  return std::generic_category().message(code);
}

// False when the deadline has passed. Errors of the socket come out of the next read or write.
bool wait(int fd, short events, const Deadline& deadline) {
  for (;;) {
    int left = -1;
    if (deadline) {
      const auto remaining = std::chrono::ceil<milliseconds>(*deadline - Clock::now()).count();
      left = static_cast<int>(std::clamp<std::int64_t>(remaining, 0, 1'000'000));
    }
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, left);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;
    if (deadline && Clock::now() >= *deadline) return false;
  }
}

}  // namespace

struct Client::Impl {
  int fd;
  Limits limits;
  FrameBuffer input{limits.message_bytes_max};
  std::string output;

  Impl(int descriptor, Limits limit) : fd(descriptor), limits(limit) {}
  ~Impl() { hang_up(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void hang_up() {
    if (fd >= 0) ::close(std::exchange(fd, -1));
  }
  tl::unexpected<Error> give_up(Error::Kind kind, std::string text) {
    hang_up();
    return fail(kind, std::move(text));
  }

  tl::expected<void, Error> send(const Deadline& deadline);
  // One message of the service.
  Result receive(const Deadline& deadline);
};

tl::expected<void, Error> Client::Impl::send(const Deadline& deadline) {
  if (fd < 0) return fail(Error::Kind::broken, "the connection is closed");
  std::string_view rest = output;
  while (!rest.empty()) {
    const auto sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait(fd, POLLOUT, deadline)) return give_up(Error::Kind::timedOut, "the service does not read");
    } else if (errno != EINTR) {
      return give_up(Error::Kind::broken, "sending failed: " + reason(errno));
    }
  }
  return {};
}

Client::Result Client::Impl::receive(const Deadline& deadline) {
  for (;;) {
    if (const auto text = input.next()) {
      if (auto message = parse_message(*text, limits)) return *std::move(message);
      return give_up(Error::Kind::broken, "the answer is no Varlink message");
    }
    if (input.too_long()) return give_up(Error::Kind::broken, "the answer is too long");
    const auto room = input.prepare();
    const auto size = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
    if (size > 0) {
      input.commit(static_cast<std::size_t>(size));
    } else if (size == 0) {
      return give_up(Error::Kind::broken, "the service closed the connection");
    } else if (errno == EAGAIN) {
      if (!wait(fd, POLLIN, deadline)) return give_up(Error::Kind::timedOut, "no answer in time");
    } else if (errno != EINTR) {
      return give_up(Error::Kind::broken, "receiving failed: " + reason(errno));
    }
  }
}

Client::Client(int connected_fd, Limits limits) : impl_(std::make_unique<Impl>(connected_fd, limits)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

tl::expected<Client, Error> Client::connect(std::string_view address, Limits limits) {
  auto path = address;
  if (path.starts_with("unix:")) path.remove_prefix(5);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto unreachable = [&](int code) {
    return fail(Error::Kind::unreachable, std::string(path) + ": " + reason(code));
  };
  if (path.empty() || path.starts_with('@')) return unreachable(EINVAL);
  if (path.size() >= sizeof name.sun_path) return unreachable(ENAMETOOLONG);
  std::memcpy(name.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return unreachable(errno);
  Client client(fd, limits);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &connect_timeout, sizeof connect_timeout);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return unreachable(errno);
  return client;
}

Client::Result Client::call(std::string_view method, json::object parameters, milliseconds timeout) {
  return exchange(method, parameters, nullptr, timeout);
}

Client::Result Client::call_more(std::string_view method, json::object parameters,
                                 const std::function<bool(json::object)>& each, milliseconds timeout) {
  return exchange(method, parameters, &each, timeout);
}

tl::expected<void, Error> Client::call_oneway(std::string_view method, json::object parameters,
                                              milliseconds timeout) {
  impl_->output.clear();
  append_call(impl_->output, method, parameters, false, true);
  return impl_->send(deadline_in(timeout));
}

Client::Result Client::exchange(std::string_view method, const json::object& parameters,
                                const std::function<bool(json::object)>* each, milliseconds timeout) {
  impl_->output.clear();
  append_call(impl_->output, method, parameters, each != nullptr, false);
  if (auto sent = impl_->send(deadline_in(timeout)); !sent) return tl::unexpected(std::move(sent).error());
  for (;;) {
    auto message = impl_->receive(deadline_in(timeout));
    if (!message) return message;
    auto reply = read_reply(*std::move(message));
    if (!reply) return impl_->give_up(Error::Kind::broken, "the answer is no Varlink reply");
    if (!reply->error.empty()) {
      auto text = std::string(method) + " is answered with " + reply->error;
      return tl::unexpected(Error{Error::Kind::refused, std::move(reply->error), std::move(reply->parameters),
                                  std::move(text)});
    }
    if (!reply->continues) return std::move(reply->parameters);
    if (!each) return impl_->give_up(Error::Kind::broken, "several answers to a call for one");
    if (!(*each)(std::move(reply->parameters))) {
      impl_->hang_up();
      return json::object();
    }
  }
}

}  // namespace ipc
