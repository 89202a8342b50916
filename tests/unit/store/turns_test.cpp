#include "tests/unit/store/sample_rows.hpp"

namespace {

using namespace sample;
using core::BatchState;
using core::CardState;
using core::Phase;
using testing::ElementsAre;

struct journal_turns : testing::Test {
  store::Store journal{":memory:"};

  std::vector<std::int64_t> ids(const store::CardFilter& filter, std::optional<core::CardId> after = {},
                                std::size_t limit = 100) {
    std::vector<std::int64_t> ids;
    for (const auto& card : journal.cards(filter, after, limit)) ids.push_back(card.id.value);
    return ids;
  }
};

TEST_F(journal_turns, change_nothing_when_rolled_back) {
  turn(journal, card(1));
  journal.begin();
  core::Row row = card(1, CardState::aborted);
  journal.write(row);
  EXPECT_EQ(journal.card({1})->state, CardState::aborted);  // reads see the open turn
  journal.roll_back();
  EXPECT_EQ(journal.card({1})->state, CardState::requested);
}

TEST_F(journal_turns, roll_back_twice_without_harm) {
  journal.begin();
  journal.roll_back();
  journal.roll_back();
  turn(journal, card(1));
  EXPECT_TRUE(journal.card({1}).has_value());
}

TEST_F(journal_turns, number_changes_without_gaps) {
  const auto write = [&] {
    core::Row row = core::Change{};
    journal.write(row);
    return std::get<core::Change>(row).sequence;
  };
  EXPECT_EQ(journal.newest_change(), 0);
  journal.begin();
  EXPECT_EQ(write(), 1);
  EXPECT_EQ(write(), 2);
  journal.commit();
  journal.begin();
  EXPECT_EQ(write(), 3);
  journal.roll_back();
  journal.begin();
  EXPECT_EQ(write(), 3);
  journal.commit();
  EXPECT_EQ(journal.newest_change(), 3);
  EXPECT_EQ(journal.oldest_change(), 1);
  EXPECT_EQ(journal.changes(1, 1).at(0).sequence, 2);
}

TEST_F(journal_turns, number_audit_records_without_gaps) {
  journal.begin();
  core::Row row = core::AuditRecord{0, at(1), 0, "issue", "C1", "done"};
  journal.write(row);
  EXPECT_EQ(std::get<core::AuditRecord>(row).sequence, 1);
  journal.roll_back();
  journal.begin();
  journal.write(row);
  EXPECT_EQ(std::get<core::AuditRecord>(row).sequence, 1);
  journal.write(row);
  EXPECT_EQ(std::get<core::AuditRecord>(row).sequence, 2);
  journal.commit();
}

TEST_F(journal_turns, count_ids_on_until_they_end) {
  turn(journal, card(1), batch(1));
  journal.begin();
  EXPECT_EQ(journal.next_card_id(), core::CardId{2});
  EXPECT_EQ(journal.next_card_id(), core::CardId{3});
  EXPECT_EQ(journal.next_batch_id(), core::BatchId{2});
  journal.roll_back();
  journal.begin();
  EXPECT_EQ(journal.next_card_id(), core::CardId{2});
  core::Row row = card(2);
  journal.write(row);
  journal.commit();
  journal.begin();
  EXPECT_EQ(journal.next_card_id(), core::CardId{3});
  EXPECT_EQ(journal.next_batch_id(), core::BatchId{2});
}

struct certificates_in_the_journal : journal_turns {
  core::Certificate one(std::uint8_t serial, core::CertificateState state, std::int64_t listed) {
    core::Certificate certificate;
    certificate.serial = {serial};
    certificate.attempt = attempt_id(1);
    certificate.state = state;
    certificate.to_be_signed = certificate.der = {0x30, 0};
    certificate.held = at(serial);
    certificate.listed = listed;
    if (state == core::CertificateState::revoked) certificate.reason = api::RevocationReason::superseded;
    return certificate;
  }
};

TEST_F(certificates_in_the_journal, are_on_the_list_unless_they_are_released) {
  using enum core::CertificateState;
  turn(journal, batch(1), card(2), attempt(1, 2), one(4, reserved, 1), one(1, issued, 1), one(3, released, 1),
       one(2, revoked, 1));
  const auto list = journal.list_entries();
  ASSERT_EQ(list.size(), 3u);
  const api::RevocationReason reasons[] = {api::RevocationReason::certificateHold,
                                           api::RevocationReason::superseded,
                                           api::RevocationReason::certificateHold};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::uint8_t serial = i == 2 ? 4 : static_cast<std::uint8_t>(i + 1);
    EXPECT_EQ(list[i].serial, api::Bytes{serial});
    EXPECT_EQ(list[i].held, at(serial));
    EXPECT_EQ(list[i].reason, reasons[i]);
  }
}

