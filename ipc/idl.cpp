#include "ipc/idl.hpp"

namespace ipc {
namespace {

template <class Row>
const Row* find(const std::vector<Row>& rows, std::string_view name) {
  for (const Row& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace

const NamedType* Interface::find_type(std::string_view type) const {
  return find(types, type);
}
const MethodType* Interface::find_method(std::string_view method) const {
  return find(methods, method);
}
const NamedType* Interface::find_error(std::string_view error) const {
  return find(errors, error);
}

std::string_view name_of(Type::Kind kind) {
  switch (kind) {
    case Type::Kind::boolean: return "true or false";
    case Type::Kind::integer: return "an integer of 64 bits";
    case Type::Kind::floating: return "a number";
    case Type::Kind::string: return "a string";
    case Type::Kind::object: return "an object";
    case Type::Kind::structure: return "an object";
    case Type::Kind::enumeration: return "one of a list";
    case Type::Kind::array: return "an array";
    case Type::Kind::map: return "an object";
    case Type::Kind::named: return "a named type";
  }
  return {};
}

}  // namespace ipc
