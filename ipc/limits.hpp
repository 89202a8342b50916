#pragma once
#include <cstddef>

namespace ipc {

// Every limit of the socket, in one place. The values are DESIGN decisions, not part of the Varlink standard;
// tests use smaller ones. What goes beyond a limit costs that client its connection, nothing else.
struct Limits {
  std::size_t message_bytes_max = 2 * 1024 * 1024;  // one message in either direction, without its NUL
  std::size_t nesting_max = 10;  // objects and arrays inside each other, the message included
  std::size_t queued_bytes_max = 4 * 1024 * 1024;  // replies of one connection that its client has not read
  std::size_t connections_max = 256;               // at a time
  std::size_t connections_per_uid_max = 128;       // at a time, by the user of the peer
  std::size_t buffered_bytes_total_max =
      64 * 1024 * 1024;           // input in flight and queued replies of all connections
  std::size_t backlog_max = 128;  // connections the kernel keeps until they are accepted
};

}  // namespace ipc
