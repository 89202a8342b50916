#pragma once
#include "daemon/store/tables.hpp"

// Inside of store: the database with what a turn counts on.
namespace store {

// Conditions of partial indexes: an index is used where its condition stands in the query, letter by letter.
inline constexpr std::string_view open_card_states =
    "('requested','processing','ordered','inProduction','produced','awaitingConfirmation','failed',"
    "'inDoubt')";
inline constexpr std::string_view open_batch_states = "('producing','paused','awaitingConfirmation')";

struct Store::Connection {
  Connection(const std::string& path, const char* vfs) : database(path, vfs) {}

  // The next of each kind in this turn; absent: as the database says.
  std::optional<std::int64_t> next_card, next_batch, next_order, next_letter;
  Database database;

  // What a query with its keys bound gives.
  template <class Row>
  static std::vector<Row> rows_of(Query& query) {
    std::vector<Row> rows;
    while (query.step()) rows.push_back(read_row<Row>(query));
    return rows;
  }

  template <class Row, class... Keys>
  std::vector<Row> select(std::string_view sql, const Keys&... keys) {
    auto query = database.query(sql);
    int at = 0;
    (put(query, ++at, keys), ...);
    return rows_of<Row>(query);
  }

  template <class Row, class... Keys>
  std::optional<Row> find(std::string_view sql, const Keys&... keys) {
    auto rows = select<Row>(sql, keys...);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }

  std::vector<core::CardId> members(core::BatchId id) {
    auto query = database.query("SELECT card FROM batch_card WHERE batch=?1 ORDER BY position");
    put(query, 1, id);
    std::vector<core::CardId> cards;
    while (query.step()) cards.push_back({query.integer(0)});
    return cards;
  }

  std::vector<core::Batch> with_members(std::vector<core::Batch> batches) {
    for (auto& batch : batches) batch.cards = members(batch.id);
    return batches;
  }

  template <class Row>
  void write(Row& row) {
    static const std::string sql = write_into<Row>();
    auto query = database.query(sql);
    bind_row(query, row);
    query.run();
    if constexpr (Table<Row>::numbered) row.sequence = sqlite3_last_insert_rowid(database.raw());
  }

  void write_members(const core::Batch& batch) {
    if (members(batch.id) == batch.cards) return;
    auto remove = database.query("DELETE FROM batch_card WHERE batch=?1");
    put(remove, 1, batch.id);
    remove.run();
    for (std::size_t position = 0; position < batch.cards.size(); ++position) {
      auto add = database.query("INSERT INTO batch_card(batch,position,card) VALUES(?1,?2,?3)");
      put(add, 1, batch.id);
      put(add, 2, static_cast<std::int64_t>(position));
      put(add, 3, batch.cards[position]);
      add.run();
    }
  }

  void erase(const core::Photo& photo) {
    auto query = database.query("DELETE FROM photo WHERE digest=?1");
    put(query, 1, photo.digest);
    query.run();
  }

  void erase(const core::SealedSecrets& sealed) {
    auto query = database.query("DELETE FROM sealed WHERE attempt=?1");
    put(query, 1, sealed.attempt);
    query.run();
  }

  std::int64_t count_on(std::optional<std::int64_t>& next, std::string_view newest_sql) {
    if (!next) next = database.integer(newest_sql) + 1;
    return (*next)++;
  }

  void forget_next() {
    next_card.reset();
    next_batch.reset();
    next_order.reset();
    next_letter.reset();
  }
};

}  // namespace store
