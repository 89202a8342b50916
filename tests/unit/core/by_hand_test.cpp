#include "tests/unit/core/pool.hpp"

// Cards that a person puts into the encoder.
namespace {

using namespace plant;
using api::RevocationReason;

constexpr auto assign_phases = "claimed identified sealed encodeIntent keyed certified encoded verified done";
constexpr auto extend_phases = "claimed identified certified encodeIntent encoded verified done";

TEST(by_hand, a_withdrawn_card_is_encoded_anew_before_it_is_assigned) {
  Pool plant;
  const auto card = plant.withdrawn();
  const auto guid = plant.card(card.value).guid;
  const auto end = plant.card(card.value).chip_until;
  const auto letters = plant.started(Step::letter);
  plant.now += days(5);
  const auto until = plant.now + days(7);
  const auto begun = plant.done(AssignCard{card, "H2", 7}).attempt;
  EXPECT_EQ(begun, plant.last(card).id);
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned) << "until it is done";
  plant.settle();
  EXPECT_EQ(plant.phases_of(plant.last(card).id), assign_phases);
  const auto& row = plant.card(card.value);
  EXPECT_EQ(row.state, CardState::assigned);
  EXPECT_EQ(row.holder, "H2");
  EXPECT_EQ(row.valid_until, until);
  EXPECT_FALSE(row.encoding_due);
  EXPECT_EQ(row.guid, guid) << "the mark of its chip stays";
  EXPECT_EQ(row.chip_until, end) << "it lives no longer than before";
  EXPECT_THAT(plant.certificates(card, 1), all_in(CertificateState::released));
  EXPECT_EQ(plant.started(Step::letter), letters + 1);
  EXPECT_FALSE(plant.records.sealed.contains(plant.last(card).id)) << "the PIN left with its letter";
  EXPECT_FALSE(plant.records.sealed.at(*guid).puk.empty());
}

TEST(by_hand, a_card_that_is_extended_beyond_its_chip_is_certified_anew) {
  Pool plant;
  const auto card = plant.assigned(300);
  const auto letters = plant.started(Step::letter);
  plant.now += days(200);
  plant.done(ExtendCard{card, 200});
  const auto product = plant.production.rules.products.at("automatic");
  const auto end = chip_end(product, plant.now);
  ASSERT_TRUE(plant.finish_until(Step::verify));
  EXPECT_THAT(plant.certificates(card, 0), all_in(CertificateState::released)) << "until it was read back";
  plant.settle();
  EXPECT_EQ(plant.phases_of(plant.last(card).id), extend_phases);
  EXPECT_THAT(plant.certificates(card, 0), all_revoked(RevocationReason::superseded));
  EXPECT_THAT(plant.certificates(card, 1), all_in(CertificateState::released));
  EXPECT_EQ(plant.card(card.value).chip_until, end);
  EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
  EXPECT_EQ(plant.card(card.value).holder, "H1");
  EXPECT_EQ(plant.started(Step::letter), letters) << "the PIN stays";
  plant.done(WithdrawCard{card});
  EXPECT_THAT(plant.certificates(card, 1), all_revoked(RevocationReason::cessationOfOperation));
}

TEST(by_hand, a_body_of_the_bureau_is_initialised) {
  Pool plant;
  const auto card = plant.body();
  plant.done(InitializeCard{card});
  plant.settle();
  EXPECT_EQ(plant.phases_of(plant.last(card).id), assign_phases);
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
  EXPECT_EQ(plant.card(card.value).guid, plant.last(card).id);
  EXPECT_TRUE(plant.card(card.value).chip_until);
  EXPECT_THAT(plant.certificates(card, 0), all_in(CertificateState::released));
  EXPECT_EQ(plant.started(Step::letter), 1U);
  EXPECT_EQ(plant.records.accounts.at("P1").good, 0) << "no blank of the printer";
}

TEST(by_hand, another_chip_is_left_alone) {
  Pool plant;
  const auto announced = plant.body("aa11");
  plant.done(InitializeCard{announced});
  plant.settle();
  EXPECT_EQ(plant.last(announced).phase, Phase::voided);
  EXPECT_EQ(plant.last(announced).reason, api::Reason::otherCard);
  EXPECT_EQ(plant.card(announced.value).state, CardState::produced);

  const auto card = plant.withdrawn();
  plant.devices = [before = plant.devices](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::identify) return Identified{"chip of somebody"};
    return before(effect);
  };
  plant.done(AssignCard{card, "H1", 1});
  plant.settle();
  EXPECT_EQ(plant.last(card).reason, api::Reason::otherCard);
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
}

