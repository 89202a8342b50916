// The reader into which a person puts cards.
#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::Certainty;
using api::Reason;
using api::Slot;

namespace {
struct Desk {
  api::Deadline in(std::chrono::nanoseconds time) const { return clock.steady() + time; }
  api::Deadline soon() const { return in(1min); }
  std::unique_ptr<api::Transport> connect() { return encoder.connect(soon()).value(); }

  simulator::VirtualClock clock;
  simulator::HandEncoder encoder{clock, clock.passer()};
};

simulator::VirtualCard chip_with(std::vector<simulator::CardFault> faults) {
  simulator::CardOptions options;
  options.faults = std::move(faults);
  return simulator::VirtualCard(std::move(options));
}
}  // namespace

TEST(hand_encoder, is_empty_until_somebody_puts_a_card_in) {
  Desk desk;
  EXPECT_EQ(desk.encoder.slot(), Slot::empty);
  EXPECT_EQ(desk.encoder.chip(), nullptr);
  const auto deadline = desk.in(2s);
  EXPECT_FAILS(desk.encoder.connect(deadline), Reason::chipMute, Certainty::notDone);
  EXPECT_EQ(desk.clock.steady(), deadline);
  EXPECT_FALSE(desk.encoder.take());
}

TEST(hand_encoder, talks_to_a_card_that_is_put_in_while_it_waits) {
  Desk desk;
  simulator::HandEncoder* waiting = nullptr;
  simulator::HandEncoder encoder(desk.clock, [&](std::chrono::nanoseconds time) {
    desk.clock.pass(time);
    if (waiting->slot() == Slot::empty) waiting->put(simulator::VirtualCard({}));
  });
  waiting = &encoder;
  const auto chip = encoder.connect(desk.in(2s));
  ASSERT_TRUE(chip);
  EXPECT_EQ(status_word((*chip)->exchange(select_piv, desk.soon()).value()), 0x9000);
}

TEST(hand_encoder, gives_back_the_card_as_the_session_left_it) {
  Desk desk;
  desk.encoder.put(simulator::VirtualCard({.serial = 17}));
  ASSERT_TRUE(desk.connect()->exchange(select_piv, desk.soon()));
  const auto chip = desk.encoder.take();
  ASSERT_TRUE(chip);
  EXPECT_EQ(chip->serial(), 17U);
  EXPECT_EQ(chip->commands_seen(), 1U);
  EXPECT_EQ(desk.encoder.slot(), Slot::empty);
}

TEST(hand_encoder, takes_the_chip_of_a_finished_body) {
  Station station;
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  Desk desk;
  desk.encoder.put(*simulator::VirtualCard::from_json(station.world.finished().front().body.chip->to_json()));
  EXPECT_EQ(status_word(desk.connect()->exchange(select_piv, desk.soon()).value()), 0x9000);
}

TEST(hand_encoder, ends_the_session_when_the_card_is_taken_out) {
  Desk desk;
  desk.encoder.put(simulator::VirtualCard({}));
  const auto chip = desk.connect();
  auto taken = desk.encoder.take();
  EXPECT_FAILS(chip->exchange(select_piv, desk.soon()), Reason::chipLost, Certainty::notDone);
  desk.encoder.put(std::move(*taken));
  EXPECT_FAILS(chip->exchange(select_piv, desk.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_TRUE(desk.connect()->exchange(select_piv, desk.soon()));
}

TEST(hand_encoder, has_the_faults_of_its_chip) {
  Desk desk;
  desk.encoder.put(chip_with({{.at = 2, .kind = simulator::CardFaultKind::hang}}));
  auto chip = desk.connect();
  ASSERT_TRUE(chip->exchange(select_piv, desk.soon()));
  EXPECT_FAILS(chip->exchange(select_piv, desk.soon()), Reason::timedOut, Certainty::unknown);
  desk.encoder.take();
  desk.encoder.put(chip_with({{.at = 1, .kind = simulator::CardFaultKind::die}}));
  EXPECT_FAILS(desk.connect()->exchange(select_piv, desk.soon()), Reason::chipLost, Certainty::unknown);
  EXPECT_EQ(desk.encoder.slot(), Slot::occupied) << "a dead chip is a card all the same";
  EXPECT_FAILS(desk.encoder.connect(desk.soon()), Reason::chipMute, Certainty::notDone);
}

TEST(hand_encoder, can_be_gone_with_its_service) {
  Desk desk;
  desk.encoder.put(simulator::VirtualCard({}));
  const auto chip = desk.connect();
  desk.encoder.set_outage(Reason::smartCardServiceGone);
  EXPECT_EQ(desk.encoder.slot(), Slot::absent);
  EXPECT_FAILS(chip->exchange(select_piv, desk.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_FAILS(desk.encoder.connect(desk.soon()), Reason::smartCardServiceGone, Certainty::notDone);
  desk.encoder.set_outage({});
  EXPECT_FAILS(chip->exchange(select_piv, desk.soon()), Reason::chipLost, Certainty::notDone);
  EXPECT_TRUE(desk.connect()->exchange(select_piv, desk.soon()));
}
