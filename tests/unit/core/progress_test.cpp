#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;

TEST(attempt, passes_the_phases_of_the_contract_in_order) {
  Plant plant;
  plant.produce(1);
  plant.settle();
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_EQ(
      plant.phases_of(attempt.id),
      "claimed feedIntent fed identified sealed encodeIntent keyed certified encoded verified printIntent "
      "printed inspected ejectIntent done");
  EXPECT_EQ(attempt.kind, AttemptKind::produce);
  EXPECT_EQ(attempt.chip_serial, "chip " + uuid_text(attempt.id));
  EXPECT_EQ(attempt.check_code, check_code(attempt.id));
  EXPECT_EQ(attempt.reason, std::nullopt);
  EXPECT_TRUE(attempt.ended);
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
}

TEST(attempt, of_a_card_without_a_chip_is_printed_only) {
  Plant plant;
  plant.produce(1, "printed");
  plant.settle();
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_EQ(plant.phases_of(attempt.id),
            "claimed feedIntent fed printIntent printed inspected ejectIntent done");
  EXPECT_EQ(attempt.kind, AttemptKind::body);
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_TRUE(plant.records.sealed.empty());
}

TEST(attempt, of_a_card_with_a_magnetic_stripe_writes_it_before_print) {
  const struct {
    const char *product, *phases;
  } cases[] = {
      {"striped",
       "claimed feedIntent fed identified sealed encodeIntent keyed certified encoded verified striped "
       "printIntent printed inspected ejectIntent done"},
      {"printed striped", "claimed feedIntent fed striped printIntent printed inspected ejectIntent done"}};
  for (const auto& one : cases) {
    Plant plant;
    plant.produce(1, one.product);
    plant.settle();
    const auto attempt = plant.attempts_of(1).front();
    EXPECT_TRUE(attempt.stripe);
    EXPECT_EQ(plant.phases_of(attempt.id), one.phases);
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  }
}

TEST(attempt, with_a_stripe_is_not_begun_by_a_printer_without_a_head) {
  Plant plant;
  plant.status.capabilities.magnetic = false;
  plant.produce(1, "printed striped");
  plant.settle();
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_EQ(attempt.phase, Phase::voided);
  EXPECT_EQ(attempt.reason, api::Reason::lineCannot);
  EXPECT_EQ(plant.started(Step::feed), 0U);
}

TEST(attempt, whose_stripe_reads_back_wrong_goes_to_the_reject_bin) {
  Plant plant;
  plant.fail(Step::stripe, {1}, api::Reason::stripeMismatch);
  plant.produce(2, "striped");
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::spoiled);
  EXPECT_EQ(plant.attempts_of(1).front().reason, api::Reason::stripeMismatch);
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(attempt, remembers_printer_and_counters_before_a_blank_is_fed) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  const auto attempt = plant.attempts_of(1).front();
  EXPECT_EQ(attempt.printer_serial, "P1");
  ASSERT_TRUE(attempt.baseline);
  EXPECT_EQ(attempt.baseline->fed, plant.status.counters.fed);
}

TEST(attempt, has_its_secrets_in_the_vault_before_the_chip_is_touched) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::personalise));
  const auto& sealed = plant.records.sealed.at(*plant.card(1).attempt);
  EXPECT_EQ(sealed.pin, api::Bytes{1});
  EXPECT_EQ(sealed.puk, api::Bytes{2});
}

TEST(attempt, has_its_serial_numbers_written_before_anything_is_signed) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::certify));
  const auto certificates = plant.records.certificates(*plant.card(1).attempt);
  ASSERT_EQ(certificates.size(), 2U);
  for (const auto& one : certificates) EXPECT_EQ(one.state, CertificateState::reserved);
  ASSERT_TRUE(plant.finish_until(Step::write));
  for (const auto& one : plant.records.certificates(*plant.card(1).attempt))
    EXPECT_EQ(one.state, CertificateState::issued);
}

