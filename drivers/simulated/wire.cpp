// Messages on the socket.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "drivers/simulated/protocol.hpp"

namespace simulated {
namespace {
namespace json = boost::json;

// Rounded up, so that nobody spins in the last millisecond.
int milliseconds_until(api::Deadline deadline) {
  const auto now = api::SteadyTime::clock::now();
  if (deadline <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
  return static_cast<int>(std::min<std::chrono::milliseconds::rep>(left, std::numeric_limits<int>::max()));
}

api::Result<> wait(int socket, short events, api::Deadline deadline) {
  for (;;) {
    pollfd one{socket, events, 0};
    const int ready = ::poll(&one, 1, milliseconds_until(deadline));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return api::fail_unknown(api::Reason::linkLost, "poll failed");
    if (ready == 0 && api::SteadyTime::clock::now() >= deadline)
      return api::fail_unknown(api::Reason::timedOut);
  }
}

api::Result<> write_all(int socket, api::BytesView bytes, api::Deadline deadline) {
  while (!bytes.empty()) {
    TRY(wait(socket, POLLOUT, deadline));
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
      return api::fail_unknown(api::Reason::linkLost, "the other side is gone");
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

// Up to `room` bytes, at least one.
api::Result<std::size_t> read_some(int socket, std::uint8_t* to, std::size_t room, int flags,
                                   api::Deadline deadline) {
  for (;;) {
    TRY(wait(socket, POLLIN, deadline));
    const auto got = ::recv(socket, to, room, MSG_DONTWAIT | flags);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return api::fail_unknown(api::Reason::linkLost, "the other side closed the connection");
    if (errno != EAGAIN && errno != EINTR) return api::fail_unknown(api::Reason::linkLost, "reading failed");
  }
}

// Reads up to the newline and nothing after it, which would be the attachment's or the next message's.
api::Result<std::string> read_line(int socket, api::Deadline deadline) {
  std::string line;
  for (std::uint8_t piece[1024];;) {
    TRY_ASSIGN(seen, read_some(socket, piece, sizeof piece, MSG_PEEK, deadline));
    const auto* end = std::find(piece, piece + seen, '\n');
    const bool complete = end != piece + seen;
    TRY_ASSIGN(taken,
               read_some(socket, piece, static_cast<std::size_t>(end - piece) + complete, 0, deadline));
    line.append(reinterpret_cast<const char*>(piece), taken - complete);
    if (complete) return line;
    if (line.size() > header_bytes_max) return api::fail_unknown(api::Reason::linkLost, "no end of the line");
  }
}

tl::unexpected<api::Failure> garbage(std::string_view what) {
  return api::fail_unknown(api::Reason::linkLost, "not a message of this protocol: " + std::string(what));
}
}  // namespace

api::Result<> write_message(int socket, const Message& message, api::Deadline deadline) {
  auto header = message.header;
  if (!message.attachment.empty()) header["attached"] = message.attachment.size();
  const auto line = json::serialize(header) + "\n";
  TRY(write_all(socket, api::bytes_of(line), deadline));
  return write_all(socket, message.attachment, deadline);
}

api::Result<Message> read_message(int socket, api::Deadline deadline) {
  TRY_ASSIGN(line, read_line(socket, deadline));
  json::error_code error;
  auto value = json::parse(line, error);
  if (error || !value.is_object()) return garbage("no JSON object");
  Message message{std::move(value.as_object()), {}};
  const auto* attached = message.header.if_contains("attached");
  if (!attached) return message;
  const auto size = attached->to_number<std::size_t>(error);
  if (error || size > attachment_bytes_max) return garbage("bad size of the attachment");
  message.attachment.resize(size);
  for (std::size_t at = 0; at < size;) {
    TRY_ASSIGN(got, read_some(socket, message.attachment.data() + at, size - at, 0, deadline));
    at += got;
  }
  return message;
}

}  // namespace simulated
