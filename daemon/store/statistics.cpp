#include <cassert>

#include "daemon/store/connection.hpp"

// What is counted, and what is not kept.
namespace store {
namespace {

// The last of the oldest changes that may go; nothing when all stay. They go in the order of their numbers,
// so that no gap comes into being: times need not be in that order, since a clock can be set back.
std::optional<std::int64_t> last_to_go(Database& database, api::WallTime now, const Kept& kept) {
  const auto end = database.integer("SELECT max(sequence) FROM change") - kept.changes;
  auto query =
      database.query("SELECT sequence,time FROM change WHERE sequence<=?1 ORDER BY sequence LIMIT ?2");
  put(query, 1, end);
  put(query, 2, static_cast<std::int64_t>(kept.rows_per_turn_max));
  std::optional<std::int64_t> last;
  while (query.step()) {
    api::WallTime time;
    get(query, 1, time);
    if (time > now - kept.changes_age) break;
    last = query.integer(0);
  }
  return last;
}

// Of which of its sums an attempt's bodies are part.
std::int64_t Bodies::*sum_of(core::Phase phase) {
  if (!core::is_over(phase)) return &Bodies::in_machine;
  if (phase == core::Phase::done) return &Bodies::good;
  if (phase == core::Phase::condemned) return &Bodies::condemned;
  if (phase == core::Phase::inDoubt) return &Bodies::in_doubt;
  return &Bodies::rejected;
}

}  // namespace

void Store::prune(api::WallTime now, const Kept& kept) {
  assert(connection_->database.in_transaction() && kept.changes > 0);
  auto& database = connection_->database;
  if (const auto last = last_to_go(database, now, kept)) {
    auto query = database.query("DELETE FROM change WHERE sequence<=?1");
    put(query, 1, *last);
    query.run();
  }
  auto query = database.query(delete_answers_sql);
  put(query, 1, now - kept.answers_age);
  put(query, 2, static_cast<std::int64_t>(kept.rows_per_turn_max));
  query.run();
}

std::vector<EndedAttempt> Store::ended(api::WallTime since, api::WallTime until,
                                       const std::optional<EndedAttempt>& after, std::size_t limit) {
  auto query = connection_->database.query(ended_sql);
  put(query, 1, after ? after->ended : since);
  put(query, 2, until);
  put(query, 3, after ? after->made : std::int64_t{0});
  put(query, 4, static_cast<std::int64_t>(limit));
  std::vector<EndedAttempt> attempts;
  while (query.step()) {
    auto& attempt = attempts.emplace_back();
    get(query, 0, attempt.made);
    get(query, 1, attempt.started);
    get(query, 2, attempt.ended);
    get(query, 3, attempt.kind);
    get(query, 4, attempt.phase);
    get(query, 5, attempt.reason);
    get(query, 6, attempt.product);
  }
  return attempts;
}

Bodies Store::bodies(core::BatchId batch) {
  // A card may have been in another batch before.
  auto query = connection_->database.query(
      "SELECT attempt.phase,sum(attempt.bodies) FROM batch_card JOIN attempt ON attempt.card=batch_card.card "
      "AND attempt.batch=?1 WHERE batch_card.batch=?1 GROUP BY attempt.phase");
  put(query, 1, batch);
  Bodies bodies;
  while (query.step()) {
    core::Phase phase{};
    get(query, 0, phase);
    bodies.*sum_of(phase) += query.integer(1);
    bodies.fed += query.integer(1);
  }
  return bodies;
}

std::map<core::CardState, std::int64_t> Store::counts(core::BatchId batch) {
  auto query = connection_->database.query(
      "SELECT card.state,count(*) FROM batch_card JOIN card ON card.id=batch_card.card WHERE "
      "batch_card.batch=?1 GROUP BY card.state");
  put(query, 1, batch);
  std::map<core::CardState, std::int64_t> counts;
  while (query.step()) {
    core::CardState state{};
    get(query, 0, state);
    counts[state] = query.integer(1);
  }
  return counts;
}

std::vector<core::Batch> Store::open_batches(std::size_t limit) {
  static const std::string sql = select_from<core::Batch>() + "WHERE state IN " +
                                 std::string(open_batch_states) + " ORDER BY id LIMIT ?1";
  return connection_->select<core::Batch>(sql, static_cast<std::int64_t>(limit));
}

}  // namespace store
