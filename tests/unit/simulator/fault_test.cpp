#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::CardPosition;
using api::Certainty;
using api::Counters;
using api::Destination;
using api::PrinterState;
using api::Reason;

TEST(fault, hopper_sensor_holds_until_it_is_loaded) {
  Station station("card 1 feed hopperEmpty");
  EXPECT_FAILS(station.feed(), Reason::hopperEmpty, Certainty::notDone);
  EXPECT_FAILS(station.feed(), Reason::hopperEmpty, Certainty::notDone);
  EXPECT_EQ(station.printer.status(station.soon())->state, PrinterState::needsOperator);
  ASSERT_TRUE(station.world.tell("load 0"));
  EXPECT_TRUE(station.feed());
}

TEST(fault, no_card_arrives_once) {
  Station station("card 1 feed noCard");
  EXPECT_FAILS(station.feed(), Reason::feedFailed, Certainty::notDone);
  EXPECT_EQ(station.world.counters().fed, 0u);
  EXPECT_TRUE(station.feed());
}

TEST(fault, double_feed_accounts_for_both_blanks) {
  Station station("card 1 feed doubleFeed");
  EXPECT_FAILS(station.feed(), Reason::feedFailed, Certainty::unknown);
  EXPECT_EQ(station.world.counters().fed, 2u);
  EXPECT_FAILS(station.printer.to_contact(station.soon()), Reason::stationNotReached, Certainty::notDone);
  ASSERT_TRUE(station.printer.finish(Destination::rejectBin, station.soon()));
  EXPECT_EQ(station.world.counters(), (Counters{2, 0, 0, 2}));
  ASSERT_EQ(station.world.finished().size(), 2u);
  EXPECT_EQ(station.world.finished()[1].body.plan, "attempt-second");
}

TEST(fault, station_is_not_reached) {
  Station station("card 1 contact notReached");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.printer.to_contact(station.soon()), Reason::stationNotReached, Certainty::notDone);
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::transit);
  EXPECT_EQ(station.encoder.slot(), api::Slot::empty);
  EXPECT_TRUE(station.printer.to_contact(station.soon()));
}

TEST(fault, jam_holds_the_card_until_recovery) {
  const std::map<std::string, CardPosition> places{{"feed", CardPosition::feeder},
                                                   {"contact", CardPosition::transit},
                                                   {"leave", CardPosition::transit},
                                                   {"print", CardPosition::print},
                                                   {"finish", CardPosition::exit}};
  for (const auto& [step, place] : places) {
    Station station("card 1 " + step + " jam");
    auto& printer = station.printer;
    auto done = station.feed();
    if (done) done = printer.to_contact(station.soon());
    if (done) done = printer.leave_contact(station.soon());
    if (done) done = station.print_front();
    if (done) done = printer.finish(Destination::output, station.soon());
    EXPECT_FAILS(done, Reason::jam, Certainty::unknown);
    const auto status = printer.status(station.soon()).value();
    EXPECT_EQ(status.position, place) << step;
    EXPECT_EQ(status.state, PrinterState::fault);
    EXPECT_EQ(station.world.counters().fed, 1u);
    EXPECT_FAILS(printer.finish(Destination::rejectBin, station.soon()), Reason::jam, Certainty::notDone);
    ASSERT_TRUE(printer.recover(api::Recovery::clearError, station.soon()));
    ASSERT_TRUE(printer.finish(Destination::rejectBin, station.soon())) << step;
    EXPECT_EQ(station.world.counters().rejected, 1u);
  }
}

TEST(fault, ribbon_ends_in_the_first_panel) {
  Station station("card 1 print ribbonEnded");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::ribbonEndedInPrint, Certainty::unknown);
  EXPECT_EQ(station.world.counters().printed, 0u);
  EXPECT_EQ(station.world.inside()->prints, 1u);
  EXPECT_EQ(station.printer.supplies(station.soon())->ribbon_panels, 0u);
  EXPECT_THAT(station.printer.status(station.soon())->conditions, testing::ElementsAre(Reason::ribbonOut));
}

TEST(fault, false_ribbon_end_is_contradicted_by_the_counter) {
  Station station("card 1 print falseRibbonEnded");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::ribbonEndedInPrint, Certainty::unknown);
  EXPECT_EQ(station.world.counters().printed, 1u);
  EXPECT_TRUE(station.world.inside()->front);
  EXPECT_THAT(station.printer.status(station.soon())->conditions, testing::IsEmpty());
}

TEST(fault, cover_is_closed_again_later) {
  Station station("card 1 print coverOpened");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::coverOpenedInPrint, Certainty::unknown);
  EXPECT_THAT(station.printer.status(station.soon())->conditions, testing::ElementsAre(Reason::coverOpen));
  EXPECT_FAILS(station.printer.finish(Destination::rejectBin, station.soon()), Reason::coverOpen,
               Certainty::notDone);
  station.clock.pass(10s);
  EXPECT_TRUE(station.printer.finish(Destination::rejectBin, station.soon()));
}

TEST(fault, head_cools_by_itself) {
  Station station("card 1 print headTooHot");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::headTooHot, Certainty::notDone);
  EXPECT_EQ(station.world.inside()->prints, 0u);
  station.clock.pass(59s);
  EXPECT_FAILS(station.print_front(), Reason::headTooHot, Certainty::notDone);
  station.clock.pass(1s);
  EXPECT_TRUE(station.print_front());
}

