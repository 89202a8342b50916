#include "daemon/render/drawing/confine.hpp"

#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace drawing {
namespace {

// All that the first version of Landlock (Linux 5.13) knows: what a kernel has is then refused.
constexpr std::uint64_t everything = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read_folder = read_file | LANDLOCK_ACCESS_FS_READ_DIR;

void add(std::vector<std::string>& paths, FcStrList* list) {
  if (list == nullptr) return;
  while (const auto* path = ::FcStrListNext(list)) paths.emplace_back(reinterpret_cast<const char*>(path));
  ::FcStrListDone(list);
}

// What fontconfig read already it may read again, when it looks for what has changed.
std::vector<std::string> readable() {
  std::vector<std::string> paths{"/usr", "/etc/fonts", "/etc/ld.so.cache", "/dev/urandom"};
  auto* config = ::FcConfigGetCurrent();
  add(paths, ::FcConfigGetConfigFiles(config));
  add(paths, ::FcConfigGetFontDirs(config));
  add(paths, ::FcConfigGetCacheDirs(config));
  return paths;
}

// What is not there needs no rule.
void allow(int rules, const std::string& path) {
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status {};
  const bool folder = ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
  const landlock_path_beneath_attr rule{folder ? read_folder : read_file, fd};
  const auto refused = ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  ::close(fd);
  if (refused != 0) throw std::runtime_error("Landlock takes no rule for " + path);
}

}  // namespace

void confine() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw std::runtime_error("no_new_privs is refused");
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = everything;
  const auto rules =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (rules < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return;
  if (rules < 0) throw std::runtime_error("Landlock is refused");
  for (const auto& path : readable()) allow(rules, path);
  const bool confined = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  if (!confined) throw std::runtime_error("Landlock is refused");
}

}  // namespace drawing
