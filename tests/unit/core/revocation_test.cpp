#include "tests/unit/core/revocation.hpp"

// What may have been signed is on the revocation list until its card is confirmed, and the world sees that
// list before it sees the card.
namespace {

using namespace plant;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::SizeIs;

TEST(certificates, are_on_hold_from_their_reservation_on) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::certify));
  EXPECT_THAT(certificates_of(plant, 1), in_state(CertificateState::reserved));
  EXPECT_THAT(certificates_of(plant, 1), Each(Field(&Certificate::held, plant.now)));
  EXPECT_EQ(plant.under_way(Step::publish), 1U) << "before anything was signed";
  const auto list = plant.records.newest_list().number;
  EXPECT_THAT(certificates_of(plant, 1), Each(Field(&Certificate::entered, list)));
  plant.settle();
  EXPECT_THAT(certificates_of(plant, 1), in_state(CertificateState::issued));
  EXPECT_EQ(plant.records.newest_list().number, list) << "on the list they look the same";
}

TEST(certificates, are_released_when_a_person_completes_the_batch) {
  Plant plant;
  const auto batch = plant.produce(2);
  plant.settle();
  const auto lists = plant.records.newest_list().number;
  plant.done(CompleteBatch{batch});
  for (const auto card : {1, 2}) {
    EXPECT_THAT(certificates_of(plant, card), in_state(CertificateState::released));
    EXPECT_THAT(certificates_of(plant, card), Each(Field(&Certificate::listed, lists + 1)));
  }
  plant.settle();
  EXPECT_EQ(plant.records.written_list().number, lists + 1) << "one list for all of them";
}

TEST(certificates, are_released_by_a_product_that_confirms_by_itself) {
  Plant plant;
  plant.produce(1, "automatic");
  plant.settle();
  EXPECT_THAT(certificates_of(plant, 1), in_state(CertificateState::released));
  EXPECT_TRUE(plant.records.unlisted(plant.records.written_list().number).empty());
}

TEST(certificates, of_a_card_in_doubt_stay_on_hold) {
  Plant plant;
  plant.lose({1});
  plant.produce(1);
  plant.settle();
  ASSERT_EQ(plant.card(1).state, CardState::inDoubt);
  EXPECT_THAT(certificates_of(plant, 1), in_state(CertificateState::issued));
}

TEST(certificates, keep_the_date_of_their_hold_when_they_are_revoked) {
  Plant plant;
  const auto batch = plant.produce(1);
  plant.settle();
  const auto held = certificates_of(plant, 1).front().held;
  plant.now += std::chrono::hours(5);
  plant.done(RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  EXPECT_THAT(certificates_of(plant, 1),
              AllOf(in_state(CertificateState::revoked), Each(Field(&Certificate::held, held))));
}

TEST(certificates, that_were_released_are_revoked_from_that_moment_on) {
  Plant plant;
  plant.produce(1, "automatic");
  plant.settle();
  plant.now += std::chrono::hours(5);
  Decision decision;
  Turn turn{plant.production, plant.now, plant.records, decision};
  revoke_certificates(turn, plant.attempts_of(1).front(), BadEnd::lost);
  plant.records.write(decision.rows);
  const auto next = plant.records.newest_list().number + 1;
  EXPECT_THAT(certificates_of(plant, 1),
              AllOf(in_state(CertificateState::revoked), Each(Field(&Certificate::held, plant.now)),
                    Each(Field(&Certificate::entered, next))));
}

struct End {
  const char* what;
  std::function<void(Plant&)> happen;
  api::RevocationReason reason;
};

TEST(certificates, are_revoked_for_the_reason_for_which_their_body_is_no_good) {
  const auto condemn = [](api::Reason reason) {
    return [reason](Plant& plant) {
      plant.settle();
      plant.done(RepeatProduction{{1}, {{1}}, reason});
    };
  };
  const End ends[] = {
      {"rejected by the machine",
       [](Plant& plant) {
         plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
         plant.settle();
       },
       api::RevocationReason::cessationOfOperation},
      {"signing failed: it may have been signed all the same",
       [](Plant& plant) {
         plant.fail(Step::certify, {1}, api::Reason::authorityUnavailable);
         plant.settle();
       },
       api::RevocationReason::cessationOfOperation},
      {"misprinted", condemn(api::Reason::misprinted), api::RevocationReason::superseded},
      {"damaged", condemn(api::Reason::damaged), api::RevocationReason::superseded},
      {"lost", condemn(api::Reason::lost), api::RevocationReason::keyCompromise},
      {"never found",
       [](Plant& plant) {
         plant.lose({1});
         plant.settle();
         plant.done(ResolveDoubt{{1}, false, "not in the machine"});
       },
       api::RevocationReason::keyCompromise},
      {"found in the output",
       [](Plant& plant) {
         ASSERT_TRUE(plant.finish_until(Step::inspect));
         plant.move_body(Step::eject);  // at power-up
         plant.restart();
         plant.settle();
         plant.done(ResolveDoubt{{1}, false, "unfinished"});
       },
       api::RevocationReason::cessationOfOperation},
      {"given new keys",
       [](Plant& plant) {
         ASSERT_TRUE(plant.finish_until(Step::certify));
         plant.restart();
         plant.settle();
       },
       api::RevocationReason::superseded},
  };
  for (const auto& end : ends) {
    SCOPED_TRACE(end.what);
    Plant plant;
    plant.produce(1);
    end.happen(plant);
    std::vector<Certificate> revoked;
    for (const auto& certificate : certificates_of(plant, 1))
      if (certificate.state == CertificateState::revoked) revoked.push_back(certificate);
    EXPECT_THAT(revoked, AllOf(SizeIs(2), Each(Field(&Certificate::reason, end.reason))));
  }
}

TEST(card, leaves_the_machine_only_when_its_certificates_are_on_a_list_that_is_out) {
  Plant plant;
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::write));
  const auto list = set_aside(plant);
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().phase, Phase::inspected);
  EXPECT_EQ(plant.started(Step::eject), 0U);
  EXPECT_FALSE(plant.production.line.block) << "it is only a moment";
  plant.effects.push_back(list);
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(card, that_could_not_be_ejected_at_first_is_tried_as_often_as_any_other) {
  Plant plant;
  const auto good = plant.devices;
  unsigned ejects = 0;
  plant.devices = [&](const Effect& effect) -> Plant::Result {
    if (effect.step != Step::eject || ++ejects > step_tries_max) return good(effect);
    return api::fail(api::Reason::outputFull);
  };
  plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::write));
  const auto list = set_aside(plant);
  plant.settle();
  for (int i = 0; i < 9; ++i) plant.done(Resume{});  // each looks whether the line can go on
  plant.effects.push_back(list);
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(1).front().recoveries, 0U) << "it was given up as a step that cannot be done";
}