TEST(by_hand, a_chip_of_another_card_is_not_initialised) {
  Pool plant;
  const auto known = plant.made();
  const auto serial = plant.last(known).chip_serial;
  const auto card = plant.body();
  plant.devices = [=, before = plant.devices](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::identify) return Identified{serial};
    return before(effect);
  };
  plant.done(InitializeCard{card});
  plant.settle();
  EXPECT_EQ(plant.last(card).reason, api::Reason::chipKnown);
  EXPECT_EQ(plant.last(card).phase, Phase::voided);
}

struct Interruption {
  Step step;
  bool touched;  // the chip, by then
};
constexpr Interruption assigning[] = {
    {Step::identify, false}, {Step::seal, false}, {Step::personalise, true}, {Step::reserve, true},
    {Step::certify, true},   {Step::write, true}, {Step::verify, true}};
constexpr Interruption extending[] = {{Step::identify, false},
                                      {Step::reserve, false},
                                      {Step::certify, false},
                                      {Step::write, true},
                                      {Step::verify, true}};

// The step fails, or the daemon dies while it is under way.
void interrupt(Pool& plant, Step step, bool restart) {
  ASSERT_TRUE(plant.finish_until(step));
  if (restart)
    plant.restart();
  else
    plant.fail_by_hand(step);
}

TEST(by_hand, an_initialisation_that_is_interrupted_spoils_only_a_chip_that_was_touched) {
  for (const bool restart : {false, true})
    for (const auto& [step, touched] : assigning) {
      SCOPED_TRACE(std::string(api::name_of(step)) + (restart ? " restarted" : " failed"));
      Pool plant;
      const auto card = plant.body();
      plant.done(InitializeCard{card});
      interrupt(plant, step, restart);
      plant.settle();
      EXPECT_EQ(plant.last(card).phase, touched ? Phase::spoiled : Phase::voided);
      EXPECT_EQ(plant.last(card).reason, restart ? api::Reason::restarted : api::Reason::linkLost);
      EXPECT_EQ(plant.card(card.value).state, touched ? CardState::failed : CardState::produced);
      EXPECT_EQ(plant.card(card.value).guid, std::nullopt);
      EXPECT_FALSE(plant.production.by_hand || plant.production.cards.contains(card));
      EXPECT_TRUE(plant.records.sealed.empty());
      for (const auto& [serial, certificate] : plant.records.certificate_rows)
        EXPECT_EQ(certificate.state, CertificateState::revoked);
      if (touched) continue;
      plant.done(InitializeCard{card});
      plant.settle();
      EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
    }
}

TEST(by_hand, a_card_whose_encoding_is_interrupted_keeps_its_state_and_is_encoded_again) {
  for (const bool restart : {false, true})
    for (const auto& [step, touched] : assigning) {
      SCOPED_TRACE(std::string(api::name_of(step)) + (restart ? " restarted" : " failed"));
      Pool plant;
      const auto card = plant.withdrawn();
      plant.done(AssignCard{card, "H2", 7});
      interrupt(plant, step, restart);
      plant.settle();
      EXPECT_EQ(plant.last(card).phase, touched ? Phase::spoiled : Phase::voided);
      EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
      EXPECT_TRUE(plant.card(card.value).encoding_due);
      EXPECT_FALSE(plant.records.sealed.contains(plant.last(card).id));
      EXPECT_FALSE(plant.records.sealed.at(*plant.card(card.value).guid).puk.empty());
      plant.done(AssignCard{card, "H2", 7});
      plant.settle();
      EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
    }
}

TEST(by_hand, an_extension_that_is_interrupted_leaves_the_old_certificates) {
  for (const bool restart : {false, true})
    for (const auto& [step, touched] : extending) {
      SCOPED_TRACE(std::string(api::name_of(step)) + (restart ? " restarted" : " failed"));
      Pool plant;
      const auto card = plant.assigned(300);
      const auto until = plant.card(card.value).valid_until;
      plant.now += days(200);
      plant.done(ExtendCard{card, 200});
      interrupt(plant, step, restart);
      plant.settle();
      EXPECT_EQ(plant.last(card).phase, touched ? Phase::spoiled : Phase::voided);
      EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
      EXPECT_EQ(plant.card(card.value).valid_until, until);
      EXPECT_EQ(plant.card(card.value).encoding_due, touched);
      EXPECT_THAT(plant.certificates(card, 0), all_in(CertificateState::released));
      EXPECT_TRUE(plant.done(ExtendCard{card, 200}).attempt);
      plant.settle();
      EXPECT_EQ(plant.last(card).phase, Phase::done);
      EXPECT_FALSE(plant.card(card.value).encoding_due);
    }
}

