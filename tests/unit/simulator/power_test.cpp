// Power that goes, and another printer that comes, at any moment.
#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::CardPosition;
using api::Certainty;
using api::Counters;
using api::Destination;
using api::Reason;
using simulator::Purge;

namespace {
// A station with a card inside, told from outside what happens to it.
struct PowerStation : Station {
  explicit PowerStation(std::string_view script = {}, simulator::WorldOptions options = {})
      : Station(script, std::move(options)) {
    EXPECT_TRUE(feed());
  }
  void cut(Purge purge) {
    world.advance(clock.steady());
    world.cut_power(purge);
  }
  void come_back() { clock.pass(simulator::profiles[0].restart); }
  // Starts to print both faces and stops waiting after this time.
  void print_for(std::chrono::milliseconds time) {
    const auto face = white(world);
    EXPECT_FAILS(printer.print({face, face}, in(time)), Reason::timedOut, Certainty::unknown);
  }
};
}  // namespace

TEST(power, cut_in_the_middle_of_a_movement_ends_it_for_who_waits) {
  PowerStation station;
  simulator::SimulatedPrinter watched(station.world, station.clock, [&](std::chrono::nanoseconds time) {
    station.clock.pass(time / 2);
    station.cut(Purge::keeps);
    station.clock.pass(time / 2);
  });
  EXPECT_FAILS(watched.finish(Destination::output, station.soon()), Reason::linkLost, Certainty::unknown);
  EXPECT_FAILS(watched.counters(station.soon()), Reason::printerGone, Certainty::notDone);
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 0}));
  station.come_back();
  EXPECT_FALSE(watched.status(station.soon())->moving);
}

TEST(power, cut_in_the_first_panel_leaves_a_body_with_something_on_it_and_no_count) {
  PowerStation station;
  station.print_for(1s);
  station.cut(Purge::keeps);
  EXPECT_EQ(station.world.counters().printed, 0u);
  EXPECT_EQ(station.world.inside()->prints, 1u);
  EXPECT_FALSE(station.world.inside()->front);
  station.come_back();
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::print);
}

TEST(power, cut_after_the_first_face_keeps_it) {
  PowerStation station;
  station.print_for(15s);
  station.cut(Purge::keeps);
  EXPECT_EQ(station.world.counters().printed, 1u);
  EXPECT_TRUE(station.world.inside()->front);
  EXPECT_FALSE(station.world.inside()->back);
}

TEST(power, cut_before_the_head_came_down_leaves_a_blank) {
  PowerStation station("card 1 print coverOpened");
  EXPECT_FAILS(station.print_front(), Reason::coverOpenedInPrint, Certainty::unknown);
  ASSERT_TRUE(station.world.tell("close cover"));
  ASSERT_TRUE(station.printer.finish(Destination::rejectBin, station.soon()));
  ASSERT_TRUE(station.feed());
  station.print_for(1s);  // the ribbon is wound to its next panel
  station.cut(Purge::keeps);
  EXPECT_EQ(station.world.inside()->prints, 0u);
}

TEST(power, comes_back_with_the_card_inside_and_tells_it_once) {
  PowerStation station;
  station.cut(Purge::keeps);
  station.clock.pass(4999ms);
  EXPECT_FAILS(station.printer.status(station.soon()), Reason::printerGone, Certainty::notDone);
  station.clock.pass(1ms);
  const auto status = station.printer.status(station.soon()).value();
  EXPECT_TRUE(status.restarted);
  EXPECT_EQ(status.position, CardPosition::transit);
  EXPECT_FALSE(station.printer.status(station.soon())->restarted);
  EXPECT_TRUE(station.printer.finish(Destination::rejectBin, station.soon()));
}

