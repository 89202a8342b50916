#include "tests/unit/core/pool.hpp"

// Cards of the pool: with whom they are, for how long, and what that does to their certificates.
namespace {

using namespace plant;
using testing::ElementsAre;

TEST(pool, gives_a_card_to_a_holder_for_some_days) {
  Pool plant;
  const auto card = plant.made();
  EXPECT_FALSE(plant.done(AssignCard{card, "H1", 3}).attempt) << "its chip is right as it is";
  EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
  EXPECT_EQ(plant.card(card.value).holder, "H1");
  EXPECT_EQ(plant.card(card.value).valid_until, plant.now + days(3));
}

TEST(pool, gives_a_card_for_as_long_as_its_product_says_but_not_beyond_its_chip) {
  Pool plant;
  const auto first = plant.made(), second = plant.made();
  plant.done(AssignCard{first, "H1", {}});
  EXPECT_EQ(plant.card(first.value).valid_until, plant.now + days(14));
  plant.done(AssignCard{second, "H2", 3650});
  EXPECT_EQ(plant.card(second.value).valid_until, plant.card(second.value).chip_until);
}

TEST(pool, knows_of_a_good_card_its_mark_and_its_end) {
  Pool plant;
  const auto encoded = plant.made("encoded"), printed = plant.made("printed");
  const auto end = std::chrono::floor<days>(plant.now) + days(365);
  EXPECT_EQ(plant.card(encoded.value).guid, plant.last(encoded).id);
  EXPECT_EQ(plant.card(encoded.value).chip_until, end);
  EXPECT_EQ(plant.card(printed.value).guid, std::nullopt);
  EXPECT_EQ(plant.card(printed.value).chip_until, end);
}

TEST(pool, forgets_mark_and_end_of_a_body_that_is_condemned) {
  Pool plant;
  const auto batch = plant.produce(1);
  plant.settle();
  ASSERT_TRUE(plant.card(1).guid);
  plant.done(RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  EXPECT_FALSE(plant.card(1).guid || plant.card(1).chip_until);
}

TEST(pool, refuses_what_cannot_be_assigned) {
  Pool plant;
  const auto card = plant.made(), other = plant.made();
  plant.done(PutHolder{{"H3", HolderState::inactive, "", "", "", "", {}}});
  EXPECT_EQ(plant.refused(AssignCard{{99}, "H1", 1}).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(AssignCard{card, "H9", 1}).error, Refused::holderNotFound);
  const auto inactive = plant.refused(AssignCard{card, "H3", 1});
  EXPECT_EQ(inactive.error, Refused::holderNotActive);
  EXPECT_EQ(inactive.value, "inactive");
  for (const auto wrong : {0, -1, 3651}) {
    const auto refusal = plant.refused(AssignCard{card, "H1", wrong});
    EXPECT_EQ(refusal.error, Refused::numberOutOfRange);
    EXPECT_EQ(refusal.value, std::to_string(wrong));
    EXPECT_EQ(refusal.maximum, 3650);
  }
  plant.done(AssignCard{card, "H1", 1});
  const auto again = plant.refused(AssignCard{card, "H2", 1});
  EXPECT_EQ(again.error, Refused::wrongState);
  EXPECT_EQ(again.value, "assigned");
  const auto second = plant.refused(AssignCard{other, "H1", 1});
  EXPECT_EQ(second.error, Refused::holderHasCard);
  EXPECT_THAT(second.cards, ElementsAre(card));
  plant.production.rules.cards_per_holder = 2;
  plant.done(AssignCard{other, "H1", 1});
}

TEST(pool, refuses_a_card_whose_chip_has_ended) {
  Pool plant;
  const auto card = plant.made();
  plant.now = *plant.card(card.value).chip_until;
  const auto refusal = plant.refused(AssignCard{card, "H1", 1});
  EXPECT_EQ(refusal.error, Refused::poolLifeOver);
  EXPECT_EQ(refusal.value, "2024-11-13T00:00:00Z");
}

TEST(pool, is_closed_where_the_station_does_not_offer_it) {
  Pool plant;
  const auto card = plant.assigned();
  plant.production.rules.use_cases.assign = false;
  const Command commands[] = {PutHolder{{"H7", HolderState::active, "", "", "", "", {}}},
                              AssignCard{card, "H1", 1}, ExtendCard{card, 1}, WithdrawCard{card},
                              LockCard{card, {}, false}};
  for (const auto& command : commands) {
    const auto refusal = plant.refused(command);
    EXPECT_EQ(refusal.error, Refused::useCaseDisabled);
    EXPECT_EQ(refusal.subject, "assign");
  }
}

TEST(pool, takes_a_card_back_and_revokes_what_is_on_it) {
  Pool plant;
  const auto card = plant.withdrawn();
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
  EXPECT_TRUE(plant.card(card.value).encoding_due);
  EXPECT_EQ(plant.card(card.value).holder, "");
  EXPECT_FALSE(plant.card(card.value).valid_until);
  EXPECT_THAT(plant.certificates(card, 0), all_revoked(api::RevocationReason::cessationOfOperation));
  EXPECT_TRUE(plant.records.unlisted(plant.records.written_list().number).empty());
}

TEST(pool, takes_a_printed_card_back_without_encoding_it) {
  Pool plant;
  const auto card = plant.made("printed");
  plant.done(AssignCard{card, "H1", 1});
  plant.done(WithdrawCard{card});
  EXPECT_FALSE(plant.card(card.value).encoding_due);
  EXPECT_FALSE(plant.done(AssignCard{card, "H2", 1}).attempt);
}

TEST(pool, writes_no_letter_of_a_card_that_came_back) {
  Pool plant;
  bool full = true;
  plant.devices = [&, before = plant.devices](const Effect& effect) -> Plant::Result {
    if (effect.step == Step::letter && full) return api::fail(api::Reason::fileNotWritten, "disk full");
    return before(effect);
  };
  plant.produce(1, "automatic");
  while (plant.finish_one()) {
  }
  plant.done(AssignCard{{1}, "H1", 1});
  plant.tick();
  ASSERT_EQ(plant.under_way(Step::letter), 1U);
  plant.done(WithdrawCard{{1}});
  EXPECT_TRUE(plant.records.sealed.at(plant.last({1}).id).pin.empty());
  const auto letters = plant.started(Step::letter);
  full = false;
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), letters);
  EXPECT_TRUE(plant.records.sealed.at(plant.last({1}).id).pin.empty());
  EXPECT_FALSE(plant.records.sealed.at(plant.last({1}).id).puk.empty()) << "the PUK stays for its life";
  EXPECT_TRUE(plant.production.letters.empty());
}

