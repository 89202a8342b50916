#pragma once
#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "drivers/api/bytes.hpp"

// The little of SQLite that the journal uses, with every error as StoreFailed. Messages name tables and
// columns, never values: SQL is fixed text, everything else is bound.
namespace store {

// A statement of the cache in use: parameters are bound from 1, columns read from 0. It is reset when this
// object goes, so that no statement stays open from one call to the next. One use at a time.
class Query {
 public:
  Query(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  void bind_null(int at);
  void bind(int at, std::int64_t value);
  void bind(int at, std::string_view text);
  void bind(int at, api::BytesView bytes);

  bool step();  // false: no row left
  void run();   // a statement without rows

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // valid until the next step
  api::BytesView blob(int column) const;    // likewise

 private:
  void check(int code) const;

  sqlite3* connection_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens an existing file for this process alone, or ":memory:". Throws StoreFailed when another process has
  // it. `vfs`: see Store.
  explicit Database(const std::string& path, const char* vfs = nullptr);

  void run(const char* sql);  // any number of statements without parameters
  Query query(std::string_view sql);
  std::int64_t integer(std::string_view sql);  // the first column of the first row
  std::string text(std::string_view sql);
  std::int64_t changed() const;  // rows changed by the last statement
  bool in_transaction() const;
  sqlite3* raw() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Close>, std::less<>> statements_;
};

}  // namespace store
