#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::CardPosition;
using api::Certainty;
using api::Counters;
using api::PrinterState;
using api::Reason;

TEST(printer, takes_a_card_from_the_hopper_to_the_output_and_counts_it) {
  Station station;
  EXPECT_EQ(station.printer.status(station.soon())->state, PrinterState::ready);
  ASSERT_TRUE(station.feed());
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::feeder);
  EXPECT_EQ(station.printer.status(station.soon())->state, PrinterState::busy);
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::contact);
  ASSERT_TRUE(station.printer.leave_contact(station.soon()));
  ASSERT_TRUE(station.print_front());
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::print);
  ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::ejected);
  EXPECT_EQ(station.printer.counters(station.soon()).value(), (Counters{1, 1, 1, 0}));
  EXPECT_EQ(station.printer.supplies(station.soon())->hopper_cards, 99u);
  EXPECT_EQ(station.printer.supplies(station.soon())->ribbon_panels, 399u);
  ASSERT_EQ(station.world.finished().size(), 1u);
  EXPECT_TRUE(station.world.finished()[0].body.front);
  EXPECT_FALSE(station.world.finished()[0].body.back);
}

TEST(printer, refuses_what_its_card_cannot_do_and_moves_nothing) {
  Station station;
  const auto start = station.clock.steady();
  EXPECT_FAILS(station.printer.to_contact(station.soon()), Reason::printerFault, Certainty::notDone);
  EXPECT_FAILS(station.printer.retry_contact(station.soon()), Reason::printerFault, Certainty::notDone);
  EXPECT_FAILS(station.printer.leave_contact(station.soon()), Reason::printerFault, Certainty::notDone);
  EXPECT_FAILS(station.print_front(), Reason::printerFault, Certainty::notDone);
  EXPECT_FAILS(station.printer.finish(api::Destination::output, station.soon()), Reason::printerFault,
               Certainty::notDone);
  EXPECT_EQ(station.clock.steady(), start);
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.feed(), Reason::printerFault, Certainty::notDone);
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_FAILS(station.print_front(), Reason::printerFault, Certainty::notDone);
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 0}));
}

TEST(printer, refuses_faces_that_are_not_of_its_size) {
  Station station;
  ASSERT_TRUE(station.feed());
  auto face = Station::white(station.world);
  face.k.pop_back();
  EXPECT_FAILS(station.printer.print({face, {}}, station.soon()), Reason::printerFault, Certainty::notDone);
  face = Station::white(station.world);
  ++face.width;
  EXPECT_FAILS(station.printer.print({{}, face}, station.soon()), Reason::printerFault, Certainty::notDone);
  EXPECT_FAILS(station.printer.print({}, station.soon()), Reason::printerFault, Certainty::notDone);
  EXPECT_EQ(station.world.inside()->prints, 0u);
}

TEST(printer, needs_the_time_of_its_profile) {
  struct Row {
    std::string_view profile;
    bool back;
    std::chrono::milliseconds time;
  };
  // The sums of the model: front in color, K and overlay, back in K alone on direct-to-card machines.
  for (const auto& row :
       {Row{"fast", false, 14900ms}, Row{"fast", true, 19500ms}, Row{"typical", false, 19370ms},
        Row{"retransfer", false, 26500ms}, Row{"retransfer", true, 52500ms}}) {
    simulator::WorldOptions options;
    options.profile = simulator::find_profile(row.profile);
    Station station({}, options);
    station.make_card();  // the first one wakes the machine
    const auto start = station.clock.steady();
    ASSERT_TRUE(station.feed());
    auto back = Station::white(station.world);
    if (!options.profile->retransfer) back.color.clear(), back.overlay.clear();
    ASSERT_TRUE(station.printer.print(
        {Station::white(station.world), row.back ? std::optional(back) : std::nullopt}, station.soon()));
    ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
    EXPECT_EQ(station.clock.steady() - start, row.time) << row.profile << (row.back ? " duplex" : "");
  }
}

TEST(printer, wakes_before_its_first_card_only) {
  Station station;
  const auto start = station.clock.steady();
  ASSERT_TRUE(station.feed());
  EXPECT_EQ(station.clock.steady() - start, 8000ms + 1500ms);
}

