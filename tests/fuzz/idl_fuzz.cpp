// Interface definitions: whatever is accepted is complete, and can be checked against.
#include <boost/json/object.hpp>
#include <cassert>
#include <cstdint>

#include "ipc/idl.hpp"

namespace {

void walk(const ipc::Type& type, const ipc::Interface& interface) {
  using Kind = ipc::Type::Kind;
  assert((type.kind == Kind::array || type.kind == Kind::map) == !type.element.empty());
  assert(type.kind != Kind::named || interface.find_type(type.name));
  assert(type.kind != Kind::enumeration || !type.values.empty());
  for (const auto& field : type.fields) walk(field.type, interface);
  for (const auto& element : type.element) walk(element, interface);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = ipc::parse_interface(text);
  if (!parsed) {
    assert(parsed.error().line >= 1 && !parsed.error().message.empty());
    return 0;
  }
  assert(parsed->text == text);
  for (const auto& type : parsed->types) walk(type.type, *parsed);
  for (const auto& error : parsed->errors) walk(error.type, *parsed);
  for (const auto& method : parsed->methods) {
    walk(method.input, *parsed);
    walk(method.output, *parsed);
    ipc::check(ipc::json::object{{"a", 1}}, method.input, *parsed);
  }
  return 0;
}
