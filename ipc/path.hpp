#pragma once
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "ipc/error.hpp"

namespace ipc {

// Where in a message one is while walking down: a list on the stack, made into text only for an error.
struct Path {
  const Path* parent = nullptr;
  std::string_view key;   // of a member; empty in an array
  std::size_t index = 0;  // of an element

  std::string text() const;  // "orders[2].holder.name"
};

// The value for people: cut to about 60 characters, only its size for what is composed.
std::string excerpt(const json::value& value);

FieldError mismatch(const Path& path, const json::value& value, std::string_view expected);
FieldError missing(const Path& path);
FieldError unknown(const Path& path);

}  // namespace ipc