TEST(pool, extends_by_date_alone_within_the_life_of_the_chip) {
  Pool plant;
  const auto card = plant.assigned(14);
  const auto end = plant.card(card.value).valid_until.value();
  plant.now += days(3);
  EXPECT_FALSE(plant.done(ExtendCard{card, 10}).attempt);
  EXPECT_EQ(plant.card(card.value).valid_until, end + days(10));
  EXPECT_EQ(plant.card(card.value).holder, "H1");
  EXPECT_EQ(plant.refused(ExtendCard{card, 0}).error, Refused::numberOutOfRange);
}

TEST(pool, does_not_extend_a_card_without_a_chip_beyond_its_end) {
  Pool plant;
  const auto card = plant.made("printed");
  plant.done(AssignCard{card, "H1", 360});
  plant.now += days(100);
  EXPECT_EQ(plant.refused(ExtendCard{card, 10}).error, Refused::poolLifeOver);
}

TEST(pool, locks_for_good) {
  Pool plant;
  const auto card = plant.assigned();
  EXPECT_THAT(plant.done(LockCard{card, {}, false}).cards, ElementsAre(card));
  EXPECT_EQ(plant.card(card.value).state, CardState::locked);
  EXPECT_THAT(plant.certificates(card, 0), all_revoked(api::RevocationReason::cessationOfOperation));
  EXPECT_FALSE(plant.records.sealed.contains(plant.last(card).id)) << "neither PIN nor PUK";
  EXPECT_EQ(plant.last(card).phase, Phase::done) << "nothing is wrong with the body";
  EXPECT_EQ(plant.refused(WithdrawCard{card}).error, Refused::wrongState);
}

TEST(pool, condemns_the_body_that_is_locked_for_a_reason) {
  Pool plant;
  const auto card = plant.assigned();
  plant.done(LockCard{card, api::Reason::lost, false});
  EXPECT_EQ(plant.last(card).phase, Phase::condemned);
  EXPECT_EQ(plant.card(card.value).reason, api::Reason::lost);
  EXPECT_THAT(plant.certificates(card, 0), all_revoked(api::RevocationReason::keyCompromise));
  const auto& account = plant.records.accounts.at("P1");
  EXPECT_EQ(account.good, 0);
  EXPECT_EQ(account.condemned, 1);
}

TEST(pool, requests_a_new_card_for_one_that_is_locked) {
  Pool plant;
  const auto card = plant.made();
  plant.card(card.value).fields = {{"name", "x"}};
  const auto done = plant.done(LockCard{card, {}, true});
  ASSERT_EQ(done.cards.size(), 2U);
  const auto& fresh = plant.card(done.cards.back().value);
  EXPECT_EQ(fresh.state, CardState::requested);
  EXPECT_EQ(fresh.product, "automatic");
  EXPECT_EQ(fresh.fields, plant.card(card.value).fields);
}

TEST(pool, has_cards_whose_batch_is_still_produced) {
  Pool plant;
  const auto batch = plant.produce(2, "automatic");
  while (plant.card(1).state != CardState::unassigned) ASSERT_TRUE(plant.finish_one());
  plant.done(AssignCard{{1}, "H1", 1});
  plant.done(WithdrawCard{{1}});
  plant.done(AssignCard{{1}, "H2", 1});  // by hand, while the other one is made
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::assigned);
  EXPECT_EQ(plant.card(2).state, CardState::unassigned);
  EXPECT_EQ(plant.batch(batch.value).state, BatchState::completed);
  plant.tick();
  plant.done(Resume{});
  EXPECT_TRUE(plant.production.cards.empty() && plant.production.attempts.empty());
}

TEST(holders, have_a_photo_only_when_it_is_stored) {
  Pool plant;
  const PutHolder command{{"H5", HolderState::active, "A", "", "", "abc", {}}};
  EXPECT_EQ(plant.refused(command).error, Refused::photoNotFound);
  plant.done(StorePhoto{{"abc", {1, 2}, {}}});
  plant.done(command);
  EXPECT_EQ(plant.records.holders.at("H5").changed, plant.now);
  EXPECT_EQ(plant.records.photos.at("abc").stored, plant.now);
}

TEST(holders, have_an_id_on_one_line) {
  Pool plant;
  const auto put = [](std::string id) {
    return PutHolder{{std::move(id), HolderState::active, "", "", "", "", {}}};
  };
  std::string umlauts;
  for (int i = 0; i < 64; ++i) umlauts += "\u00e4";
  plant.done(put(umlauts));
  for (const auto& wrong : {std::string(), std::string(65, 'a'), std::string("a\nb"), umlauts + "a"})
    EXPECT_EQ(plant.refused(put(wrong)).error, Refused::optionInvalid) << wrong;
}

}  // namespace
