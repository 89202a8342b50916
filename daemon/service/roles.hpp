#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string_view>
#include <vector>

#include "daemon/core/states.hpp"
#include "ipc/peer.hpp"

// Who may call what: one table, default deny.
namespace service {

enum class Role { requester, stationOperator, technician, custodian, auditor, administrator };
inline constexpr std::array<core::EnumRow<Role>, 6> role_rows{{
    {Role::requester, "requester", "asks for cards and follows them"},
    {Role::stationOperator, "operator", "issues, confirms and repeats cards at the station"},
    {Role::technician, "technician", "keeps the machine running"},
    {Role::custodian, "custodian", "keeps keys and hands out letters"},
    {Role::auditor, "auditor",
     "reads the audit record, the statistics and the list of letters, and nothing else"},
    {Role::administrator, "administrator", "configures the station; makes no cards"},
}};
static_assert(api::well_formed(role_rows));
constexpr const auto& rows_of(Role) {
  return role_rows;
}

// A set of roles.
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const auto role : roles) add(role);
  }
  constexpr void add(Role role) { bits_ |= 1U << static_cast<unsigned>(role); }
  constexpr void add(RoleSet roles) { bits_ |= roles.bits_; }
  constexpr bool has(Role role) const { return bits_ >> static_cast<unsigned>(role) & 1U; }
  constexpr bool meets(RoleSet other) const { return (bits_ & other.bits_) != 0; }
  friend constexpr bool operator==(RoleSet, RoleSet) = default;

 private:
  unsigned bits_ = 0;
};

struct MethodRow {
  std::string_view method;
  RoleSet roles;
};

// The table. A method that does not stand here is nobody's.
inline constexpr auto method_rows = [] {
  constexpr auto R = Role::requester, O = Role::stationOperator, T = Role::technician, C = Role::custodian,
                 A = Role::administrator;
  return std::array{
      MethodRow{"org.cardwright.Production.ListProducts", {R, O, T, A}},
      MethodRow{"org.cardwright.Production.PutHolder", {R, O}},
      MethodRow{"org.cardwright.Production.GetHolder", {R, O}},
      MethodRow{"org.cardwright.Production.StorePhoto", {R, O}},
      // Whoever may ask for cards may order them, hold and withdraw what was ordered, and ask with a table.
      MethodRow{"org.cardwright.Production.RequestCards", {R, O}},
      MethodRow{"org.cardwright.Production.OrderCards", {R, O}},
      MethodRow{"org.cardwright.Production.ListOrders", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.GetOrder", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.HoldOrder", {R, O}},
      MethodRow{"org.cardwright.Production.ReleaseOrder", {R, O}},
      MethodRow{"org.cardwright.Production.AbortCards", {R, O}},
      // Says that cards exist: an operator's word.
      MethodRow{"org.cardwright.Production.ImportManifest", {O}},
      MethodRow{"org.cardwright.Production.ImportBatch", {R, O}},
      MethodRow{"org.cardwright.Production.ListCards", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.GetCard", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.PreviewCard", {R, O, T}},
      MethodRow{"org.cardwright.Production.IssueCards", {O}},
      MethodRow{"org.cardwright.Production.ListBatches", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.GetBatch", {R, O, T, C}},
      MethodRow{"org.cardwright.Production.CompleteBatch", {O}},
      MethodRow{"org.cardwright.Production.RepeatProduction", {O}},
      MethodRow{"org.cardwright.Production.GiveUpCards", {O}},
      MethodRow{"org.cardwright.Production.CancelBatch", {O}},
      MethodRow{"org.cardwright.Production.InitializeCard", {O}},
      MethodRow{"org.cardwright.Production.AssignCard", {O}},
      MethodRow{"org.cardwright.Production.ExtendCard", {O}},
      MethodRow{"org.cardwright.Production.WithdrawCard", {O}},
      MethodRow{"org.cardwright.Production.LockCard", {O}},
      MethodRow{"org.cardwright.Production.Watch", {R, O, T}},
      MethodRow{"org.cardwright.Maintenance.GetStation", {R, O, T, A}},
      MethodRow{"org.cardwright.Maintenance.GetStatistics", {O, T, Role::auditor, A}},
      MethodRow{"org.cardwright.Maintenance.Pause", {O, T}},
      MethodRow{"org.cardwright.Maintenance.Resume", {O, T}},
      MethodRow{"org.cardwright.Maintenance.ListDoubts", {O, T}},
      // Like every word that can bring a card out. Who has the key of the machine finds the body, and does
      // not say what it is.
      MethodRow{"org.cardwright.Maintenance.ResolveDoubt", {O}},
      // Who hands cards out has to find their letters; who lets letters out makes no cards.
      MethodRow{"org.cardwright.Custody.ListLetters", {O, C, Role::auditor}},
      MethodRow{"org.cardwright.Custody.ReleaseLetters", {C}},
      MethodRow{"org.cardwright.Custody.ResolveLetter", {C}},
  };
}();

constexpr RoleSet roles_for(std::string_view method) {
  for (const auto& row : method_rows)
    if (row.method == method) return row.roles;
  return {};
}

// Users and groups by number, each with its roles. A value: who has none here has none, root included.
struct Roles {
  std::map<std::uint32_t, RoleSet> users;
  std::map<std::uint32_t, RoleSet> groups;

  void grant(Role role, const std::vector<std::uint32_t>& uids, const std::vector<std::uint32_t>& gids);
  // The roles of the user, of its group and of its supplementary groups, as they were at connect().
  RoleSet of(const ipc::Peer& peer) const;
  bool may(const ipc::Peer& peer, std::string_view method) const { return of(peer).meets(roles_for(method)); }
};

}  // namespace service
