#include "tests/unit/runtime/station.hpp"

// Letters between the journal, the persons who release them and the worker that sends them.
namespace runtime::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Rules letter_rules(unsigned persons, bool printed) {
  auto changed = rules();
  changed.letter_persons = persons;
  changed.letters_printed = printed;
  return changed;
}

struct Office : Station {
  explicit Office(unsigned persons = 0, bool printed = false) : Station(letter_rules(persons, printed)) {}

  // A confirmed card whose letter stands like this.
  void put(std::int64_t id, LetterState state) {
    Card card;
    card.id = {id};
    card.number = "T" + std::to_string(id);
    card.product = "printed";
    card.state = CardState::unassigned;
    Attempt attempt;
    attempt.id.fill(static_cast<std::uint8_t>(id));
    attempt.card = card.id;
    attempt.phase = Phase::done;
    card.attempt = attempt.id;
    Letter letter;
    letter.id = {id};
    letter.attempt = attempt.id;
    letter.card = card.id;
    letter.state = state;
    letter.on_paper = runner.rules().letters_printed;
    letter.control = "7KQ2-M0XD-000" + std::to_string(id);
    store.begin();
    for (Row row : std::initializer_list<Row>{card, attempt, SealedSecrets{attempt.id, {1}, {2}}, letter})
      store.write(row);
    store.commit();
  }
  Reply release(std::int64_t uid, const std::string& key, std::uint8_t content = 0) {
    Reply answer;
    runner.submit(ReleaseLetters{{}, {}, true}, {uid, "ReleaseLetters", key, {content}},
                  [&](const Reply& reply) { answer = reply; });
    turn();
    return answer;
  }
  std::vector<Job> letters() {
    std::vector<Job> found;
    for (const auto& job : jobs)
      if (job.step == Step::letter) found.push_back(job);
    return found;
  }
};

TEST(letters, are_in_the_summary_where_a_person_has_to_do_something) {
  Office station(1, true);
  station.put(1, LetterState::waiting);
  station.start();
  EXPECT_EQ(station.runner.summary(), "idle; 1 letter waits for a custodian");
  Office more(1, true);
  more.put(1, LetterState::waiting);
  more.put(2, LetterState::waiting);
  more.put(3, LetterState::sending);
  more.put(4, LetterState::voided);
  more.start();
  EXPECT_EQ(more.runner.summary(),
            "idle; 2 letters wait for a custodian; 1 letter in doubt: cardwrightctl letters");
  EXPECT_THAT(
      more.runner.station().attention,
      testing::ElementsAre("2 letters wait for a custodian", "1 letter in doubt: cardwrightctl letters"));
}

TEST(letters, that_do_not_go_out_are_in_the_summary_with_the_reason) {
  Office station;
  station.put(1, LetterState::released);
  station.runner.recover();
  station.turn();
  for (const auto& job : std::exchange(station.jobs, {}))
    if (job.step == Step::letter)
      station.runner.returned({job.step, job.attempt.id, api::fail(api::Reason::paperOut, "tray 2")});
    else
      station.end(job);
  station.turn();
  EXPECT_EQ(station.runner.summary(), "idle; 1 letter could not go out: " +
                                          std::string(api::text_of(api::Reason::paperOut)) + ": tray 2");
}

TEST(letter, goes_to_its_worker_with_its_row_and_its_sealed_pin) {
  Office station(1);
  station.put(1, LetterState::waiting);
  station.start();
  EXPECT_THAT(station.letters(), IsEmpty());
  station.release(1000, {});
  ASSERT_EQ(station.letters().size(), 1U);
  const auto job = station.letters().front();
  EXPECT_EQ(job.letter.control, "7KQ2-M0XD-0001");
  EXPECT_EQ(job.letter.state, LetterState::sending);
  EXPECT_EQ(job.sealed.pin, api::Bytes{1});
  EXPECT_EQ(station.store.letter({1})->state, LetterState::sending) << "before anything is sent";
  station.settle();
  EXPECT_EQ(station.store.letter({1})->state, LetterState::delivered);
}

TEST(release, that_is_repeated_with_its_key_is_answered_as_it_was) {
  Office station(2);
  station.put(1, LetterState::waiting);
  station.start();
  EXPECT_THAT(std::get<Done>(station.release(1000, "k")).awaiting, ElementsAre(LetterId{1}));
  EXPECT_THAT(std::get<Done>(station.release(1001, "k")).letters, ElementsAre(LetterId{1}))
      << "a key is of one user";
  station.settle();
  EXPECT_THAT(std::get<Done>(station.release(1000, "k")).awaiting, ElementsAre(LetterId{1}));
  EXPECT_THAT(std::get<Done>(station.release(1001, "k")).letters, ElementsAre(LetterId{1}));
  EXPECT_EQ(std::get<Refusal>(station.release(1001, "k", 1)).error, Refused::idempotencyKeyReused);
}

TEST(station_about_to_stop, waits_for_a_letter_on_paper_but_not_for_a_file) {
  for (const bool printed : {true, false}) {
    Office station(1, printed);
    station.put(1, LetterState::waiting);
    station.start();
    station.release(1000, {});
    EXPECT_EQ(station.runner.idle(), !printed);
    station.settle();
    EXPECT_TRUE(station.runner.idle());
  }
}

}  // namespace
}  // namespace runtime::test
