#include "drivers/api/stripe.hpp"

using api::Tracks;

namespace {
std::string said_of(const Tracks& tracks) {
  const auto checked = api::check_tracks(tracks);
  if (checked) return "";
  EXPECT_EQ(checked.error().reason, api::Reason::stripeInvalid);
  EXPECT_EQ(checked.error().certainty, api::Certainty::notDone);
  return checked.error().detail;
}
}  // namespace

TEST(stripe, takes_letters_on_the_first_track_and_digits_on_all) {
  EXPECT_EQ(said_of({"B4111^DOE/JANE^2712_[]\\ #", "4111=2712", "0123456789="}), "");
  EXPECT_EQ(said_of({}), "");
}

// ISO/IEC 7811-2, tables of the 7-bit and the 5-bit character sets.
TEST(stripe, takes_of_each_track_the_characters_that_the_standard_gives_it) {
  for (int c = 1; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    const bool first = c >= 0x20 && c <= 0x5F && c != '%' && c != '?';
    const bool other = (c >= '0' && c <= '9') || c == '=';
    EXPECT_EQ(!api::problem_of_track(1, text), first) << c;
    EXPECT_EQ(!api::problem_of_track(2, text), other) << c;
    EXPECT_EQ(!api::problem_of_track(3, text), other) << c;
  }
}

TEST(stripe, has_room_for_what_the_standard_says_less_sentinels_and_check_character) {
  const std::array<std::size_t, 3> most{76, 37, 104};
  for (unsigned number = 1; number <= 3; ++number) {
    const std::string full(most.at(number - 1), '7');
    EXPECT_EQ(api::problem_of_track(number, full), std::nullopt);
    EXPECT_TRUE(api::problem_of_track(number, full + "7")) << number;
  }
  EXPECT_EQ(said_of({"", std::string(38, '1'), ""}), "track 2 holds 37 characters, not 38");
}

TEST(stripe, names_track_and_character) {
  EXPECT_EQ(said_of({"DOE, jane", "", ""}), "track 1 cannot hold 'j' (character 6)");
  EXPECT_EQ(said_of({"A?", "", ""}), "track 1 cannot hold '?' (character 2)");
  EXPECT_EQ(said_of({"M\xC3\xBCLLER", "", ""}), "track 1 cannot hold '\xC3\xBC' (character 2)");
  EXPECT_EQ(said_of({"", "12A", ""}), "track 2 cannot hold 'A' (character 3)");
  EXPECT_EQ(said_of({"", "", "1\n"}), "track 3 cannot hold a control character (character 2)");
}
