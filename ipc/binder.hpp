#pragma once
#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cassert>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "ipc/idl.hpp"
#include "ipc/path.hpp"

// Structs described by BOOST_DESCRIBE_STRUCT from JSON objects and to them. Members are bool, integers,
// double, std::string, enums, std::optional, std::vector, std::map<std::string, T>, such structs,
// json::object and json::value (taken as they are). Enums are described by BOOST_DESCRIBE_ENUM, or by a table
// of rows with `value` and `name` that argument-dependent look-up finds as `rows_of(E)`.
namespace ipc {

// Every member but the optional ones must be there, and no other; null is as good as absent.
template <class T>
tl::expected<T, FieldError> bind(const json::object& object);

// Optional members without a value are left out.
template <class T>
json::object to_json(const T& value);

// How the struct differs from the type: one sentence for each difference, for tests.
template <class T>
std::vector<std::string> compare(const Type& type, const Interface& interface);

namespace detail {

template <class T>
concept Described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept HasRows = std::is_enum_v<T> && requires(T value) {
  rows_of(value);
};
template <class T>
concept DescribedEnum =
    std::is_enum_v<T> && !HasRows<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept Enum = HasRows<T> || DescribedEnum<T>;
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
using Members =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

// Calls f(enumerator, name) for each.
template <Enum E, class F>
void for_each_enumerator(F&& f) {
  if constexpr (HasRows<E>) {
    for (const auto& row : rows_of(E{})) f(row.value, std::string_view(row.name));
  } else {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { f(enumerator.value, std::string_view(enumerator.name)); });
  }
}

using Fault = std::optional<FieldError>;

template <class T>
Fault read(const json::value& from, T& to, const Path& path);
template <Described T>
Fault read_members(const json::object& from, T& to, const Path* path);

// The integer if it is one and lies within the limits.
Fault read_integer(const json::value& from, std::int64_t low, std::uint64_t high, std::uint64_t& to,
                   const Path& path);
Fault first_unknown(const json::object& from, const Path* parent, const std::vector<std::string_view>& known);
std::string one_of(const std::vector<std::string_view>& names);

template <Integer T>
Fault read_value(const json::value& from, T& to, const Path& path) {
  using Limits = std::numeric_limits<T>;
  std::uint64_t bits = 0;
  auto fault = read_integer(from, static_cast<std::int64_t>(Limits::min()),
                            static_cast<std::uint64_t>(Limits::max()), bits, path);
  if (!fault) to = static_cast<T>(bits);
  return fault;
}

template <Enum T>
Fault read_value(const json::value& from, T& to, const Path& path) {
  bool found = false;
  std::vector<std::string_view> names;
  const auto* text = from.if_string();
  for_each_enumerator<T>([&](T value, std::string_view name) {
    names.push_back(name);
    if (!text || std::string_view(*text) != name) return;
    found = true;
    to = value;
  });
  if (found) return std::nullopt;
  return mismatch(path, from, one_of(names));
}

template <class T>
Fault read_value(const json::value& from, std::optional<T>& to, const Path& path) {
  if (from.is_null()) return std::nullopt;
  return read(from, to.emplace(), path);
}

template <class T>
Fault read_value(const json::value& from, std::vector<T>& to, const Path& path) {
  const auto* array = from.if_array();
  if (!array) return mismatch(path, from, "an array");
  to.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    T element{};
    if (auto fault = read((*array)[i], element, Path{&path, {}, i})) return fault;
    to.push_back(std::move(element));
  }
  return std::nullopt;
}

template <class T>
Fault read_value(const json::value& from, std::map<std::string, T>& to, const Path& path) {
  const auto* object = from.if_object();
  if (!object) return mismatch(path, from, "an object");
  for (const auto& [key, value] : *object)
    if (auto fault = read(value, to[std::string(key)], Path{&path, key})) return fault;
  return std::nullopt;
}

template <class T>
Fault read(const json::value& from, T& to, const Path& path) {
  if constexpr (std::same_as<T, json::value>) {
    to = from;
  } else if constexpr (std::same_as<T, json::object>) {
    if (!from.is_object()) return mismatch(path, from, "an object");
    to = from.get_object();
  } else if constexpr (std::same_as<T, bool>) {
    if (!from.is_bool()) return mismatch(path, from, "true or false");
    to = from.get_bool();
  } else if constexpr (std::same_as<T, double>) {
    if (!from.is_number()) return mismatch(path, from, "a number");
    to = from.to_number<double>();
  } else if constexpr (std::same_as<T, std::string>) {
    if (!from.is_string()) return mismatch(path, from, "a string");
    to = std::string(from.get_string());
  } else if constexpr (Described<T>) {
    if (!from.is_object()) return mismatch(path, from, "an object");
    return read_members(from.get_object(), to, &path);
  } else {
    return read_value(from, to, path);
  }
  return std::nullopt;
}

template <Described T>
Fault read_members(const json::object& from, T& to, const Path* path) {
  Fault fault;
  std::size_t found = 0;
  std::vector<std::string_view> known;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    if (fault) return;
    known.push_back(member.name);
    auto& target = to.*member.pointer;
    const Path here{path, member.name};
    if (const auto* value = from.if_contains(member.name)) {
      ++found;
      fault = read(*value, target, here);
    } else if constexpr (!is_optional<std::remove_reference_t<decltype(target)>>) {
      fault = missing(here);
    }
  });
  if (!fault && found != from.size()) fault = first_unknown(from, path, known);
  return fault;
}

template <class T>
json::value write(const T& from);

