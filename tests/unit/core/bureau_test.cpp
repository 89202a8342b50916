#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;
using testing::ElementsAre;

ManifestLine produced(const std::string& card, const std::string& chip) {
  return {2, "O1", card, {}, true, chip, {}};
}
ManifestLine failed(const std::string& card, const std::string& text = {}) {
  return {3, "O1", card, {}, false, {}, text};
}

TEST(bureau, gets_a_job_file_for_an_order_at_once) {
  Plant plant;
  const auto order = plant.order("bureau", 2);
  ASSERT_EQ(plant.under_way(Step::dispatch), 1U);
  EXPECT_EQ(plant.effects.back().order, order);
  EXPECT_EQ(plant.card(1).state, CardState::ordered);
  EXPECT_FALSE(plant.order_row(order).sent);
  plant.settle();
  EXPECT_TRUE(plant.order_row(order).sent);
  EXPECT_TRUE(plant.production.dispatches.empty());
  EXPECT_EQ(plant.records.audits.back().outcome, "written");
  EXPECT_EQ(plant.started(Step::feed), 0U) << "the station does not make it";
}

TEST(bureau, gets_an_order_of_the_queue_when_it_is_due_even_while_the_line_is_stopped) {
  Plant plant;
  plant.done(Pause{});
  const auto order = plant.order("bureau later");
  const auto other = plant.order("bureau later");
  plant.done(HoldOrder{other});
  EXPECT_EQ(plant.card(1).state, CardState::processing);
  plant.settle();
  EXPECT_EQ(plant.started(Step::dispatch), 0U);
  plant.now = plant.order_row(other).due;
  EXPECT_TRUE(waits(plant.production, plant.now));
  plant.settle();
  EXPECT_EQ(plant.card(1).state, CardState::ordered);
  EXPECT_TRUE(plant.order_row(order).sent);
  EXPECT_EQ(plant.card(2).state, CardState::processing) << "it is held";
}

TEST(bureau, is_tried_again_until_its_job_file_is_written) {
  Plant plant;
  bool full = true;
  plant.devices = [&](const Effect& effect) {
    if (effect.step == Step::dispatch && full)
      return Plant::Result(api::fail(api::Reason::fileNotWritten, "no room"));
    return plant.well(effect);
  };
  const auto order = plant.order("bureau");
  plant.finish_one();
  EXPECT_TRUE(waits(plant.production, plant.now));
  plant.tick();
  plant.finish_one();
  EXPECT_EQ(plant.started(Step::dispatch), 2U);
  EXPECT_EQ(std::ranges::count(plant.records.audits, "no room", &AuditRecord::outcome), 1) << "said once";
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::dispatch), 1U) << "it is still owed";
  full = false;
  plant.settle();
  EXPECT_TRUE(plant.order_row(order).sent);
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::dispatch), 0U);
  EXPECT_FALSE(waits(plant.production, plant.now));
}

TEST(manifest, says_which_cards_were_produced_and_which_failed) {
  Plant plant;
  const auto order = plant.order("bureau", 4);
  plant.settle();
  auto line = produced("C1", "0a0b");
  line.number = plant.card(1).number;
  const auto done = plant.done(ImportManifest{order, {line, failed("C2", "torn"), failed("C3")}});
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}));
  EXPECT_THAT(done.skipped, ElementsAre(Skipped{{2}, "torn"}, Skipped{{3}, "the bureau could not make it"}));
  EXPECT_EQ(done.order, order);
  EXPECT_EQ(plant.card(1).state, CardState::produced);
  EXPECT_EQ(plant.card(1).chip_serial, "0a0b");
  EXPECT_EQ(plant.card(2).state, CardState::failed);
  EXPECT_EQ(plant.card(2).text, "torn");
  EXPECT_EQ(plant.card(4).state, CardState::ordered) << "not named: another manifest will say";
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered);
  EXPECT_EQ(plant.records.audits.back().outcome, "1 produced, 2 failed");

  plant.done(ImportManifest{order, {produced("C4", "70011")}});  // decimal, as some chips say it
  EXPECT_EQ(plant.card(4).chip_serial, "70011");
  EXPECT_EQ(plant.order_row(order).state, OrderState::ordered) << "failed ones are not settled";
  plant.done(GiveUpCards{{{2}, {3}}});
  EXPECT_EQ(plant.card(2).state, CardState::aborted);
  EXPECT_EQ(plant.order_row(order).state, OrderState::completed);
}

TEST(manifest, of_another_order_is_refused) {
  Plant plant;
  plant.order("bureau");
  plant.order("bureau");
  auto line = produced("C2", "0a");
  line.order = "O2";
  const auto refusal = plant.refused(ImportManifest{{1}, {produced("C1", "0b"), line}});
  EXPECT_EQ(refusal.error, Refused::manifestOfOtherOrder);
  EXPECT_EQ(refusal.subject, "O1");
  EXPECT_EQ(refusal.value, "O2");
}

