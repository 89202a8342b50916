#include "tests/simulation/disk.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "daemon/store/store.hpp"

using simulation::Disk;
using Call = simulation::Disk::Call;
using Verdict = simulation::Disk::Verdict;

namespace {

constexpr const char* journal = "station.db";

Disk::Image empty_journal() {
  Disk disk;
  disk.load({{journal, {}}});
  store::Store(journal, disk.vfs());
  return disk.image();
}

// A disk with a journal on it, on which something happens at the n-th call that changes it.
struct Rig {
  explicit Rig(std::uint64_t seed, bool powersafe_overwrite = true)
      : random(seed), disk(powersafe_overwrite) {
    static const auto image = empty_journal();
    disk.load(image);
  }

  void strike(std::uint64_t after, Verdict with) {
    auto left = std::make_shared<std::uint64_t>(after);
    disk.judge = [left, with](Call call) {
      if (call == Call::read || *left == 0 || --*left > 0) return Verdict::carriedOut;
      return with;
    };
  }
  void power_on() {
    disk.go_dark();
    disk.lose_unsynced(random);
    disk.judge = {};
  }

  std::mt19937_64 random;
  Disk disk;
};

// Writes a change a turn until something fails; how many the store said are durable.
std::int64_t write_changes(store::Store& store, int turns) {
  std::int64_t durable = store.newest_change();
  try {
    for (int turn = 0; turn < turns; ++turn) {
      store.begin();
      core::Row row = core::Change{
          0, {}, "line", {}, {}, {}, "state", {}, std::string(static_cast<std::size_t>(turn % 7) * 300, 'x')};
      store.write(row);
      store.commit();
      durable = std::get<core::Change>(row).sequence;
    }
  } catch (const store::StoreFailed&) {
  }
  return durable;
}

std::int64_t found_again(Disk& disk) {
  store::Store store(journal, disk.vfs());
  const auto changes = store.changes(0, 100'000);
  EXPECT_EQ(changes.size(), static_cast<std::size_t>(store.newest_change())) << "the journal has a gap";
  return store.newest_change();
}

// Runs of 40 turns, each cut by a loss of power at a random call, twice; how many lost what was durable.
int runs_that_lose(int runs, bool powersafe_overwrite) {
  int losing = 0;
  for (int run = 1; run <= runs; ++run) {
    Rig rig(static_cast<std::uint64_t>(run), powersafe_overwrite);
    std::int64_t durable = 0;
    for (int power_cut = 0; power_cut < 2; ++power_cut) {
      std::optional<store::Store> store(std::in_place, journal, rig.disk.vfs());
      EXPECT_GE(store->newest_change(), durable);
      losing += store->newest_change() < durable;
      rig.strike(1 + rig.random() % 300, Verdict::dark);
      durable = write_changes(*store, 40);
      rig.disk.go_dark();
      store.reset();
      rig.power_on();
    }
    losing += found_again(rig.disk) < durable;
  }
  return losing;
}

int read_number(void* to, int, char** values, char**) {
  *static_cast<int*>(to) = std::atoi(values[0]);
  return 0;
}

}  // namespace

TEST(disk, keeps_what_was_synced_and_only_that) {
  const auto survivors = [](bool synced) {
    int kept = 0, torn = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      Rig rig(seed);
      rig.disk.load({{journal, std::vector<std::uint8_t>(4096, 'a')}});
      sqlite3_vfs* vfs = sqlite3_vfs_find(rig.disk.vfs());
      std::vector<std::byte> memory(static_cast<std::size_t>(vfs->szOsFile));
      auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
      EXPECT_EQ(vfs->xOpen(vfs, journal, file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB, nullptr),
                SQLITE_OK);
      const std::string letters(512, 'b');
      EXPECT_EQ(file->pMethods->xWrite(file, letters.data(), 512, 1024), SQLITE_OK);
      if (synced) {
        EXPECT_EQ(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
      }
      file->pMethods->xClose(file);
      rig.power_on();
      const auto after = rig.disk.image().at(journal);
      const auto changed = std::ranges::count(after, 'b');
      EXPECT_EQ(after.size(), 4096U);
      EXPECT_EQ(std::ranges::count(after, 'a') + changed, 4096);
      kept += changed == 512;
      torn += changed > 0 && changed < 512;
    }
    return std::pair(kept, torn);
  };
  EXPECT_EQ(survivors(true), std::pair(200, 0));
  const auto [kept, torn] = survivors(false);
  EXPECT_THAT(kept, testing::AllOf(testing::Gt(40), testing::Lt(130)));
  EXPECT_GT(torn, 20);
}

TEST(disk, a_committed_turn_survives_every_loss_of_power) {
  EXPECT_EQ(runs_that_lose(400, true), 0);
  EXPECT_EQ(runs_that_lose(400, false), 0);
}

TEST(disk, a_turn_survives_a_loss_of_power_at_each_call_there_is) {
  for (std::uint64_t at = 1;; ++at) {
    Rig rig(at);
    std::int64_t durable = 0;
    {
      store::Store store(journal, rig.disk.vfs());
      rig.strike(at, Verdict::dark);
      durable = write_changes(store, 20);
      if (durable == 20) break;
    }
    rig.power_on();
    EXPECT_GE(found_again(rig.disk), durable) << "call " << at;
    ASSERT_LT(at, 1000U);
  }
}

// The model would be worth nothing if it could not lose what is not synced.
TEST(disk, shows_what_synchronous_normal_loses) {
  int losing = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rig rig(seed);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open_v2(journal, &database, SQLITE_OPEN_READWRITE, rig.disk.vfs()), SQLITE_OK);
    sqlite3_exec(database,
                 "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                 "CREATE TABLE t(x)",
                 nullptr, nullptr, nullptr);
    rig.strike(1 + rig.random() % 60, Verdict::dark);
    int durable = 0;
    while (sqlite3_exec(database, "INSERT INTO t VALUES(1)", nullptr, nullptr, nullptr) == SQLITE_OK)
      ++durable;
    sqlite3_close(database);
    rig.power_on();
    int found = 0;
    ASSERT_EQ(sqlite3_open_v2(journal, &database, SQLITE_OPEN_READWRITE, rig.disk.vfs()), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA locking_mode=EXCLUSIVE; SELECT count(*) FROM t", read_number, &found,
                 nullptr);
    sqlite3_close(database);
    losing += found < durable;
  }
  EXPECT_GT(losing, 10);
}

