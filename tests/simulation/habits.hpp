#pragma once

namespace simulation {

// How SQLite behaves beyond what the store asks of it, for connections opened while this lives. One at a
// time.
class SqliteHabits {
 public:
  // `checkpoint_pages`: after how many pages the write-ahead log is written back. `normal`: what the store
  // says of `synchronous` is not heeded; it is NORMAL.
  SqliteHabits(int checkpoint_pages, bool normal);
  ~SqliteHabits();
  SqliteHabits(const SqliteHabits&) = delete;
  SqliteHabits& operator=(const SqliteHabits&) = delete;
};

}  // namespace simulation
