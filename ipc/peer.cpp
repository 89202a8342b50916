#include "ipc/peer.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace ipc {

std::optional<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  Peer peer{credentials.uid, credentials.gid, credentials.pid, std::vector<gid_t>(32)};
  size = static_cast<socklen_t>(peer.groups.size() * sizeof(gid_t));
  int done = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &size);
  if (done != 0 && errno == ERANGE) {  // the kernel has written the size it needs
    peer.groups.resize(size / sizeof(gid_t));
    done = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &size);
  }
  if (done != 0) return std::nullopt;
  peer.groups.resize(size / sizeof(gid_t));
  return peer;
}

}  // namespace ipc
