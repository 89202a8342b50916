#include "tests/unit/runtime/station.hpp"

namespace runtime::test {
namespace {

using testing::ElementsAre;

Caller caller(const std::string& key, std::uint8_t digest, std::int64_t uid = 1000,
              const std::string& method = "RequestCards") {
  return {uid, method, key, {digest}};
}

TEST(idempotency_key, with_the_same_content_gets_the_same_answer) {
  Station station;
  station.start();
  const auto first = station.done(request(2), caller("k", 1));
  const auto again = station.done(request(2), caller("k", 1));
  EXPECT_EQ(again.cards, first.cards);
  EXPECT_EQ(station.store.card({3}), std::nullopt);
  IssueCards issue;
  issue.cards = first.cards;
  const auto batch = station.done(issue, caller("k", 1, 1000, "IssueCards"));
  EXPECT_EQ(station.done(issue, caller("k", 1, 1000, "IssueCards")).batch, batch.batch);
}

TEST(idempotency_key, is_remembered_for_thirty_days) {
  Station station;
  station.start();
  station.done(request(1), caller("k", 1));
  station.clock.now += std::chrono::days(30) - std::chrono::hours(1);
  station.done(request(1));
  EXPECT_EQ(station.done(request(1), caller("k", 1)).cards, std::vector{CardId{1}});
  station.clock.now += std::chrono::hours(1);
  station.done(request(1));
  EXPECT_EQ(station.done(request(1), caller("k", 1)).cards, std::vector{CardId{4}}) << "it is forgotten";
}

TEST(idempotency_key, brings_back_what_was_skipped) {
  Station station;
  station.start();
  const auto card = station.done(request(1)).cards.front();
  IssueCards issue;
  issue.cards = {card, card};
  const auto first = station.done(issue, caller("k", 1, 1000, "IssueCards"));
  ASSERT_EQ(first.skipped.size(), 1U);
  const auto again = station.done(issue, caller("k", 1, 1000, "IssueCards"));
  ASSERT_EQ(again.skipped.size(), 1U);
  EXPECT_EQ(again.skipped[0].card, first.skipped[0].card);
  EXPECT_EQ(again.skipped[0].why, first.skipped[0].why);
}

TEST(idempotency_key, is_not_taken_by_a_call_that_only_asks) {
  Station station;
  station.start();
  IssueCards check;
  check.all = check.check_only = true;
  const auto called = caller("k", 1, 1000, "IssueCards");
  EXPECT_THAT(station.done(check, called).cards, ElementsAre());
  station.done(request(1));
  EXPECT_THAT(station.done(check, called).cards, ElementsAre(CardId{1})) << "as it is now";
  auto issue = check;
  issue.check_only = false;
  EXPECT_TRUE(station.done(issue, caller("k", 2, 1000, "IssueCards")).batch);
}

TEST(idempotency_key, of_two_calls_in_one_turn_does_it_once) {
  Station station;
  station.start();
  std::vector<Reply> answers;
  for (int i = 0; i < 2; ++i)
    station.runner.submit(request(1), caller("k", 1), [&](const Reply& reply) { answers.push_back(reply); });
  station.turn();
  EXPECT_EQ(std::get<Done>(answers.at(0)).cards, std::get<Done>(answers.at(1)).cards);
  EXPECT_EQ(station.store.card({2}), std::nullopt);
}

TEST(idempotency_key, with_other_content_is_refused) {
  Station station;
  station.start();
  station.done(request(1), caller("k", 1));
  const auto refusal = std::get<Refusal>(station.ask(request(2), caller("k", 2)));
  EXPECT_EQ(refusal.error, Refused::idempotencyKeyReused);
  EXPECT_EQ(refusal.subject, "k");
  EXPECT_EQ(station.store.card({2}), std::nullopt);
}

TEST(idempotency_key, belongs_to_its_user_and_method) {
  Station station;
  station.start();
  EXPECT_THAT(station.done(request(1), caller("k", 1)).cards, ElementsAre(CardId{1}));
  EXPECT_THAT(station.done(request(1), caller("k", 1, 1001)).cards, ElementsAre(CardId{2}));
  EXPECT_THAT(station.done(request(1), caller("k", 1, 1000, "Other")).cards, ElementsAre(CardId{3}));
  EXPECT_THAT(station.done(request(1)).cards, ElementsAre(CardId{4}));
}

TEST(idempotency_key, of_a_refused_call_is_free_again) {
  Station station;
  station.start();
  station.ask(request(0), caller("k", 1));
  EXPECT_THAT(station.done(request(1), caller("k", 2)).cards, ElementsAre(CardId{1}));
}

}  // namespace
}  // namespace runtime::test
