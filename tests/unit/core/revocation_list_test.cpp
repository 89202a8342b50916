#include "tests/unit/core/revocation.hpp"

// When a list is begun, under which number, and what becomes of one that cannot be written.
namespace {

using namespace plant;
using testing::Each;

TEST(revocation_list, is_begun_with_a_row_of_its_own_and_ends_with_it) {
  Plant plant;
  const auto begun = plant.records.newest_list();
  EXPECT_EQ(begun.number, 1);
  EXPECT_EQ(begun.next_update - begun.this_update, plant.production.rules.crl_validity);
  EXPECT_TRUE(begun.written);
  EXPECT_EQ(begun.entries, 7) << "as the desk says";
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::publish));
  EXPECT_EQ(plant.records.newest_list().number, 2);
  EXPECT_FALSE(plant.records.newest_list().written);
}

TEST(revocation_list, is_tried_again_until_it_is_written) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  const auto said = [&](const char* outcome) {
    return std::ranges::count_if(plant.records.audits, [&](const AuditRecord& record) {
      return record.action == "publish" && record.outcome == outcome;
    });
  };
  {
    const FullDisk disk(plant);
    plant.produce(1);
    for (int i = 0; i < 5; ++i) plant.settle();
    EXPECT_TRUE(waits(plant.production, plant.now));
    EXPECT_EQ(said("disk full"), 1) << "said once, not with every try";
  }
  plant.settle();
  EXPECT_FALSE(waits(plant.production, plant.now));
  EXPECT_EQ(said("written"), 1);
}

TEST(revocation_list, has_its_number_for_itself) {
  Plant plant;
  const auto before = plant.produce(1);
  plant.settle();
  const auto first = plant.records.newest_list().number;
  std::vector<std::int64_t> numbers;
  const auto good = plant.devices;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step != Step::publish) return good(effect);
    numbers.push_back(plant.records.newest_list().number);
    return api::fail(api::Reason::fileNotWritten, "disk full");
  };
  plant.produce(1);
  plant.settle();
  const auto tries = numbers.size();
  ASSERT_GT(tries, 2U);
  EXPECT_THAT(numbers, Each(first + 1)) << "the same list again";
  const auto dated = plant.records.newest_list().this_update;
  plant.restart();
  plant.settle();
  ASSERT_GT(numbers.size(), tries);
  EXPECT_THAT(numbers, Each(first + 1)) << "nothing changed: still the same";
  EXPECT_EQ(plant.records.newest_list().this_update, dated);
  plant.done(RepeatProduction{before, {{1}}, api::Reason::damaged});
  EXPECT_EQ(plant.records.newest_list().number, first + 2) << "with other entries it is another list";
  plant.settle();
  plant.now += plant.production.rules.crl_validity;
  plant.settle();
  EXPECT_EQ(numbers.back(), first + 3) << "with another date it is another list";
  plant.devices = good;
  plant.settle();
  EXPECT_GE(plant.records.written_list().number, first + 3);
  const auto out = plant.records.newest_list().number;
  plant.restart();
  EXPECT_EQ(plant.records.newest_list().number, out + 1) << "never again the number of one that is out";
}

TEST(revocation_list, that_was_under_way_when_something_changed_is_not_taken_up_after_a_restart) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::write));
  set_aside(plant);
  plant.settle();
  const auto begun = plant.records.newest_list().number;
  ASSERT_EQ(certificates_of(plant, 1).front().listed, begun + 1);
  plant.restart();
  EXPECT_EQ(plant.records.newest_list().number, begun + 1) << "under that number it had other entries";
}

TEST(revocation_list, that_is_under_way_is_followed_by_one_for_all_that_changed_meanwhile) {
  Plant plant;
  const auto batch = plant.produce(5);
  plant.settle();
  plant.done(RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  const auto before = plant.started(Step::publish);
  ASSERT_EQ(plant.under_way(Step::publish), 1U);
  const auto list = set_aside(plant);
  plant.settle();  // it waits with the card that was made again
  EXPECT_EQ(plant.started(Step::publish), before) << "one at a time";
  plant.effects.push_back(list);
  plant.settle();
  EXPECT_EQ(plant.started(Step::publish), before + 1);
  EXPECT_EQ(plant.production.list.wanted, plant.production.list.written.number);
}

TEST(revocation_list, is_written_again_after_half_its_validity) {
  Plant plant;
  plant.settle();
  const auto before = plant.started(Step::publish);
  plant.now += plant.production.rules.crl_validity / 2 - std::chrono::hours(1);
  plant.settle();
  EXPECT_EQ(plant.started(Step::publish), before);
  plant.now += std::chrono::hours(2);
  plant.settle();
  EXPECT_EQ(plant.started(Step::publish), before + 1);
}

TEST(revocation_list, of_a_future_that_the_clock_took_back_is_written_again) {
  Plant plant;
  plant.settle();
  plant.now -= std::chrono::hours(1);
  plant.settle();
  EXPECT_LE(plant.records.written_list().this_update, plant.now);
}

TEST(revocation_list, is_written_at_every_start) {
  Plant plant;
  plant.settle();
  const auto before = plant.records.written_list().number;
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::publish), 1U) << "its file may have gone, or have another place now";
  plant.settle();
  EXPECT_EQ(plant.records.written_list().number, before + 1);
}

}  // namespace
