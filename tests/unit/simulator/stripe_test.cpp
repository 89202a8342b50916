#include <fstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/simulator/station.hpp"

using namespace std::chrono_literals;
using api::CardPosition;
using api::Certainty;
using api::Reason;
using api::Tracks;

namespace {

const Tracks tracks{"CARD T000007", "0007=1", ""};

struct StripeStation : Station {
  explicit StripeStation(std::string_view script = {}, simulator::WorldOptions options = {})
      : Station(script, std::move(options)) {
    EXPECT_TRUE(feed());
  }
  api::Result<> write(const Tracks& what = tracks) { return printer.write_stripe(what, soon()); }
  Tracks read() { return printer.read_stripe(soon()).value(); }
};

}  // namespace

TEST(stripe, reads_back_as_it_was_written_and_leaves_with_the_body) {
  StripeStation station;
  EXPECT_EQ(station.read(), Tracks{});
  const auto begun = station.clock.steady();
  ASSERT_TRUE(station.write());
  EXPECT_EQ(station.clock.steady() - begun, simulator::profiles[0].stripe);
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::magnetic);
  EXPECT_EQ(station.read(), tracks);
  ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  EXPECT_EQ(station.world.finished()[0].body.tracks, tracks);
}

TEST(stripe, is_written_again_track_by_track) {
  StripeStation station;
  ASSERT_TRUE(station.write());
  ASSERT_TRUE(station.write({"", "8", "9"}));
  EXPECT_EQ(station.read(), (Tracks{"CARD T000007", "8", "9"}));
}

TEST(stripe, needs_a_head_a_card_and_free_contacts) {
  Station station;
  EXPECT_FAILS(station.printer.write_stripe(tracks, station.soon()), Reason::printerFault,
               Certainty::notDone);
  EXPECT_FAILS(station.printer.read_stripe(station.soon()), Reason::printerFault, Certainty::notDone);
  ASSERT_TRUE(station.feed());
  ASSERT_TRUE(station.printer.to_contact(station.soon()));
  EXPECT_FAILS(station.printer.write_stripe(tracks, station.soon()), Reason::printerFault,
               Certainty::notDone);
  simulator::WorldOptions options;
  options.magnetic = false;
  StripeStation without({}, options);
  EXPECT_FALSE(without.printer.capabilities(without.soon())->magnetic);
  EXPECT_FAILS(without.write(), Reason::lineCannot, Certainty::notDone);
}

TEST(stripe, takes_nothing_that_the_standard_does_not_give_it) {
  StripeStation station;
  EXPECT_FAILS(station.write({"card", "", ""}), Reason::stripeInvalid, Certainty::notDone);
  EXPECT_EQ(station.read(), Tracks{});
}

TEST(stripe_fault, refused_leaves_nothing_on_it_and_happens_once) {
  StripeStation station("card 1 stripe stripeRefused");
  EXPECT_FAILS(station.write(), Reason::stripeRefused, Certainty::notDone);
  EXPECT_EQ(station.read(), Tracks{});
  EXPECT_TRUE(station.write());
}

TEST(stripe_fault, wrong_is_seen_by_reading_only) {
  StripeStation station("card 1 stripe stripeWrong");
  ASSERT_TRUE(station.write());
  EXPECT_EQ(station.read(), (Tracks{"CARD T000000", "0007=0", ""}));
}

TEST(stripe_fault, jam_holds_the_card_at_the_head) {
  StripeStation station("card 1 stripe jam");
  EXPECT_FAILS(station.write(), Reason::jam, Certainty::unknown);
  EXPECT_EQ(station.printer.status(station.soon())->position, CardPosition::magnetic);
}

TEST(stripe_fault, power_lost_while_it_is_written_leaves_nothing_that_can_be_read) {
  StripeStation station("card 1 stripe powerLost");
  EXPECT_FAILS(station.write(), Reason::linkLost, Certainty::unknown);
  station.clock.pass(simulator::profiles[0].restart);
  EXPECT_EQ(station.read(), Tracks{});
  EXPECT_TRUE(station.write());
  EXPECT_EQ(station.read(), tracks);

  StripeStation other;
  ASSERT_TRUE(other.write());
  EXPECT_FAILS(other.printer.write_stripe({"NEW", "", ""}, other.in(1s)), Reason::timedOut,
               Certainty::unknown);
  other.world.cut_power(simulator::Purge::keeps);
  other.clock.pass(simulator::profiles[0].restart);
  EXPECT_EQ(other.read(), (Tracks{"", "0007=1", ""})) << "neither the old track nor the new one";
}

TEST(stripe, is_kept_in_a_file_and_by_a_machine_without_power) {
  const fakes::TemporaryFolder folder;
  simulator::WorldOptions options;
  options.directory = folder.path();
  StripeStation station({}, options);
  ASSERT_TRUE(station.write());
  std::ifstream file(folder.path() / "faces/attempt-stripe.txt");
  std::string first, second, third;
  EXPECT_TRUE(std::getline(file, first) && std::getline(file, second) && std::getline(file, third));
  EXPECT_EQ((Tracks{first, second, third}), tracks);

  Station after;
  ASSERT_TRUE(after.world.restore(station.world.state()));
  EXPECT_EQ(after.world.inside()->tracks, tracks);
}
