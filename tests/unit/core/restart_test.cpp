#include "daemon/core/recovery.hpp"
#include "tests/unit/core/plant.hpp"

// What was written is all that is known after a restart.
namespace {

using namespace plant;

// What becomes of the attempt when the daemon dies while a step is under way: the step had not begun to take
// effect, or it had taken effect. The chip carries the attempt's mark from `personalise` on.
struct Death {
  Step step;
  Phase before, after;
  const char* product = "encoded";
};
constexpr std::array deaths{
    Death{Step::feed, Phase::voided, Phase::done},
    Death{Step::identify, Phase::done, Phase::done},
    Death{Step::seal, Phase::done, Phase::done},
    Death{Step::personalise, Phase::done, Phase::done},
    Death{Step::reserve, Phase::done, Phase::done},
    Death{Step::certify, Phase::done, Phase::done},
    Death{Step::write, Phase::done, Phase::done},
    Death{Step::verify, Phase::done, Phase::done},
    Death{Step::print, Phase::spoiled, Phase::done},
    Death{Step::inspect, Phase::done, Phase::done},
    Death{Step::eject, Phase::done, Phase::done},
    Death{Step::stripe, Phase::done, Phase::done, "striped"},
    Death{Step::stripe, Phase::done, Phase::done, "printed striped"},
};

TEST(restart, takes_up_the_attempt_where_printer_and_chip_say_it_is) {
  for (const auto& death : deaths)
    for (const bool effective : {false, true}) {
      SCOPED_TRACE(std::string(api::name_of(death.step)) + (effective ? " took effect" : ""));
      Plant plant;
      plant.produce(2, death.product);
      ASSERT_TRUE(plant.finish_until(death.step));
      if (effective) plant.move_body(death.step);
      const bool marked = death.step > Step::personalise || (death.step == Step::personalise && effective);
      plant.chip = marked ? Chip::ours : Chip::fresh;
      plant.restart();
      plant.settle();
      const auto attempts = plant.attempts_of(1);
      const auto end = effective ? death.after : death.before;
      EXPECT_EQ(attempts.front().phase, end);
      const bool again = end == Phase::voided;
      EXPECT_EQ(attempts.size(), again ? 2U : 1U) << "nothing is repeated by itself once a blank was fed";
      EXPECT_EQ(plant.card(1).state,
                end == Phase::spoiled ? CardState::failed : CardState::awaitingConfirmation);
      EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
      EXPECT_LE(plant.started(Step::print), 2U) << "a body was printed twice";
      EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
      EXPECT_NE(plant.production.recovered, "");
    }
}

TEST(restart, leaves_in_doubt_what_neither_printer_nor_chip_can_tell) {
  for (const auto& death : deaths) {
    if (death.step == Step::feed) continue;
    SCOPED_TRACE(api::name_of(death.step));
    Plant plant;
    plant.produce(2, death.product);
    ASSERT_TRUE(plant.finish_until(death.step));
    const auto reached = plant.attempts_of(1).front().phase;
    plant.status.printer.position = api::CardPosition::none;  // somebody took it out
    plant.restart();
    plant.settle();
    const auto attempt = plant.attempts_of(1).front();
    EXPECT_EQ(attempt.phase, Phase::inDoubt);
    EXPECT_EQ(attempt.reached, reached);
    EXPECT_EQ(attempt.reason, api::Reason::restarted);
    EXPECT_EQ(attempt.whereabouts, Whereabouts::outside);
    EXPECT_EQ(may_be_good(attempt), death.step == Step::eject);
    EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.records.accounts.at("P1").in_doubt, 1);
  }
}

TEST(restart, rejects_what_keeps_being_interrupted) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::write));
  for (unsigned i = 0; i <= recoveries_max; ++i) {
    plant.restart();
    if (!plant.finish_until(Step::write)) break;
  }
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::spoiled);
  EXPECT_EQ(plant.started(Step::write), 1 + recoveries_max);
}

TEST(restart, waits_until_the_printer_has_come_to_rest) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.status.printer.moving = true;
  plant.status.printer.position = api::CardPosition::print;
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::printIntent);
  plant.status.printer.moving = false;
  plant.move_body(Step::print);  // it ended by itself
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::print), 1U);
}

TEST(restart, voids_an_attempt_that_was_only_claimed_and_claims_its_card_again) {
  for (const auto step : {Step::render, Step::check}) {
    SCOPED_TRACE(api::name_of(step));
    Plant plant;
    plant.produce(1);
    ASSERT_TRUE(plant.finish_until(step));
    plant.restart();
    EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::voided);
    EXPECT_EQ(plant.card(1).state, CardState::inProduction);
    plant.settle();
    EXPECT_EQ(plant.attempts_of(1).size(), 2U);
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.card(1).attempt, plant.attempts_of(1).back().id);
  }
}

