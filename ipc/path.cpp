#include "ipc/path.hpp"

#include <boost/json/serialize.hpp>

namespace ipc {
namespace {

constexpr std::size_t excerpt_max = 60;  // characters of a disliked value that are repeated to the client

std::string_view cut(std::string_view text) {
  if (text.size() <= excerpt_max) return text;
  auto end = excerpt_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;  // not inside a UTF-8 sequence
  return text.substr(0, end);
}

}  // namespace

std::string Path::text() const {
  std::string text = parent ? parent->text() : std::string();
  if (key.empty() && parent) return text + "[" + std::to_string(index) + "]";
  if (!text.empty() && key != "[]") text += '.';
  return text += key;
}

std::string excerpt(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (!value.is_string()) return json::serialize(value);
  const std::string_view text = value.get_string();
  const auto start = cut(text);
  auto quoted = json::serialize(json::string(start));
  if (start.size() < text.size()) quoted += "…";
  return quoted;
}

FieldError mismatch(const Path& path, const json::value& value, std::string_view expected) {
  return {path.text(), excerpt(value) + " is not " + std::string(expected)};
}

FieldError missing(const Path& path) {
  return {path.text(), "is missing"};
}

FieldError unknown(const Path& path) {
  return {path.text(), "is not known here"};
}

}  // namespace ipc
