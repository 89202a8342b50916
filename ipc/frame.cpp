#include "ipc/frame.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/serializer.hpp>
#include <cstring>
#include <utility>

namespace ipc {
namespace {

constexpr std::size_t first_capacity = 4 * 1024;      // bytes; what most connections ever need
constexpr std::size_t kept_capacity_max = 64 * 1024;  // bytes that an idle connection may keep

// Serialises without a string in between.
void append(std::string& out, const json::object& object) {
  json::serializer serializer;
  serializer.reset(&object);
  char piece[4096];
  while (!serializer.done()) out += serializer.read(piece);
}

}  // namespace

std::span<char> FrameBuffer::prepare() {
  if (begin_ == end_) {
    begin_ = scanned_ = end_ = 0;
    if (capacity_ > kept_capacity_max) {
      bytes_.reset();
      capacity_ = 0;
    }
  }
  if (end_ == capacity_ && begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    scanned_ -= begin_;
    end_ -= std::exchange(begin_, 0);
  }
  const auto limit = message_bytes_max_ + 1;  // the NUL
  if (end_ == capacity_ && capacity_ < limit) {
    const auto bigger = std::min(limit, std::max(first_capacity, capacity_ * 2));
    auto bytes = std::make_unique_for_overwrite<char[]>(bigger);
    if (end_ > 0) std::memcpy(bytes.get(), bytes_.get(), end_);
    bytes_ = std::move(bytes);
    capacity_ = bigger;
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

std::optional<std::string_view> FrameBuffer::next() {
  const char* const start = bytes_.get();
  const auto* nul =
      end_ > scanned_ ? static_cast<const char*>(std::memchr(start + scanned_, 0, end_ - scanned_)) : nullptr;
  if (!nul) {
    scanned_ = end_;
    too_long_ = size() > message_bytes_max_;
    return std::nullopt;
  }
  const std::string_view message(start + begin_, static_cast<std::size_t>(nul - start) - begin_);
  begin_ = scanned_ = static_cast<std::size_t>(nul - start) + 1;
  return message;
}

std::optional<json::object> parse_message(std::string_view text, const Limits& limits) {
  json::parse_options options;
  options.max_depth = limits.nesting_max;
  // One allocation for a common message; the parts keep it alive for as long as they live.
  auto storage = json::make_shared_resource<json::monotonic_resource>();
  json::error_code fault;
  auto value = json::parse(text, fault, std::move(storage), options);
  if (fault || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

RawCall read_call(json::object message) {
  std::string method, fault;
  json::object* parameters = nullptr;
  bool more = false, oneway = false, upgrade = false;
  for (auto& [key, value] : message) {
    bool* const flag = key == "more"      ? &more
                       : key == "oneway"  ? &oneway
                       : key == "upgrade" ? &upgrade
                                          : nullptr;
    if (key == "method" && value.is_string()) {
      method = value.get_string();
    } else if (key == "parameters" && value.is_object()) {
      parameters = &value.get_object();
    } else if (flag && value.is_bool()) {
      *flag = value.get_bool();
    } else if ((!flag && key != "parameters") || !value.is_null()) {  // null is as good as absent
      fault = key;
    }
  }
  if (fault.empty() && method.empty()) fault = "method";
  // Made here, not assigned: that keeps the storage of the message and copies nothing.
  return {std::move(method),
          parameters ? json::object(std::move(*parameters)) : json::object(),
          more,
          oneway,
          upgrade,
          std::move(fault)};
}

std::optional<RawReply> read_reply(json::object message) {
  RawReply reply{{}, {}, false};
  for (auto& [key, value] : message) {
    if (value.is_null()) continue;
    if (key == "error" && value.is_string()) {
      reply.error = value.get_string();
    } else if (key == "parameters" && value.is_object()) {
      reply.parameters = value.get_object();
    } else if (key == "continues" && value.is_bool()) {
      reply.continues = value.get_bool();
    } else if (key == "error" || key == "parameters" || key == "continues") {
      return std::nullopt;
    }
  }
  return reply;
}

void append_call(std::string& out, std::string_view method, const json::object& parameters, bool more,
                 bool oneway) {
  out += R"({"method":)";
  out += json::serialize(method);
  if (!parameters.empty()) {
    out += R"(,"parameters":)";
    append(out, parameters);
  }
  if (more) out += R"(,"more":true)";
  if (oneway) out += R"(,"oneway":true)";
  out.append("}", 2);
}

void append_reply(std::string& out, const json::object& parameters, bool continues) {
  out += R"({"parameters":)";
  append(out, parameters);
  if (continues) out += R"(,"continues":true)";
  out.append("}", 2);
}

void append_error(std::string& out, std::string_view name, const json::object& parameters) {
  out += R"({"error":)";
  out += json::serialize(name);
  if (!parameters.empty()) {
    out += R"(,"parameters":)";
    append(out, parameters);
  }
  out.append("}", 2);
}

}  // namespace ipc
