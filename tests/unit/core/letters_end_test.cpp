#include <map>

#include "tests/unit/core/office.hpp"

// Letters of which nobody knows, letters that become void, and what a crash leaves of them.
namespace {

using namespace plant;
using enum LetterState;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(letter, of_which_nothing_is_known_is_written_again_to_a_folder) {
  Office plant;
  plant.letters_fail(api::Reason::timedOut, api::Certainty::unknown);
  plant.made();
  EXPECT_EQ(plant.letter(1).state, released);
}

TEST(letter, of_which_nothing_is_known_on_paper_waits_for_a_person) {
  Office plant(0, true);
  const auto id = plant.in_doubt();
  EXPECT_TRUE(plant.pin_is_kept(plant.newest()));
  EXPECT_FALSE(waits(plant.production, plant.now));
  EXPECT_EQ(plant.refused(ReleaseLetters{{id}, {}, false}).error, Refused::wrongState);
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.newest().state, inDoubt);
  EXPECT_EQ(plant.started(Step::letter), 1U);
}

TEST(letter, that_was_at_the_printer_is_in_doubt_though_there_is_none_any_more) {
  Office plant(0, true);
  plant.on_its_way();
  plant.production.rules.letters_printed = false;
  plant.restart();
  EXPECT_EQ(plant.newest().state, inDoubt) << "the folder must not get it too";
}

