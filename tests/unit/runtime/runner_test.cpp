#include "tests/unit/runtime/station.hpp"

namespace runtime::test {
namespace {

using testing::ElementsAre;

TEST(runner, makes_a_card_from_the_request_to_the_end) {
  Station station;
  station.start();
  const auto batch = station.produce(2);
  station.settle();
  EXPECT_EQ(station.store.batch(batch)->state, BatchState::awaitingConfirmation);
  EXPECT_EQ(station.store.card({2})->state, CardState::awaitingConfirmation);
  EXPECT_EQ(station.store.attempts({2}).back().phase, Phase::done);
}

TEST(runner, starts_a_job_only_after_its_intent_is_committed) {
  Station station;
  station.start();
  const std::map<Step, Phase> intents{
      {Step::feed, Phase::feedIntent}, {Step::print, Phase::printIntent}, {Step::eject, Phase::ejectIntent}};
  unsigned seen = 0;
  station.at_start = [&](const Job& job) {
    // A transaction can begin only where none is open: what was decided is durable.
    EXPECT_NO_THROW(station.store.begin());
    station.store.roll_back();
    const auto intent = intents.find(job.step);
    if (intent == intents.end()) return;
    ++seen;
    EXPECT_EQ(station.store.attempt(job.attempt.id)->phase, intent->second);
  };
  station.produce(2);
  station.settle();
  EXPECT_EQ(seen, 6U);
}

TEST(runner, gives_a_job_all_it_needs) {
  Station station;
  station.start();
  station.produce(1);
  const auto job = station.until(Step::feed);
  EXPECT_EQ(job.card.id, CardId{1});
  EXPECT_EQ(job.product.name, "printed");
  EXPECT_EQ(job.attempt.phase, Phase::feedIntent);
  EXPECT_TRUE(job.attempt.baseline);
}

TEST(runner, decides_all_that_waits_in_one_turn_and_asks_to_be_called_once) {
  Station station;
  station.start();
  const auto wakes = station.wakes;
  std::vector<Reply> answers;
  for (int i = 0; i < 3; ++i)
    station.runner.submit(request(1), {}, [&](const Reply& reply) { answers.push_back(reply); });
  EXPECT_EQ(station.wakes, wakes + 1);
  EXPECT_TRUE(answers.empty()) << "no answer before it is durable";
  station.runner.turn();
  EXPECT_FALSE(station.runner.waiting());
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_THAT(std::get<Done>(answers[2]).cards, ElementsAre(CardId{3}));
}

TEST(listener, gets_every_committed_change_once_in_order_and_without_gaps) {
  Station station;
  std::vector<std::int64_t> sequences;
  const auto token = station.runner.listen([&](const std::vector<Change>& changes) {
    for (const auto& change : changes) {
      EXPECT_EQ(station.store.changes(change.sequence - 1, 1).front().state, change.state);
      sequences.push_back(change.sequence);
    }
  });
  station.start();
  station.produce(2);
  station.settle();
  ASSERT_GT(sequences.size(), 20U);
  for (std::size_t i = 0; i < sequences.size(); ++i)
    EXPECT_EQ(sequences[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(sequences.back(), station.store.newest_change());
}

TEST(listener, hears_nothing_more_when_its_token_is_dropped) {
  Station station;
  station.start();
  unsigned heard = 0;
  unsigned other = 0;
  std::shared_ptr<void> token;
  token = station.runner.listen([&](const std::vector<Change>&) {
    ++heard;
    token.reset();
  });
  const auto kept = station.runner.listen([&](const std::vector<Change>&) { ++other; });
  station.done(request(1));
  station.done(request(1));
  EXPECT_EQ(heard, 1U);
  EXPECT_EQ(other, 2U);
}

TEST(store_failure, leaves_the_turn_and_starts_no_job) {
  Station station;
  station.start();
  // A second transaction cannot begin: what the disk does when it fails, for the runner.
  station.store.begin();
  bool answered = false;
  station.runner.submit(request(1), {}, [&](const Reply&) { answered = true; });
  EXPECT_THROW(station.runner.turn(), store::StoreFailed);
  EXPECT_FALSE(answered);
  EXPECT_TRUE(station.jobs.empty());
}

TEST(store_failure, while_rows_are_written_starts_no_job_and_tells_nobody) {
  Station station;
  station.start();
  station.produce(1);
  const auto render = station.until(Step::render);
  bool heard = false;
  const auto token = station.runner.listen([&](const std::vector<Change>&) { heard = true; });
  // The journal refuses to change an attempt that is over: it is not what the runner takes it for.
  Row row = *station.store.attempt(render.attempt.id);
  std::get<Attempt>(row).phase = Phase::spoiled;
  station.store.begin();
  station.store.write(row);
  station.store.commit();
  station.end(render);
  EXPECT_NO_THROW(station.runner.turn());
  heard = false;
  ASSERT_EQ(station.jobs.size(), 1U);
  const auto check = std::exchange(station.jobs, {}).front();
  ASSERT_EQ(check.step, Step::check);
  station.end(check);
  EXPECT_THROW(station.runner.turn(), store::StoreFailed);
  EXPECT_TRUE(station.jobs.empty());
  EXPECT_FALSE(heard);
}

TEST(runner, is_idle_while_no_blank_is_in_the_machine_or_about_to_be) {
  Station station;
  station.start();
  EXPECT_TRUE(station.runner.idle());
  station.produce(1);
  const auto check = station.until(Step::check);
  EXPECT_FALSE(station.runner.idle()) << "it may be fed when the devices answer";
  auto empty = healthy();
  empty.printer.conditions = {api::Reason::hopperEmpty};
  station.runner.returned({Step::check, check.attempt.id, Brought{Checked{empty}}});
  station.turn();
  EXPECT_TRUE(station.runner.idle()) << "it waits for a blank";
  station.runner.timer();
  station.until(Step::feed);
  EXPECT_FALSE(station.runner.idle());
}

TEST(runner, is_not_idle_while_a_revocation_list_is_written) {
  Station station;
  station.runner.recover();
  const auto list = station.until(Step::publish);
  station.settle();
  EXPECT_FALSE(station.runner.idle());
  station.end(list);
  station.turn();
  EXPECT_TRUE(station.runner.idle());
}

TEST(runner, gives_the_desk_the_list_that_was_begun_and_all_that_is_on_it) {
  Station station;
  station.start();
  Certificate held, released;
  held.serial = {1};
  released.serial = {2};
  released.state = CertificateState::released;
  station.produce(1);
  const auto print = station.until(Step::print);
  for (auto* certificate : {&held, &released}) {
    certificate->attempt = print.attempt.id;
    Row row = *certificate;
    station.store.begin();
    station.store.write(row);
    station.store.commit();
  }
  std::vector<Job> jobs;
  Runner next(rules(), {station.store, station.clock, runtime::random_uuid,
                        [&](Job job) { jobs.push_back(std::move(job)); }, [] {}, "station", "line"});
  next.recover();
  next.turn();
  const auto list = std::ranges::find(jobs, Step::publish, &Job::step);
  ASSERT_NE(list, jobs.end());
  EXPECT_EQ(list->list.number, station.store.newest_list().number);
  EXPECT_EQ(list->list.next_update - list->list.this_update, rules().crl_validity);
  ASSERT_EQ(list->entries.size(), 1U);
  EXPECT_EQ(list->entries.front().serial, held.serial);
}

TEST(runner, shows_the_line_as_it_is) {
  Station station;
  EXPECT_EQ(station.runner.station().lines.front().status, std::nullopt);
  station.start();
  EXPECT_EQ(station.runner.summary(), "idle");
  station.produce(1);
  const auto feed = station.until(Step::feed);
  const auto view = station.runner.station().lines.front();
  EXPECT_EQ(view.state, "producing");
  EXPECT_EQ(view.card, CardId{1});
  EXPECT_EQ(view.attempt, feed.attempt.id);
  EXPECT_EQ(station.runner.summary(), "producing C1");
  station.done(Pause{});
  EXPECT_EQ(station.runner.station().lines.front().state, "stopped");
  EXPECT_EQ(station.runner.station().lines.front().reason, api::Reason::paused);
}

TEST(runner, asks_devices_only_while_it_waits_for_them) {
  Station station;
  station.start();
  station.runner.timer();
  EXPECT_FALSE(station.runner.waiting());
  station.done(Pause{});
  station.runner.timer();
  EXPECT_FALSE(station.runner.waiting());
}

TEST(runner, takes_up_after_a_restart_what_the_journal_says) {
  Station station;
  station.start();
  station.produce(2);
  station.until(Step::print);
  std::vector<Job> jobs;
  Runner next(rules(), {station.store, station.clock, runtime::random_uuid,
                        [&](Job job) { jobs.push_back(std::move(job)); }, [] {}, "station", "line"});
  next.recover();
  next.turn();
  EXPECT_EQ(station.store.card({1})->state, CardState::inProduction) << "the printer was not asked yet";
  EXPECT_EQ(station.store.attempts({1}).front().phase, Phase::printIntent);
  EXPECT_THAT(next.recovered(), testing::HasSubstr("C1 was at printIntent"));
  EXPECT_EQ(station.store.card({2})->state, CardState::inProduction);
  std::vector<Step> steps;
  for (const auto& job : jobs) steps.push_back(job.step);
  EXPECT_THAT(steps, testing::UnorderedElementsAre(Step::publish, Step::probe));
}

TEST(runner, starts_where_the_product_of_an_open_batch_is_gone) {
  Station station;
  station.start();
  station.produce(1);
  auto other = rules();
  auto product = other.products.extract("printed");
  product.key() = "other";
  other.products.insert(std::move(product));
  other.default_product = "other";
  std::vector<Job> jobs;
  Runner next(other, {station.store, station.clock, runtime::random_uuid,
                      [&](Job job) { jobs.push_back(std::move(job)); }, [] {}, "station", "line"});
  next.recover();
  next.turn();
  next.returned({Step::probe, {}, Brought{Checked{healthy()}}});
  next.turn();
  EXPECT_EQ(station.store.card({1})->reason, api::Reason::productGone);
}

TEST(random_uuid, is_of_version_4) {
  const auto uuid = runtime::random_uuid();
  EXPECT_EQ(uuid[6] >> 4, 4);
  EXPECT_EQ(uuid[8] >> 6, 2);
  EXPECT_NE(uuid, runtime::random_uuid());
}

}  // namespace
}  // namespace runtime::test
