#include <limits>

#include "daemon/store/connection.hpp"

// Orders, holders and the pool.
namespace store {

using core::OrderId;

std::optional<core::Order> Store::order(OrderId id) {
  static const std::string sql = select_from<core::Order>() + "WHERE id=?1";
  return connection_->find<core::Order>(sql, id);
}

std::vector<core::Order> Store::orders(const OrderFilter& filter, std::optional<OrderId> before,
                                       std::size_t limit) {
  std::string sql = select_from<core::Order>() + "WHERE id<?1";
  if (filter.state) sql.append(" AND state='").append(api::name_of(*filter.state)).append("'");
  if (filter.held) sql.append(*filter.held ? " AND held=1" : " AND held=0");
  sql.append(" ORDER BY id DESC LIMIT ?2");
  const auto end = before.value_or(OrderId{std::numeric_limits<std::int64_t>::max()});
  return connection_->select<core::Order>(sql, end, static_cast<std::int64_t>(limit));
}

std::optional<core::Holder> Store::holder(std::string_view id) {
  static const std::string sql = select_from<core::Holder>() + "WHERE id=?1";
  return connection_->find<core::Holder>(sql, std::string(id));
}

std::optional<core::Photo> Store::photo(std::string_view digest) {
  static const std::string sql = select_from<core::Photo>() + "WHERE digest=?1";
  return connection_->find<core::Photo>(sql, std::string(digest));
}

std::vector<core::Card> Store::assigned_to(std::string_view holder) {
  static const std::string sql =
      select_from<core::Card>() + "WHERE holder<>'' AND holder=?1 AND state='assigned' ORDER BY id";
  return connection_->select<core::Card>(sql, std::string(holder));
}

std::vector<core::Card> Store::expiring(api::WallTime now, std::size_t limit) {
  static const std::string sql =
      select_from<core::Card>() + "WHERE state='assigned' AND valid_until<=?1 ORDER BY valid_until LIMIT ?2";
  return connection_->select<core::Card>(sql, now, static_cast<std::int64_t>(limit));
}

std::vector<core::Card> Store::to_erase(api::WallTime before, std::size_t limit) {
  static const std::string sql =
      select_from<core::Card>() +
      "WHERE (fields<>'{}' OR note<>'') AND state IN ('unassigned','assigned','expired','locked','aborted') "
      "AND "
      "coalesce((SELECT ended FROM attempt WHERE attempt.id=card.attempt),created)<?1 ORDER BY id LIMIT ?2";
  return connection_->select<core::Card>(sql, before, static_cast<std::int64_t>(limit));
}

std::vector<core::Order> Store::orders_to_erase(api::WallTime before, std::size_t limit) {
  static const std::string sql =
      select_from<core::Order>() +
      "WHERE note<>'' AND state IN ('completed','aborted') AND created<?1 "
      "AND NOT EXISTS (SELECT 1 FROM card JOIN attempt ON attempt.id=card.attempt "
      "WHERE card.order_id=card_order.id AND attempt.ended>=?1) ORDER BY id LIMIT ?2";
  return connection_->select<core::Order>(sql, before, static_cast<std::int64_t>(limit));
}

std::vector<std::string> Store::photos_to_erase(api::WallTime before, std::size_t limit) {
  static const std::string sql =
      "SELECT digest FROM photo WHERE stored<?1 AND NOT EXISTS (SELECT 1 FROM holder WHERE photo<>'' AND "
      "holder.photo=photo.digest AND holder.state='active') AND NOT EXISTS (SELECT 1 FROM card WHERE state "
      "IN " +
      std::string(open_card_states) + " AND instr(fields,photo.digest)) ORDER BY stored LIMIT ?2";
  auto query = connection_->database.query(sql);
  put(query, 1, before);
  put(query, 2, static_cast<std::int64_t>(limit));
  std::vector<std::string> digests;
  while (query.step()) digests.emplace_back(query.text(0));
  return digests;
}

std::optional<api::WallTime> Store::next_expiry() {
  auto query = connection_->database.query("SELECT min(valid_until) FROM card WHERE state='assigned'");
  std::optional<api::WallTime> next;
  if (query.step()) get(query, 0, next);
  return next;
}

}  // namespace store
