#include "daemon/service/roles.hpp"

#include "embedded/ipc.hpp"
#include "ipc/idl.hpp"

namespace service {
namespace {

// What the table has to say, written down once more by hand: a slip in the table is a hole in the station.
constexpr std::string_view expected = R"(
ListProducts     requester operator technician - - administrator
PutHolder        requester operator - - - -
GetHolder        requester operator - - - -
StorePhoto       requester operator - - - -
RequestCards     requester operator - - - -
OrderCards       requester operator - - - -
ListOrders       requester operator technician custodian - -
GetOrder         requester operator technician custodian - -
HoldOrder        requester operator - - - -
ReleaseOrder     requester operator - - - -
AbortCards       requester operator - - - -
ImportManifest   - operator - - - -
ImportBatch      requester operator - - - -
ListCards        requester operator technician custodian - -
GetCard          requester operator technician custodian - -
PreviewCard      requester operator technician - - -
IssueCards       - operator - - - -
ListBatches      requester operator technician custodian - -
GetBatch         requester operator technician custodian - -
CompleteBatch    - operator - - - -
RepeatProduction - operator - - - -
GiveUpCards      - operator - - - -
CancelBatch      - operator - - - -
InitializeCard   - operator - - - -
AssignCard       - operator - - - -
ExtendCard       - operator - - - -
WithdrawCard     - operator - - - -
LockCard         - operator - - - -
Watch            requester operator technician - - -
GetStation       requester operator technician - - administrator
GetStatistics    - operator technician - auditor administrator
Pause            - operator technician - - -
Resume           - operator technician - - -
ListDoubts       - operator technician - - -
ResolveDoubt     - operator - - - -
ListLetters      - operator - custodian auditor -
ReleaseLetters   - - - custodian - -
ResolveLetter    - - - custodian - -
)";

struct Case {
  std::string method;
  Role role;
  bool allowed;
};

std::vector<Case> cases() {
  std::vector<Case> result;
  std::istringstream lines{std::string(expected)};
  for (std::string method; lines >> method;)
    for (const auto& row : role_rows) {
      std::string cell;
      lines >> cell;
      result.push_back({method, row.value, cell == row.name});
    }
  return result;
}

class RolesOfMethods : public testing::TestWithParam<Case> {};

TEST_P(RolesOfMethods, may_call_it_or_not) {
  const auto& [method, role, allowed] = GetParam();
  Roles roles;
  roles.grant(role, {1000}, {});
  const ipc::Peer peer{1000, 1000, 1, {}};
  // The page and the table have methods alone: no two interfaces have one of the same name.
  const auto row = std::ranges::find_if(
      method_rows, [&](const MethodRow& one) { return one.method.ends_with("." + method); });
  ASSERT_NE(row, method_rows.end());
  EXPECT_EQ(roles.may(peer, row->method), allowed);
}

INSTANTIATE_TEST_SUITE_P(table, RolesOfMethods, testing::ValuesIn(cases()), [](const auto& one) {
  return one.param.method + "_" + std::string(api::name_of(one.param.role));
});

TEST(roles, have_a_row_for_every_method_of_the_interfaces_and_no_other) {
  std::size_t methods = 0;
  for (const auto* file : {"org.cardwright.Production.varlink", "org.cardwright.Maintenance.varlink",
                           "org.cardwright.Custody.varlink"}) {
    const auto interface = ipc::parse_interface(embedded::ipc(file));
    ASSERT_TRUE(interface);
    for (const auto& method : interface->methods) {
      EXPECT_NE(roles_for(interface->name + "." + method.name), RoleSet{}) << method.name;
      ++methods;
    }
  }
  EXPECT_EQ(methods, method_rows.size());
  EXPECT_EQ(cases().size(), methods * role_rows.size());
}

TEST(roles, are_none_for_somebody_who_was_given_none_not_even_for_root) {
  Roles roles;
  roles.grant(Role::requester, {1000}, {});
  for (const auto& row : method_rows) EXPECT_FALSE(roles.may({0, 0, 1, {}}, row.method)) << row.method;
}

TEST(roles, come_from_the_user_its_group_and_its_supplementary_groups) {
  Roles roles;
  roles.grant(Role::requester, {1000}, {});
  roles.grant(Role::technician, {}, {50});
  roles.grant(Role::stationOperator, {}, {60});
  EXPECT_EQ(roles.of({1000, 50, 1, {70, 60}}),
            (RoleSet{Role::requester, Role::technician, Role::stationOperator}));
  EXPECT_EQ(roles.of({50, 1000, 1, {}}), RoleSet{}) << "a user's number is not a group's";
}

TEST(roles, do_not_open_what_is_not_in_the_table) {
  Roles roles;
  for (const auto& row : role_rows) roles.grant(row.value, {1000}, {});
  EXPECT_FALSE(roles.may({1000, 0, 1, {}}, "org.cardwright.Production.EraseEverything"));
  EXPECT_FALSE(roles.may({1000, 0, 1, {}}, "ListProducts"));
}

}  // namespace
}  // namespace service
