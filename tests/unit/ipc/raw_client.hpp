#pragma once
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipc_test {

// The other end of a connection, byte by byte; nothing here waits.
class RawClient {
 public:
  explicit RawClient(int fd) : fd_(fd) {}
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)), ended_(other.ended_) {}
  ~RawClient() { close(); }

  // What the kernel took of it.
  std::size_t send_raw(std::string_view bytes) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void send(std::string_view message) { send_raw(std::string(message) + '\0'); }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  // The complete messages that have arrived by now.
  std::vector<std::string> messages() {
    receive();
    std::vector<std::string> found;
    for (auto end = received_.find('\0'); end != received_.npos; end = received_.find('\0')) {
      found.push_back(received_.substr(0, end));
      received_.erase(0, end + 1);
    }
    return found;
  }
  // The service has closed the connection.
  bool ended() {
    receive();
    return ended_;
  }

 private:
  void receive() {
    char piece[65536];
    for (;;) {
      const auto size = ::recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
      if (size <= 0) {
        ended_ = ended_ || size == 0 || (errno != EAGAIN && errno != EINTR);
        return;
      }
      received_.append(piece, static_cast<std::size_t>(size));
    }
  }

  int fd_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace ipc_test
