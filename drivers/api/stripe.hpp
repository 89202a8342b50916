#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/api/result.hpp"

// The magnetic stripe of a card (ISO/IEC 7811-2; -6 for high coercivity).
namespace api {

// Tracks 1 to 3 without sentinels and check character: those are the machine's. Empty: not written.
using Tracks = std::array<std::string, 3>;

// What a track takes. `characters` counts everything that is recorded: data, separators, both sentinels and
// the longitudinal redundancy check (ISO/IEC 7811-2; MagTek's table of the standard says "including control
// characters").
struct TrackFormat {
  std::string_view name;
  unsigned bits_per_inch;
  unsigned bits;  // of a character, parity included
  unsigned characters;
  char start, end;        // the sentinels
  std::string_view data;  // what may stand between them
  constexpr unsigned data_max() const { return characters - 3; }
};
inline constexpr std::string_view digits_and_separator = "0123456789=";
inline constexpr std::array<TrackFormat, 3> track_formats{{
    {"IATA", 210, 7, 79, '%', '?', R"( !"#$&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_)"},
    {"ABA", 75, 5, 40, ';', '?', digits_and_separator},
    {"THRIFT", 210, 5, 107, ';', '?', digits_and_separator},
}};

// What keeps `text` from being on track `number` (1 to 3), in words that name the track and the character;
// nothing when it can be there.
std::optional<std::string> problem_of_track(unsigned number, std::string_view text);

// stripeInvalid, with the first problem.
Result<> check_tracks(const Tracks& tracks);

}  // namespace api
