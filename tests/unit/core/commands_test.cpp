#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;
using testing::ElementsAre;

IssueCards issue(std::vector<CardId> cards) {
  IssueCards command;
  command.cards = std::move(cards);
  return command;
}

IssueCards issue_all() {
  IssueCards command;
  command.all = true;
  return command;
}

RequestCards request(std::int64_t amount, const std::string& product = {}, const Options& options = {}) {
  return {amount, product, options, {}, {}};
}

// A batch of three: C1 good, C2 failed, C3 in doubt.
void make_mixed(Plant& plant) {
  plant.fail(Step::verify, {2}, api::Reason::verificationMismatch);
  plant.lose({3});
  plant.produce(3);
  plant.settle();
  ASSERT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  ASSERT_EQ(plant.card(2).state, CardState::failed);
  ASSERT_EQ(plant.card(3).state, CardState::inDoubt);
}

TEST(request, makes_cards_of_the_default_product) {
  Plant plant;
  const auto done = plant.done(RequestCards{2, "", {8, {}, {}, {}}, {{"name", "Ada"}}, "for Monday"});
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}, CardId{2}));
  const auto& card = plant.card(2);
  EXPECT_EQ(card.state, CardState::requested);
  EXPECT_EQ(card.product, "encoded");
  EXPECT_EQ(card.number, card_number("T", {2}));
  EXPECT_EQ(card.options.pin_length, 8U);
  EXPECT_EQ(card.fields.at("name"), "Ada");
  EXPECT_EQ(card.note, "for Monday");
  EXPECT_EQ(card.created, plant.now);
  EXPECT_EQ(plant.records.changes.back().card, CardId{2});
  EXPECT_EQ(std::ranges::count(plant.records.audits, "RequestCards", &AuditRecord::action), 2);
  EXPECT_EQ(plant.started(Step::render), 0U) << "nothing is made before it is issued";
}

TEST(request, takes_one_to_the_largest_amount) {
  Plant plant;
  EXPECT_EQ(plant.done(request(1)).cards.size(), 1U);
  EXPECT_EQ(plant.done(request(9)).cards.size(), 9U);
  for (const auto amount : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10}, INT64_MIN, INT64_MAX}) {
    const auto refusal = plant.refused(request(amount));
    EXPECT_EQ(refusal.error, Refused::amountOutOfRange);
    EXPECT_EQ(refusal.value, std::to_string(amount));
    EXPECT_EQ(refusal.maximum, 9);
  }
}

TEST(request, is_refused_for_an_unknown_product_and_for_wrong_options) {
  Plant plant;
  EXPECT_EQ(plant.refused(request(1, "bogus")).error, Refused::productNotFound);
  EXPECT_EQ(plant.refused(request(1, "encoded", {3, {}, {}, {}})).error, Refused::optionInvalid);
  const auto closed = plant.refused(request(1, "printed", {{}, {}, true, {}}));
  EXPECT_EQ(closed.error, Refused::optionNotAllowed);
  EXPECT_EQ(closed.subject, "encode");
  EXPECT_TRUE(plant.records.cards.empty());
}

TEST(use_case, request_can_be_switched_off_for_requesting_and_issuing) {
  Plant plant;
  plant.done(request(1));
  plant.production.rules.use_cases.request = false;
  for (const Command& command : {Command(request(1)), Command(issue({{1}})), Command(issue_all())}) {
    const auto refusal = plant.refused(command);
    EXPECT_EQ(refusal.error, Refused::useCaseDisabled);
    EXPECT_EQ(refusal.subject, "request");
  }
}

TEST(issue, puts_the_cards_into_a_batch_in_the_order_said) {
  Plant plant;
  plant.done(request(3));
  const auto done = plant.done(issue({{3}, {1}}));
  EXPECT_EQ(done.batch, BatchId{1});
  EXPECT_THAT(plant.batch(1).cards, ElementsAre(CardId{3}, CardId{1}));
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  EXPECT_EQ(plant.card(3).state, CardState::inProduction);
  EXPECT_EQ(plant.card(3).batch, BatchId{1});
  EXPECT_EQ(plant.card(2).state, CardState::requested);
  plant.settle();
  EXPECT_LT(plant.attempts_of(3).front().started, plant.attempts_of(1).front().started);
}