TEST(printer, varies_its_times_by_its_seed_alone) {
  const auto time = [](std::uint64_t seed) {
    simulator::WorldOptions options;
    options.seed = seed;
    Station station({}, options);
    station.make_card();
    return station.clock.steady().time_since_epoch();
  };
  EXPECT_EQ(time(1), time(1));
  EXPECT_NE(time(1), time(2));
  EXPECT_GT(time(1), time(0) * 95 / 100);
  EXPECT_LT(time(1), time(0) * 105 / 100);
}

TEST(printer, goes_on_when_the_caller_stops_waiting) {
  Station station;
  const auto deadline = station.in(9s);  // feeding ends after 9.5 s
  EXPECT_FAILS(station.printer.feed({"attempt", false, true, false}, deadline), Reason::timedOut,
               Certainty::unknown);
  EXPECT_EQ(station.clock.steady(), deadline);
  EXPECT_EQ(station.printer.status(station.soon())->state, PrinterState::busy);
  EXPECT_TRUE(station.printer.status(station.soon())->moving);
  EXPECT_EQ(station.printer.counters(station.soon())->fed, 0u);
  EXPECT_FAILS(station.feed(), Reason::printerBusy, Certainty::notDone);
  station.clock.pass(500ms);
  EXPECT_EQ(station.printer.counters(station.soon())->fed, 1u);
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::feeder);
  EXPECT_FALSE(station.printer.status(station.soon())->moving);
}

TEST(printer, feeds_until_its_hopper_is_empty) {
  simulator::WorldOptions options;
  options.blanks = 1;
  Station station({}, options);
  station.make_card();
  EXPECT_FAILS(station.feed(), Reason::hopperEmpty, Certainty::notDone);
  EXPECT_THAT(station.printer.status(station.soon())->conditions, testing::ElementsAre(Reason::hopperEmpty));
  ASSERT_TRUE(station.world.tell("load 2"));
  EXPECT_EQ(station.printer.supplies(station.soon())->hopper_cards, 2u);
  EXPECT_TRUE(station.feed());
}

TEST(printer, uses_up_its_ribbon) {
  simulator::WorldOptions options;
  options.ribbon_capacity = 1;
  Station station({}, options);
  ASSERT_TRUE(station.feed());
  const auto face = Station::white(station.world);
  EXPECT_FAILS(station.printer.print({face, face}, station.soon()), Reason::ribbonEndedInPrint,
               Certainty::unknown);
  EXPECT_EQ(station.world.counters().printed, 1u);
  ASSERT_TRUE(station.printer.finish(api::Destination::rejectBin, station.soon()));
  EXPECT_FAILS(station.feed(), Reason::ribbonOut, Certainty::notDone);
  ASSERT_TRUE(station.world.tell("ribbon"));
  EXPECT_TRUE(station.feed());
}

TEST(printer, rejects_what_is_inside_when_it_is_reset) {
  Station station;
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  ASSERT_TRUE(station.printer.recover(api::Recovery::reset, station.soon()));
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 1}));
  EXPECT_EQ(station.encoder.slot(), api::Slot::empty);
  EXPECT_TRUE(station.printer.recover(api::Recovery::reset, station.soon()));
}

TEST(printer, gives_up_its_card_to_a_hand) {
  Station station("card 1 print jam");
  ASSERT_TRUE(station.feed());
  EXPECT_FAILS(station.print_front(), Reason::jam, Certainty::unknown);
  ASSERT_TRUE(station.world.tell("remove card"));
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::none);
  EXPECT_EQ(station.world.removed_by_hand(), 1u);
  EXPECT_TRUE(station.feed());
}

TEST(printer, gives_up_no_card_while_it_moves) {
  Station station;
  EXPECT_FAILS(station.printer.feed({"attempt", false, true, false}, station.in(9s)), Reason::timedOut,
               Certainty::unknown);
  EXPECT_FALSE(station.world.tell("remove card"));
}

TEST(printer, does_not_understand_just_anything) {
  Station station;
  for (const auto* line : {"", "load", "load x", "load -1", "card 1", "card 1 feed fire", "ribbon!"})
    EXPECT_FALSE(station.world.tell(line)) << line;
}