TEST(fault, done_too_fast_is_not_counted) {
  Station station("card 1 print tooFast");
  ASSERT_TRUE(station.feed());
  const auto start = station.clock.steady();
  EXPECT_TRUE(station.print_front());
  EXPECT_LT(station.clock.steady() - start, 4s);
  EXPECT_EQ(station.world.counters().printed, 0u);
  EXPECT_FALSE(station.world.inside()->front);
}

TEST(fault, full_output_and_full_bin_hold_until_they_are_emptied) {
  Station station("card 1 finish outputFull\ncard 1 finish rejectFull");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.printer.finish(Destination::output, station.soon()), Reason::outputFull,
               Certainty::notDone);
  EXPECT_FAILS(station.printer.finish(Destination::rejectBin, station.soon()), Reason::rejectBinFull,
               Certainty::notDone);
  EXPECT_THAT(station.printer.status(station.soon())->conditions,
              testing::ElementsAre(Reason::outputFull, Reason::rejectBinFull));
  ASSERT_TRUE(station.world.tell("empty output"));
  ASSERT_TRUE(station.world.tell("empty reject"));
  EXPECT_TRUE(station.printer.finish(Destination::output, station.soon()));
}

TEST(fault, power_loss_leaves_the_card_inside_and_is_told_once) {
  Station station("card 1 contact powerLost");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.printer.to_contact(station.soon()), Reason::linkLost, Certainty::unknown);
  EXPECT_FAILS(station.printer.status(station.soon()), Reason::printerGone, Certainty::notDone);
  EXPECT_FAILS(station.printer.finish(Destination::output, station.soon()), Reason::printerGone,
               Certainty::notDone);
  station.clock.pass(5s);
  const auto status = station.printer.status(station.soon()).value();
  EXPECT_TRUE(status.restarted);
  EXPECT_EQ(status.position, CardPosition::transit);
  EXPECT_FALSE(station.printer.status(station.soon())->restarted);
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 0}));
  EXPECT_TRUE(station.printer.finish(Destination::rejectBin, station.soon()));
}

TEST(fault, lost_power_at_the_feeder_takes_no_blank) {
  Station station("card 1 feed powerLost");
  EXPECT_FAILS(station.feed(), Reason::linkLost, Certainty::unknown);
  EXPECT_EQ(station.world.counters().fed, 0u);
  EXPECT_FALSE(station.world.inside());
}

TEST(fault, lost_link_loses_the_reply_and_not_the_card) {
  Station station("card 1 finish linkLost");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.printer.finish(Destination::output, station.soon()), Reason::linkLost,
               Certainty::unknown);
  EXPECT_EQ(station.printer.counters(station.soon()).value(), (Counters{1, 0, 1, 0}));
}

TEST(fault, missing_reply_takes_the_time_until_the_deadline) {
  Station station("card 1 feed noReply");
  const auto deadline = station.in(60s);
  EXPECT_FAILS(station.printer.feed({"attempt", true, true, false}, deadline), Reason::timedOut,
               Certainty::unknown);
  EXPECT_EQ(station.clock.steady(), deadline);
  EXPECT_EQ(station.printer.counters(station.soon())->fed, 1u);
  EXPECT_TRUE(station.printer.finish(Destination::output, station.soon()));
}

TEST(fault, garbled_reply_is_as_good_as_none) {
  Station station("card 1 finish garbled");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.printer.finish(Destination::output, station.soon()), Reason::linkLost,
               Certainty::unknown);
  EXPECT_EQ(station.printer.counters(station.soon()).value(), (Counters{1, 0, 1, 0}));
}

TEST(fault, wrong_counters_say_one_more_than_there_was_and_once_only) {
  const std::map<std::string, Counters> wrong{{"feed", {2, 0, 0, 0}},
                                              {"contact", {2, 0, 0, 0}},
                                              {"leave", {2, 0, 0, 0}},
                                              {"print", {1, 2, 0, 0}},
                                              {"finish", {1, 0, 2, 0}}};
  for (const auto& [step, told] : wrong) {
    Station station("card 1 " + step + " wrongCounters");
    ASSERT_TRUE(station.feed());
    api::Result<> done;
    if (step == "contact" || step == "leave") done = station.printer.to_contact(station.soon());
    if (step == "leave") done = station.printer.leave_contact(station.soon());
    if (step == "print") done = station.print_front();
    if (step == "finish") done = station.printer.finish(Destination::output, station.soon());
    ASSERT_TRUE(done) << step;
    EXPECT_EQ(station.printer.counters(station.soon()).value(), told) << step;
    EXPECT_EQ(station.printer.counters(station.soon()).value(), station.world.counters()) << step;
  }
}

TEST(fault, strikes_its_own_card_only) {
  Station station("card 2 feed noCard");
  station.make_card();
  EXPECT_FAILS(station.feed(), Reason::feedFailed, Certainty::notDone);
  EXPECT_TRUE(station.feed());
}

TEST(fault, waits_while_its_step_is_refused_for_another_reason) {
  Station station("card 1 print jam");
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_FAILS(station.print_front(), Reason::printerFault, Certainty::notDone);
  ASSERT_TRUE(station.printer.leave_contact(station.soon()));
  EXPECT_FAILS(station.print_front(), Reason::jam, Certainty::unknown);
}

TEST(fault, can_be_told_while_the_machine_works) {
  Station station;
  ASSERT_TRUE(station.world.tell("card next print ribbonEnded"));
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::ribbonEndedInPrint, Certainty::unknown);
}
