#include <map>

#include "tests/unit/core/office.hpp"

namespace {

using namespace plant;
using enum LetterState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Written down from the contract, apart from the table it checks.
const std::map<std::string, std::map<std::string, std::string>> contract{
    {"waiting", {{"release", "released"}, {"invalidate", "void"}}},
    {"released", {{"send", "sending"}, {"invalidate", "void"}}},
    {"sending",
     {{"arrive", "delivered"}, {"notSent", "released"}, {"doubt", "inDoubt"}, {"invalidate", "void"}}},
    {"inDoubt", {{"resolveDelivered", "delivered"}, {"resolveLost", "waiting"}, {"invalidate", "void"}}},
    {"delivered", {{"invalidate", "void"}}},
    {"void", {}},
};

TEST(letter_transition, is_allowed_exactly_where_the_contract_allows_it) {
  EXPECT_EQ(letter_state_rows.size(), contract.size());
  for (const auto& state : letter_state_rows)
    for (const auto& verb : letter_verb_rows) {
      const auto& allowed = contract.at(std::string(state.name));
      const auto expected = allowed.find(std::string(verb.name));
      const auto to = next(state.value, verb.value);
      EXPECT_EQ(to ? api::name_of(*to) : "refused", expected == allowed.end() ? "refused" : expected->second)
          << state.name << " " << verb.name;
    }
}

TEST(control_number, is_twelve_characters_of_the_random_bits) {
  EXPECT_EQ(control_number({}), "0000-0000-0000");
  api::Uuid random{};
  random.fill(0xff);
  EXPECT_EQ(control_number(random), "ZZZZ-ZZZZ-ZZZZ");
  random = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xcd, 0xef};
  EXPECT_EQ(control_number(random), "28T5-CY4T-QKFF") << "0x123456789abcdef by five bits";
  random[6] = random[8] = 0;
  EXPECT_EQ(control_number(random), "28T5-CY4T-QKFF") << "version and variant are not random";
}

ReleaseLetters of_letter(std::int64_t id) {
  return {{{id}}, {}, false};
}
ReleaseLetters of_all() {
  return {{}, {}, true};
}

TEST(letter, goes_out_once_when_its_card_is_confirmed) {
  Office plant;
  plant.made("encoded");
  EXPECT_EQ(plant.started(Step::letter), 1U);
  EXPECT_EQ(plant.letter(1).state, delivered);
  EXPECT_EQ(plant.letter(1).card, CardId{1});
  EXPECT_TRUE(plant.letter(1).sent);
  EXPECT_THAT(plant.said_of("L1"), ElementsAre("C1: delivered, released by the station"));
  const auto sealed = plant.records.sealed.at(plant.letter(1).attempt);
  EXPECT_TRUE(sealed.pin.empty());
  EXPECT_FALSE(sealed.puk.empty()) << "the PUK stays for the card's life";
  plant.settle();
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), 1U);
}

TEST(letter, is_not_made_before_a_person_confirms) {
  Office plant;
  plant.produce(1);
  plant.settle();
  EXPECT_THAT(plant.records.letters, IsEmpty());
}

TEST(letter, that_did_not_go_out_keeps_its_pin_and_is_tried_until_it_does) {
  Office plant;
  plant.letters_fail(api::Reason::fileNotWritten);
  plant.made();
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, released);
  EXPECT_THAT(plant.letter(1).text, HasSubstr("on purpose"));
  EXPECT_GT(plant.started(Step::letter), 2U);
  EXPECT_EQ(plant.said_of("L1").size(), 1U) << "said once";
  EXPECT_TRUE(waits(plant.production, plant.now));
  plant.letters_fail(api::Reason::paperOut);
  plant.settle();
  EXPECT_EQ(plant.said_of("L1").size(), 2U) << "another reason is said";
  plant.letters_go_out();
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, delivered);
  EXPECT_EQ(plant.letter(1).text, "");
  EXPECT_FALSE(waits(plant.production, plant.now));
}

TEST(letter, that_fails_every_time_keeps_no_other_back) {
  Office plant;
  plant.letters_fail(api::Reason::paperOut);
  plant.produce(6, "automatic");
  plant.settle();
  plant.letters_end([&](const Effect& effect) -> Plant::Result {
    if (plant.records.attempts.at(effect.attempt).card > CardId{4}) return plant.well(effect);
    return api::fail(api::Reason::textInvalid, "on purpose");
  });
  plant.settle();
  for (const auto& [id, letter] : plant.records.letters)
    EXPECT_EQ(letter.state, letter.card > CardId{4} ? delivered : released) << letter.card.text();
}

TEST(letter, that_cannot_be_drawn_is_tried_again_after_a_minute) {
  Office plant;
  plant.letters_fail(api::Reason::layoutInvalid);
  plant.made();
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), 1U);
  plant.now += std::chrono::seconds(61);
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), 2U);
  plant.letters_go_out();
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, delivered) << "at once after a start";
}

