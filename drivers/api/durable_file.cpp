#include "drivers/api/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace api {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

tl::unexpected<std::string> complain(const fs::path& path, std::string_view what) {
  return tl::unexpected(path.string() + ": " + std::string(what));
}

tl::unexpected<std::string> complain_errno(const fs::path& path, int error = errno) {
  return complain(path, std::generic_category().message(error));
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

bool write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

// The bytes on the disk under a name nobody looks for. A file a crash left there is removed first.
tl::expected<void, std::string> write_temporary(const fs::path& path, BytesView bytes, unsigned mode) {
  ::unlink(path.c_str());
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return complain_errno(path);
  // fchmod, because the mode given to open is cut by the umask
  if (!write_all(file.get(), bytes) || ::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0)
    return complain_errno(path);
  return {};
}

tl::expected<void, std::string> sync_folder(const fs::path& folder) {
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return complain_errno(folder);
  return {};
}

bool is_credential(const fs::path& path) {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && path.parent_path() == fs::path(folder);
}

}  // namespace

tl::expected<void, std::string> write_durably(const fs::path& path, BytesView bytes, IfExists if_exists,
                                              unsigned mode) {
  const fs::path folder = folder_of(path);
  const fs::path temporary = folder / ("." + path.filename().string() + ".new");
  if (auto written = write_temporary(temporary, bytes, mode); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  const unsigned flags = if_exists == IfExists::refuse ? RENAME_NOREPLACE : 0;
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), flags) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    if (error == EEXIST) return complain(path, "exists already and is never overwritten");
    return complain_errno(path, error);
  }
  return sync_folder(folder);
}

tl::expected<Secret, std::string> read_secret_file(const fs::path& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return complain_errno(path);
  if (!S_ISREG(status.st_mode)) return complain(path, "is not a regular file");
  if (!is_credential(path)) {
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) return complain(path, "belongs to another user");
    if ((status.st_mode & 077) != 0)
      return complain(path, "is open to others; close it with chmod go= before it is used");
  }
  if (static_cast<std::size_t>(status.st_size) > limit) return complain(path, "is too large");
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      wipe(bytes);
      return complain(path, "could not be read to its end");
    }
    have += static_cast<std::size_t>(got);
  }
  return Secret::take(std::move(bytes));
}

}  // namespace api
