#include "tests/unit/store/sample_rows.hpp"

namespace {

using namespace sample;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

struct journal_counts : testing::Test {
  store::Store journal{":memory:"};

  core::Attempt ended(std::uint8_t last, std::int64_t when, core::Phase phase = core::Phase::done,
                      std::int64_t of_card = 0) {
    auto over = attempt(last, of_card == 0 ? last : of_card, phase);
    over.ended = at(when);
    return over;
  }
  std::vector<std::int64_t> ends(std::int64_t since, std::int64_t until, std::size_t page) {
    std::vector<std::int64_t> all;
    std::optional<store::EndedAttempt> after;
    for (;;) {
      const auto found = journal.ended(at(since), at(until), after, page);
      if (found.empty()) return all;
      for (const auto& one : found) all.push_back(one.ended.time_since_epoch().count());
      after = found.back();
    }
  }
};

TEST_F(journal_counts, find_what_ended_in_a_time_page_by_page) {
  turn(journal, batch(1), card(1), card(2), card(3), card(4), card(5));
  turn(journal, ended(1, 500), ended(2, 100), ended(3, 500), ended(4, 500), ended(5, 900),
       attempt(6, 1, core::Phase::fed));
  for (const auto page : {1U, 2U, 3U, 100U}) {
    EXPECT_THAT(ends(0, 1000, page), ElementsAre(100, 500, 500, 500, 900)) << page;
    EXPECT_THAT(ends(100, 900, page), ElementsAre(100, 500, 500, 500)) << "the end is not in it; " << page;
    EXPECT_THAT(ends(101, 500, page), IsEmpty()) << page;
  }
}

TEST_F(journal_counts, say_of_an_attempt_what_statistics_need) {
  turn(journal, batch(1, {{7}}), full_card(), full_attempt());
  const auto found = journal.ended(at(0), at(100'000), {}, 10);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].started, full_attempt().started);
  EXPECT_EQ(found[0].ended, at(9'999));
  EXPECT_EQ(found[0].kind, core::AttemptKind::body);
  EXPECT_EQ(found[0].phase, core::Phase::spoiled);
  EXPECT_EQ(found[0].reason, api::Reason::chipMute);
  EXPECT_EQ(found[0].product, "temporary");
}

TEST_F(journal_counts, sum_up_the_bodies_of_a_batch) {
  const auto with = [](core::Attempt attempt, unsigned bodies) {
    attempt.bodies = bodies;
    return attempt;
  };
  turn(journal, batch(1, {{1}, {2}, {3}, {4}, {5}}), batch(2, {{1}}), card(1), card(2), card(3), card(4),
       card(5));
  auto elsewhere = with(ended(9, 1, core::Phase::spoiled, 1), 7);
  elsewhere.batch = core::BatchId{2};
  turn(journal, with(ended(1, 1), 1), with(ended(2, 1, core::Phase::spoiled), 2),
       with(ended(12, 2, core::Phase::condemned, 2), 1), with(ended(3, 1, core::Phase::inDoubt), 1),
       with(attempt(4, 4, core::Phase::printed), 1), with(ended(5, 1, core::Phase::voided), 0), elsewhere);
  EXPECT_EQ(journal.bodies({1}), (store::Bodies{6, 1, 2, 1, 1, 1}));
  EXPECT_EQ(journal.bodies({2}), (store::Bodies{7, 0, 7, 0, 0, 0}));
  EXPECT_EQ(journal.bodies({3}), store::Bodies{});
}

TEST_F(journal_counts, count_the_cards_of_a_batch_by_state) {
  turn(journal, batch(1, {{1}, {2}, {3}}), card(1, core::CardState::failed), card(2, core::CardState::failed),
       card(3, core::CardState::inDoubt), card(4, core::CardState::failed));
  EXPECT_THAT(journal.counts({1}),
              UnorderedElementsAre(Pair(core::CardState::failed, 2), Pair(core::CardState::inDoubt, 1)));
}

TEST_F(journal_counts, find_the_oldest_open_batches) {
  turn(journal, batch(1, {}, core::BatchState::completed), batch(2), batch(3, {}, core::BatchState::paused),
       batch(4));
  const auto open = journal.open_batches(2);
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].id, core::BatchId{2});
  EXPECT_EQ(open[1].id, core::BatchId{3});
}

struct pruning : testing::Test {
  store::Store journal{":memory:"};
  // Small: five changes, days as shipped, three rows of each kind at a time.
  store::Kept kept{5, std::chrono::days{30}, std::chrono::days{30}, 3};
  const api::WallTime now = at(0) + std::chrono::days(1000);

  core::Change change(std::chrono::hours age) {
    core::Change change;
    change.time = now - age;
    change.subject = "line";
    change.state = "idle";
    return change;
  }
  void change(int count, std::chrono::hours age) {
    for (int i = 0; i < count; ++i) turn(journal, change(age));
  }
  core::Remembered answer(const std::string& key, std::chrono::hours age) {
    core::Remembered answer;
    answer.method = "m";
    answer.key = key;
    answer.time = now - age;
    return answer;
  }
  void prune(int turns = 1) {
    for (; turns > 0; --turns) {
      journal.begin();
      journal.prune(now, kept);
      journal.commit();
    }
  }
  bool known(const std::string& key) { return journal.remembered(-1, "m", key).has_value(); }
};

TEST_F(pruning, takes_a_few_old_changes_a_turn_from_the_front) {
  change(20, 24h * 31);
  prune();
  EXPECT_EQ(journal.oldest_change(), 4);
  prune();
  EXPECT_EQ(journal.oldest_change(), 7);
  prune(100);
  EXPECT_EQ(journal.oldest_change(), 16) << "the newest five stay, however old they are";
  EXPECT_EQ(journal.newest_change(), 20);
  EXPECT_EQ(journal.changes(0, 100).size(), 5U);
}

TEST_F(pruning, leaves_young_changes_however_many_there_are) {
  change(4, 24h * 31);
  change(20, 24h * 29);
  prune(100);
  EXPECT_EQ(journal.oldest_change(), 5);
}

TEST_F(pruning, makes_no_gap_when_a_clock_was_set_back) {
  change(2, 24h * 31);
  change(1, 24h);
  change(20, 24h * 31);
  prune(100);
  EXPECT_EQ(journal.oldest_change(), 3);
  EXPECT_EQ(journal.changes(0, 100).size(), 21U);
}

TEST_F(pruning, never_lets_a_sequence_number_come_twice) {
  Directory directory;
  kept.changes = 1;
  {
    store::Store on_disk(directory.journal());
    for (int i = 0; i < 10; ++i) turn(on_disk, change(24h * 31));
    for (int i = 0; i < 10; ++i) {
      on_disk.begin();
      on_disk.prune(now, kept);
      on_disk.commit();
    }
    EXPECT_EQ(on_disk.oldest_change(), 10);
  }
  store::Store again(directory.journal());
  core::Row row = change(0h);
  again.begin();
  again.write(row);
  again.commit();
  EXPECT_EQ(std::get<core::Change>(row).sequence, 11);
}

TEST_F(pruning, takes_old_answers_and_leaves_young_ones) {
  for (int i = 0; i < 8; ++i) turn(journal, answer("old" + std::to_string(i), 24h * 30));
  turn(journal, answer("young", 24h * 30 - 1h));
  prune();
  EXPECT_TRUE(known("old7") && known("young")) << "a few a turn";
  prune(3);
  for (int i = 0; i < 8; ++i) EXPECT_FALSE(known("old" + std::to_string(i)));
  EXPECT_TRUE(known("young"));
}

TEST_F(pruning, of_an_empty_journal_does_nothing) {
  prune();
  EXPECT_EQ(journal.oldest_change(), 0);
}

// What SQLite would do for a statement, a line a step.
std::vector<std::string> plan_of(std::string_view sql) {
  Directory directory;
  { store::Store made(directory.journal()); }
  store::Database database(directory.journal());
  auto query = database.query("EXPLAIN QUERY PLAN " + std::string(sql));
  std::vector<std::string> steps;
  while (query.step()) steps.emplace_back(query.text(3));
  return steps;
}

TEST(plans, look_only_at_attempts_of_the_time_and_sort_nothing) {
  const auto steps = plan_of(store::ended_sql);
  EXPECT_THAT(steps.at(0), HasSubstr("SEARCH attempt USING INDEX attempt_ended (ended>? AND ended<?)"));
  EXPECT_THAT(steps, Each(Not(HasSubstr("TEMP B-TREE"))));
}

TEST(plans, look_only_at_answers_that_go) {
  EXPECT_THAT(plan_of(store::delete_answers_sql), Contains(HasSubstr("INDEX remembered_time (time<?)")));
}

}  // namespace