TEST(line, waits_while_the_list_cannot_be_written_and_goes_on_by_itself) {
  Plant plant;
  plant.settle();
  {
    const FullDisk disk(plant);
    plant.produce(2);
    pass(plant);
    ASSERT_TRUE(plant.production.line.block);
    EXPECT_EQ(plant.production.line.block->reason, api::Reason::fileNotWritten);
    EXPECT_FALSE(plant.production.line.block->until_resumed);
    EXPECT_THAT(plant.production.line.block->text, testing::HasSubstr("disk full"));
    EXPECT_EQ(plant.batch(1).state, BatchState::paused);
    EXPECT_EQ(plant.batch(1).reason, api::Reason::fileNotWritten);
    const auto said = plant.records.changes.size();
    pass(plant);
    EXPECT_EQ(plant.records.changes.size(), said) << "said once, not with every try";
    EXPECT_EQ(plant.started(Step::eject), 0U);
  }
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.attempts_of(1).size(), 1U);
}

TEST(line, that_a_person_paused_stays_paused_when_the_list_is_written_again) {
  Plant plant;
  plant.settle();
  {
    const FullDisk disk(plant);
    plant.produce(1);
    plant.settle();
    plant.done(Pause{});
  }
  plant.settle();
  ASSERT_TRUE(plant.production.line.block);
  EXPECT_EQ(plant.production.line.block->reason, api::Reason::paused);
  plant.done(Resume{});
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
}

TEST(line, is_not_held_up_by_the_list_without_certificates_or_on_the_way_to_the_reject_bin) {
  Plant plant;
  plant.fail(Step::verify, {2}, api::Reason::verificationMismatch);
  const FullDisk disk(plant);
  plant.produce(1, "printed");
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  plant.produce(1);
  plant.settle();
  EXPECT_EQ(plant.attempts_of(2).front().phase, Phase::spoiled);
  EXPECT_FALSE(plant.production.line.block);
}

TEST(batch, is_completed_only_when_certificates_of_its_bad_attempts_are_on_a_list) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(1), other = plant.produce(1);
  ASSERT_TRUE(plant.finish_until(Step::write));
  const auto list = set_aside(plant);
  plant.settle();
  plant.done(GiveUpCards{{{1}}});
  const auto refusal = plant.refused(CompleteBatch{batch});
  EXPECT_EQ(refusal.error, Refused::batchNotSettled);
  EXPECT_THAT(refusal.cards, ElementsAre(CardId{1}));
  EXPECT_THAT(refusal.text, testing::HasSubstr("revocation list"));
  plant.effects.push_back(list);
  plant.settle();
  plant.done(CompleteBatch{other});
  plant.done(CompleteBatch{batch});
}

TEST(batch, is_completed_when_they_are_on_a_list_as_a_hold) {
  Plant plant;
  plant.fail(Step::inspect, {2}, api::Reason::printInterrupted);
  const auto batch = plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::reject));
  const FullDisk disk(plant);
  plant.settle();
  ASSERT_THAT(certificates_of(plant, 2), in_state(CertificateState::revoked));
  EXPECT_GT(certificates_of(plant, 2).front().listed, plant.records.written_list().number);
  plant.done(GiveUpCards{{{2}}});
  plant.done(CompleteBatch{batch});
}

TEST(batch, is_held_back_after_a_restart_by_what_was_owed_before_it) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  BatchId batch;
  {
    const FullDisk disk(plant);
    batch = plant.produce(1);
    plant.settle();
    plant.done(GiveUpCards{{{1}}});
    plant.restart();
    plant.settle();
    EXPECT_EQ(plant.refused(CompleteBatch{batch}).error, Refused::batchNotSettled);
  }
  plant.settle();
  plant.done(CompleteBatch{batch});
}

TEST(batch, is_not_held_back_after_a_restart_by_what_is_on_a_list_that_is_out) {
  Plant plant;
  plant.fail(Step::verify, {1}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(1);
  plant.settle();
  plant.done(GiveUpCards{{{1}}});
  const FullDisk disk(plant);
  plant.restart();
  plant.settle();
  plant.done(CompleteBatch{batch});
}

}  // namespace