TEST(manifest, is_of_an_order_that_the_bureau_has) {
  Plant plant;
  EXPECT_EQ(plant.refused(ImportManifest{{1}, {failed("C1")}}).error, Refused::orderNotFound);
  plant.order("bureau later");
  const auto queued = plant.refused(ImportManifest{{1}, {failed("C1")}});
  EXPECT_EQ(queued.error, Refused::wrongState);
  EXPECT_EQ(queued.value, "processing");
  EXPECT_EQ(queued.text, "import");
  plant.done(AbortCards{{}, OrderId{1}});
  EXPECT_EQ(plant.refused(ImportManifest{{1}, {failed("C1")}}).value, "aborted");
  plant.order("direct");
  EXPECT_EQ(plant.refused(ImportManifest{{2}, {failed("C2")}}).error, Refused::wrongState);
  EXPECT_EQ(plant.refused(ImportManifest{plant.order("bureau"), {}}).error, Refused::noCards);
  plant.production.rules.use_cases.order = false;
  EXPECT_EQ(plant.refused(ImportManifest{{3}, {}}).error, Refused::useCaseDisabled);
}

TEST(manifest, with_wrong_lines_names_each_and_takes_nothing) {
  Plant plant;
  const auto order = plant.order("bureau", 5);
  plant.order("bureau");
  plant.settle();
  plant.done(ImportManifest{order, {produced("C5", "ff")}});
  auto number = produced("C2", "0a");
  number.number = "T1";
  std::vector<ManifestLine> lines{produced("C1", "01"),  produced("C1", "02"),   number,
                                  produced("C99", "03"), produced("junk", "04"), produced("C6", "05"),
                                  produced("C5", "ff"),  produced("C3", ""),     produced("C4", "xy"),
                                  failed("C3")};
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].line = static_cast<std::int64_t>(i + 2);
  const auto refusal = plant.refused(ImportManifest{order, lines});
  EXPECT_EQ(refusal.error, Refused::manifestInvalid);
  EXPECT_EQ(refusal.subject, "O1");
  EXPECT_THAT(refusal.lines,
              ElementsAre(LineProblem{3, "card", "named twice"},
                          LineProblem{4, "number", "the number of C2 is " + plant.card(2).number},
                          LineProblem{5, "card", "there is no such card"},
                          LineProblem{6, "card", "there is no such card"},
                          LineProblem{7, "card", "it is not of this order"},
                          LineProblem{8, "card", "it is produced already, with this chip"},
                          LineProblem{9, "chip", "is no serial number: digits, and a to f"},
                          LineProblem{10, "chip", "is no serial number: digits, and a to f"},
                          LineProblem{11, "card", "named twice"}));
  EXPECT_EQ(plant.card(1).state, CardState::ordered);
}

TEST(manifest, has_no_chip_that_is_somewhere_else) {
  Plant plant;
  plant.devices = [&](const Effect& effect) {
    if (effect.step == Step::identify) return Plant::Result(Identified{"aa"});
    return plant.well(effect);
  };
  plant.produce(1);
  plant.settle();
  auto order = plant.order("bureau", 3);
  const auto refusal = plant.refused(
      ImportManifest{order, {produced("C2", "aa"), produced("C3", "bb"), produced("C4", "bb")}});
  EXPECT_THAT(refusal.lines, ElementsAre(LineProblem{2, "chip", "is the chip of another card"},
                                         LineProblem{2, "chip", "stands in this manifest twice"}));
  plant.done(ImportManifest{order, {produced("C2", "bb")}});
  EXPECT_EQ(plant.refused(ImportManifest{order, {produced("C3", "bb")}}).error, Refused::manifestInvalid);
}

TEST(manifest, takes_back_what_was_said_of_a_body_that_is_not_initialised) {
  Plant plant;
  const auto order = plant.order("bureau", 3);
  plant.settle();
  plant.done(ImportManifest{order, {produced("C1", "01"), produced("C2", "02"), produced("C3", "03")}});
  ASSERT_EQ(plant.order_row(order).state, OrderState::completed);

  plant.done(ImportManifest{order, {failed("C1", "it never came"), produced("C2", "22")}});
  EXPECT_EQ(plant.card(1).state, CardState::failed);
  EXPECT_EQ(plant.card(1).text, "it never came");
  EXPECT_EQ(plant.card(2).state, CardState::produced);
  EXPECT_EQ(plant.card(2).chip_serial, "22");

  const auto again = plant.refused(ImportManifest{order, {failed("C1"), produced("C3", "03")}});
  ASSERT_EQ(again.lines.size(), 2U);
  EXPECT_EQ(again.lines[0].text, "it is failed, not ordered");
  EXPECT_EQ(again.lines[1].text, "it is produced already, with this chip");
  plant.done(GiveUpCards{{{1}}});
  EXPECT_EQ(plant.card(1).state, CardState::aborted);
}

