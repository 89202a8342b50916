// The reader, the smart card service and the host go and come back.
#include <fmt/format.h>

#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::Certainty;
using api::Reason;
using api::Slot;

namespace {
struct Outage {
  std::string fault;
  Reason reason;
  std::chrono::milliseconds time;
};
const std::vector<Outage> reader_outages{{"readerUnplugged", Reason::readerGone, 20s},
                                         {"serviceKilled", Reason::smartCardServiceGone, 5s}};

// A station whose first card is at the contacts.
struct OutageStation : Station {
  explicit OutageStation(std::string_view script) : Station(script) {
    EXPECT_TRUE(feed());
    EXPECT_TRUE(printer.to_contact(soon()));
  }
};
}  // namespace

TEST(reader_outage, ends_the_exchange_and_the_session_and_then_the_reader_is_back) {
  for (const auto& outage : reader_outages) {
    OutageStation station("card 1 apdu 2 " + outage.fault);
    const auto chip = station.encoder.connect(station.soon()).value();
    ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
    EXPECT_FAILS(chip->exchange(select_piv, station.soon()), outage.reason, Certainty::unknown);
    EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
    EXPECT_EQ(station.encoder.slot(), Slot::absent) << outage.fault;
    station.clock.pass(outage.time - 1ms);
    EXPECT_EQ(station.encoder.slot(), Slot::absent) << outage.fault;
    station.clock.pass(1ms);
    EXPECT_EQ(station.encoder.slot(), Slot::occupied) << outage.fault;
    EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
    const auto again = station.encoder.connect(station.soon()).value();
    EXPECT_EQ(status_word(again->exchange(select_piv, station.soon()).value()), 0x9000);
  }
}

TEST(reader_outage, is_told_at_once_and_not_waited_for) {
  for (const auto& outage : reader_outages) {
    OutageStation station("card 1 contact " + outage.fault);
    const auto start = station.clock.steady();
    EXPECT_FAILS(station.encoder.connect(station.soon()), outage.reason, Certainty::notDone);
    EXPECT_FAILS(station.encoder.await_empty(station.soon()), outage.reason, Certainty::notDone);
    EXPECT_EQ(station.clock.steady(), start);
    station.clock.pass(outage.time);
    EXPECT_TRUE(station.encoder.connect(station.soon()));
  }
}

TEST(reader_outage, leaves_the_printer_alone) {
  OutageStation station("card 1 contact readerUnplugged");
  EXPECT_TRUE(station.printer.leave_contact(station.soon()));
  EXPECT_EQ(station.encoder.slot(), Slot::absent);
  station.clock.pass(20s);
  EXPECT_EQ(station.encoder.slot(), Slot::empty);
}

TEST(reader_outage, tells_a_reader_of_another_kind_that_the_chip_is_back) {
  OutageStation station("card 1 apdu 1 readerUnplugged");
  const auto chip = station.encoder.connect(station.soon()).value();
  EXPECT_FALSE(chip->exchange(select_piv, station.soon()));
  EXPECT_FALSE(station.world.chip_present());
  const auto gone = station.world.contact();
  station.clock.pass(20s);
  station.world.advance(station.clock.steady());
  EXPECT_TRUE(station.world.chip_present());
  EXPECT_NE(station.world.contact(), gone);
}

TEST(sleep, lets_half_an_hour_pass_and_takes_power_from_the_chip) {
  OutageStation station("card 1 apdu 2 suspended");
  const auto chip = station.encoder.connect(station.soon()).value();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  const auto steady = station.clock.steady();
  const auto wall = station.clock.wall();
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::unknown);
  EXPECT_GE(station.clock.steady() - steady, 30min);
  EXPECT_GE(station.clock.wall() - wall, 30min);
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_EQ(station.encoder.slot(), Slot::occupied);
  EXPECT_TRUE(station.encoder.connect(station.soon()).value()->exchange(select_piv, station.soon()));
}

TEST(lost_answer, may_hide_a_command_that_was_carried_out) {
  for (const auto& row : simulator::fault_kind_rows) {
    if (!row.either_way) continue;
    for (const bool carried_out : {false, true}) {
      // A wrong PIN, presented once, is what leaves a trace: VERIFY (NIST SP 800-73-4 part 2, section 3.2.1).
      const api::Bytes wrong_pin{0x00, 0x20, 0x00, 0x80, 0x08, '9', '9', '9', '9', '9', '9', 0xFF, 0xFF};
      const api::Bytes ask_tries{0x00, 0x20, 0x00, 0x80};
      OutageStation station(fmt::format("card 1 apdu 2 {}{}", row.name, carried_out ? " carriedOut" : ""));
      const auto chip = station.encoder.connect(station.soon()).value();
      ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
      const auto lost = chip->exchange(wrong_pin, station.soon());
      ASSERT_FALSE(lost) << row.name;
      EXPECT_EQ(lost.error().certainty, Certainty::unknown) << row.name;
      auto& body = *station.world.inside()->chip;
      if (body.dead()) continue;  // nobody can ask it any more
      body.reset();
      body.transmit(select_piv);
      EXPECT_EQ(status_word(body.transmit(ask_tries).bytes), carried_out ? 0x63C2 : 0x63C3) << row.name;
    }
  }
}
