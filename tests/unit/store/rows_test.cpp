#include "tests/unit/store/sample_rows.hpp"

namespace {

using namespace sample;
using testing::HasSubstr;

struct journal_rows : testing::Test {
  store::Store journal{":memory:"};
};

TEST_F(journal_rows, come_back_with_everything_in_them) {
  turn(journal, batch(1, {{7}}), full_card(), full_attempt());
  EXPECT_TRUE(same(journal.card({7}).value(), full_card()));
  EXPECT_TRUE(same(journal.attempt(attempt_id(1)).value(), full_attempt()));
}

TEST_F(journal_rows, come_back_with_nothing_optional_in_them) {
  turn(journal, batch(1), card(2), attempt(3, 2));
  EXPECT_TRUE(same(journal.card({2}).value(), card(2)));
  EXPECT_TRUE(same(journal.attempt(attempt_id(3)).value(), attempt(3, 2)));
  EXPECT_EQ(journal.card({3}), std::nullopt);
}

TEST_F(journal_rows, keep_a_batch_and_the_order_of_its_cards) {
  auto full = batch(1, {{3}, {1}, {2}}, core::BatchState::paused);
  full.origin = core::Origin::order;
  full.reason = api::Reason::hopperEmpty;
  full.text = "load blanks";
  full.consecutive_failures = 2;
  turn(journal, full, card(1), card(2), card(3));
  EXPECT_TRUE(same(journal.batch({1}).value(), full));
  full.cards = {{2}, {3}};
  full.reason.reset();
  turn(journal, full);
  EXPECT_TRUE(same(journal.batch({1}).value(), full));
}

TEST_F(journal_rows, keep_certificates_from_their_reservation_to_their_revocation) {
  core::Certificate certificate;
  certificate.serial = {1, 0, 255};
  certificate.attempt = attempt_id(1);
  certificate.purpose = api::KeyPurpose::keyManagement;
  certificate.to_be_signed = {0x30, 0};
  turn(journal, batch(1, {{7}}), full_card(), full_attempt(), certificate);
  EXPECT_TRUE(same(journal.certificates(attempt_id(1)).at(0), certificate));
  certificate.state = core::CertificateState::revoked;
  certificate.der = {0x30, 1, 0};
  certificate.held = at(5);
  certificate.reason = api::RevocationReason::keyCompromise;
  certificate.entered = 3;
  certificate.listed = 4;
  turn(journal, certificate);
  EXPECT_TRUE(same(journal.certificates(attempt_id(1)).at(0), certificate));
  EXPECT_EQ(journal.certificates(attempt_id(1)).size(), 1u);
}

TEST_F(journal_rows, keep_a_revocation_list_from_its_beginning_until_it_is_out) {
  EXPECT_EQ(journal.newest_list().number, 0);
  EXPECT_EQ(journal.written_list().number, 0);
  core::RevocationList first{1, at(1), at(2), {}, 0}, second{2, at(3), at(4), {}, 0};
  turn(journal, first);
  first.written = at(9);
  first.entries = 7;
  turn(journal, first, second);
  EXPECT_TRUE(same(journal.newest_list(), second));
  EXPECT_TRUE(same(journal.written_list(), first));
}

TEST_F(journal_rows, never_give_one_serial_number_to_two_certificates) {
  core::Certificate certificate;
  certificate.serial = {1};
  certificate.attempt = attempt_id(1);
  turn(journal, batch(1), card(2), attempt(1, 2), attempt(2, 2), certificate);
  certificate.attempt = attempt_id(2);
  EXPECT_THAT(failure_of([&] { turn(journal, certificate); }), HasSubstr("the serial number is taken"));
}

TEST_F(journal_rows, never_let_a_revoked_certificate_come_back) {
  core::Certificate certificate;
  certificate.serial = {1};
  certificate.attempt = attempt_id(1);
  certificate.state = core::CertificateState::revoked;
  turn(journal, batch(1), card(2), attempt(1, 2), certificate);
  for (const auto state : {core::CertificateState::issued, core::CertificateState::released}) {
    certificate.state = state;
    EXPECT_THAT(failure_of([&] { turn(journal, certificate); }), HasSubstr("it is revoked for good"));
    journal.roll_back();
  }
}

TEST_F(journal_rows, erase_sealed_secrets_that_are_written_empty) {
  core::SealedSecrets sealed{attempt_id(1), {1, 2}, {3}};
  turn(journal, batch(1), card(2), attempt(1, 2), sealed);
  EXPECT_TRUE(same(journal.sealed(attempt_id(1)).value(), sealed));
  turn(journal, core::SealedSecrets{attempt_id(1), {}, {3}});
  EXPECT_EQ(journal.sealed(attempt_id(1))->pin, api::Bytes{});
  turn(journal, core::SealedSecrets{attempt_id(1), {}, {}});
  EXPECT_FALSE(journal.sealed(attempt_id(1)).has_value());
}

TEST_F(journal_rows, keep_changes_with_and_without_their_subjects) {
  core::Change full{
      0,      at(1), "attempt", core::BatchId{1}, core::CardId{2}, attempt_id(3), "spoiled", api::Reason::jam,
      "a jam"};
  core::Change bare{0, at(2), "line", {}, {}, {}, "idle", {}, ""};
  turn(journal, full, bare);
  const auto changes = journal.changes(0, 10);
  ASSERT_EQ(changes.size(), 2u);
  full.sequence = 1;
  bare.sequence = 2;
  EXPECT_TRUE(same(changes[0], full));
  EXPECT_TRUE(same(changes[1], bare));
}

TEST_F(journal_rows, remember_the_answer_to_a_key) {
  core::Remembered full{1000,       "RequestCards",         "k", {1, 2, 3}, core::BatchId{4},
                        {{5}, {6}}, {{{7}, "it is failed"}}};
  full.letters = {{8}, {9}};
  full.awaiting = {{10}};
  const core::Remembered bare{1000, "IssueCards", "k", {9}, {}, {}, {}};
  turn(journal, full, bare);
  EXPECT_TRUE(same(journal.remembered(1000, "RequestCards", "k").value(), full));
  EXPECT_TRUE(same(journal.remembered(1000, "IssueCards", "k").value(), bare));
  EXPECT_FALSE(journal.remembered(1001, "IssueCards", "k").has_value());
  EXPECT_THAT(failure_of([&] { turn(journal, bare); }), HasSubstr("remembered"));
}

TEST_F(journal_rows, refuse_a_second_good_body_for_a_card) {
  turn(journal, batch(1), card(2), attempt(1, 2, core::Phase::done), attempt(2, 2, core::Phase::ejectIntent));
  EXPECT_THAT(failure_of([&] { turn(journal, attempt(2, 2, core::Phase::done)); }),
              HasSubstr("UNIQUE constraint failed: attempt.card"));
  journal.roll_back();
  turn(journal, attempt(1, 2, core::Phase::condemned), attempt(2, 2, core::Phase::done));
  EXPECT_EQ(journal.attempt(attempt_id(2))->phase, core::Phase::done);
}

TEST_F(journal_rows, let_a_card_have_a_good_body_and_good_encodings) {
  auto encoding = attempt(2, 2, core::Phase::done);
  encoding.kind = core::AttemptKind::initialize;
  turn(journal, batch(1), card(2), attempt(1, 2, core::Phase::done), encoding);
  EXPECT_EQ(journal.attempts({2}).size(), 2u);
}

TEST_F(journal_rows, keep_the_phase_of_an_attempt_that_is_over) {
  turn(journal, batch(1), card(2), attempt(1, 2, core::Phase::spoiled), attempt(2, 2, core::Phase::done));
  EXPECT_THAT(failure_of([&] { turn(journal, attempt(1, 2, core::Phase::done)); }), HasSubstr("it is over"));
  journal.roll_back();
  EXPECT_THAT(failure_of([&] { turn(journal, attempt(2, 2, core::Phase::voided)); }),
              HasSubstr("it is over"));
  journal.roll_back();
  EXPECT_THAT(failure_of([&] { turn(journal, card(3), attempt(2, 3, core::Phase::done)); }),
              HasSubstr("its card, batch and kind stay"));
}

TEST_F(journal_rows, refuse_what_refers_to_nothing) {
  EXPECT_THAT(failure_of([&] { turn(journal, batch(1), attempt(1, 2)); }), HasSubstr("FOREIGN KEY"));
}

}  // namespace
