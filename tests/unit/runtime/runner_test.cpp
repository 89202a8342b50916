#include "daemon/runtime/runner.hpp"

#include "daemon/runtime/records.hpp"

namespace {

using namespace core;
using runtime::Job;
using runtime::Runner;
using testing::ElementsAre;

class StoppedClock final : public api::Clock {
 public:
  api::WallTime wall() const override { return api::WallTime(std::chrono::seconds(1'700'000'000)); }
  api::SteadyTime steady() const override { return {}; }
};

// One product without a chip: the shortest way of a card.
Rules rules() {
  Product product;
  product.name = product.title = "printed";
  product.encode = false;
  product.layout_front = "/front.svg";
  Rules rules;
  rules.products["printed"] = product;
  rules.default_product = "printed";
  return rules;
}

LineStatus healthy() {
  LineStatus status;
  status.printer.state = api::PrinterState::ready;
  status.printer.position = api::CardPosition::none;
  return status;
}

// A runner over a journal in memory; jobs wait in a list until the test ends them.
struct Station {
  StoppedClock clock;
  store::Store store{":memory:"};
  std::vector<Job> jobs;
  unsigned wakes = 0;
  std::uint8_t uuids = 0;
  std::function<void(const Job&)> at_start = [](const Job&) {};
  Runner runner{rules(),
                {store, clock,
                 [this] {
                   api::Uuid uuid{};
                   uuid.back() = ++uuids;
                   return uuid;
                 },
                 [this](Job job) {
                   at_start(job);
                   jobs.push_back(std::move(job));
                 },
                 [this] { ++wakes; }, "station", "line"}};

  void start() {
    runner.recover();
    settle();
  }
  // Turns until nothing waits.
  void turn() {
    while (runner.waiting()) runner.turn();
  }
  // Ends all jobs, each well, and those that follow.
  void settle() {
    for (turn(); !jobs.empty(); turn())
      for (const auto& job : std::exchange(jobs, {})) end(job);
  }
  void end(const Job& job) {
    Brought brought;
    if (job.step == Step::check || job.step == Step::probe) brought = Checked{healthy()};
    if (job.step == Step::reject) brought = Rejected{};
    runner.returned({job.step, job.attempt.id, brought});
  }
  // Ends jobs until one of this step has started, and takes it out of the list.
  Job until(Step step) {
    for (turn();; turn()) {
      const auto found = std::ranges::find(jobs, step, &Job::step);
      if (found != jobs.end()) {
        auto job = std::move(*found);
        jobs.erase(found);
        return job;
      }
      if (jobs.empty()) throw std::logic_error("that step never started");
      end(jobs.front());
      jobs.erase(jobs.begin());
    }
  }

  Reply ask(Command command, Caller caller = {}) {
    std::optional<Reply> answer;
    runner.submit(std::move(command), std::move(caller), [&](const Reply& reply) { answer = reply; });
    turn();
    return answer.value();
  }
  Done done(Command command, Caller caller = {}) {
    return std::get<Done>(ask(std::move(command), std::move(caller)));
  }
  BatchId produce(std::int64_t amount) {
    IssueCards issue;
    issue.cards = done(RequestCards{amount, {}, {}, {}, {}}).cards;
    return done(issue).batch.value();
  }
};

Caller caller(const std::string& key, std::uint8_t digest, std::int64_t uid = 1000,
              const std::string& method = "RequestCards") {
  return {uid, method, key, {digest}};
}

RequestCards request(std::int64_t amount) {
  return {amount, {}, {}, {}, {}};
}

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
  EXPECT_EQ(station.store.card({1})->state, CardState::inDoubt);
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
