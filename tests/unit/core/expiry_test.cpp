#include "tests/unit/core/pool.hpp"

// What happens by the clock alone.
namespace {

using namespace plant;
using testing::Contains;
using testing::Field;

TEST(expiry, revokes_what_is_on_the_card_on_time) {
  Pool plant;
  const auto card = plant.assigned(14);
  plant.now = *plant.card(card.value).valid_until - std::chrono::seconds(1);
  EXPECT_FALSE(waits(plant.production, plant.now) && plant.production.next_expiry <= plant.now);
  plant.tick();
  ASSERT_EQ(plant.card(card.value).state, CardState::assigned);
  plant.now += std::chrono::seconds(1);
  EXPECT_TRUE(waits(plant.production, plant.now));
  plant.tick();
  EXPECT_EQ(plant.card(card.value).state, CardState::expired);
  EXPECT_EQ(plant.card(card.value).holder, "H1") << "so that one knows who still has it";
  EXPECT_TRUE(plant.card(card.value).encoding_due);
  EXPECT_THAT(plant.certificates(card, 0), all_revoked(api::RevocationReason::cessationOfOperation));
  EXPECT_THAT(plant.records.audits, Contains(Field(&AuditRecord::action, "expire")));
  plant.settle();
  EXPECT_TRUE(plant.records.unlisted(plant.records.written_list().number).empty());
  plant.done(WithdrawCard{card});
  EXPECT_EQ(plant.card(card.value).state, CardState::unassigned);
}

TEST(expiry, comes_before_the_first_command_after_a_start) {
  Pool plant;
  const auto card = plant.assigned(14);
  plant.settle();
  const auto list = plant.records.newest_list().number;
  plant.now += days(20);
  plant.restart();
  EXPECT_EQ(plant.card(card.value).state, CardState::expired);
  EXPECT_GT(plant.certificates(card, 0).front().listed, list) << "the list that says so is a new one";
  plant.settle();
  EXPECT_TRUE(plant.records.unlisted(plant.records.written_list().number).empty());
}

TEST(expiry, comes_before_a_command_that_would_use_the_card) {
  Pool plant;
  const auto card = plant.assigned(14);
  plant.now += days(20);
  const auto reply = plant.ask(ExtendCard{card, 10});
  ASSERT_TRUE(std::holds_alternative<Refusal>(reply));
  EXPECT_EQ(std::get<Refusal>(reply).value, "expired");
  EXPECT_EQ(plant.card(card.value).state, CardState::expired);
}

TEST(expiry, frees_its_holder_for_another_card) {
  Pool plant;
  plant.assigned(14);
  const auto other = plant.made();
  plant.now += days(20);
  plant.done(AssignCard{other, "H1", 1});
}

TEST(expiry, is_never_undone_by_a_clock_that_is_set_back) {
  Pool plant;
  const auto card = plant.assigned(14);
  plant.now += days(20);
  plant.tick();
  plant.now -= days(19);
  plant.tick();
  plant.restart();
  EXPECT_EQ(plant.card(card.value).state, CardState::expired);
}

TEST(expiry, does_not_happen_by_a_clock_that_is_behind_the_journal) {
  Pool plant;
  const auto card = plant.assigned(14);
  const auto end = *plant.card(card.value).valid_until;
  plant.production.newest = end + days(5);
  plant.now = end + days(1);
  plant.tick();
  EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
  plant.now = end + days(5);
  plant.tick();
  EXPECT_EQ(plant.card(card.value).state, CardState::expired);
}

TEST(expiry, of_very_many_cards_takes_several_turns_but_not_for_the_card_that_is_asked_for) {
  Pool plant;
  const auto like = plant.card(plant.made("printed").value);
  for (std::int64_t id = 100; id < 600; ++id) {
    auto card = like;
    card.id = {id};
    card.batch.reset();
    card.state = CardState::assigned;
    card.valid_until = plant.now + days(1);
    plant.records.cards[card.id] = card;
  }
  plant.now += days(2);
  plant.production.next_expiry = plant.now;
  const auto reply = plant.ask(ExtendCard{{599}, 1});
  EXPECT_EQ(std::get<Refusal>(reply).value, "expired");
  const auto expired = [&] {
    return std::ranges::count_if(plant.records.cards,
                                 [](const auto& entry) { return entry.second.state == CardState::expired; });
  };
  EXPECT_LT(expired(), 300);
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_TRUE(waits(plant.production, plant.now));
    plant.tick();
  }
  EXPECT_EQ(expired(), 500);
}