TEST_F(certificates_in_the_journal, are_owed_until_a_list_with_their_number_is_out) {
  using enum core::CertificateState;
  turn(journal, batch(1), card(2), attempt(1, 2), one(1, issued, 4), one(2, released, 5), one(3, revoked, 6));
  const auto owed = [&](std::int64_t list) {
    std::vector<std::uint8_t> serials;
    for (const auto& certificate : journal.unlisted(list)) serials.push_back(certificate.serial.front());
    return serials;
  };
  EXPECT_THAT(owed(3), ElementsAre(1, 2, 3));
  EXPECT_THAT(owed(4), ElementsAre(2, 3));
  EXPECT_THAT(owed(6), ElementsAre());
}

TEST_F(journal_turns, find_cards_page_by_page) {
  auto second = card(2, CardState::unassigned), fourth = card(4);
  second.batch = fourth.batch = core::BatchId{1};
  turn(journal, card(1), second, card(3), fourth, batch(1, {{2}, {4}}), card(5, CardState::unassigned));
  EXPECT_THAT(ids({}), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ids({}, core::CardId{2}, 2), ElementsAre(3, 4));
  EXPECT_THAT(ids({CardState::requested, {}}), ElementsAre(1, 3, 4));
  EXPECT_THAT(ids({CardState::requested, {}}, core::CardId{1}, 1), ElementsAre(3));
  EXPECT_THAT(ids({CardState::unassigned, {}}), ElementsAre(2, 5));
  EXPECT_THAT(ids({{}, core::BatchId{1}}), ElementsAre(2, 4));
  EXPECT_THAT(ids({CardState::requested, core::BatchId{1}}), ElementsAre(4));
  EXPECT_EQ(journal.count(CardState::requested), 3u);
  EXPECT_EQ(journal.count(CardState::locked), 0u);
}

TEST_F(journal_turns, find_batches_newest_first) {
  turn(journal, batch(1), batch(2, {{1}}), batch(3), card(1));
  const auto page = journal.batches({}, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].id, core::BatchId{3});
  EXPECT_THAT(page[1].cards, ElementsAre(core::CardId{1}));
  EXPECT_EQ(journal.batches(core::BatchId{2}, 9).at(0).id, core::BatchId{1});
}

TEST_F(journal_turns, list_attempts_in_the_order_they_were_made) {
  turn(journal, batch(1), card(1), attempt(9, 1, Phase::spoiled), attempt(2, 1));
  turn(journal, attempt(9, 1, Phase::spoiled));  // written again: it stays the first
  const auto made = journal.attempts({1});
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].id, attempt_id(9));
}

TEST_F(journal_turns, load_what_was_open) {
  auto first = card(1, CardState::inProduction), second = card(2, CardState::awaitingConfirmation);
  first.attempt = attempt_id(2);
  second.attempt = attempt_id(3);
  auto settled = card(3, CardState::unassigned);
  settled.attempt = attempt_id(4);
  turn(journal, batch(1, {{2}, {1}}), first, second, batch(2, {{3}}, BatchState::completed), settled, card(4),
       attempt(1, 1, Phase::spoiled), attempt(2, 1, Phase::printIntent), attempt(3, 2, Phase::done),
       attempt(4, 3, Phase::done, 2), attempt(5, 3, Phase::keyed, 2));
  const auto open = journal.load_open();
  ASSERT_EQ(open.batches.size(), 1u);
  EXPECT_THAT(open.batches[0].cards, ElementsAre(core::CardId{2}, core::CardId{1}));
  ASSERT_EQ(open.cards.size(), 3u);  // of the open batch, and of the attempt that is not over
  std::vector<std::uint8_t> attempts;
  for (const auto& attempt : open.attempts) attempts.push_back(attempt.id.back());
  EXPECT_THAT(attempts, ElementsAre(2, 3, 5));  // the last ones of open cards, and the one that is not over
}

