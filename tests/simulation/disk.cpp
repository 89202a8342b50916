#include "tests/simulation/disk.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <set>

namespace simulation {
namespace {

// The smallest that a disk writes as one; what SQLite assumes as well.
constexpr std::size_t sector_bytes = 512;

std::string next_name() {
  static unsigned disks = 0;  // names of VFS are global in SQLite
  return "simulated-disk-" + std::to_string(++disks);
}

int code_of(Disk::Verdict verdict, int io_error) {
  switch (verdict) {
    case Disk::Verdict::carriedOut: return SQLITE_OK;
    case Disk::Verdict::dark:
    case Disk::Verdict::ioError: return io_error;
    case Disk::Verdict::full: return SQLITE_FULL;
  }
  return io_error;
}

}  // namespace

// --- one file ----------------------------------------------------------------------------------------------

void Disk::File::remember(std::size_t offset, std::size_t length) {
  pasts.push_back({offset, length, now.size(), kept.size()});
  const auto begin = std::min(offset, now.size());
  const auto end = length == 0 ? now.size() : std::min(offset + length, now.size());
  kept.insert(kept.end(), now.begin() + static_cast<std::ptrdiff_t>(begin),
              now.begin() + static_cast<std::ptrdiff_t>(end));
}

void Disk::File::write(const std::uint8_t* bytes, std::size_t length, std::size_t offset) {
  remember(offset, length);
  if (now.size() < offset + length) now.resize(offset + length);
  std::memcpy(now.data() + offset, bytes, length);
}

void Disk::File::cut(std::size_t size) {
  if (size < now.size()) remember(size, 0);
  now.resize(size);
}

void Disk::File::synced() {
  pasts.clear();
  kept.clear();
  named = true;  // as unixSync does with a new journal: its folder is synced too
}

std::vector<std::uint8_t> Disk::File::durable() const {
  auto bytes = now;
  auto end = kept.size();
  for (auto past = pasts.rbegin(); past != pasts.rend(); ++past) {
    bytes.resize(past->size_before);
    std::copy(kept.begin() + static_cast<std::ptrdiff_t>(past->kept_at),
              kept.begin() + static_cast<std::ptrdiff_t>(end),
              bytes.begin() + static_cast<std::ptrdiff_t>(std::min(past->offset, past->size_before)));
    end = past->kept_at;
  }
  return bytes;
}

// --- loss of power -----------------------------------------------------------------------------------------

// `kept` holds what was durable of the sector; what was written since is laid over it in whole, in part, or
// not.
void Disk::settle_sector(std::size_t sector, const File& file, std::vector<std::uint8_t>& kept,
                         std::mt19937_64& random) const {
  const auto begin = sector * sector_bytes;
  const auto end = std::min({begin + sector_bytes, file.now.size(), kept.size()});
  if (begin >= end) return;  // cut off, and the cut did not last; or new, and the size did not
  const auto part = begin + random() % (end - begin + 1);
  const auto lay = [&](std::size_t from, std::size_t to) {
    std::memcpy(kept.data() + from, file.now.data() + from, to - from);
  };
  switch (random() % 8) {
    case 0:
    case 1:
    case 2: return lay(begin, end);
    case 3:
    case 4:
    case 5: return;
    case 6: return lay(begin, part);
    case 7:
      if (powersafe_overwrite_) return lay(part, end);
      for (auto at = part; at < end; ++at) kept[at] = static_cast<std::uint8_t>(random());
  }
}

void Disk::lose_unsynced(File& file, std::mt19937_64& random) const {
  auto kept = file.durable();
  std::set<std::size_t> sectors;
  for (const auto& past : file.pasts)
    for (auto at = past.offset; at < past.offset + past.length; at += sector_bytes - at % sector_bytes)
      sectors.insert(at / sector_bytes);
  // The size is written apart from the contents; a file that grew may have grown in several steps.
  const auto before = kept.size(), after = file.now.size();
  const auto chosen = random() % 3;
  if (chosen == 1) kept.resize(after);
  if (chosen == 2 && after > before) kept.resize(before + random() % (after - before + 1));
  for (const auto sector : sectors) settle_sector(sector, file, kept, random);
  file.now = std::move(kept);
  file.synced();
}

void Disk::lose_unsynced(std::mt19937_64& random) {
  for (auto& [name, file] : removed_)
    if (random() % 2 == 0) files_.try_emplace(name, file);
  removed_.clear();
  std::erase_if(files_, [&](const auto& entry) { return !entry.second->named && random() % 2 == 0; });
  for (auto& [name, file] : files_) lose_unsynced(*file, random);
}

// --- what SQLite calls -------------------------------------------------------------------------------------

Disk::Verdict Disk::ask(Call call) {
  const auto verdict = judge ? judge(call) : Verdict::carriedOut;
  if (verdict == Verdict::dark) go_dark();
  return verdict;
}

struct Disk::Handle {
  sqlite3_file base;  // first: SQLite knows of nothing else
  Disk* disk;
  std::shared_ptr<File> file;
  std::uint64_t boot;