TEST(issue, is_refused_as_a_whole_when_one_card_cannot_be_issued) {
  Plant plant;
  plant.done(request(2));
  plant.done(issue({{1}}));
  const auto wrong = plant.refused(issue({{2}, {1}}));
  EXPECT_EQ(wrong.error, Refused::wrongState);
  EXPECT_EQ(wrong.subject, "C1");
  EXPECT_EQ(wrong.value, "inProduction");
  EXPECT_EQ(wrong.text, "issue");
  EXPECT_EQ(plant.refused(issue({{2}, {99}})).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(issue({})).error, Refused::noCards);
  EXPECT_EQ(plant.card(2).state, CardState::requested);
}

TEST(issue, takes_a_card_once_that_is_named_twice) {
  Plant plant;
  plant.done(request(1));
  const auto done = plant.done(issue({{1}, {1}}));
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}));
  ASSERT_EQ(done.skipped.size(), 1U);
  EXPECT_EQ(done.skipped.front().why, "named twice");
}

TEST(issue, of_all_skips_what_the_options_do_not_fit) {
  Plant plant;
  plant.done(request(1, "encoded"));
  plant.done(request(1, "printed"));
  auto command = issue_all();
  command.options = Options{7, {}, {}, {}};
  const auto done = plant.done(command);
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}));
  ASSERT_EQ(done.skipped.size(), 1U);
  EXPECT_EQ(done.skipped.front().card, CardId{2});
  EXPECT_EQ(plant.card(1).options.pin_length, 7U);
  EXPECT_EQ(plant.refused(command).error, Refused::noCards);
}

TEST(issue, of_all_takes_no_more_than_a_batch_holds) {
  Plant plant;
  plant.production.rules.batch_cards_max = 4;
  plant.done(request(6));
  EXPECT_EQ(plant.done(issue_all()).cards.size(), 4U);
  EXPECT_EQ(plant.done(issue_all()).cards.size(), 2U);
  const auto refusal = plant.refused(issue({{1}, {2}, {3}, {4}, {5}}));
  EXPECT_EQ(refusal.error, Refused::limitExceeded);
  EXPECT_EQ(refusal.maximum, 4);
}

TEST(issue, only_checked_changes_nothing_and_says_what_it_would_do) {
  Plant plant;
  plant.done(request(2));
  plant.done(issue({{1}}));
  const auto before = describe(plant.production);
  const auto rows = plant.records.changes.size() + plant.records.audits.size();
  auto command = issue({{1}, {2}});
  command.check_only = true;
  const auto done = plant.done(command);
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}));
  EXPECT_EQ(done.batch, std::nullopt);
  ASSERT_EQ(done.skipped.size(), 1U);
  EXPECT_EQ(done.skipped.front().card, CardId{1});
  EXPECT_EQ(describe(plant.production), before);
  EXPECT_EQ(plant.records.changes.size() + plant.records.audits.size(), rows);
  EXPECT_EQ(plant.card(2).state, CardState::requested);
}

TEST(issue, may_turn_off_the_chip_of_a_card_that_was_requested_with_certificates) {
  Plant plant;
  plant.done(request(1, "encoded", {{}, {}, {}, std::vector<std::string>{"signature"}}));
  auto command = issue({{1}});
  command.options = Options{{}, {}, false, {}};
  plant.done(command);
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).front().kind, AttemptKind::body);
}

TEST(issue, refuses_certificates_for_a_card_that_was_requested_without_a_chip) {
  Plant plant;
  plant.done(request(1, "encoded", {{}, {}, false, {}}));
  auto command = issue({{1}});
  command.options = Options{{}, {}, {}, std::vector<std::string>{"signature"}};
  const auto refusal = plant.refused(command);
  EXPECT_EQ(refusal.error, Refused::optionInvalid);
  EXPECT_EQ(refusal.subject, "certificates");
  EXPECT_EQ(refusal.value, "signature");
}

