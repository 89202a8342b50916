#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::Certainty;
using api::Reason;
using api::Slot;

namespace {
// A station whose first card is at the contacts.
struct EncoderStation : Station {
  explicit EncoderStation(std::string_view script = {}, simulator::WorldOptions options = {})
      : Station(script, std::move(options)) {
    EXPECT_TRUE(feed());
    EXPECT_TRUE(printer.to_contact(soon()));
  }
  std::unique_ptr<api::Transport> connect() { return encoder.connect(soon()).value(); }
};
}  // namespace

TEST(encoder, talks_to_the_chip_at_the_contacts) {
  EncoderStation station;
  EXPECT_EQ(station.encoder.slot(), Slot::occupied);
  const auto chip = station.connect();
  EXPECT_FALSE(chip->atr().empty());
  EXPECT_EQ(status_word(chip->exchange(select_piv, station.soon()).value()), 0x9000);
  EXPECT_TRUE(chip->reset(station.soon()));
  EXPECT_EQ(status_word(chip->exchange(select_piv, station.soon()).value()), 0x9000);
}

TEST(encoder, sees_an_empty_slot_where_no_card_is) {
  Station station;
  EXPECT_EQ(station.encoder.slot(), Slot::empty);
  const auto deadline = station.in(10s);
  EXPECT_FAILS(station.encoder.connect(deadline), Reason::chipMute, Certainty::notDone);
  EXPECT_EQ(station.clock.steady(), deadline);
}

TEST(encoder, waits_until_the_slot_is_empty) {
  EncoderStation station;
  EXPECT_FAILS(station.encoder.await_empty(station.in(1s)), Reason::timedOut, Certainty::notDone);
  ASSERT_TRUE(station.printer.leave_contact(station.soon()));
  EXPECT_TRUE(station.encoder.await_empty(station.soon()));
}

TEST(encoder, ends_a_session_whose_card_left) {
  EncoderStation station;
  const auto chip = station.connect();
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_FAILS(chip->reset(station.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_TRUE(station.connect()->exchange(select_piv, station.soon()));
}

TEST(encoder, takes_the_chips_time_for_an_exchange) {
  simulator::WorldOptions options;
  options.card.delay_per_command = 20ms;
  EncoderStation station({}, options);
  const auto chip = station.connect();
  const auto start = station.clock.steady();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  EXPECT_GE(station.clock.steady() - start, 20ms);
  EXPECT_FAILS(chip->exchange(select_piv, station.in(10ms)), Reason::timedOut, Certainty::unknown);
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
}

TEST(encoder, finds_a_fresh_chip_with_its_own_serial_in_every_blank) {
  Station station;
  std::vector<std::uint32_t> serials;
  for (int card = 0; card < 3; ++card) {
    ASSERT_TRUE(station.feed());
    ASSERT_TRUE(station.printer.to_contact(station.soon()));
    serials.push_back(station.world.inside()->chip->serial());
    ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  }
  EXPECT_THAT(serials, testing::ElementsAre(1, 2, 3));
}

TEST(chip_fault, not_engaged_is_helped_by_a_retry) {
  EncoderStation station("card 1 contact notEngaged");
  EXPECT_FAILS(station.encoder.connect(station.in(5s)), Reason::chipMute, Certainty::notDone);
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_TRUE(station.encoder.connect(station.in(5s)));
}

TEST(chip_fault, mute_is_not) {
  EncoderStation station("card 1 contact mute");
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_FAILS(station.encoder.connect(station.in(5s)), Reason::chipMute, Certainty::notDone);
  ASSERT_TRUE(station.printer.finish(api::Destination::rejectBin, station.soon()));
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_TRUE(station.encoder.connect(station.in(5s)));
}

TEST(chip_fault, die_is_for_good) {
  EncoderStation station("card 1 apdu 2 die");
  auto chip = station.connect();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::unknown);
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_FAILS(station.encoder.connect(station.in(5s)), Reason::chipMute, Certainty::notDone);
}

TEST(chip_fault, hang_takes_the_time_until_the_deadline) {
  EncoderStation station("card 1 apdu 1 hang");
  auto chip = station.connect();
  const auto deadline = station.in(30s);
  EXPECT_FAILS(chip->exchange(select_piv, deadline), Reason::timedOut, Certainty::unknown);
  EXPECT_EQ(station.clock.steady(), deadline);
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::notDone);
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_TRUE(station.connect()->exchange(select_piv, station.soon()));
}

TEST(chip_fault, lost_contact_is_helped_by_a_retry) {
  EncoderStation station("card 1 apdu 2 contactLost");
  const auto chip = station.connect();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  EXPECT_FAILS(chip->exchange(select_piv, station.soon()), Reason::chipLost, Certainty::unknown);
  EXPECT_EQ(station.encoder.slot(), Slot::empty);
  ASSERT_TRUE(station.printer.retry_contact(station.soon()));
  EXPECT_TRUE(station.connect()->exchange(select_piv, station.soon()));
}

TEST(chip_fault, wrong_status_word_comes_once) {
  EncoderStation station("card 1 apdu 1 statusWord 6F00");
  const auto chip = station.connect();
  EXPECT_EQ(status_word(chip->exchange(select_piv, station.soon()).value()), 0x6f00);
  EXPECT_EQ(status_word(chip->exchange(select_piv, station.soon()).value()), 0x9000);
}

TEST(chip_fault, swap_puts_another_chip_under_the_session) {
  EncoderStation station("card 1 apdu 2 swap");
  const auto chip = station.connect();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  const auto serial = station.world.inside()->chip->serial();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  EXPECT_NE(station.world.inside()->chip->serial(), serial);
}

TEST(chip_fault, can_be_told_when_the_chip_is_at_work) {
  EncoderStation station;
  const auto chip = station.connect();
  ASSERT_TRUE(chip->exchange(select_piv, station.soon()));
  ASSERT_TRUE(station.world.tell("card 1 apdu 2 statusWord 6581"));
  EXPECT_EQ(status_word(chip->exchange(select_piv, station.soon()).value()), 0x6581);
}
