#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

// Whom the driver talks to in tests: the IPP printer of CUPS, and servers that are none. All on the loopback.
namespace ipp::test {

inline void put(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::trunc) << text;
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Waits for what another process does; false after five seconds.
inline bool eventually(const std::function<bool()>& is_so) {
  for (int tries = 0; tries < 250; ++tries) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return is_so();
}

// A program that ends with the test at the latest.
class Process {
 public:
  Process(std::vector<std::string> words, const std::filesystem::path& log,
          const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ~Process() { end(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void end() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
};

// A socket on 127.0.0.1 that listens, at a port that the system chose.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket_, 16);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  int socket() const { return socket_; }
  int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

// Does `talk` with whoever connects, on a thread of its own; then the connection ends. The number says which
// connection it is, from 1. To be ended by ~Server, `talk` looks at `stopping`.
class Server {
 public:
  using Talk = std::function<void(int connection, int number, const std::atomic<bool>& stopping)>;
  explicit Server(Talk talk)
      : thread_([this, talk = std::move(talk)] {
          for (int number = 1;; ++number) {
            const int connection = ::accept(listener_.socket(), nullptr, nullptr);
            if (connection < 0 || stopping_) return (void)::close(connection);
            talk(connection, number, stopping_);
            ::close(connection);
            ++answered_;
          }
        }) {}
  ~Server() {
    stopping_ = true;
    ::shutdown(listener_.socket(), SHUT_RDWR);
    thread_.join();
  }
  std::string uri(const char* scheme = "ipp") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(listener_.port()) + "/ipp/print";
  }

 private:
  Listener listener_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> answered_ = 0;
  std::thread thread_;
};

}  // namespace ipp::test
