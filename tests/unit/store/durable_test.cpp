#include <sys/syscall.h>

#include <cerrno>
#include <iterator>

#include "tests/unit/store/sample_rows.hpp"

// SQLite's calls end up here: they are counted, and fail when a test says so.
namespace {
int syncs = 0;
bool disk_fails = false;

int sync(long number, int file) {
  ++syncs;
  if (!disk_fails) return static_cast<int>(::syscall(number, file));
  errno = EIO;
  return -1;
}
}  // namespace

extern "C" int fsync(int file) {
  return sync(SYS_fsync, file);
}
extern "C" int fdatasync(int file) {
  return sync(SYS_fdatasync, file);
}

namespace {

using namespace sample;
using testing::HasSubstr;
using testing::Not;

TEST(journal_on_disk, syncs_before_a_commit_returns) {
  Directory directory;
  store::Store journal(directory.journal());
  for (int i = 1; i <= 3; ++i) {
    const auto before = syncs;
    turn(journal, card(i));
    EXPECT_GT(syncs, before);
  }
}

TEST(journal_on_disk, fails_when_the_disk_does_and_keeps_what_was_durable) {
  Directory directory;
  {
    store::Store journal(directory.journal());
    turn(journal, card(1));
    disk_fails = true;
    EXPECT_THAT(failure_of([&] { turn(journal, card(1, core::CardState::aborted)); }),
                HasSubstr("disk I/O error"));
    journal.roll_back();
    disk_fails = false;
  }
  store::Store journal(directory.journal());
  EXPECT_EQ(journal.card({1})->state, core::CardState::requested);
}

TEST(journal_on_disk, keeps_nothing_of_erased_secrets) {
  Directory directory;
  const std::string marker = "a sealed value that must not stay behind";
  const auto content = [&] {
    std::string all;
    for (const auto* suffix : {"", "-wal"}) {
      std::ifstream file(directory.journal() + suffix, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  };
  core::SealedSecrets sealed{attempt_id(1), {marker.begin(), marker.end()}, {1}};
  {
    store::Store journal(directory.journal());
    turn(journal, batch(1), card(2), attempt(1, 2), sealed);
    EXPECT_THAT(content(), HasSubstr(marker));
    turn(journal, core::SealedSecrets{attempt_id(1), {}, {}});
  }
  EXPECT_THAT(content(), Not(HasSubstr(marker)));
}

}  // namespace
