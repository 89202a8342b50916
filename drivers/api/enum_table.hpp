#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace api {

// One constexpr table per enum, found by argument-dependent look-up of `rows_of(E)`: value, name on the wire,
// in the database and in documents, and a text for people. Rows stand in the order of the enumerators, from 0
// without gaps.
template <class E>
struct EnumRow {
  E value;
  std::string_view name;
  std::string_view text;
};

template <class Rows>
constexpr bool well_formed(const Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].value) != i || rows[i].name.empty()) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (rows[i].name == rows[j].name) return false;
  }
  return true;
}

template <class E>
requires std::is_enum_v<E>
constexpr std::string_view name_of(E value) {
  return rows_of(value)[static_cast<std::size_t>(value)].name;
}

template <class E>
requires std::is_enum_v<E>
constexpr std::string_view text_of(E value) {
  return rows_of(value)[static_cast<std::size_t>(value)].text;
}

template <class E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (const auto& row : rows_of(E{}))
    if (row.name == name) return row.value;
  return std::nullopt;
}

}  // namespace api
