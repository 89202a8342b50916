#pragma once
#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace simulation {

// A disk in memory on which SQLite keeps its files (a VFS of its own), and which can lose power. What was not
// synced by then survives, vanishes or is torn, each sector by itself; so do sizes and names of files. A disk
// that loses what it said is synced is not modelled.
class Disk {
 public:
  enum class Call { read, write, sync, truncate, remove };
  // dark: power goes in the middle of the call, and all that follow fail, until `power_on`.
  // ioError, full: nothing of the call is carried out, and the next ones are asked for again.
  enum class Verdict { carriedOut, dark, ioError, full };
  using Image = std::map<std::string, std::vector<std::uint8_t>>;

  // Power-safe overwrite, to SQLite and in fact: what lies beside a write in the same sector stays whole
  // when power goes. Without it, a sector that is being written may end as anything.
  explicit Disk(bool powersafe_overwrite = true);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  // What SQLite opens it by; whoever uses it is closed before the disk goes.
  const char* vfs() const { return name_.c_str(); }

  // All files as they are now; and a disk that has these and nothing else, all of it durable.
  Image image() const;
  void load(const Image& image);

  // Asked at every call; none: everything is carried out. Only `dark` may be said of a call that is counted
  // on below.
  std::function<Verdict(Call)> judge;
  // While this holds, no file grows: SQLITE_FULL.
  bool full = false;

  // Files that are open stay open, but every call on them fails from now on: their process, or the power, is
  // gone.
  void go_dark() { ++boot_; }
  bool dark_for(std::uint64_t boot) const { return boot != boot_; }
  std::uint64_t boot() const { return boot_; }
  // After power was lost: decides what was kept. A process that ended without that loses nothing.
  void lose_unsynced(std::mt19937_64& random);

 private:
  struct File {
    std::vector<std::uint8_t> now;
    bool named = false;  // its name is durable
    // What was overwritten or cut off since the last sync, in this order.
    struct Past {
      std::size_t offset, length, size_before, kept_at;  // length: of the new bytes; 0: cut off here
    };
    std::vector<Past> pasts;
    std::vector<std::uint8_t> kept;  // the old bytes of all of them

    void remember(std::size_t offset, std::size_t length);
    void write(const std::uint8_t* bytes, std::size_t length, std::size_t offset);
    void cut(std::size_t size);
    void synced();
    std::vector<std::uint8_t> durable() const;
  };
  struct Handle;
  struct Calls;

  Verdict ask(Call call);
  void lose_unsynced(File& file, std::mt19937_64& random) const;
  void settle_sector(std::size_t sector, const File& file, std::vector<std::uint8_t>& kept,
                     std::mt19937_64& random) const;

  const bool powersafe_overwrite_;
  const std::string name_;
  sqlite3_vfs vfs_{};
  std::uint64_t boot_ = 0;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::shared_ptr<File>> removed_;  // may come back
};

// Wipes SQLite's own randomness to a known state: with it, the files of two runs are the same to the bit.
void seed_sqlite(std::uint64_t seed);

}  // namespace simulation