TEST(power, drops_the_card_unasked_when_it_comes_back_and_counts_it) {
  for (const auto& [purge, counters, place] :
       {std::tuple{Purge::toOutput, Counters{1, 0, 1, 0}, CardPosition::ejected},
        std::tuple{Purge::toReject, Counters{1, 0, 0, 1}, CardPosition::rejected}}) {
    PowerStation station;
    station.cut(purge);
    EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 0}));
    station.come_back();
    EXPECT_EQ(station.printer.counters(station.soon()).value(), counters);
    EXPECT_EQ(station.printer.status(station.soon())->position, place);
    ASSERT_EQ(station.world.finished().size(), 1u);
    EXPECT_FALSE(station.world.inside());
    station.make_card("next");
  }
}

TEST(power, drops_nothing_where_nothing_is_inside) {
  Station station;
  station.make_card();
  station.world.cut_power(Purge::toOutput);
  station.clock.pass(5s);
  EXPECT_EQ(station.printer.counters(station.soon()).value(), (Counters{1, 1, 1, 0}));
}

TEST(power, drops_no_jammed_card_and_none_into_what_is_full) {
  PowerStation jammed("card 1 print jam");
  EXPECT_FAILS(jammed.print_front(), Reason::jam, Certainty::unknown);
  jammed.cut(Purge::toOutput);
  jammed.come_back();
  EXPECT_EQ(jammed.printer.status(jammed.soon())->position, CardPosition::print);
  PowerStation full("card 1 finish outputFull\ncard 1 finish rejectFull");
  EXPECT_FAILS(full.printer.finish(Destination::output, full.soon()), Reason::outputFull, Certainty::notDone);
  EXPECT_FAILS(full.printer.finish(Destination::rejectBin, full.soon()), Reason::rejectBinFull,
               Certainty::notDone);
  for (const auto purge : {Purge::toOutput, Purge::toReject}) {
    full.cut(purge);
    full.come_back();
    EXPECT_EQ(full.printer.status(full.soon())->position, CardPosition::transit);
    EXPECT_TRUE(full.world.inside());
  }
}

TEST(power, is_gone_for_the_chip_too) {
  PowerStation station;
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  const auto chip = station.encoder.connect(station.soon()).value();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  station.cut(Purge::keeps);
  EXPECT_EQ(station.encoder.slot(), api::Slot::empty);
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
}

TEST(power, is_cut_by_a_word) {
  const std::map<std::string, Counters> words{
      {"cut power", {1, 0, 0, 0}}, {"cut power output", {1, 0, 1, 0}}, {"cut power reject", {1, 0, 0, 1}}};
  for (const auto& [word, counters] : words) {
    PowerStation station;
    ASSERT_TRUE(station.world.tell(word));
    EXPECT_FALSE(station.world.powered());
    station.come_back();
    EXPECT_EQ(station.printer.counters(station.soon()).value(), counters) << word;
  }
}

TEST(power, is_lost_in_the_middle_of_any_step) {
  const std::map<std::string, Counters> kinds{
      {"powerLost", {1, 0, 0, 0}}, {"purgedToOutput", {1, 0, 1, 0}}, {"purgedToReject", {1, 0, 0, 1}}};
  for (const auto& [kind, counters] : kinds)
    for (const std::string step : {"contact", "leave", "print", "finish"}) {
      PowerStation station("card 1 " + step + " " + kind);
      api::Result<> done;
      if (step != "finish") done = station.printer.to_contact(station.soon());
      if (done && step != "finish") done = station.printer.leave_contact(station.soon());
      if (done && step == "print") done = station.print_front();
      if (done) done = station.printer.finish(Destination::output, station.soon());
      EXPECT_FAILS(done, Reason::linkLost, Certainty::unknown);
      EXPECT_FALSE(station.world.powered());
      station.come_back();
      EXPECT_EQ(station.printer.counters(station.soon()).value(), counters) << step << " " << kind;
      EXPECT_TRUE(station.printer.status(station.soon())->restarted);
      const auto& body = station.world.inside() ? *station.world.inside() : station.world.finished()[0].body;
      EXPECT_EQ(body.prints, step == "print") << step << " " << kind;
    }
}