  bool dark() const { return disk->dark_for(boot); }
};

struct Disk::Calls {
  static Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
  static Disk& disk(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

  static int close(sqlite3_file* file) {
    handle(file).file.~shared_ptr();
    return SQLITE_OK;
  }

  static int read(sqlite3_file* opened, void* to, int amount, sqlite3_int64 at) {
    auto& [base, disk, file, boot] = handle(opened);
    if (handle(opened).dark()) return SQLITE_IOERR_READ;
    if (const int code = code_of(disk->ask(Call::read), SQLITE_IOERR_READ); code != SQLITE_OK) return code;
    const auto wanted = static_cast<std::size_t>(amount), begin = static_cast<std::size_t>(at);
    const auto there = begin < file->now.size() ? std::min(wanted, file->now.size() - begin) : 0;
    if (there > 0) std::memcpy(to, file->now.data() + begin, there);
    if (there == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* opened, const void* from, int amount, sqlite3_int64 at) {
    auto& [base, disk, file, boot] = handle(opened);
    if (handle(opened).dark()) return SQLITE_IOERR_WRITE;
    const auto begin = static_cast<std::size_t>(at), length = static_cast<std::size_t>(amount);
    if (disk->full && begin + length > file->now.size()) return SQLITE_FULL;
    const auto verdict = disk->ask(Call::write);
    if (verdict == Verdict::carriedOut || verdict == Verdict::dark)
      file->write(static_cast<const std::uint8_t*>(from), length, begin);
    return code_of(verdict, SQLITE_IOERR_WRITE);
  }

  static int truncate(sqlite3_file* opened, sqlite3_int64 size) {
    auto& [base, disk, file, boot] = handle(opened);
    if (handle(opened).dark()) return SQLITE_IOERR_TRUNCATE;
    const auto verdict = disk->ask(Call::truncate);
    if (verdict == Verdict::carriedOut || verdict == Verdict::dark) file->cut(static_cast<std::size_t>(size));
    return code_of(verdict, SQLITE_IOERR_TRUNCATE);
  }

  static int sync(sqlite3_file* opened, int) {
    auto& [base, disk, file, boot] = handle(opened);
    if (handle(opened).dark()) return SQLITE_IOERR_FSYNC;
    const auto verdict = disk->ask(Call::sync);
    if (verdict == Verdict::carriedOut) file->synced();
    return code_of(verdict, SQLITE_IOERR_FSYNC);
  }

  static int size(sqlite3_file* opened, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(handle(opened).file->now.size());
    return handle(opened).dark() ? SQLITE_IOERR_FSTAT : SQLITE_OK;
  }

  // One connection at a time has it: there is nobody to lock out.
  static int lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int reserved(sqlite3_file*, int* held) {
    *held = 0;
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector(sqlite3_file*) { return sector_bytes; }
  static int characteristics(sqlite3_file* opened) {
    return handle(opened).disk->powersafe_overwrite_ ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
  }

  static int open(sqlite3_vfs*, const char*, sqlite3_file*, int, int*);

  static int remove(sqlite3_vfs* vfs, const char* name, int durably) {
    auto& self = disk(vfs);
    const auto found = self.files_.find(name);
    if (found == self.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
    const auto verdict = self.ask(Call::remove);
    if (verdict == Verdict::carriedOut || verdict == Verdict::dark) {
      const bool may_come_back = found->second->named && (!durably || verdict == Verdict::dark);
      if (may_come_back) self.removed_[name] = found->second;
      self.files_.erase(found);
    }
    return code_of(verdict, SQLITE_IOERR_DELETE);
  }

  static int access(sqlite3_vfs* vfs, const char* name, int, int* there) {
    const auto found = disk(vfs).files_.find(name);
    // As unixAccess: an empty journal does not exist.
    *there = found != disk(vfs).files_.end() && !found->second->now.empty();
    return SQLITE_OK;
  }

  static int full_name(sqlite3_vfs*, const char* name, int space, char* to) {
    if (std::strlen(name) >= static_cast<std::size_t>(space)) return SQLITE_CANTOPEN;
    std::strcpy(to, name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs*, int amount, char* to) {
    std::memset(to, 0, static_cast<std::size_t>(amount));
    return amount;
  }
  static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
  static int time(sqlite3_vfs*, double* julian_day) {
    *julian_day = 2462502.5;  // 2030-01-01
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return SQLITE_OK; }

  static constexpr sqlite3_io_methods methods{
      1,      close,           read,    write,   truncate, sync,    size,    lock,   lock, reserved, control,
      sector, characteristics, nullptr, nullptr, nullptr,  nullptr, nullptr, nullptr};
};

int Disk::Calls::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* opened, int flags, int* given) {
  auto& self = disk(vfs);
  opened->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;  // no temporary files: temp_store is MEMORY
  auto found = self.files_.find(name);
  if (found == self.files_.end()) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    found = self.files_.emplace(name, std::make_shared<File>()).first;
  }
  new (opened) Handle{{&methods}, &self, found->second, self.boot_};
  if (given != nullptr) *given = flags;
  return SQLITE_OK;
}

// --- the disk ----------------------------------------------------------------------------------------------

Disk::Disk(bool powersafe_overwrite) : powersafe_overwrite_(powersafe_overwrite), name_(next_name()) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Calls::open;
  vfs_.xDelete = Calls::remove;
  vfs_.xAccess = Calls::access;
  vfs_.xFullPathname = Calls::full_name;
  vfs_.xRandomness = Calls::randomness;
  vfs_.xSleep = Calls::sleep;
  vfs_.xCurrentTime = Calls::time;
  vfs_.xGetLastError = Calls::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

Disk::~Disk() {
  sqlite3_vfs_unregister(&vfs_);
}

Disk::Image Disk::image() const {
  Image image;
  for (const auto& [name, file] : files_) image[name] = file->now;
  return image;
}

void Disk::load(const Image& image) {
  files_.clear();
  removed_.clear();
  for (const auto& [name, bytes] : image) {
    auto& file = files_[name] = std::make_shared<File>();
    file->now = bytes;
    file->named = true;
  }
}

void seed_sqlite(std::uint64_t seed) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed & 0x7fffffff) | 1, nullptr);
  sqlite3_randomness(0, nullptr);
}

}  // namespace simulation
