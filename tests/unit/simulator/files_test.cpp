#include <cairo.h>
#include <unistd.h>

#include <fstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/simulator/station.hpp"

namespace {
namespace fs = std::filesystem;

using Folder = fakes::TemporaryFolder;

std::uint32_t pixel_of(const fs::path& png, std::size_t x, std::size_t y) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create_from_png(png.c_str()), cairo_surface_destroy);
  EXPECT_EQ(cairo_surface_status(surface.get()), CAIRO_STATUS_SUCCESS) << png;
  const auto* row = cairo_image_surface_get_data(surface.get()) +
                    y * static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  return reinterpret_cast<const std::uint32_t*>(row)[x] & 0xffffff;
}
}  // namespace

TEST(finished_card, leaves_its_chip_and_its_faces) {
  const Folder folder;
  simulator::WorldOptions options;
  options.directory = folder.path();
  Station station({}, options);
  ASSERT_TRUE(station.feed("good"));
  auto face = Station::white(station.world);
  face.color[0] = 0x12, face.color[1] = 0x34, face.color[2] = 0x56;
  face.k[0] = 0x40;  // the second pixel
  face.overlay.assign(face.overlay.size(), 0xff);
  ASSERT_TRUE(station.printer.print({face, face}, station.soon()));
  ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  EXPECT_EQ(pixel_of(folder.path() / "faces/good-front.png", 0, 0), 0x123456u);
  EXPECT_EQ(pixel_of(folder.path() / "faces/good-front.png", 1, 0), 0x000000u);
  EXPECT_EQ(pixel_of(folder.path() / "faces/good-back.png", 2, 0), 0xffffffu);
  EXPECT_TRUE(simulator::VirtualCard::load(folder.path() / "tray/good.vcard"));
  ASSERT_TRUE(station.feed("bad"));
  ASSERT_TRUE(station.printer.finish(api::Destination::rejectBin, station.soon()));
  const auto rejected = simulator::VirtualCard::load(folder.path() / "rejected/bad.vcard");
  ASSERT_TRUE(rejected);
  EXPECT_EQ(rejected->serial(), 2u);
  EXPECT_FALSE(fs::exists(folder.path() / "faces/bad-front.png"));
}

TEST(finished_card, is_never_written_elsewhere) {
  const Folder folder;
  simulator::WorldOptions options;
  options.directory = folder.path() / "inner";
  Station station({}, options);
  ASSERT_TRUE(station.feed("../../escape"));
  ASSERT_TRUE(station.printer.finish(api::Destination::output, station.soon()));
  EXPECT_TRUE(fs::exists(folder.path() / "inner/tray/______escape.vcard"));
}

TEST(state, outlives_the_machine_with_the_card_inside) {
  Station before;
  before.make_card("first");
  ASSERT_TRUE(before.feed("second"));
  ASSERT_TRUE(before.printer.to_contact(before.soon()));
  ASSERT_TRUE(before.encoder.connect(before.soon()).value()->exchange(select_piv, before.soon()));
  const auto seen = before.world.inside()->chip->commands_seen();

  Station after;
  ASSERT_TRUE(after.world.restore(before.world.state()));
  EXPECT_EQ(after.world.counters(), before.world.counters());
  EXPECT_EQ(after.world.identity().serial, before.world.identity().serial);
  EXPECT_EQ(after.world.supplies().hopper_cards, before.world.supplies().hopper_cards);
  EXPECT_EQ(after.world.supplies().ribbon_panels, before.world.supplies().ribbon_panels);
  const auto status = after.printer.status(after.soon()).value();
  EXPECT_TRUE(status.restarted);
  EXPECT_EQ(status.position, api::CardPosition::transit);  // contacts open without power
  ASSERT_TRUE(after.world.inside());
  EXPECT_EQ(after.world.inside()->plan, "second");
  EXPECT_EQ(after.world.inside()->chip->commands_seen(), seen);
  ASSERT_TRUE(after.printer.to_contact(after.soon()));
  EXPECT_TRUE(after.encoder.connect(after.soon()));
  ASSERT_TRUE(after.printer.finish(api::Destination::output, after.soon()));
  EXPECT_EQ(after.world.counters(), (api::Counters{2, 1, 2, 0}));
}

TEST(state, keeps_what_sensors_hold) {
  Station before("card 1 finish outputFull\ncard 1 finish jam");
  ASSERT_TRUE(before.feed());
  EXPECT_FALSE(before.printer.finish(api::Destination::output, before.soon()));
  EXPECT_FALSE(before.printer.finish(api::Destination::rejectBin, before.soon()));
  Station after;
  ASSERT_TRUE(after.world.restore(before.world.state()));
  EXPECT_EQ(after.printer.status(after.soon())->conditions, before.printer.status(before.soon())->conditions);
  EXPECT_EQ(after.printer.status(after.soon())->position, api::CardPosition::exit);
}

TEST(state, keeps_a_mute_chip_mute) {
  Station before("card 1 contact mute");
  ASSERT_TRUE(before.feed());
  ASSERT_TRUE(before.printer.to_contact(before.soon()));
  Station after;
  ASSERT_TRUE(after.world.restore(before.world.state()));
  ASSERT_TRUE(after.printer.to_contact(after.soon()));
  EXPECT_EQ(after.encoder.slot(), api::Slot::empty);
}

TEST(state, that_is_none_is_refused) {
  for (const auto* text : {"", "{}", "[]", "{\"fed\": -1}", "nonsense"}) {
    Station station;
    EXPECT_FALSE(station.world.restore(text)) << text;
  }
}
