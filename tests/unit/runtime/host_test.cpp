#include "daemon/runtime/host.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <string>

namespace {

rlimit files() {
  rlimit limit{};
  EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  return limit;
}

// Stands in for the service manager.
class Manager {
 public:
  Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string name = "@cardwright-host-test-" + std::to_string(::getpid());
    sockaddr_un address{AF_UNIX, {}};
    name.copy(address.sun_path, name.size());
    address.sun_path[0] = '\0';  // abstract: no file
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  std::string heard() const {
    std::array<char, 512> message{};
    const auto size = ::recv(socket_, message.data(), message.size(), 0);
    return size < 0 ? "nothing" : std::string(message.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

TEST(status, tells_the_manager_nothing_else_whatever_a_device_says) {
  const Manager manager;
  runtime::notify_status("stopped: jam\nWATCHDOG=trigger");
  EXPECT_EQ(manager.heard(), "STATUS=stopped: jam WATCHDOG=trigger");
  runtime::notify_ready("idle\nSTOPPING=1");
  EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=idle STOPPING=1");
  runtime::notify_stopping("\x7f");
  EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS= ");
}

TEST(process, may_have_as_many_descriptors_as_the_kernel_lets_it) {
  const auto before = files();
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  runtime::allow_descriptors();
  EXPECT_EQ(files().rlim_cur, before.rlim_max);
  EXPECT_EQ(files().rlim_max, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
