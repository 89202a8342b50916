#pragma once
#include <map>
#include <stdexcept>
#include <vector>

#include "daemon/core/model.hpp"
#include "daemon/store/sqlite.hpp"

// How each type of a row's member stands in a column: `put` binds it, `get` reads it back.
namespace store {

// A column holds what this program cannot read; whoever knows table and column says so.
struct BadValue : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void put(Query& query, int at, std::int64_t value) {
  query.bind(at, value);
}
inline void put(Query& query, int at, unsigned value) {
  query.bind(at, std::int64_t{value});
}
inline void put(Query& query, int at, bool value) {
  query.bind(at, std::int64_t{value});
}
inline void put(Query& query, int at, const std::string& value) {
  query.bind(at, std::string_view(value));
}
inline void put(Query& query, int at, const api::Bytes& value) {
  query.bind(at, api::BytesView(value));
}
inline void put(Query& query, int at, const api::Uuid& value) {
  query.bind(at, api::BytesView(value));
}
inline void put(Query& query, int at, api::WallTime value) {
  query.bind(at, value.time_since_epoch().count());
}
template <char Letter>
void put(Query& query, int at, core::Id<Letter> value) {
  query.bind(at, value.value);
}
template <class E>
requires std::is_enum_v<E>
void put(Query& query, int at, E value) {
  query.bind(at, api::name_of(value));
}
void put(Query& query, int at, const core::Options& value);
void put(Query& query, int at, const std::map<std::string, std::string>& value);
void put(Query& query, int at, const api::Counters& value);
void put(Query& query, int at, const std::vector<core::CardId>& value);
void put(Query& query, int at, const std::vector<core::LetterId>& value);
void put(Query& query, int at, const std::vector<core::Skipped>& value);
template <class T>
void put(Query& query, int at, const std::optional<T>& value) {
  if (value)
    put(query, at, *value);
  else
    query.bind_null(at);
}

inline void get(const Query& query, int column, std::int64_t& value) {
  value = query.integer(column);
}
void get(const Query& query, int column, unsigned& value);
inline void get(const Query& query, int column, bool& value) {
  value = query.integer(column) != 0;
}
inline void get(const Query& query, int column, std::string& value) {
  value = query.text(column);
}
inline void get(const Query& query, int column, api::Bytes& value) {
  const auto bytes = query.blob(column);
  value.assign(bytes.begin(), bytes.end());
}
void get(const Query& query, int column, api::Uuid& value);
inline void get(const Query& query, int column, api::WallTime& value) {
  value = api::WallTime(std::chrono::milliseconds(query.integer(column)));
}
template <char Letter>
void get(const Query& query, int column, core::Id<Letter>& value) {
  value.value = query.integer(column);
}
template <class E>
requires std::is_enum_v<E>
void get(const Query& query, int column, E& value) {
  const auto known = api::from_name<E>(query.text(column));
  if (!known) throw BadValue("is a name that this program does not know");
  value = *known;
}
void get(const Query& query, int column, core::Options& value);
void get(const Query& query, int column, std::map<std::string, std::string>& value);
void get(const Query& query, int column, api::Counters& value);
void get(const Query& query, int column, std::vector<core::CardId>& value);
void get(const Query& query, int column, std::vector<core::LetterId>& value);
void get(const Query& query, int column, std::vector<core::Skipped>& value);
template <class T>
void get(const Query& query, int column, std::optional<T>& value) {
  if (query.is_null(column))
    value.reset();
  else
    get(query, column, value.emplace());
}

}  // namespace store
