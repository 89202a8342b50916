#pragma once
#include <array>
#include <chrono>
#include <string_view>

#include "drivers/api/printer.hpp"

namespace simulator {

using Span = std::chrono::milliseconds;

// How long each movement of a kind of printer takes, at speed 1. These are parameters of a model, chosen so
// that the sums fit the little that data sheets say (direct to card, YMCKO one side: up to 245 cards an hour;
// retransfer: 24 to 30 s a side); they were not measured on a machine.
struct Profile {
  std::string_view name;
  api::ImageSpec image;
  bool retransfer;   // prints on film first: no overlay panel, one transfer per side
  Span wake;         // before the first card after power-on
  Span feed;         // hopper to transport
  Span move;         // to the contact station
  Span engage;       // contacts down and answer to reset
  Span disengage;    // contacts up
  Span stripe;       // to the magnetic head and along it, to write or to read
  Span dye;          // each of Y, M, C
  Span resin;        // K
  Span varnish;      // O
  Span rewind;       // between two panels
  Span transfer;     // film to card, per side
  Span flip;         // to the other side
  Span eject;        // to the output
  Span reject;       // to the reject bin
  Span ribbon_sync;  // after the cover was closed
  Span head_cooling;
  Span restart;  // without power until it answers again
};

using namespace std::chrono_literals;
inline constexpr std::array<Profile, 3> profiles{{
    {"fast", {1016, 648, 300}, false, 8000ms, 1500ms, 1200ms, 550ms,  300ms,  1500ms,  2400ms,
     1800ms, 2200ms,           300ms, 0ms,    2500ms, 1000ms, 1300ms, 6000ms, 60000ms, 5000ms},
    // "fast" × 1.3
    {"typical", {1016, 648, 300}, false, 10400ms, 1950ms, 1560ms, 715ms,  390ms,  1950ms,  3120ms,
     2340ms,    2860ms,           390ms, 0ms,     3250ms, 1300ms, 1690ms, 7800ms, 78000ms, 6500ms},
    {"retransfer", {1036, 664, 300}, true,   120000ms, 2000ms,  1200ms, 550ms,
     300ms,        1500ms,           3500ms, 3500ms,   0ms,     0ms,    9000ms,
     3000ms,       1500ms,           1500ms, 6000ms,   60000ms, 20000ms},
}};

constexpr const Profile* find_profile(std::string_view name) {
  for (const auto& profile : profiles)
    if (profile.name == name) return &profile;
  return nullptr;
}

}  // namespace simulator
