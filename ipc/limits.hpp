#pragma once
#include <cstddef>

namespace ipc {

// Every limit of the socket, in one place. None comes from the Varlink standard: they are ours, and tests use
// smaller ones. What goes beyond a limit costs that client its connection, nothing else.
struct Limits {
  // One message in either direction, without its NUL.
  std::size_t message_bytes_max = 2 * 1024 * 1024;
  // Objects and arrays inside each other, the message itself included.
  std::size_t nesting_max = 10;
  // Replies of one connection that its client has not read.
  std::size_t queued_bytes_max = 4 * 1024 * 1024;
  // At a time; the second by the user of the peer: a thousand watchers that one front end opens, and their
  // callers. An idle connection takes about 5 KiB.
  std::size_t connections_max = 2048;
  std::size_t connections_per_uid_max = 1536;
  // Input in flight and queued replies of all connections together.
  std::size_t buffered_bytes_total_max = 64 * 1024 * 1024;
  // Connections the kernel keeps until they are accepted.
  std::size_t backlog_max = 1024;
};

}  // namespace ipc