TEST(expiry, waits_for_the_end_of_an_extension) {
  Pool plant;
  const auto card = plant.assigned(300);
  plant.now = *plant.card(card.value).valid_until - std::chrono::seconds(2);
  plant.done(ExtendCard{card, 200});
  plant.now += days(1);
  plant.tick();
  EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
  plant.settle();
  EXPECT_EQ(plant.card(card.value).state, CardState::assigned);
  EXPECT_GT(*plant.card(card.value).valid_until, plant.now);
}

TEST(expiry, follows_an_extension_that_failed) {
  for (const bool restart : {false, true}) {
    Pool plant;
    const auto card = plant.assigned(300);
    plant.now = *plant.card(card.value).valid_until - std::chrono::seconds(2);
    plant.done(ExtendCard{card, 200});
    ASSERT_TRUE(plant.finish_until(Step::write));
    plant.now += days(1);
    if (!restart) plant.fail_by_hand(Step::write);
    if (restart) plant.restart();
    plant.settle();
    EXPECT_EQ(plant.card(card.value).state, CardState::expired);
    EXPECT_THAT(plant.certificates(card, 0), all_in(CertificateState::revoked));
    EXPECT_THAT(plant.certificates(card, 1), all_in(CertificateState::revoked));
  }
}

TEST(retention, erases_fields_notes_and_photos_after_some_days) {
  Pool plant;
  plant.production.rules.retention = days(30);
  const auto card = plant.assigned(300);
  plant.card(card.value).fields = {{"name", "x"}};
  plant.card(card.value).note = "y";
  plant.done(StorePhoto{{"unused", {1}, {}}});
  plant.done(StorePhoto{{"used", {1}, {}}});
  plant.done(PutHolder{{"H1", HolderState::active, "", "", "", "used", {}}});
  plant.now += days(29);
  plant.tick();
  EXPECT_EQ(plant.card(card.value).note, "y");
  plant.now += days(2);
  EXPECT_TRUE(waits(plant.production, plant.now));
  plant.tick();
  EXPECT_TRUE(plant.card(card.value).fields.empty() && plant.card(card.value).note.empty());
  EXPECT_FALSE(plant.records.photos.contains("unused"));
  EXPECT_TRUE(plant.records.photos.contains("used"));
  EXPECT_THAT(plant.records.audits, Contains(Field(&AuditRecord::action, "erase")));
}

TEST(retention, erases_the_note_of_an_order_that_is_over_and_of_no_other) {
  Pool plant;
  plant.production.rules.retention = days(30);
  const auto order = [&](const std::string& type) {
    return plant.done(OrderCards{1, type, {}, {}, priority_default, {}, {}, "for Ada"}).order.value();
  };
  const auto made = order("automatic");
  plant.now += days(60);
  plant.settle();
  const auto waiting = order("bureau");
  const auto aborted = order("later");
  AbortCards abort;
  abort.order = aborted;
  plant.done(abort);
  plant.settle();
  ASSERT_EQ(plant.order_row(made).state, OrderState::completed);
  plant.now += days(29);
  plant.tick();
  EXPECT_EQ(plant.order_row(made).note, "for Ada") << "it counts from the production of its cards";
  EXPECT_EQ(plant.order_row(aborted).note, "for Ada");
  plant.now += days(2);
  plant.tick();
  EXPECT_EQ(plant.order_row(made).note, "");
  EXPECT_EQ(plant.order_row(aborted).note, "");
  EXPECT_EQ(plant.order_row(waiting).note, "for Ada");
}

TEST(retention, looks_once_an_hour_and_not_at_all_where_everything_is_kept) {
  Pool plant;
  EXPECT_FALSE(plant.production.erased);
  plant.production.rules.retention = days(30);
  plant.tick();
  const auto looked = plant.production.erased;
  ASSERT_TRUE(looked);
  plant.now += std::chrono::minutes(59);
  plant.tick();
  EXPECT_EQ(plant.production.erased, looked);
  plant.now += std::chrono::minutes(1);
  plant.tick();
  EXPECT_EQ(plant.production.erased, plant.now);
}

}  // namespace
