#include <gmock/gmock.h>

#include "tests/simulation/life.hpp"

// What a start finds when the world is not as the journal left it.
namespace {

using namespace simulation;
using core::CardState;

void nobody(const core::Change&) {}

core::BatchId produce(Life& life, std::int64_t amount) {
  core::RequestCards request;
  request.amount = amount;
  core::IssueCards issue;
  issue.cards = std::get<core::Done>(life.ask(request)).cards;
  const auto batch = std::get<core::Done>(life.ask(issue)).batch.value();
  life.settle();
  return batch;
}

SiteOptions options() {
  SiteOptions options;
  options.certificates = {};
  options.tiny_faces = true;
  return options;
}

core::LineView line_of(Life& life) {
  return life.runner().station().lines.front();
}

TEST(restart, with_an_older_journal_feeds_nothing_until_a_person_has_seen_it) {
  Site site(options());
  std::optional<Life> life(std::in_place, site, nobody);
  produce(*life, 1);
  life.reset();
  const auto backup = site.disk.image();
  life.emplace(site, nobody);
  produce(*life, 2);
  life.reset();

  site.disk.load(backup);
  life.emplace(site, nobody);
  life->settle();
  EXPECT_EQ(line_of(*life).reason, api::Reason::countersDisagree);
  produce(*life, 1);
  EXPECT_EQ(site.world.counters().fed, 3U) << "a blank was fed though the journal is behind the world";
  life->ask(core::Resume{});
  life->settle();
  EXPECT_EQ(site.world.counters().fed, 4U);
}

TEST(restart, with_the_clock_set_back_feeds_nothing_until_it_is_right_again) {
  Site site(options());
  std::optional<Life> life(std::in_place, site, nobody);
  produce(*life, 1);
  for (int start = 0; start < 2; ++start) {  // the second one finds what the first wrote, at the wrong time
    life.reset();
    site.clock.set(-std::chrono::hours(3));
    life.emplace(site, nobody);
    life->settle();
    produce(*life, 1);
    EXPECT_EQ(line_of(*life).reason, api::Reason::clockSetBack) << "start " << start;
    EXPECT_EQ(site.world.counters().fed, 1U);
  }
  site.clock.set(std::chrono::hours(0));
  life->settle();
  EXPECT_EQ(site.world.counters().fed, 3U);
}

}  // namespace
