#pragma once
#include <boost/json/object.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ipc/error.hpp"
#include "ipc/limits.hpp"

namespace ipc {

// What came in on a stream socket, cut into messages at each NUL.
class FrameBuffer {
 public:
  explicit FrameBuffer(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  // Room to read into; empty when the input in flight has reached its limit (a message and what was read with
  // it). `commit` says how much of it was filled. Both make earlier messages invalid.
  std::span<char> prepare();
  void commit(std::size_t bytes) { end_ += bytes; }

  // The next message without its NUL, or nullopt as long as it is not complete.
  std::optional<std::string_view> next();
  // No NUL within the limit: nothing sensible will ever come out again.
  bool too_long() const { return too_long_; }

  std::size_t capacity() const { return capacity_; }
  std::size_t size() const { return end_ - begin_; }

 private:
  std::size_t message_bytes_max_;
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    // of the next message
  std::size_t scanned_ = 0;  // no NUL between begin_ and here
  std::size_t end_ = 0;
  bool too_long_ = false;
};

// Nullopt when it is no JSON object or is nested deeper than the limit.
std::optional<json::object> parse_message(std::string_view text, const Limits& limits);

// A call as it came. `fault` names a member that does not belong into a call or has the wrong type.
struct RawCall {
  std::string method;
  json::object parameters;
  bool more;
  bool oneway;
  bool upgrade;
  std::string fault;
};
RawCall read_call(json::object message);

// A reply as it came; nullopt when it is none.
struct RawReply {
  std::string error;  // empty for success
  json::object parameters;
  bool continues;
};
std::optional<RawReply> read_reply(json::object message);

// Appends `{"parameters":…}` or the like, with the NUL.
void append_call(std::string& out, std::string_view method, const json::object& parameters, bool more,
                 bool oneway);
void append_reply(std::string& out, const json::object& parameters, bool continues);
void append_error(std::string& out, std::string_view name, const json::object& parameters);

}  // namespace ipc