TEST_F(journal_turns, know_a_chip_that_another_attempt_used) {
  auto used = attempt(1, 1, Phase::spoiled), untouched = attempt(2, 1, Phase::voided);
  used.chip_serial = "c1";
  untouched.chip_serial = "c2";
  turn(journal, batch(1), card(1), used, untouched, attempt(3, 1));
  EXPECT_TRUE(journal.chip_known("c1", attempt_id(3)));
  EXPECT_FALSE(journal.chip_known("c1", attempt_id(1)));
  EXPECT_FALSE(journal.chip_known("c2", attempt_id(3)));
  EXPECT_FALSE(journal.chip_known("", attempt_id(9)));
}

TEST_F(journal_turns, know_a_chip_that_a_bureau_gave_another_card) {
  auto theirs = card(1);
  theirs.chip_serial = "c3";
  turn(journal, batch(1), theirs, card(2), attempt(1, 1), attempt(2, 2));
  EXPECT_TRUE(journal.chip_known("c3", {}));
  EXPECT_TRUE(journal.chip_known("c3", attempt_id(2)));
  EXPECT_FALSE(journal.chip_known("c3", attempt_id(1))) << "it is the attempt's own card";
}

TEST_F(journal_turns, know_the_orders_that_are_over_and_whose_note_is_to_be_erased) {
  const auto order = [](std::int64_t id, core::OrderState state, std::string note = "for Ada") {
    core::Order row;
    row.id = {id};
    row.state = state;
    row.note = std::move(note);
    row.created = at(1'000);
    return row;
  };
  auto made = card(1, CardState::unassigned), aborted = card(2, CardState::aborted);
  made.order = core::OrderId{1};
  made.attempt = attempt_id(1);
  aborted.order = core::OrderId{2};
  auto done = attempt(1, 1, Phase::done);
  done.ended = at(5'000);
  turn(journal, batch(1), order(1, core::OrderState::completed), order(2, core::OrderState::aborted),
       order(3, core::OrderState::ordered), order(4, core::OrderState::completed, ""), made, aborted, done);
  const auto found = [&](std::int64_t before, std::size_t limit = 10) {
    std::vector<std::int64_t> ids;
    for (const auto& one : journal.orders_to_erase(at(before), limit)) ids.push_back(one.id.value);
    return ids;
  };
  EXPECT_THAT(found(1'000), ElementsAre());
  EXPECT_THAT(found(5'000), ElementsAre(2)) << "a card of the first was made later";
  EXPECT_THAT(found(5'001), ElementsAre(1, 2));
  EXPECT_THAT(found(5'001, 1), ElementsAre(1));
}

TEST_F(journal_turns, know_the_photos_that_nobody_has_any_more) {
  auto badge = card(1);
  badge.fields = {{"photo", "on a card"}};
  core::Holder active, inactive;
  active.id = "ada";
  active.photo = "of a holder";
  inactive.id = "charles";
  inactive.state = core::HolderState::inactive;
  inactive.photo = "of nobody";
  const auto photo = [](const char* digest) { return core::Photo{digest, {1}, at(1'000)}; };
  turn(journal, badge, active, inactive, photo("on a card"), photo("of a holder"), photo("of nobody"));
  EXPECT_THAT(journal.photos_to_erase(at(1'000), 10), ElementsAre());
  EXPECT_THAT(journal.photos_to_erase(at(1'001), 10), ElementsAre("of nobody"));
  badge.state = CardState::unassigned;
  turn(journal, badge);
  EXPECT_THAT(journal.photos_to_erase(at(1'001), 10),
              testing::UnorderedElementsAre("of nobody", "on a card"));
}

}  // namespace