TEST(issue, refuses_a_card_whose_product_is_gone) {
  Plant plant;
  plant.done(request(1, "printed"));
  auto rules = plant::rules();
  rules.products.erase("printed");
  plant.restart(rules);
  EXPECT_EQ(plant.refused(issue({{1}})).error, Refused::productNotFound);
}

TEST(complete, confirms_the_good_cards_and_owes_their_letters) {
  Plant plant;
  const auto batch = plant.produce(2);
  EXPECT_EQ(plant.refused(CompleteBatch{batch}).error, Refused::wrongState);
  plant.settle();
  EXPECT_EQ(plant.started(Step::letter), 0U) << "not before a person confirmed";
  const auto done = plant.done(CompleteBatch{batch});
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}, CardId{2}));
  EXPECT_EQ(plant.card(1).state, CardState::unassigned);
  EXPECT_EQ(plant.batch(1).state, BatchState::completed);
  EXPECT_EQ(plant.under_way(Step::letter), 2U);
  plant.settle();
  EXPECT_EQ(plant.records.sealed.at(*plant.card(1).attempt).pin, api::Bytes{});
  EXPECT_TRUE(plant.records.open_letters().empty());
  EXPECT_EQ(plant.refused(CompleteBatch{batch}).error, Refused::wrongState);
}

TEST(complete, writes_no_letter_for_a_card_without_a_chip) {
  Plant plant;
  const auto batch = plant.produce(1, "printed");
  plant.settle();
  plant.done(CompleteBatch{batch});
  EXPECT_EQ(plant.started(Step::letter), 0U);
}

TEST(complete, is_refused_while_cards_are_failed_or_in_doubt) {
  Plant plant;
  make_mixed(plant);
  const auto refusal = plant.refused(CompleteBatch{{1}});
  EXPECT_EQ(refusal.error, Refused::batchNotSettled);
  EXPECT_THAT(refusal.cards, ElementsAre(CardId{2}, CardId{3}));
  EXPECT_EQ(plant.refused(CompleteBatch{{9}}).error, Refused::batchNotFound);
}

TEST(complete, leaves_out_cards_that_were_given_up) {
  Plant plant;
  plant.fail(Step::verify, {2}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(2);
  plant.settle();
  plant.done(GiveUpCards{{{2}}});
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
  EXPECT_THAT(plant.done(CompleteBatch{batch}).cards, ElementsAre(CardId{1}));
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
}

TEST(repeat, of_nothing_named_repeats_what_failed) {
  Plant plant;
  make_mixed(plant);
  const auto done = plant.done(RepeatProduction{{1}, {}, api::Reason::misprinted});
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}));
  EXPECT_EQ(plant.batch(1).state, BatchState::producing);
  plant.settle();
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
  EXPECT_EQ(plant.card(2).reason, std::nullopt);
  EXPECT_EQ(plant.attempts_of(2).size(), 2U);
  EXPECT_EQ(plant.attempts_of(1).size(), 1U);
  EXPECT_EQ(plant.batch(1).state, BatchState::awaitingConfirmation);
  EXPECT_EQ(plant.refused(RepeatProduction{{1}, {}, api::Reason::misprinted}).error, Refused::noCards);
}

