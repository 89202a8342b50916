#pragma once
#include <chrono>
#include <optional>
#include <string_view>

// What the process is to its service manager and its kernel.
namespace runtime {

// sd_notify(3). Without a service manager these do nothing.
void notify_ready(std::string_view status);
void notify_status(std::string_view status);
// Until `notify_ready` the manager waits.
void notify_reloading();
void notify_stopping(std::string_view status);
void notify_watchdog();

// How often to call `notify_watchdog`: a quarter of what the service manager allows. Absent: no watchdog.
std::optional<std::chrono::microseconds> watchdog_interval();

// The listening socket that systemd handed over, if any. Throws std::runtime_error when there is more than
// one, or it is none.
std::optional<int> inherited_socket();

// As many descriptors as the kernel lets this process have: one for each connection, where nobody's unit has
// said so.
void allow_descriptors();

// No core dumps and no tracing by other processes of the user: PIN, PUK and keys pass through this memory.
void protect_memory();

}  // namespace runtime