TEST(letters, go_out_a_few_at_a_time) {
  Office plant(1);
  plant.produce(7, "automatic");
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), 0U);
  EXPECT_EQ(plant.release(1000, of_all()).letters.size(), 7U);
  EXPECT_EQ(plant.under_way(Step::letter), 4U);
  while (plant.finish_one()) EXPECT_LE(plant.under_way(Step::letter), 4U);
  EXPECT_EQ(plant.started(Step::letter), 7U);
  EXPECT_THAT(plant.production.letters, IsEmpty());
}

TEST(letters, go_to_a_printer_one_by_one) {
  Office plant(1, true);
  plant.produce(3, "automatic");
  plant.settle();
  plant.release(1000, of_all());
  EXPECT_EQ(plant.under_way(Step::letter), 1U);
  while (plant.finish_one()) EXPECT_LE(plant.under_way(Step::letter), 1U);
  EXPECT_EQ(plant.started(Step::letter), 3U);
  EXPECT_THAT(plant.production.letters, IsEmpty());
}

TEST(letters, wait_for_the_next_start_when_the_station_is_about_to_stop) {
  Office plant(1);
  plant.made();
  plant.done(Pause{true});
  plant.release(1000, of_all());
  EXPECT_EQ(plant.under_way(Step::letter), 0U);
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, delivered);
}

TEST(letter, waits_for_one_person) {
  Office plant(1);
  plant.made();
  EXPECT_EQ(plant.letter(1).state, waiting);
  EXPECT_FALSE(waits(plant.production, plant.now)) << "the clock alone brings nothing";
  EXPECT_THAT(plant.release(1000, of_letter(1)).letters, ElementsAre(LetterId{1}));
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, delivered);
  EXPECT_EQ(plant.letter(1).first_person, 1000);
  EXPECT_THAT(plant.said_of("L1"), ElementsAre("released", "C1: delivered, released by uid 1000"));
}

TEST(letter, waits_for_two_different_persons) {
  Office plant(2);
  plant.made();
  const auto first = plant.release(1000, of_letter(1));
  EXPECT_THAT(first.letters, IsEmpty());
  EXPECT_THAT(first.awaiting, ElementsAre(LetterId{1}));
  const auto again = plant.release(1000, of_letter(1));
  EXPECT_THAT(again.letters, IsEmpty());
  EXPECT_THAT(again.awaiting, ElementsAre(LetterId{1}));
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, waiting);
  EXPECT_EQ(plant.started(Step::letter), 0U);
  EXPECT_THAT(plant.release(1001, of_letter(1)).letters, ElementsAre(LetterId{1}));
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, delivered);
  EXPECT_THAT(plant.said_of("L1"), ElementsAre("by the first of two persons", "released",
                                               "C1: delivered, released by uid 1000 and uid 1001"));
}

TEST(release, asks_for_as_many_persons_as_are_configured_now) {
  Office plant(2);
  plant.made();
  plant.release(1000, of_letter(1));
  plant.production.rules.letter_persons = 0;
  plant.settle();
  EXPECT_EQ(plant.letter(1).state, waiting);
  EXPECT_THAT(plant.release(1000, of_letter(1)).letters, ElementsAre(LetterId{1}));
  EXPECT_EQ(plant.letter(1).second_person, -1) << "nobody is two persons";
}

TEST(release, of_all_takes_each_as_far_as_this_person_may) {
  Office plant(2);
  for (int i = 0; i < 3; ++i) plant.made();
  plant.release(1000, of_letter(1));
  plant.release(1001, of_letter(2));
  const auto done = plant.release(1000, of_all());
  EXPECT_THAT(done.letters, ElementsAre(LetterId{2}));
  EXPECT_THAT(done.awaiting, ElementsAre(LetterId{1}, LetterId{3}));
  EXPECT_THAT(plant.release(1001, of_all()).letters, ElementsAre(LetterId{1}, LetterId{3}));
  EXPECT_THAT(plant.release(1001, of_all()).letters, IsEmpty()) << "none waits any more";
}

TEST(release, takes_cards_and_letters_that_wait_alone) {
  Office plant(1);
  for (int i = 0; i < 2; ++i) plant.made();
  const auto bare = plant.made("printed");
  EXPECT_THAT(plant.release(1000, {{{2}}, {{2}}, false}).letters, ElementsAre(LetterId{2}));
  plant.settle();
  const auto again = plant.refused(ReleaseLetters{{}, {{2}}, false});
  EXPECT_EQ(again.error, Refused::wrongState);
  EXPECT_EQ(again.subject, "L2");
  EXPECT_EQ(again.value, "delivered");
  EXPECT_EQ(again.text, "release");
  EXPECT_EQ(plant.refused(ReleaseLetters{{{1}, {9}}, {}, false}).error, Refused::letterNotFound);
  EXPECT_EQ(plant.refused(ReleaseLetters{{}, {{9}}, false}).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(ReleaseLetters{{}, {bare}, false}).error, Refused::letterNotFound);
  EXPECT_EQ(plant.refused(ReleaseLetters{}).error, Refused::noCards);
  plant.production.rules.batch_cards_max = 1;
  EXPECT_EQ(plant.refused(ReleaseLetters{{{1}}, {{1}}, false}).error, Refused::limitExceeded);
  EXPECT_EQ(plant.letter(1).state, waiting);
}

}  // namespace