TEST(repeat, of_a_finished_card_condemns_its_body_revokes_its_certificates_and_erases_its_pin) {
  Plant plant;
  const auto batch = plant.produce(2);
  plant.settle();
  const auto first = *plant.card(1).attempt;
  const auto other = *plant.card(2).attempt;
  const auto lists = plant.started(Step::publish);
  ASSERT_TRUE(plant.records.sealed.contains(first));
  plant.done(RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  const auto& attempt = plant.records.attempts.at(first);
  EXPECT_EQ(attempt.phase, Phase::condemned);
  EXPECT_EQ(attempt.reason, api::Reason::misprinted);
  EXPECT_EQ(attempt.reached, Phase::done);
  EXPECT_FALSE(plant.records.sealed.contains(first));
  ASSERT_EQ(plant.records.certificates(first).size(), 2U);
  for (const auto& certificate : plant.records.certificates(first)) {
    EXPECT_EQ(certificate.state, CertificateState::revoked);
  }
  EXPECT_EQ(plant.started(Step::publish), lists + 1);
  EXPECT_TRUE(plant.records.sealed.contains(other));
  plant.settle();
  EXPECT_NE(*plant.card(1).attempt, first);
  EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  for (const auto& certificate : plant.records.certificates(other))
    EXPECT_EQ(certificate.state, CertificateState::issued);
}

TEST(repeat, takes_good_and_failed_cards_together_in_the_order_of_the_batch) {
  Plant plant;
  plant.fail(Step::verify, {2}, api::Reason::verificationMismatch);
  const auto batch = plant.produce(3);
  plant.settle();
  plant.done(RepeatProduction{batch, {{3}, {2}, {3}}, api::Reason::damaged});
  EXPECT_EQ(plant.attempts_of(2).front().phase, Phase::spoiled);
  EXPECT_EQ(plant.attempts_of(2).front().reason, api::Reason::verificationMismatch);
  EXPECT_EQ(plant.attempts_of(3).front().phase, Phase::condemned);
  plant.settle();
  EXPECT_EQ(plant.attempts_of(1).size(), 1U);
  for (const auto card : {2, 3}) {
    EXPECT_EQ(plant.card(card).state, CardState::awaitingConfirmation);
    EXPECT_EQ(plant.attempts_of(card).size(), 2U);
  }
  plant.done(CompleteBatch{batch});
}

TEST(repeat, is_refused_for_cards_in_doubt_and_of_other_batches) {
  Plant plant;
  make_mixed(plant);
  const auto doubt = plant.refused(RepeatProduction{{1}, {{1}, {3}}, api::Reason::misprinted});
  EXPECT_EQ(doubt.error, Refused::wrongState);
  EXPECT_EQ(doubt.subject, "C3");
  plant.produce(1);
  EXPECT_EQ(plant.refused(RepeatProduction{{1}, {{4}}, api::Reason::misprinted}).error,
            Refused::cardNotInBatch);
  EXPECT_EQ(plant.refused(RepeatProduction{{1}, {{99}}, api::Reason::misprinted}).error,
            Refused::cardNotInBatch);
  EXPECT_EQ(plant.refused(RepeatProduction{{2}, {}, api::Reason::misprinted}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(RepeatProduction{{9}, {}, api::Reason::misprinted}).error, Refused::batchNotFound);
}

TEST(give_up, is_for_failed_cards_of_a_batch_that_has_ended) {
  Plant plant;
  make_mixed(plant);
  EXPECT_EQ(plant.refused(GiveUpCards{{{2}, {1}}}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(GiveUpCards{{{3}}}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(GiveUpCards{{{99}}}).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(GiveUpCards{}).error, Refused::noCards);
  EXPECT_THAT(plant.done(GiveUpCards{{{2}, {2}}}).cards, ElementsAre(CardId{2}));
  EXPECT_EQ(plant.refused(GiveUpCards{{{2}}}).error, Refused::wrongState);
}

TEST(give_up, waits_until_the_batch_has_ended) {
  Plant plant;
  plant.fail(Step::render, {1}, api::Reason::textDoesNotFit);
  plant.produce(2);
  ASSERT_TRUE(plant.finish_until(Step::feed));
  ASSERT_EQ(plant.card(1).state, CardState::failed);
  const auto refusal = plant.refused(GiveUpCards{{{1}}});
  EXPECT_EQ(refusal.error, Refused::wrongState);
  EXPECT_EQ(refusal.subject, "B1");
}

TEST(settled_batch, leaves_the_working_set) {
  Plant plant;
  const auto batch = plant.produce(2);
  plant.settle();
  plant.done(CompleteBatch{batch});
  EXPECT_TRUE(plant.production.batches.empty());
  EXPECT_TRUE(plant.production.cards.empty());
  EXPECT_TRUE(plant.production.attempts.empty());
}

}  // namespace
