#pragma once
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/error.hpp"

// The Varlink interface definition language (https://varlink.org/Interface-Definition) and the agreement of
// JSON values with it.
namespace ipc {

struct Field;

struct Type {
  enum class Kind {
    boolean,
    integer,   // int64
    floating,  // double; an integer will do
    string,
    object,       // any JSON object, not described
    structure,    // `fields`
    enumeration,  // `values`
    array,        // of `element`
    map,          // string to `element`
    named,        // `name`, a type of the same interface
  };
  Kind kind = Kind::structure;
  bool nullable = false;
  std::string name;
  std::vector<Field> fields;
  std::vector<std::string> values;
  std::vector<Type> element;  // exactly one for array and map
};

std::string_view name_of(Type::Kind kind);  // for people: "an integer"

struct Field {
  std::string name;
  Type type;
  std::string documentation;  // the comment above it
};

struct MethodType {
  std::string name;
  Type input;   // a structure
  Type output;  // a structure
  std::string documentation;
};

struct NamedType {  // of `type` and of `error`
  std::string name;
  Type type;
  std::string documentation;
};

struct Interface {
  std::string name;
  std::string documentation;
  std::string text;  // as it was given; the answer to GetInterfaceDescription
  std::vector<NamedType> types;
  std::vector<MethodType> methods;
  std::vector<NamedType> errors;

  // By name; null when there is none.
  const NamedType* find_type(std::string_view type) const;
  const MethodType* find_method(std::string_view method) const;
  const NamedType* find_error(std::string_view error) const;
};

struct IdlError {
  std::size_t line;  // from 1
  std::string message;
};

// Every name is resolved and unique in what is returned.
tl::expected<Interface, IdlError> parse_interface(std::string_view text);

// What in the value does not agree with the type: the first such field, or nullopt. Fields that the type does
// not have do not agree; a nullable field may be null or absent.
std::optional<FieldError> check(const json::value& value, const Type& type, const Interface& interface);
std::optional<FieldError> check(const json::object& value, const Type& structure, const Interface& interface);

}  // namespace ipc
