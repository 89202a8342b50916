#include "daemon/store/sqlite.hpp"

#include "daemon/store/store.hpp"

namespace store {
namespace {

[[noreturn]] void fail(sqlite3* connection, int code) {
  if ((code & 0xff) == SQLITE_BUSY)
    throw StoreFailed("another process uses the journal: is cardwrightd running already?");
  if ((code & 0xff) == SQLITE_NOTADB) throw StoreFailed("the file is no SQLite database");
  std::string text = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  throw StoreFailed("SQLite error " + std::to_string(code) + ": " + text);
}

// SQLite takes a null pointer for NULL, and empty containers have one.
const void* not_null(const void* data) {
  return data ? data : "";
}

}  // namespace

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::check(int code) const {
  if (code != SQLITE_OK) fail(connection_, code);
}

void Query::bind_null(int at) {
  check(sqlite3_bind_null(statement_, at));
}
void Query::bind(int at, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, at, value));
}
void Query::bind(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_, at, static_cast<const char*>(not_null(text.data())), text.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Query::bind(int at, api::BytesView bytes) {
  check(sqlite3_bind_blob64(statement_, at, not_null(bytes.data()), bytes.size(), SQLITE_TRANSIENT));
}

bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(connection_, code);
  return code == SQLITE_ROW;
}

void Query::run() {
  while (step()) continue;
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::string_view Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
api::BytesView Query::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::Database(const std::string& path, const char* vfs) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  connection_.reset(opened);
  if (code != SQLITE_OK) fail(opened, code);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

void Database::run(const char* sql) {
  if (const int code = sqlite3_exec(raw(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
    fail(raw(), code);
}

Query Database::query(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(raw(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) fail(raw(), code);
    found = statements_.emplace(std::string(sql), prepared).first;
  }
  return {raw(), found->second.get()};
}

std::int64_t Database::integer(std::string_view sql) {
  auto query = this->query(sql);
  return query.step() ? query.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
  auto query = this->query(sql);
  return query.step() ? std::string(query.text(0)) : "";
}

std::int64_t Database::changed() const {
  return sqlite3_changes64(raw());
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(raw()) == 0;
}

}  // namespace store