TEST(reorder, asks_the_bureau_for_new_bodies_with_a_new_order) {
  Plant plant;
  plant.order("bureau", 3, 7);
  plant.done(ImportManifest{{1}, {produced("C1", "01"), failed("C2", "torn"), failed("C3")}});
  plant.settle();
  const auto done = plant.done(ReorderCards{{1}, {}, api::Reason::damaged});
  EXPECT_EQ(done.order, OrderId{2});
  EXPECT_THAT(done.cards, ElementsAre(CardId{2}, CardId{3}));
  const auto& order = plant.order_row({2});
  EXPECT_EQ(order.state, OrderState::ordered);
  EXPECT_EQ(order.production_type, "bureau");
  EXPECT_EQ(order.priority, 7U);
  EXPECT_FALSE(order.sent);
  EXPECT_EQ(plant.card(2).state, CardState::ordered);
  EXPECT_EQ(plant.card(2).order, OrderId{2});
  EXPECT_EQ(plant.card(2).text, "");
  EXPECT_EQ(plant.order_row({1}).state, OrderState::completed) << "what is left of it is made";
  EXPECT_THAT(plant.order_row({1}).cards, ElementsAre(CardId{1}, CardId{2}, CardId{3}));
  plant.settle();
  EXPECT_TRUE(plant.order_row({2}).sent);
  auto line = produced("C2", "02");
  line.order = "O2";
  plant.done(ImportManifest{{2}, {line}});
}

TEST(reorder, is_possible_after_the_order_was_completed) {
  Plant plant;
  plant.order("bureau", 2);
  plant.done(ImportManifest{{1}, {produced("C1", "01"), produced("C2", "02")}});
  ASSERT_EQ(plant.order_row({1}).state, OrderState::completed);
  EXPECT_EQ(plant.refused(ReorderCards{{1}, {}, api::Reason::damaged}).error, Refused::noCards);
  plant.card(2).state = CardState::failed;  // its chip was spoiled in the encoder
  plant.card(2).guid = AttemptId{9};
  plant.card(2).encoding_due = true;
  plant.done(ReorderCards{{1}, {{2}}, api::Reason::damaged});
  EXPECT_EQ(plant.card(2).chip_serial, "");
  EXPECT_FALSE(plant.card(2).guid || plant.card(2).encoding_due);
}

TEST(reorder, is_refused_for_what_did_not_fail_at_a_bureau) {
  Plant plant;
  plant.order("bureau", 2);
  plant.order("bureau");
  plant.done(ImportManifest{{1}, {failed("C1")}});
  const auto reason = api::Reason::damaged;
  const auto wrong = plant.refused(ReorderCards{{1}, {{1}, {2}}, reason});
  EXPECT_EQ(wrong.error, Refused::wrongState);
  EXPECT_EQ(wrong.subject, "C2");
  EXPECT_EQ(wrong.text, "reorder");
  const auto other = plant.refused(ReorderCards{{2}, {{1}}, reason});
  EXPECT_EQ(other.error, Refused::cardNotInBatch);
  EXPECT_EQ(other.value, "O2");
  EXPECT_EQ(plant.refused(ReorderCards{{1}, {{99}}, reason}).error, Refused::cardNotFound);
  EXPECT_EQ(plant.refused(ReorderCards{{9}, {}, reason}).error, Refused::orderNotFound);
  EXPECT_EQ(plant.refused(ReorderCards{plant.order("direct"), {}, reason}).error, Refused::wrongState);
  plant.production.rules.orders_open_max = 3;
  EXPECT_EQ(plant.refused(ReorderCards{{1}, {}, reason}).error, Refused::limitExceeded);
}

TEST(give_up, of_a_lost_order_aborts_it) {
  Plant plant;
  const auto order = plant.order("bureau", 2);
  plant.done(GiveUpCards{{{1}, {2}}});
  EXPECT_EQ(plant.card(1).state, CardState::aborted);
  EXPECT_EQ(plant.order_row(order).state, OrderState::aborted);
  plant.settle();  // its job file comes back all the same
  EXPECT_TRUE(plant.order_row(order).sent);
  EXPECT_TRUE(plant.production.orders.empty() && plant.production.dispatches.empty());
  plant.restart();
  EXPECT_EQ(plant.under_way(Step::dispatch), 0U);
}

}  // namespace
