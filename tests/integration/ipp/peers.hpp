#pragma once
#include <arpa/inet.h>
#include <cups/ipp.h>
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

// A whole HTTP request: its head, and as many bytes as that announces.
inline bool take_request(int connection) {
  std::string taken;
  char buffer[4096];
  for (;;) {
    const auto got = ::recv(connection, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    taken.append(buffer, static_cast<std::size_t>(got));
    const auto head = taken.find("\r\n\r\n");
    const auto length = taken.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos) continue;
    if (taken.size() >= head + 4 + std::stoul(taken.substr(length + 16))) return true;
  }
}

inline void say(int connection, std::string_view text) {
  (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

inline void wait_for(const std::atomic<bool>& stopping) {
  while (!stopping) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// An answer of IPP 2.0 to the question how the printer is: idle, takes PDF.
inline std::string ready_answer(std::string_view reason = "none", ipp_status_t status = IPP_STATUS_OK) {
  std::string ipp("\x02\x00\x00\x00\x00\x00\x00\x01", 8);
  ipp[2] = static_cast<char>(status >> 8);
  ipp[3] = static_cast<char>(status);
  const auto attribute = [&ipp](char tag, std::string_view name, std::string_view value) {
    const auto text = [&ipp](std::string_view what) {
      ipp += static_cast<char>(what.size() >> 8);
      ipp += static_cast<char>(what.size());
      ipp += what;
    };
    ipp += tag;
    text(name);
    text(value);
  };
  ipp += '\x01';
  attribute('\x47', "attributes-charset", "utf-8");
  attribute('\x48', "attributes-natural-language", "en");
  ipp += '\x04';
  attribute('\x23', "printer-state", std::string_view("\0\0\0\x03", 4));
  attribute('\x44', "printer-state-reasons", reason);
  attribute('\x49', "document-format-supported", "application/pdf");
  ipp += '\x03';
  return "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: " + std::to_string(ipp.size()) +
         "\r\n\r\n" + ipp;
}

// Of a server that says it is a printer that is ready, and then does something else with the document.
inline Server::Talk after_ready(Server::Talk then) {
  return [then = std::move(then)](int connection, int number, const std::atomic<bool>& stopping) {
    if (number > 1) return then(connection, number, stopping);
    if (take_request(connection)) say(connection, ready_answer());
  };
}

}  // namespace ipp::test
