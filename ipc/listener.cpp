#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "ipc/host.hpp"

namespace ipc {
namespace {

[[noreturn]] void fail(const std::string& what, int code) {
  throw std::system_error(code, std::generic_category(), what);
}

int new_socket() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket", errno);
  return fd;
}

// A socket file that nobody listens on, left by a process that died.
bool is_dead(const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const int fd = new_socket();
  const int done = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool refused = done != 0 && errno == ECONNREFUSED;
  ::close(fd);
  return refused;
}

}  // namespace

int listen_on(const std::string& path, unsigned mode, std::size_t backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) fail(path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  if (is_dead(address)) ::unlink(address.sun_path);

  const int fd = new_socket();
  // Before bind(): the file appears with this mode less the umask and never had a wider one. After it: the
  // umask counts for no more.
  if (::fchmod(fd, mode) != 0 ||
      ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(address.sun_path, mode) != 0 || ::listen(fd, static_cast<int>(backlog)) != 0) {
    const int code = errno;
    ::close(fd);
    fail(path, code);
  }
  return fd;
}

}  // namespace ipc