TEST(another_printer, has_its_own_serial_counters_and_nothing_inside) {
  PowerStation station;
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  ASSERT_TRUE(station.world.tell("swap printer SIM-0002"));
  EXPECT_EQ(station.printer.identity(station.soon())->serial, "SIM-0002");
  EXPECT_EQ(station.printer.counters(station.soon()).value(), Counters{});
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::none);
  EXPECT_FALSE(station.printer.status(station.soon())->restarted);
  EXPECT_EQ(station.encoder.slot(), api::Slot::empty);
  EXPECT_EQ(station.world.taken_away(), 1u);
  EXPECT_EQ(station.printer.supplies(station.soon())->hopper_cards, 99u);
}

TEST(another_printer, feeds_other_blanks) {
  PowerStation station("card 2 print jam");
  station.world.swap_printer("SIM-0002");
  ASSERT_TRUE(station.feed());
  EXPECT_EQ(station.world.inside()->number, 2u);
  EXPECT_EQ(station.world.counters().fed, 1u);
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_EQ(station.world.inside()->chip->serial(), 2u);
  ASSERT_TRUE(station.printer.leave_contact(station.soon()));
  EXPECT_FAILS(station.print_front(), Reason::jam, Certainty::unknown);
}

TEST(another_printer, ends_the_movement_of_the_one_before) {
  PowerStation station;
  simulator::SimulatedPrinter watched(station.world, station.clock, [&](std::chrono::nanoseconds time) {
    station.clock.pass(time / 2);
    station.world.swap_printer("SIM-0002");
    station.clock.pass(time / 2);
  });
  EXPECT_FAILS(watched.finish(Destination::output, station.soon()), Reason::linkLost, Certainty::unknown);
  EXPECT_TRUE(watched.counters(station.soon()));
}

TEST(another_printer, leaves_again_for_the_first_with_the_counters_it_had) {
  PowerStation station("card 1 print jam");
  EXPECT_FAILS(station.print_front(), Reason::jam, Certainty::unknown);
  station.world.swap_printer("SIM-0002");
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.finish(Destination::output, station.soon()));
  station.world.swap_printer("SIM-0001");
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 0, 0}));
  EXPECT_EQ(station.printer.status(station.soon())->state, api::PrinterState::ready);
  EXPECT_EQ(station.world.taken_away(), 1u);
  station.world.swap_printer("SIM-0002");
  EXPECT_EQ(station.world.counters(), (Counters{1, 0, 1, 0}));
}

TEST(another_printer, comes_in_the_middle_of_a_step) {
  PowerStation station("card 1 print swapped");
  EXPECT_FAILS(station.print_front(), Reason::linkLost, Certainty::unknown);
  EXPECT_NE(station.printer.identity(station.soon())->serial, "SIM-0001");
  EXPECT_FALSE(station.world.inside());
  EXPECT_EQ(station.world.taken_away(), 1u);
}

TEST(another_printer, needs_a_serial_number) {
  Station station;
  for (const auto* line : {"swap printer", "swap printer ", "swap", "cut", "cut power twice"})
    EXPECT_FALSE(station.world.tell(line)) << line;
}

TEST(state, keeps_what_happens_at_power_up_and_the_printers_that_left) {
  PowerStation before;
  before.world.swap_printer("SIM-0002");
  ASSERT_TRUE(before.feed());
  before.cut(Purge::toOutput);
  Station after;
  ASSERT_TRUE(after.world.restore(before.world.state()));
  EXPECT_EQ(after.printer.counters(after.soon()).value(), (Counters{1, 0, 1, 0}));
  EXPECT_EQ(after.world.taken_away(), 1u);
  ASSERT_TRUE(after.feed());
  EXPECT_EQ(after.world.inside()->number, 3u);
  after.world.swap_printer("SIM-0001");
  EXPECT_EQ(after.world.counters(), (Counters{1, 0, 0, 0}));
}