TEST(letter_in_doubt, that_was_found_is_delivered) {
  Office plant(0, true);
  const auto id = plant.in_doubt();
  EXPECT_THAT(plant.done(ResolveLetter{id, true, "in the tray"}).letters, ElementsAre(id));
  EXPECT_EQ(plant.newest().state, delivered);
  EXPECT_EQ(plant.newest().text, "in the tray");
  EXPECT_FALSE(plant.pin_is_kept(plant.newest()));
  EXPECT_EQ(plant.refused(ResolveLetter{id, true, {}}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(ResolveLetter{{9}, true, {}}).error, Refused::letterNotFound);
}

TEST(letter_in_doubt, that_is_lost_is_printed_anew_with_another_control_number) {
  Office plant(0, true);
  const auto id = plant.in_doubt();
  const auto before = plant.newest().control;
  plant.done(ResolveLetter{id, false, "jam"});
  EXPECT_NE(plant.newest().control, before);
  EXPECT_THAT(plant.said_of("L1").back(),
              testing::AllOf(HasSubstr("lost: jam"), HasSubstr(before), HasSubstr(plant.newest().control)));
  plant.settle();
  EXPECT_EQ(plant.newest().state, delivered);
  EXPECT_EQ(plant.started(Step::letter), 2U);
}

TEST(letter_in_doubt, that_is_lost_is_released_again_by_two_persons) {
  Office plant(2, true);
  const ReleaseLetters it{{LetterId{1}}, {}, false};
  plant.letters_fail(api::Reason::timedOut, api::Certainty::unknown);
  plant.made();
  plant.release(1000, it);
  plant.release(1001, it);
  plant.settle();
  ASSERT_EQ(plant.newest().state, inDoubt);
  plant.letters_go_out();
  plant.done(ResolveLetter{{1}, false, "jam"});
  EXPECT_THAT(plant.release(1000, it).awaiting, ElementsAre(LetterId{1}));
  plant.settle();
  EXPECT_EQ(plant.newest().state, waiting) << "one person alone gets no second sheet";
  plant.release(1001, it);
  plant.settle();
  EXPECT_EQ(plant.newest().state, delivered);
  EXPECT_EQ(plant.started(Step::letter), 2U);
}

// Every way in which a PIN stops being valid.
struct End {
  std::string name;
  std::function<void(Office&, CardId)> end;
};
const End ends[] = {
    {"withdrawn",
     [](Office& plant, CardId card) {
       plant.done(AssignCard{card, "H1", 1});
       plant.done(WithdrawCard{card});
     }},
    {"expired",
     [](Office& plant, CardId card) {
       plant.done(AssignCard{card, "H1", 1});
       plant.now += days(2);
       plant.tick();
     }},
    {"locked",
     [](Office& plant, CardId card) {
       plant.done(LockCard{card, {}, false});
     }},
    {"lost",
     [](Office& plant, CardId card) {
       plant.done(LockCard{card, api::Reason::lost, true});
     }},
};

TEST(letter, is_void_when_its_pin_is_in_whatever_state_it_is) {
  const std::map<LetterState, std::function<void(Office&)>> states{
      {waiting,
       [](Office& plant) {
         plant.production.rules.letter_persons = 1;
         plant.made();
       }},
      {released,
       [](Office& plant) {
         plant.letters_fail(api::Reason::fileNotWritten);
         plant.produce(1, "automatic");
         while (plant.finish_one()) {
         }
       }},
      {sending, [](Office& plant) { plant.on_its_way(); }},
      {delivered, [](Office& plant) { plant.made(); }},
      {inDoubt,
       [](Office& plant) {
         plant.production.rules.letters_printed = true;
         plant.in_doubt();
       }},
  };
  for (const auto& [state, come] : states)
    for (const auto& [name, end] : ends) {
      SCOPED_TRACE(std::string(api::name_of(state)) + " and " + name);
      Office plant;
      come(plant);
      ASSERT_EQ(plant.letter(1).state, state);
      end(plant, {1});
      EXPECT_EQ(plant.letter(1).state, voided);
      EXPECT_FALSE(plant.pin_is_kept(plant.letter(1)));
      plant.letters_go_out();
      plant.settle();
      EXPECT_EQ(plant.letter(1).state, voided);
      EXPECT_FALSE(plant.pin_is_kept(plant.letter(1)));
    }
}

TEST(letter, that_became_void_on_its_way_changes_nothing_when_it_arrives) {
  for (const bool arrives : {true, false}) {
    Office plant;
    const auto card = plant.on_its_way();
    plant.done(LockCard{card, {}, false});
    if (!arrives) plant.letters_fail(api::Reason::fileNotWritten);
    plant.settle();
    EXPECT_EQ(plant.letter(1).state, voided);
    EXPECT_FALSE(plant.records.sealed_secrets(plant.letter(1).attempt));
    EXPECT_EQ(plant.said_of("L1").back(),
              arrives ? "C1: went out, though it is void" : "C1: it is void, and did not go out");
    EXPECT_EQ(plant.started(Step::letter), 1U);
  }
}

TEST(card_that_is_encoded_anew, gets_another_letter_and_keeps_the_first_void) {
  Office plant;
  const auto card = plant.withdrawn();
  EXPECT_EQ(plant.letter(1).state, voided);
  plant.done(AssignCard{card, "H2", 1});
  plant.settle();
  EXPECT_EQ(plant.letter(2).state, delivered);
  EXPECT_EQ(plant.letter(2).card, card);
  EXPECT_NE(plant.letter(2).control, plant.letter(1).control);
  EXPECT_EQ(plant.letter(1).state, voided);
}

TEST(card_that_is_extended, keeps_its_letter) {
  Office plant;
  const auto card = plant.assigned();
  plant.now += days(13);
  plant.done(ExtendCard{card, 400});
  plant.settle();
  EXPECT_EQ(plant.last(card).then, Verb::extend);
  EXPECT_EQ(plant.letter(1).state, delivered);
  EXPECT_EQ(plant.records.letters.size(), 1U);
}

// The process dies after any commit. Whatever was written, each letter is delivered once as far as the
// journal tells, and on paper never a second time without a person's word.
TEST(letters, come_through_a_crash_after_any_commit) {
  for (const bool printed : {false, true})
    for (int steps = 0; steps < 40; ++steps) {
      SCOPED_TRACE(steps);
      Office plant(0, printed);
      plant.produce(2, "automatic");
      for (int i = 0; i < steps; ++i)
        if (!plant.finish_one()) break;
      const auto sent = plant.started(Step::letter);
      const auto came = sent - plant.under_way(Step::letter);
      plant.restart();
      plant.settle();
      if (plant.batch(1).state == BatchState::awaitingConfirmation) continue;
      ASSERT_EQ(plant.records.letters.size(), 2U);
      for (const auto& [id, letter] : plant.records.letters)
        EXPECT_TRUE(letter.state == delivered || (printed && letter.state == inDoubt)) << describe(letter);
      EXPECT_EQ(plant.started(Step::letter), printed ? 2 : 2 + (sent - came));
    }
}

TEST(letter, of_a_pin_that_an_older_station_sealed_is_made_after_the_start) {
  Office plant(1);
  plant.made();
  plant.records.letters.clear();
  plant.restart();
  EXPECT_EQ(plant.newest().state, waiting);
  EXPECT_EQ(plant.newest().card, CardId{1});
  plant.restart();
  EXPECT_EQ(plant.records.letters.size(), 1U);
}

}  // namespace
