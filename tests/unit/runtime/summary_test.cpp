#include "tests/unit/runtime/station.hpp"

// What a station shows of itself after a start: cards in doubt, what recovery did, the sum of blanks.
namespace runtime::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Clock final : api::Clock {
  api::WallTime now{std::chrono::seconds(1'700'000'000)};
  api::WallTime wall() const override { return now; }
  api::SteadyTime steady() const override { return {}; }
};

PrinterAccount account(std::string serial, std::chrono::seconds used) {
  PrinterAccount account;
  account.serial = std::move(serial);
  account.first = {100, 0, 90, 10};
  account.last = {112, 0, 99, 12};
  account.good = 9;
  account.rejected = 2;
  account.in_doubt = 1;
  account.used = api::WallTime{used};
  return account;
}

// A journal that was there before the start, and printers that answer as the test says.
struct Restarted {
  Clock clock;
  store::Store store{":memory:"};
  LineStatus status = healthy();
  std::vector<Job> jobs;
  Runner runner{rules(),
                {store, clock, [] { return api::Uuid{}; },
                 [this](Job job) { jobs.push_back(std::move(job)); }, [] {}, "station", "line"}};

  Restarted() {
    status.identity = {"Model", "P1"};
    status.capabilities.counters_persist = true;
    status.capabilities.position_known = true;
    status.counters = {112, 0, 99, 12};
  }
  void write(std::vector<Row> rows) {
    store.begin();
    for (auto& row : rows) store.write(row);
    store.commit();
  }
  // The first card of a batch of one, with its attempt in that phase.
  void write_card(std::int64_t id, CardState state, Phase phase) {
    Batch batch;
    batch.id = {id};
    batch.state = BatchState::producing;
    batch.cards = {{id}};
    Card card;
    card.id = {id};
    card.number = "T" + std::to_string(id);
    card.product = "printed";
    card.state = state;
    card.batch = batch.id;
    Attempt attempt;
    attempt.id.fill(static_cast<std::uint8_t>(id));
    attempt.card = card.id;
    attempt.batch = batch.id;
    attempt.kind = AttemptKind::body;
    attempt.phase = phase;
    attempt.printer_serial = "P1";
    attempt.baseline = api::Counters{112, 0, 99, 12};
    attempt.bodies = 1;
    card.attempt = attempt.id;
    write({batch, card, attempt});
  }
  void start() {
    runner.recover();
    runner.turn();
  }
  // The devices answer what they were asked.
  void answer() {
    for (auto& job : std::exchange(jobs, {}))
      runner.returned({job.step, job.attempt.id,
                       job.step == Step::probe     ? Brought{Checked{status}}
                       : job.step == Step::publish ? Brought{Published{}}
                                                   : Brought{std::monostate{}}});
    while (runner.waiting()) runner.turn();
  }
  LineView line() const { return runner.station().lines.front(); }
};

TEST(summary, names_the_cards_in_doubt_and_the_command_that_tells_more) {
  Restarted station;
  station.write_card(1, CardState::inDoubt, Phase::inDoubt);
  station.start();
  EXPECT_EQ(station.runner.summary(), "idle; 1 card in doubt: cardwrightctl doubts");
  Restarted two;
  two.write_card(1, CardState::inDoubt, Phase::inDoubt);
  two.write_card(2, CardState::inDoubt, Phase::inDoubt);
  two.start();
  EXPECT_EQ(two.runner.summary(), "idle; 2 cards in doubt: cardwrightctl doubts");
}

TEST(summary, says_for_a_while_after_a_start_what_recovery_did) {
  Restarted station;
  station.write_card(1, CardState::inProduction, Phase::printIntent);
  station.start();
  EXPECT_THAT(station.runner.recovered(), HasSubstr("C1 was at printIntent"));
  EXPECT_EQ(station.line().recovery, station.runner.recovered());
  const auto recovery = "; recovery: " + station.runner.recovered();
  EXPECT_THAT(station.runner.summary(), HasSubstr(recovery));
  station.clock.now += recovery_shown;
  EXPECT_THAT(station.runner.summary(), Not(HasSubstr("recovery")));
  EXPECT_FALSE(station.line().recovery.empty()) << "GetStation goes on to say it";
}

TEST(summary, says_what_came_of_it_once_the_printer_has_answered) {
  Restarted station;
  station.write({account("P1", std::chrono::seconds(1))});
  station.write_card(1, CardState::inProduction, Phase::printIntent);
  station.start();
  station.status.counters.fed += 1;
  station.answer();
  station.answer();  // it is asked twice
  EXPECT_EQ(station.store.card({1})->state, CardState::inDoubt) << "neither inside nor in a bin";
  EXPECT_THAT(station.runner.summary(),
              HasSubstr("1 card in doubt: cardwrightctl doubts; recovery: C1 was at"));
  EXPECT_THAT(station.runner.recovered(), HasSubstr("a person has to look"));
}

TEST(summary, does_not_speak_of_a_recovery_that_found_nothing) {
  Restarted station;
  EXPECT_EQ(station.runner.recovered(), "") << "before the first turn";
  station.start();
  EXPECT_EQ(station.runner.recovered(), nothing_under_way);
  EXPECT_EQ(station.runner.summary(), "idle");
}

Order order(std::int64_t id, OrderState state, Producer producer) {
  Order order;
  order.id = {id};
  order.state = state;
  order.producer = producer;
  order.product = "printed";
  order.held = true;  // the station begins none of them by itself
  return order;
}

TEST(summary, counts_the_orders_that_the_station_has_still_to_begin) {
  Restarted station;
  station.write({order(1, OrderState::processing, Producer::station),
                 order(2, OrderState::completed, Producer::station)});
  station.start();
  EXPECT_EQ(station.runner.summary(), "idle; 1 order waiting");
  Restarted more;
  auto at_the_bureau = order(3, OrderState::ordered, Producer::bureau);
  at_the_bureau.sent = more.clock.now;
  more.write({order(1, OrderState::processing, Producer::bureau),
              order(2, OrderState::ordered, Producer::station), at_the_bureau});
  more.start();
  EXPECT_EQ(more.runner.summary(), "idle; 2 orders waiting");
}

TEST(summary, says_that_a_job_file_could_not_be_written_until_it_is) {
  Restarted station;
  station.write({order(1, OrderState::ordered, Producer::bureau)});
  station.start();
  EXPECT_EQ(station.runner.summary(), "idle") << "it is under way";
  const auto result = [](api::Result<Brought> brought) {
    return Returned{Step::dispatch, {}, std::move(brought), {1}};
  };
  station.runner.returned(result(api::fail(api::Reason::timedOut, "no space left")));
  while (station.runner.waiting()) station.runner.turn();
  EXPECT_EQ(station.runner.summary(), "idle; 1 job file could not be written: is there room in the outbox?");
  station.runner.returned(result(Brought{std::monostate{}}));
  while (station.runner.waiting()) station.runner.turn();
  EXPECT_EQ(station.runner.summary(), "idle");
}

TEST(sum_of_blanks, is_that_of_the_printer_that_is_there_and_until_it_is_seen_of_the_last_one) {
  Restarted station;
  station.write({account("P1", std::chrono::seconds(1)), account("P2", std::chrono::seconds(2))});
  station.start();
  ASSERT_TRUE(station.line().blanks);
  EXPECT_EQ(station.line().blanks->account.serial, "P2");
  station.answer();
  ASSERT_TRUE(station.line().blanks);
  EXPECT_EQ(station.line().blanks->account.serial, "P1");
  EXPECT_EQ(station.line().blanks->fed, 12U);
  EXPECT_TRUE(station.line().blanks->adds_up);
  EXPECT_EQ(station.line().blanks->in_machine, 0U);
}

TEST(sum_of_blanks, is_none_of_a_printer_that_never_worked_here) {
  Restarted station;
  EXPECT_FALSE(station.line().blanks);
  station.write({account("P0", std::chrono::seconds(1))});
  station.start();
  station.answer();
  EXPECT_EQ(station.line().reason, api::Reason::printerChanged);
  EXPECT_FALSE(station.line().blanks);
}

TEST(sum_of_blanks, has_the_body_in_the_machine) {
  Restarted station;
  station.write({account("P1", std::chrono::seconds(1))});
  station.write_card(1, CardState::inProduction, Phase::printIntent);
  station.start();
  EXPECT_EQ(station.line().blanks->in_machine, 1U);
  EXPECT_EQ(station.line().blanks->fed, 13U);
  EXPECT_TRUE(station.line().blanks->adds_up);
}

TEST(sum_of_blanks, does_not_add_up_when_the_printer_counted_something_else) {
  Restarted station;
  station.write({account("P1", std::chrono::seconds(1))});
  station.start();
  station.status.counters.fed += 2;
  station.answer();
  EXPECT_EQ(station.line().reason, api::Reason::countersDisagree);
  EXPECT_FALSE(station.line().blanks->adds_up);
  EXPECT_EQ(station.line().blanks->fed, 14U) << "as the printer says";
}

}  // namespace
}  // namespace runtime::test