TEST(by_hand, an_interrupted_extension_is_encoded_again_even_for_one_day) {
  Pool plant;
  const auto card = plant.assigned(300);
  plant.now += days(200);
  plant.done(ExtendCard{card, 200});
  interrupt(plant, Step::write, false);
  EXPECT_TRUE(plant.done(ExtendCard{card, 1}).attempt);
}

TEST(by_hand, nothing_else_happens_to_the_card_in_the_encoder) {
  Pool plant;
  const auto card = plant.assigned(300), other = plant.withdrawn_of_second();
  plant.now += days(200);
  plant.done(ExtendCard{card, 200});
  const Command commands[] = {WithdrawCard{card}, LockCard{card, api::Reason::lost, true},
                              ExtendCard{card, 1}, AssignCard{other, "H2", 1}};
  for (const auto& command : commands) {
    const auto refusal = plant.refused(command);
    EXPECT_EQ(refusal.error, Refused::encoderBusy);
    EXPECT_EQ(refusal.subject, card.text());
  }
  plant.settle();
  plant.done(LockCard{card, {}, false});
  EXPECT_EQ(plant.card(card.value).state, CardState::locked);
  EXPECT_THAT(plant.certificates(card, 1), all_revoked(RevocationReason::cessationOfOperation));
}

TEST(by_hand, needs_an_encoder_and_the_use_case) {
  Pool plant;
  const auto card = plant.body(), again = plant.withdrawn();
  plant.production.rules.hand_encoder = false;
  EXPECT_EQ(plant.refused(InitializeCard{card}).error, Refused::encoderMissing);
  EXPECT_EQ(plant.refused(AssignCard{again, "H2", 1}).error, Refused::encoderMissing);
  plant.production.rules.use_cases.initialize = false;
  EXPECT_EQ(plant.refused(InitializeCard{card}).subject, "initialize");
}

TEST(by_hand, a_body_without_a_chip_needs_no_encoder) {
  Pool plant;
  const auto card = plant.body();
  plant.card(card.value).product = "printed";
  plant.production.rules.hand_encoder = false;
  EXPECT_FALSE(plant.done(InitializeCard{card}).attempt);
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
  EXPECT_TRUE(plant.card(card.value).chip_until);
}

TEST(by_hand, is_not_begun_when_the_station_is_about_to_stop) {
  Pool plant;
  const auto card = plant.body();
  plant.done(Pause{true});
  EXPECT_EQ(plant.refused(InitializeCard{card}).error, Refused::encoderMissing);
}

TEST(by_hand, ends_after_too_many_spoiled_attempts_in_a_row) {
  Pool plant;
  plant.production.rules.attempts_max = 2;
  const auto card = plant.withdrawn();
  for (int i = 0; i < 2; ++i) {
    plant.done(AssignCard{card, "H2", 7});
    interrupt(plant, Step::write, false);
  }
  const auto refusal = plant.refused(AssignCard{card, "H2", 7});
  EXPECT_EQ(refusal.error, Refused::limitExceeded);
  EXPECT_EQ(refusal.subject, "attempts");
  EXPECT_EQ(refusal.maximum, 2);
}

TEST(by_hand, counts_the_card_that_is_encoded_for_a_holder) {
  Pool plant;
  const auto card = plant.withdrawn(), other = plant.made();
  plant.done(AssignCard{card, "H2", 7});
  EXPECT_EQ(plant.refused(AssignCard{other, "H2", 1}).error, Refused::holderHasCard);
}

TEST(by_hand, writes_nothing_by_a_clock_that_was_set_back) {
  Pool plant;
  const auto card = plant.body();
  plant.now -= std::chrono::hours(5);
  plant.done(InitializeCard{card});
  plant.settle();
  EXPECT_EQ(plant.last(card).phase, Phase::voided);
  EXPECT_EQ(plant.last(card).reason, api::Reason::clockSetBack);
}

}  // namespace
