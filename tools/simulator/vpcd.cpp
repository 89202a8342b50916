#include "tools/simulator/vpcd.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace simulator {
namespace {
// vpcd 3.3, ifd-vpcd.c: a message of one byte is one of these, and only `atr` is answered.
enum Control : std::uint8_t { powerOff = 0, powerOn = 1, warmReset = 2, askAtr = 4 };

// vpcd sends length and payload in two segments with Nagle's algorithm on: without this each command waits
// about 44 ms for the delayed acknowledgement. The kernel forgets it, so it is said again after every recv.
void acknowledge_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket >= 0 && ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    acknowledge_at_once(socket);
    return socket;
  }
  if (socket >= 0) ::close(socket);
  return -1;
}

// One send for length and payload together.
bool send_frame(int socket, api::BytesView payload) {
  api::Bytes frame{static_cast<std::uint8_t>(payload.size() >> 8), static_cast<std::uint8_t>(payload.size())};
  frame.insert(frame.end(), payload.begin(), payload.end());
  for (api::BytesView rest = frame; !rest.empty();) {
    const auto sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    rest = rest.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}
}  // namespace

VpcdLink::VpcdLink(std::uint16_t port, Responder responder)
    : port_(port), responder_(std::move(responder)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this] { run(); });
}

VpcdLink::~VpcdLink() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(stop_);
}

// Waits until the socket is readable (true) or it is time to go or `time` is over (false).
bool VpcdLink::wait(int socket, std::chrono::milliseconds time) const {
  std::array<pollfd, 2> both{{{stop_, POLLIN, 0}, {socket, POLLIN, 0}}};
  while (::poll(both.data(), both.size(), static_cast<int>(time.count())) < 0 && errno == EINTR) {
  }
  return both[0].revents == 0 && both[1].revents != 0;
}

void VpcdLink::run() {
  using namespace std::chrono_literals;
  constexpr auto between_tries = 100ms;
  for (;;) {
    const int socket = connect_to(port_);
    const bool gone = socket >= 0 && !serve(socket);
    if (socket >= 0) ::close(socket);
    pollfd stop{stop_, POLLIN, 0};
    if (gone || ::poll(&stop, 1, static_cast<int>(between_tries.count())) > 0) return;
    responder_.reset();  // the reader is gone, and power with it
  }
}

// Answers until the reader closes (true: it may come back) or the chip is gone or time is up (false).
bool VpcdLink::serve(int socket) {
  constexpr std::chrono::milliseconds forever{-1};
  api::Bytes received;
  for (std::uint8_t piece[4096];;) {
    while (received.size() >= 2) {
      const std::size_t size = std::size_t{received[0]} << 8 | received[1];
      if (received.size() < 2 + size) break;
      const api::Bytes payload(received.begin() + 2,
                               received.begin() + 2 + static_cast<std::ptrdiff_t>(size));
      received.erase(received.begin(), received.begin() + 2 + static_cast<std::ptrdiff_t>(size));
      if (payload.size() == 1 && payload[0] == askAtr) {
        const auto atr = responder_.atr();
        if (atr.empty() || !send_frame(socket, atr)) return false;
      } else if (payload.size() == 1) {
        responder_.reset();
      } else {
        const auto answer = responder_.exchange(payload);
        if (answer.kind == ChipAnswer::Kind::gone) return false;
        if (answer.kind == ChipAnswer::Kind::answered && !send_frame(socket, answer.bytes)) return true;
      }
    }
    if (!wait(socket, forever)) return false;
    const auto got = ::recv(socket, piece, sizeof piece, 0);
    acknowledge_at_once(socket);
    if (got <= 0) return true;
    received.insert(received.end(), piece, piece + got);
  }
}

}  // namespace simulator
