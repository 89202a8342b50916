// What a client may send: framing, JSON, the form of a call, agreement with the interface. The first byte
// decides how the rest comes in, in pieces of that size.
#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>

#include "ipc/frame.hpp"
#include "ipc/idl.hpp"

namespace {

constexpr ipc::Limits limits{.message_bytes_max = 8 * 1024};

const ipc::Interface& interface() {
  static const auto parsed = ipc::parse_interface(R"(
interface org.example.fuzz
type Holder (name: string, more: ?[]Holder)
type State (waiting, made)
method Make(amount: ?int, holders: ?[]Holder, state: ?State, fields: ?[string]string, price: ?float,
            draft: ?bool, extra: ?object, set: ?[string](), deep: ?[]?[string](a: []int)) -> ()
)");
  return *parsed;
}

void take(std::string_view text) {
  assert(text.size() <= limits.message_bytes_max);
  auto message = ipc::parse_message(text, limits);
  if (!message) return;
  auto copy = *message;
  ipc::read_reply(std::move(copy));
  const auto call = ipc::read_call(*std::move(message));
  const auto& input = interface().methods.front().input;
  if (const auto fault = check(call.parameters, input, interface())) {
    assert(!fault->field.empty() || call.parameters.contains(""));
    return;
  }
  // What agrees also agrees after a journey over the wire.
  std::string wire;
  ipc::append_reply(wire, call.parameters, false);
  assert(wire.find('\0') == wire.size() - 1);
  ipc::Limits wide;
  const auto again = ipc::parse_message({wire.data(), wire.size() - 1}, wide);
  assert(again && !check(again->at("parameters"), input, interface()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ipc::FrameBuffer buffer(limits.message_bytes_max);
  const std::size_t piece = data[0] == 0 ? size : data[0];
  for (std::size_t at = 1; at < size;) {
    const auto room = buffer.prepare();
    if (room.empty()) break;  // too long: the connection would be closed
    const auto count = std::min({room.size(), size - at, piece});
    std::memcpy(room.data(), data + at, count);
    buffer.commit(count);
    at += count;
    while (const auto text = buffer.next()) take(*text);
    if (buffer.too_long()) break;
  }
  return 0;
}
