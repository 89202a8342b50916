#include "daemon/store/connection.hpp"

// Letters, and PINs that are still owed one.
namespace store {

using core::LetterId;

std::string letters_sql(const LetterFilter& filter) {
  std::string sql = select_from<core::Letter>() + "WHERE id>?1";
  // A card has few letters, the journal has many of each state.
  if (filter.state)
    sql.append(filter.card ? " AND +state='" : " AND state='")
        .append(api::name_of(*filter.state))
        .append("'");
  if (filter.card) sql.append(" AND card=?3");
  return sql.append(" ORDER BY id LIMIT ?2");
}

std::string open_letters_sql() {
  return select_from<core::Letter>() +
         "WHERE state IN ('waiting','released','sending','inDoubt') ORDER BY id";
}

std::optional<core::Letter> Store::letter(LetterId id) {
  static const std::string sql = select_from<core::Letter>() + "WHERE id=?1";
  return connection_->find<core::Letter>(sql, id);
}

std::optional<core::Letter> Store::letter_of(const core::AttemptId& attempt) {
  static const std::string sql = select_from<core::Letter>() + "WHERE attempt=?1";
  return connection_->find<core::Letter>(sql, attempt);
}

std::vector<core::Letter> Store::letters_of(core::CardId card) {
  static const std::string sql = select_from<core::Letter>() + "WHERE card=?1 ORDER BY id";
  return connection_->select<core::Letter>(sql, card);
}

std::vector<core::Letter> Store::open_letters() {
  static const std::string sql = open_letters_sql();
  return connection_->select<core::Letter>(sql);
}

std::vector<core::Letter> Store::letters(const LetterFilter& filter, std::optional<LetterId> after,
                                         std::size_t limit) {
  auto query = connection_->database.query(letters_sql(filter));
  put(query, 1, after.value_or(LetterId{0}));
  put(query, 2, static_cast<std::int64_t>(limit));
  if (filter.card) put(query, 3, *filter.card);
  return Connection::rows_of<core::Letter>(query);
}

// Not only of the last attempt: a card may have been extended by hand before its letter was made. PINs that
// are void are erased.
std::vector<core::AttemptId> Store::letters_owed() {
  auto query = connection_->database.query(
      "SELECT attempt.id FROM sealed JOIN attempt ON attempt.id=sealed.attempt "
      "JOIN card ON card.id=attempt.card "
      "WHERE attempt.phase='done' AND card.state IN ('unassigned','assigned') AND length(sealed.pin)>0 "
      "AND NOT EXISTS (SELECT 1 FROM letter WHERE letter.attempt=attempt.id) ORDER BY attempt.made");
  std::vector<core::AttemptId> owed;
  while (query.step()) get(query, 0, owed.emplace_back());
  return owed;
}

LetterId Store::next_letter_id() {
  return {connection_->count_on(connection_->next_letter, "SELECT max(id) FROM letter")};
}

}  // namespace store