TEST(faces, of_the_next_card_are_rendered_while_one_is_in_the_machine) {
  Plant plant;
  plant.produce(3);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  EXPECT_EQ(plant.under_way(Step::render), 1U);
  EXPECT_EQ(plant.attempts_of(2).front().phase, Phase::claimed);
  EXPECT_TRUE(plant.attempts_of(3).empty()) << "only one card ahead";
}

TEST(faces, that_come_late_hold_up_only_their_card) {
  Plant plant;
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  while (plant.under_way(Step::eject) == 0) ASSERT_TRUE(plant.finish_until(Step::eject));
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(faces, that_cannot_be_rendered_fail_the_card_without_a_blank) {
  Plant plant;
  plant.fail(Step::render, {1}, api::Reason::textDoesNotFit);
  plant.produce(2);
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::failed);
  EXPECT_EQ(plant.card(1).reason, api::Reason::textDoesNotFit);
  EXPECT_EQ(plant.phases_of(plant.attempts_of(1).front().id), "claimed void");
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.started(Step::feed), 1U);
}

TEST(faces, that_failed_ahead_leave_the_tries_of_the_card_in_the_machine) {
  Plant plant;
  plant.fail(Step::render, {2}, api::Reason::textDoesNotFit);
  plant.fail(Step::eject, {1}, api::Reason::outputFull);
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  const auto render = plant.effects.back();
  ASSERT_EQ(render.step, Step::render);
  plant.effects.pop_back();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(plant.finish_until(Step::eject));
    plant.finish_one();
    plant.tick();
  }
  const auto tries = plant.production.line.tries;
  plant.effects.push_front(render);
  plant.finish_one();
  EXPECT_EQ(plant.card(2).state, CardState::failed);
  EXPECT_EQ(plant.production.line.tries, tries);
}

TEST(chip, that_another_attempt_used_is_rejected_untouched) {
  Plant plant;
  plant.devices = [&, before = plant.devices](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::identify) return Identified{"the same"};
    return before(effect);
  };
  plant.produce(2);
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(2).state, CardState::failed);
  EXPECT_EQ(plant.card(2).reason, api::Reason::chipKnown);
  EXPECT_EQ(plant.phases_of(plant.attempts_of(2).front().id), "claimed feedIntent fed rejectIntent spoiled");
}

TEST(chip, without_a_serial_number_is_not_taken_for_another_one) {
  Plant plant;
  plant.devices = [&, before = plant.devices](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::identify) return Identified{""};
    return before(effect);
  };
  plant.produce(2);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

TEST(product_that_confirms_by_itself, completes_its_batch_and_writes_letters) {
  Plant plant;
  const auto batch = plant.produce(2, "automatic");
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::unassigned);
  EXPECT_EQ(plant.records.batches.at(batch).state, BatchState::completed);
  EXPECT_EQ(plant.started(Step::letter), 2U);
  EXPECT_TRUE(plant.records.open_letters().empty());
}

TEST(product_that_confirms_by_itself, waits_for_a_person_when_a_card_failed) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(2, "automatic");
  plant.settle();
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  EXPECT_EQ(plant.card(2).state, CardState::unassigned);
  EXPECT_EQ(plant.refused(RepeatProduction{batch, {{2}}, api::Reason::misprinted}).error,
            Refused::wrongState);
  plant.done(RepeatProduction{batch, {}, api::Reason::misprinted});
  plant.settle();
  EXPECT_EQ(plant.batch(1).state, BatchState::completed);
}

TEST(batches, are_produced_one_after_the_other) {
  Plant plant;
  plant.produce(2);
  plant.produce(1);
  plant.settle();
  std::vector<std::int64_t> order;
  for (const auto& id : plant.records.made) order.push_back(plant.records.attempts.at(id).card.value);
  EXPECT_THAT(order, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(plant.batch(2).state, BatchState::awaitingConfirmation);
}

}  // namespace