TEST(restart, keeps_the_reason_of_a_body_that_was_being_rejected_and_withdraws_its_secrets) {
  Plant plant;
  plant.fail(Step::inspect, {1}, api::Reason::printInterrupted);
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::reject));
  plant.restart();
  plant.settle();
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_EQ(attempt.phase, Phase::spoiled);
  EXPECT_EQ(attempt.reason, api::Reason::printInterrupted);
  EXPECT_EQ(attempt.reached, Phase::printed);
  EXPECT_FALSE(plant.records.sealed.contains(attempt.id));
  for (const auto& certificate : plant.records.certificates(attempt.id))
    EXPECT_EQ(certificate.state, CertificateState::revoked);
  EXPECT_FALSE(plant.production.line.block);
}

TEST(restart, stops_the_line_when_a_body_was_rejected_for_a_refused_key) {
  Plant plant;
  plant.fail(Step::personalise, {1}, api::Reason::managementKeyRefused);
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::reject));
  plant.restart();
  plant.settle();
  ASSERT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
  EXPECT_EQ(plant.started(Step::personalise), 1U);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(restart, keeps_a_line_stopped_that_a_person_or_failures_stopped) {
  const std::pair<const char*, std::function<void(Plant&)>> stops[] = {
      {"a person",
       [](Plant& plant) {
         plant.produce(4);
         plant.done(Pause{});
       }},
      {"a refused key",
       [](Plant& plant) {
         plant.fail(Step::personalise, {1}, api::Reason::managementKeyRefused);
         plant.produce(4);
       }},
      {"failures in a row",
       [](Plant& plant) {
         for (const auto card : {1, 2, 3})
           plant.fail(Step::verify, {card}, api::Reason::verificationMismatch);
         plant.produce(4);
       }},
  };
  for (const auto& [what, stop] : stops) {
    SCOPED_TRACE(what);
    Plant plant;
    stop(plant);
    plant.settle();
    const auto before = plant.production.line.block;
    ASSERT_TRUE(before);
    const auto fed = plant.started(Step::feed);
    plant.restart();
    plant.settle();
    ASSERT_TRUE(plant.production.line.block && plant.production.line.block->until_resumed);
    EXPECT_EQ(plant.production.line.block->reason, before->reason);
    EXPECT_EQ(plant.production.line.block->text, before->text);
    EXPECT_EQ(plant.started(Step::feed), fed);
    EXPECT_EQ(plant.batch(1).state, BatchState::paused);
    plant.done(Resume{});
    plant.settle();
    EXPECT_EQ(plant.card(4).state, CardState::awaitingConfirmation);
  }
}

TEST(restart, asks_the_devices_again_that_a_batch_waited_for) {
  Plant plant;
  plant.status.printer.conditions = {api::Reason::hopperEmpty};
  plant.produce(1);
  plant.settle();
  plant.restart();
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  EXPECT_EQ(plant.batch(1).reason, std::nullopt);
  EXPECT_EQ(plant.under_way(Step::probe), 1U);
  plant.status.printer.conditions.clear();
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(restart, writes_the_letters_that_are_owed_and_the_revocation_list) {
  Plant plant;
  const auto batch = plant.produce(2);
  plant.settle();
  plant.done(CompleteBatch{batch});
  ASSERT_EQ(plant.under_way(Step::letter), 2U);
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::letter), 2U);
  EXPECT_EQ(plant.under_way(Step::publish), 1U);
  plant.settle();
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::letter), 0U);
}

TEST(restart, fails_the_cards_whose_product_is_gone_and_makes_the_others) {
  Plant plant;
  plant.produce(1);
  plant.produce(2, "automatic");
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  auto rules = plant::rules();
  rules.products.erase("automatic");
  plant.restart(rules);
  plant.settle();
  for (const auto card : {2, 3}) {
    EXPECT_EQ(plant.card(card).state, CardState::failed);
    EXPECT_EQ(plant.card(card).reason, api::Reason::productGone);
    EXPECT_EQ(plant.attempts_of(card).back().phase, Phase::voided);
  }
  EXPECT_EQ(plant.batch(2).state, BatchState::awaitingConfirmation);
  EXPECT_EQ(plant.card(4).state, CardState::awaitingConfirmation);
  plant.done(GiveUpCards{{{2}, {3}}});
  plant.done(CompleteBatch{{2}});
}

TEST(restart, keeps_a_letter_owed_until_its_product_is_there_again) {
  Plant plant;
  const auto batch = plant.produce(1, "automatic");
  ASSERT_TRUE(plant.finish_until(Step::letter));
  EXPECT_EQ(batch, BatchId{1});
  auto rules = plant::rules();
  rules.products.erase("automatic");
  plant.restart(rules);
  plant.settle();
  EXPECT_EQ(plant.records.letters.at({1}).state, LetterState::released);
  EXPECT_FALSE(plant.records.letters.at({1}).text.empty());
  plant.restart();
  plant.settle();
  EXPECT_EQ(plant.records.letters.at({1}).state, LetterState::delivered);
}

TEST(restart, of_a_restarted_station_changes_nothing_more) {
  Plant plant;
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::print));
  plant.restart();
  const auto cards = describe(plant.card(1));
  plant.restart();
  plant.restart();
  EXPECT_EQ(describe(plant.card(1)), cards);
  plant.settle();
  EXPECT_EQ(plant.card(3).state, CardState::awaitingConfirmation);
}

}  // namespace
