#include <algorithm>

#include "ipc/idl.hpp"
#include "ipc/path.hpp"

namespace ipc {
namespace {

using Fault = std::optional<FieldError>;

std::string one_of(const std::vector<std::string>& values) {
  std::string text = "one of ";
  for (const auto& value : values) text += (&value == &values.front() ? "" : ", ") + value;
  return text;
}

// Recursion is bounded by the nesting of the value, which the parser of messages bounds.
struct Checker {
  const Interface& interface;

  Fault structure(const json::object& object, const Type& type, const Path* path) const {
    std::size_t found = 0;
    for (const Field& field : type.fields) {
      const Path here{path, field.name};
      if (const auto* value = object.if_contains(field.name)) {
        ++found;
        if (auto fault = any(*value, field.type, here)) return fault;
      } else if (!field.type.nullable) {
        return missing(here);
      }
    }
    if (found == object.size()) return std::nullopt;
    for (const auto& [key, value] : object)
      if (std::ranges::find(type.fields, std::string_view(key), &Field::name) == type.fields.end())
        return unknown(Path{path, key});
    return std::nullopt;
  }

  Fault array(const json::array& array, const Type& element, const Path& path) const {
    for (std::size_t i = 0; i < array.size(); ++i)
      if (auto fault = any(array[i], element, Path{&path, {}, i})) return fault;
    return std::nullopt;
  }

  Fault map(const json::object& object, const Type& element, const Path& path) const {
    for (const auto& [key, value] : object)
      if (auto fault = any(value, element, Path{&path, key})) return fault;
    return std::nullopt;
  }

  Fault any(const json::value& value, const Type& type, const Path& path) const {
    if (type.nullable && value.is_null()) return std::nullopt;
    const auto fits = [&](bool yes) -> Fault {
      if (yes) return std::nullopt;
      return mismatch(path, value, name_of(type.kind));
    };
    switch (type.kind) {
      case Type::Kind::boolean: return fits(value.is_bool());
      case Type::Kind::integer: return fits(value.is_int64());
      case Type::Kind::floating: return fits(value.is_number());
      case Type::Kind::string: return fits(value.is_string());
      case Type::Kind::object: return fits(value.is_object());
      case Type::Kind::structure:
        return value.is_object() ? structure(value.get_object(), type, &path) : fits(false);
      case Type::Kind::array:
        return value.is_array() ? array(value.get_array(), type.element.front(), path) : fits(false);
      case Type::Kind::map:
        return value.is_object() ? map(value.get_object(), type.element.front(), path) : fits(false);
      case Type::Kind::enumeration:
        if (value.is_string() &&
            std::ranges::find(type.values, std::string_view(value.get_string())) != type.values.end())
          return std::nullopt;
        return mismatch(path, value, one_of(type.values));
      case Type::Kind::named: return any(value, interface.find_type(type.name)->type, path);
    }
    return std::nullopt;
  }
};

}  // namespace

std::optional<FieldError> check(const json::value& value, const Type& type, const Interface& interface) {
  return Checker{interface}.any(value, type, Path{});
}

std::optional<FieldError> check(const json::object& value, const Type& structure,
                                const Interface& interface) {
  return Checker{interface}.structure(value, structure, nullptr);
}

}  // namespace ipc