template <Enum T>
json::value write_value(T from) {
  json::value to;
  for_each_enumerator<T>([&](T value, std::string_view name) {
    if (value == from) to = name;
  });
  assert(to.is_string());
  return to;
}
template <class T>
json::value write_value(const std::optional<T>& from) {
  return from ? write(*from) : json::value();
}
template <class T>
json::value write_value(const std::vector<T>& from) {
  json::array to;
  to.reserve(from.size());
  for (const T& element : from) to.push_back(write(element));
  return to;
}
template <class T>
json::value write_value(const std::map<std::string, T>& from) {
  json::object to(from.size());
  for (const auto& [key, value] : from) to.emplace(key, write(value));
  return to;
}

template <class T>
json::value write(const T& from) {
  if constexpr (std::same_as<T, json::value> || std::same_as<T, json::object> || std::same_as<T, bool> ||
                std::same_as<T, double>) {
    return from;
  } else if constexpr (Integer<T>) {
    assert(std::in_range<std::int64_t>(from));
    return static_cast<std::int64_t>(from);
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return json::string(std::string_view(from));
  } else if constexpr (Described<T>) {
    return to_json(from);
  } else {
    return write_value(from);
  }
}

// Differences between a struct and a type go to `differences`, with the path they are at.
struct Comparison {
  const Interface& interface;
  std::vector<std::string>& differences;
  std::vector<std::string_view> open;  // names being compared: a type may contain itself

  void differ(const Path& path, std::string text);
  // The type behind its name, or null when it is being compared already.
  const Type* resolve(const Type& type);
  bool expect(const Type& type, Type::Kind kind, const Path& path);
  void compare_names(const Type& type, const std::vector<std::string_view>& names, const Path& path);
};

template <class T>
void compare_types(const Type& type, const Path& path, Comparison& comparison);

template <Described T>
void compare_members(const Type& type, const Path& path, Comparison& comparison) {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    names.push_back(member.name);
    using Value = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
    for (const Field& field : type.fields)
      if (field.name == member.name) compare_types<Value>(field.type, Path{&path, member.name}, comparison);
  });
  comparison.compare_names(type, names, path);
}

template <class T>
struct Inner {};
template <class T>
struct Inner<std::optional<T>> {
  using type = T;
};
template <class T>
struct Inner<std::vector<T>> {
  using type = T;
  static constexpr auto kind = Type::Kind::array;
};
template <class T>
struct Inner<std::map<std::string, T>> {
  using type = T;
  static constexpr auto kind = Type::Kind::map;
};

template <class T>
constexpr Type::Kind kind_of() {
  if constexpr (std::same_as<T, bool>)
    return Type::Kind::boolean;
  else if constexpr (Integer<T>)
    return Type::Kind::integer;
  else if constexpr (std::same_as<T, double>)
    return Type::Kind::floating;
  else if constexpr (std::convertible_to<T, std::string_view>)
    return Type::Kind::string;
  else if constexpr (std::same_as<T, json::object>)
    return Type::Kind::object;
  else if constexpr (Described<T>)
    return Type::Kind::structure;
  else if constexpr (Enum<T>)
    return Type::Kind::enumeration;
  else
    return Inner<T>::kind;
}

template <class T>
void compare_value(const Type& named, const Path& path, Comparison& comparison) {
  if constexpr (!std::same_as<T, json::value>) {
    const auto depth = comparison.open.size();
    const Type* type = comparison.resolve(named);
    if (type && comparison.expect(*type, kind_of<T>(), path)) {
      if constexpr (Described<T>) {
        compare_members<T>(*type, path, comparison);
      } else if constexpr (Enum<T>) {
        std::vector<std::string_view> names;
        for_each_enumerator<T>([&](T, std::string_view name) { names.push_back(name); });
        comparison.compare_names(*type, names, path);
      } else if constexpr (requires { typename Inner<T>::type; }) {
        compare_types<typename Inner<T>::type>(type->element.front(), Path{&path, "[]"}, comparison);
      }
    }
    comparison.open.resize(depth);
  }
}

template <class T>
void compare_types(const Type& type, const Path& path, Comparison& comparison) {
  if constexpr (is_optional<T>) {
    if (!type.nullable) comparison.differ(path, "is optional in the struct, not nullable in the interface");
    compare_value<typename Inner<T>::type>(type, path, comparison);
  } else {
    if (type.nullable && !std::same_as<T, json::value>)
      comparison.differ(path, "is nullable in the interface, not optional in the struct");
    compare_value<T>(type, path, comparison);
  }
}

}  // namespace detail

template <class T>
tl::expected<T, FieldError> bind(const json::object& object) {
  static_assert(detail::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
  T value{};
  if (auto fault = detail::read_members(object, value, nullptr)) return tl::unexpected(*std::move(fault));
  return value;
}

template <class T>
json::object to_json(const T& value) {
  static_assert(detail::Described<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
  json::object object;
  boost::mp11::mp_for_each<detail::Members<T>>([&](auto member) {
    auto written = detail::write(value.*member.pointer);
    using Value = std::remove_cvref_t<decltype(value.*member.pointer)>;
    if (!detail::is_optional<Value> || !written.is_null()) object.emplace(member.name, std::move(written));
  });
  return object;
}

template <class T>
std::vector<std::string> compare(const Type& type, const Interface& interface) {
  std::vector<std::string> differences;
  detail::Comparison comparison{interface, differences, {}};
  detail::compare_value<T>(type, Path{}, comparison);
  return differences;
}

}  // namespace ipc
