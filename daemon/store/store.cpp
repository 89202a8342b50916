#include "daemon/store/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <limits>

#include "daemon/store/connection.hpp"
#include "daemon/store/schema.hpp"

namespace store {
namespace {

using core::AttemptId;
using core::BatchId;
using core::CardId;
using core::OrderId;

constexpr std::string_view over_phases = "('done','spoiled','void','inDoubt','condemned')";

bool is_open(core::CardState state) {
  return open_card_states.find("'" + std::string(api::name_of(state)) + "'") != std::string_view::npos;
}

// The state and the condition of the index that holds it, both as literals: only then is the index used.
std::string in_state(core::CardState state) {
  std::string sql = "state='";
  sql.append(api::name_of(state)).append("' AND state ").append(is_open(state) ? "IN " : "NOT IN ");
  return sql.append(open_card_states);
}

// The file is made for its owner alone before SQLite sees it, and one that others may read is refused. It is
// never opened here: closing it would drop the locks that SQLite has on it (POSIX advisory locks).
void prepare_file(const std::string& path) {
  const int made = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (made >= 0) {
    ::close(made);
    return;
  }
  struct stat info {};
  if (errno != EEXIST || ::lstat(path.c_str(), &info) != 0)
    throw StoreFailed(std::string("cannot be opened: ") + std::strerror(errno));
  if (!S_ISREG(info.st_mode)) throw StoreFailed("is no regular file");
  if ((info.st_mode & 077) != 0) throw StoreFailed("others may read or write it: chmod 600 " + path);
}

void set_up(Database& database) {
  database.run(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
      "PRAGMA recursive_triggers=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY");
  check_origin(database);
  const auto mode = database.text("PRAGMA journal_mode=WAL");
  if (mode != "wal" && mode != "memory") throw StoreFailed("its file system does not take a write-ahead log");
  database.run("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
  // Before anything is written: the log starts at a sector of its own, so that a torn write cannot reach back
  // into what was committed before the last crash.
  if (database.integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
    throw StoreFailed("its write-ahead log cannot be taken over");
  bring_up_to_date(database);
}

}  // namespace

std::string cards_sql(const CardFilter& filter) {
  std::string sql = select_from<core::Card>() + "WHERE id>?1";
  if (filter.state) sql.append(" AND ").append(in_state(*filter.state));
  if (filter.batch) sql.append(" AND batch=?3");
  if (filter.order) sql.append(" AND order_id=?4");
  if (filter.holder) sql.append(" AND holder<>'' AND holder=?5");
  return sql.append(" ORDER BY id LIMIT ?2");
}

Store::Store(const std::string& path, const char* vfs) try {
  if (path != ":memory:" && vfs == nullptr) prepare_file(path);
  connection_ = std::make_unique<Connection>(path, vfs);
  set_up(connection_->database);
} catch (const StoreFailed& failed) {
  throw StoreFailed(path + ": " + failed.what());
}

Store::~Store() = default;

void Store::begin() {
  connection_->database.run("BEGIN IMMEDIATE");
}

void Store::write(core::Row& row) {
  assert(connection_->database.in_transaction());
  std::visit(
      [this]<class Row>(Row& one) {
        if constexpr (std::is_same_v<Row, core::SealedSecrets>)
          if (one.pin.empty() && one.puk.empty()) return connection_->erase(one);
        if constexpr (std::is_same_v<Row, core::Photo>)
          if (one.image.empty()) return connection_->erase(one);
        connection_->write(one);
        if constexpr (std::is_same_v<Row, core::Batch>) connection_->write_members(one);
      },
      row);
}

void Store::commit() {
  connection_->database.run("COMMIT");
  connection_->forget_next();
}

void Store::roll_back() noexcept {
  // Fails only when SQLite has rolled back already.
  sqlite3_exec(connection_->database.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
  connection_->forget_next();
}

Open Store::load_open() {
  static const std::string is_open = "state IN " + std::string(open_batch_states);
  static const std::string batches = select_from<core::Batch>() + "WHERE " + is_open + " ORDER BY id";
  static const std::string cards = select_from<core::Card>() +
                                   "WHERE id IN (SELECT card FROM batch_card WHERE batch IN (SELECT id "
                                   "FROM batch WHERE " +
                                   is_open + ") UNION SELECT card FROM attempt WHERE phase NOT IN " +
                                   std::string(over_phases) + ") ORDER BY id";
  static const std::string attempts =
      select_from<core::Attempt>() + "WHERE made IN (SELECT made FROM attempt WHERE phase NOT IN " +
      std::string(over_phases) +
      " UNION SELECT attempt.made FROM batch JOIN batch_card ON batch_card.batch=batch.id "
      "JOIN card ON card.id=batch_card.card JOIN attempt ON attempt.id=card.attempt "
      "WHERE batch." +
      is_open + ") ORDER BY made";
  static const std::string orders =
      select_from<core::Order>() + "WHERE state IN ('processing','ordered','inProduction') ORDER BY id";
  return {connection_->with_members(connection_->select<core::Batch>(batches)),
          connection_->select<core::Card>(cards), connection_->select<core::Attempt>(attempts),
          connection_->select<core::Order>(orders)};
}

std::optional<core::Card> Store::card(CardId id) {
  static const std::string sql = select_from<core::Card>() + "WHERE id=?1";
  return connection_->find<core::Card>(sql, id);
}

std::vector<core::Card> Store::cards(const CardFilter& filter, std::optional<CardId> after,
                                     std::size_t limit) {
  auto query = connection_->database.query(cards_sql(filter));
  put(query, 1, after.value_or(CardId{0}));
  put(query, 2, static_cast<std::int64_t>(limit));
  if (filter.batch) put(query, 3, *filter.batch);
  if (filter.order) put(query, 4, *filter.order);
  if (filter.holder) put(query, 5, *filter.holder);
  return Connection::rows_of<core::Card>(query);
}

std::size_t Store::count(core::CardState state) {
  return static_cast<std::size_t>(
      connection_->database.integer("SELECT count(*) FROM card WHERE " + in_state(state)));
}

std::optional<core::Batch> Store::batch(BatchId id) {
  static const std::string sql = select_from<core::Batch>() + "WHERE id=?1";
  auto found = connection_->find<core::Batch>(sql, id);
  if (found) found->cards = connection_->members(id);
  return found;
}

std::vector<core::Batch> Store::batches(std::optional<BatchId> before, std::size_t limit) {
  static const std::string sql = select_from<core::Batch>() + "WHERE id<?1 ORDER BY id DESC LIMIT ?2";
  const auto end = before.value_or(BatchId{std::numeric_limits<std::int64_t>::max()});
  return connection_->with_members(
      connection_->select<core::Batch>(sql, end, static_cast<std::int64_t>(limit)));
}

std::vector<core::Attempt> Store::attempts(CardId card) {
  static const std::string sql = select_from<core::Attempt>() + "WHERE card=?1 ORDER BY made";
  return connection_->select<core::Attempt>(sql, card);
}

std::optional<core::Attempt> Store::attempt(const AttemptId& id) {
  static const std::string sql = select_from<core::Attempt>() + "WHERE id=?1";
  return connection_->find<core::Attempt>(sql, id);
}

std::vector<core::Certificate> Store::certificates(const AttemptId& attempt) {
  static const std::string sql = select_from<core::Certificate>() + "WHERE attempt=?1 ORDER BY serial";
  return connection_->select<core::Certificate>(sql, attempt);
}

std::vector<core::ListEntry> Store::list_entries() {
  auto query = connection_->database.query(list_entries_sql);
  std::vector<core::ListEntry> list;
  while (query.step()) {
    auto& entry = list.emplace_back();
    get(query, 0, entry.serial);
    get(query, 1, entry.held);
    if (!query.is_null(2)) get(query, 2, entry.reason);
  }
  return list;
}

std::vector<core::Certificate> Store::unlisted(std::int64_t list) {
  static const std::string sql = select_from<core::Certificate>() + "WHERE listed>?1 ORDER BY serial";
  return connection_->select<core::Certificate>(sql, list);
}

core::RevocationList Store::newest_list() {
  static const std::string sql = select_from<core::RevocationList>() + "ORDER BY number DESC LIMIT 1";
  return connection_->find<core::RevocationList>(sql).value_or(core::RevocationList{});
}

core::RevocationList Store::written_list() {
  static const std::string sql =
      select_from<core::RevocationList>() + "WHERE written IS NOT NULL ORDER BY number DESC LIMIT 1";
  return connection_->find<core::RevocationList>(sql).value_or(core::RevocationList{});
}

std::optional<core::SealedSecrets> Store::sealed(const AttemptId& attempt) {
  static const std::string sql = select_from<core::SealedSecrets>() + "WHERE attempt=?1";
  return connection_->find<core::SealedSecrets>(sql, attempt);
}

std::optional<core::Remembered> Store::remembered(std::int64_t uid, std::string_view method,
                                                  std::string_view key) {
  static const std::string sql =
      select_from<core::Remembered>() + "WHERE uid=?1 AND method=?2 AND idempotency_key=?3";
  return connection_->find<core::Remembered>(sql, uid, std::string(method), std::string(key));
}

bool Store::chip_known(std::string_view chip_serial, const AttemptId& except) {
  auto query = connection_->database.query(
      "SELECT 1 FROM attempt WHERE chip_serial=?1 AND chip_serial<>'' AND id<>?2 AND phase<>'void' UNION ALL "
      "SELECT 1 FROM card WHERE chip_serial=?1 AND chip_serial<>'' AND "
      "id IS NOT (SELECT card FROM attempt WHERE id=?2) LIMIT 1");
  query.bind(1, chip_serial);
  put(query, 2, except);
  return query.step();
}

std::vector<core::Change> Store::changes(std::int64_t after, std::size_t limit) {
  static const std::string sql = select_from<core::Change>() + "WHERE sequence>?1 ORDER BY sequence LIMIT ?2";
  return connection_->select<core::Change>(sql, after, static_cast<std::int64_t>(limit));
}

std::vector<core::PrinterAccount> Store::printers() {
  static const std::string sql = select_from<core::PrinterAccount>() + "ORDER BY used,serial";
  return connection_->select<core::PrinterAccount>(sql);
}

std::optional<api::WallTime> Store::newest_time() {
  auto query = connection_->database.query("SELECT newest FROM clock");
  if (!query.step()) return std::nullopt;
  api::WallTime time;
  get(query, 0, time);
  return time;
}

std::int64_t Store::newest_change() {
  return connection_->database.integer("SELECT max(sequence) FROM change");
}

std::int64_t Store::oldest_change() {
  return connection_->database.integer("SELECT min(sequence) FROM change");
}

OrderId Store::next_order_id() {
  return {connection_->count_on(connection_->next_order, "SELECT max(id) FROM card_order")};
}

CardId Store::next_card_id() {
  return {connection_->count_on(connection_->next_card, "SELECT max(id) FROM card")};
}

BatchId Store::next_batch_id() {
  return {connection_->count_on(connection_->next_batch, "SELECT max(id) FROM batch")};
}

}  // namespace store