class a_disk_error : public testing::TestWithParam<Verdict> {};

TEST_P(a_disk_error, at_any_call_stops_the_store_and_nothing_is_lost) {
  for (std::uint64_t at = 1;; ++at) {
    Rig rig(at);
    std::int64_t durable = 0;
    bool failed = false;
    rig.strike(at, GetParam());
    try {
      store::Store store(journal, rig.disk.vfs());
      durable = write_changes(store, 20);
      failed = durable < 20;
      rig.disk.go_dark();  // the process ends without another word
    } catch (const store::StoreFailed&) {
      failed = true;
    }
    rig.disk.go_dark();
    rig.disk.judge = {};
    EXPECT_GE(found_again(rig.disk), durable) << "call " << at;
    if (!failed) break;
    ASSERT_LT(at, 1000U);
  }
}

INSTANTIATE_TEST_SUITE_P(of_each_kind, a_disk_error, testing::Values(Verdict::ioError, Verdict::full));

TEST(disk, takes_nothing_more_when_it_is_full_and_goes_on_when_there_is_room) {
  Rig rig(1);
  rig.disk.full = true;
  EXPECT_THROW(
      {
        store::Store store(journal, rig.disk.vfs());
        store.begin();
        core::Row row = core::Change{};
        store.write(row);
        store.commit();
      },
      store::StoreFailed);
  rig.disk.go_dark();
  rig.disk.full = false;
  EXPECT_EQ(found_again(rig.disk), 0);
}
