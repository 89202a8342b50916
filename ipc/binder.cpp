#include "ipc/binder.hpp"

#include <algorithm>

namespace ipc::detail {

Fault read_integer(const json::value& from, std::int64_t low, std::uint64_t high, std::uint64_t& to,
                   const Path& path) {
  if (!from.is_int64() && !from.is_uint64()) return mismatch(path, from, "an integer of 64 bits");
  const bool fits = from.is_int64() ? std::cmp_greater_equal(from.get_int64(), low) &&
                                          std::cmp_less_equal(from.get_int64(), high)
                                    : from.get_uint64() <= high;
  if (!fits) {
    const auto range = "between " + std::to_string(low) + " and " + std::to_string(high);
    return mismatch(path, from, range);
  }
  to = from.is_int64() ? static_cast<std::uint64_t>(from.get_int64()) : from.get_uint64();
  return std::nullopt;
}

Fault first_unknown(const json::object& from, const Path* parent,
                    const std::vector<std::string_view>& known) {
  for (const auto& [key, value] : from)
    if (std::ranges::find(known, std::string_view(key)) == known.end()) return unknown(Path{parent, key});
  return std::nullopt;
}

std::string one_of(const std::vector<std::string_view>& names) {
  std::string text = "one of ";
  for (const auto name : names) {
    if (name != names.front()) text += ", ";
    text += name;
  }
  return text;
}

void Comparison::differ(const Path& path, std::string text) {
  auto where = path.text();
  differences.push_back((where.empty() ? "the struct" : where) + " " + std::move(text));
}

const Type* Comparison::resolve(const Type& type) {
  if (type.kind != Type::Kind::named) return &type;
  if (std::ranges::find(open, std::string_view(type.name)) != open.end()) return nullptr;
  open.push_back(type.name);
  return resolve(interface.find_type(type.name)->type);
}

bool Comparison::expect(const Type& type, Type::Kind kind, const Path& path) {
  if (type.kind == kind) return true;
  differ(path, "is " + std::string(name_of(kind)) + " in the struct, " + std::string(name_of(type.kind)) +
                   " in the interface");
  return false;
}

void Comparison::compare_names(const Type& type, const std::vector<std::string_view>& names,
                               const Path& path) {
  std::vector<std::string_view> wanted(type.values.begin(), type.values.end());
  for (const Field& field : type.fields) wanted.push_back(field.name);
  for (const auto name : wanted)
    if (std::ranges::find(names, name) == names.end()) differ(Path{&path, name}, "is only in the interface");
  for (const auto name : names)
    if (std::ranges::find(wanted, name) == wanted.end()) differ(Path{&path, name}, "is only in the struct");
}

}  // namespace ipc::detail
