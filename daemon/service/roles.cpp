#include "daemon/service/roles.hpp"

namespace service {
namespace {

RoleSet find(const std::map<std::uint32_t, RoleSet>& members, std::uint32_t id) {
  const auto found = members.find(id);
  return found == members.end() ? RoleSet{} : found->second;
}

}  // namespace

void Roles::grant(Role role, const std::vector<std::uint32_t>& uids, const std::vector<std::uint32_t>& gids) {
  for (const auto uid : uids) users[uid].add(role);
  for (const auto gid : gids) groups[gid].add(role);
}

RoleSet Roles::of(const ipc::Peer& peer) const {
  auto roles = find(users, peer.uid);
  roles.add(find(groups, peer.gid));
  for (const auto gid : peer.groups) roles.add(find(groups, gid));
  return roles;
}

}  // namespace service
