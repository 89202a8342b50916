#include "daemon/core/states.hpp"

#include <map>
#include <set>

namespace {

using namespace core;

// Written down from the contract, apart from the table it checks.
const std::map<std::string, std::map<std::string, std::string>> contract{
    {"requested", {{"issue", "inProduction"}, {"abort", "aborted"}}},
    {"processing", {{"pull", "ordered"}, {"abort", "aborted"}}},
    {"ordered",
     {{"issue", "inProduction"},
      {"bureauProduced", "produced"},
      {"bureauFailed", "failed"},
      {"giveUp", "aborted"}}},
    {"inProduction",
     {{"pass", "awaitingConfirmation"},
      {"passAndConfirm", "unassigned"},
      {"passBody", "produced"},
      {"fail", "failed"},
      {"doubt", "inDoubt"},
      {"returnToRequests", "requested"},
      {"returnToOrders", "ordered"}}},
    {"produced", {{"initialize", "unassigned"}, {"fail", "failed"}, {"doubt", "inDoubt"}}},
    {"awaitingConfirmation", {{"complete", "unassigned"}, {"repeat", "inProduction"}}},
    {"failed", {{"repeat", "inProduction"}, {"reorder", "ordered"}, {"giveUp", "aborted"}}},
    {"inDoubt",
     {{"pass", "awaitingConfirmation"},
      {"passAndConfirm", "unassigned"},
      {"passBody", "produced"},
      {"fail", "failed"}}},
    {"unassigned", {{"assign", "assigned"}, {"lock", "locked"}, {"doubt", "inDoubt"}}},
    {"assigned",
     {{"withdraw", "unassigned"},
      {"extend", "assigned"},
      {"expire", "expired"},
      {"lock", "locked"},
      {"doubt", "inDoubt"}}},
    {"expired", {{"withdraw", "unassigned"}, {"lock", "locked"}}},
    {"locked", {}},
    {"aborted", {}},
};

TEST(card_states, are_those_of_the_contract) {
  std::set<std::string> names;
  for (const auto& row : card_state_rows) names.insert(std::string(row.name));
  for (const auto& [state, verbs] : contract) EXPECT_TRUE(names.contains(state)) << state;
  EXPECT_EQ(names.size(), contract.size());
}

TEST(transition, is_allowed_exactly_where_the_contract_allows_it) {
  for (const auto& state : card_state_rows)
    for (const auto& verb : verb_rows) {
      const auto& allowed = contract.at(std::string(state.name));
      const auto expected = allowed.find(std::string(verb.name));
      const auto to = next(state.value, verb.value);
      EXPECT_EQ(to ? api::name_of(*to) : "refused", expected == allowed.end() ? "refused" : expected->second)
          << state.name << " " << verb.name;
    }
}

TEST(transition, leads_nowhere_from_a_final_state_only) {
  for (const auto& row : card_state_rows)
    EXPECT_EQ(is_final(row.value), contract.at(std::string(row.name)).empty()) << row.name;
}

TEST(transition, never_reaches_a_good_state_from_a_failed_card_without_a_new_attempt) {
  for (const auto& row : transitions)
    EXPECT_TRUE(row.from != CardState::failed || row.to == CardState::inProduction ||
                row.to == CardState::ordered || row.to == CardState::aborted);
}

TEST(phase, is_over_where_nothing_moves_any_more) {
  const std::set<std::string_view> over{"done", "spoiled", "void", "inDoubt", "condemned"};
  for (const auto& row : phase_rows) EXPECT_EQ(is_over(row.value), over.contains(row.name)) << row.name;
}

TEST(batch_states, are_those_of_the_contract) {
  std::vector<std::string_view> names;
  for (const auto& row : batch_state_rows) names.push_back(row.name);
  EXPECT_THAT(names,
              testing::ElementsAre("producing", "paused", "awaitingConfirmation", "completed", "cancelled"));
}

}  // namespace
