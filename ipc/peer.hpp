#pragma once
#include <sys/types.h>

#include <optional>
#include <vector>

namespace ipc {

// Who is at the other end, as the kernel says (SO_PEERCRED, SO_PEERGROUPS): the credentials at the time of
// connect(), fixed for the connection. `pid` is for the audit record only: never authorise by it.
struct Peer {
  uid_t uid;
  gid_t gid;
  pid_t pid;
  std::vector<gid_t> groups;  // supplementary groups
};

// nullopt when the kernel does not tell, as for a socket of another family.
std::optional<Peer> peer_of(int socket);

}  // namespace ipc
