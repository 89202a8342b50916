#pragma once
#include <gtest/gtest.h>

#include "tools/simulator/in_process.hpp"

// A simulated line in virtual time, with what one says to it in tests.
struct Station {
  explicit Station(std::string_view script = {}, simulator::WorldOptions options = {})
      : world(std::move(options), simulator::parse_script(script, "script").value()) {}

  api::Deadline in(std::chrono::nanoseconds time) const { return clock.steady() + time; }
  api::Deadline soon() const { return in(std::chrono::minutes(5)); }

  api::Result<> feed(const std::string& name = "attempt") {
    return printer.feed({name, true, true, true}, soon());
  }
  static api::Planes white(const simulator::World& world) {
    const auto image = world.capabilities().image;
    api::Planes face;
    face.width = image.width;
    face.height = image.height;
    face.color.assign(std::size_t{3} * image.width * image.height, 0xff);
    face.k.assign(std::size_t{(image.width + 7) / 8} * image.height, 0);
    face.overlay = face.k;
    return face;
  }
  api::Result<> print_front() { return printer.print({white(world), {}}, soon()); }
  // A card from the hopper to the output, without a chip being touched.
  void make_card(const std::string& name = "attempt") {
    ASSERT_TRUE(feed(name));
    ASSERT_TRUE(print_front());
    ASSERT_TRUE(printer.finish(api::Destination::output, soon()));
  }

  simulator::VirtualClock clock;
  simulator::World world;
  simulator::SimulatedPrinter printer{world, clock, clock.passer()};
  simulator::InProcessEncoder encoder{world, clock, clock.passer()};
};

// SELECT of the PIV application (NIST SP 800-73-4 part 1, section 2.2).
inline const api::Bytes select_piv{0x00, 0xA4, 0x04, 0x00, 0x0B, 0xA0, 0x00, 0x00, 0x03,
                                   0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00, 0x00};

inline std::uint16_t status_word(const api::Bytes& answer) {
  return static_cast<std::uint16_t>(answer.at(answer.size() - 2) << 8 | answer.back());
}

#define EXPECT_FAILS(result, why, how)                                   \
  do {                                                                   \
    const auto& outcome = (result);                                      \
    ASSERT_FALSE(outcome);                                               \
    EXPECT_EQ(api::name_of(outcome.error().reason), api::name_of(why));  \
    EXPECT_EQ(outcome.error().certainty, how) << outcome.error().detail; \
  } while (false)
