#include "tests/simulation/habits.hpp"

#include <sqlite3.h>

#include <cassert>
#include <cstring>

namespace simulation {
namespace {

int pages = 1000;
bool is_normal = false;

int heed(void*, int action, const char* name, const char* value, const char*, const char*) {
  const bool deaf = action == SQLITE_PRAGMA && value != nullptr && std::strcmp(name, "synchronous") == 0;
  return deaf ? SQLITE_IGNORE : SQLITE_OK;
}

// sqlite3_auto_extension takes it as a function without parameters, and calls it with these.
int opened(sqlite3* database, char**, const void*) {
  sqlite3_wal_autocheckpoint(database, pages);
  if (!is_normal) return SQLITE_OK;
  sqlite3_exec(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL", nullptr, nullptr,
               nullptr);
  return sqlite3_set_authorizer(database, heed, nullptr);
}

// One thread, and nobody asks how much memory there is.
void be_quick() {
  static const bool once = [] {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 200);
    return sqlite3_initialize() == SQLITE_OK;
  }();
  assert(once);
}

void (*entry())() {
  return reinterpret_cast<void (*)()>(opened);
}

}  // namespace

SqliteHabits::SqliteHabits(int checkpoint_pages, bool normal) {
  be_quick();
  pages = checkpoint_pages;
  is_normal = normal;
  sqlite3_auto_extension(entry());
}

SqliteHabits::~SqliteHabits() {
  sqlite3_cancel_auto_extension(entry());
}

}  // namespace simulation
