#pragma once
#include <array>

#include "tests/simulation/run.hpp"

namespace simulation {

// The sums of many runs. Plain numbers: it goes through a pipe as it is.
struct Statistics {
  struct OfBlow {
    std::uint64_t fell = 0;
    std::uint64_t in_recovery = 0;
    // Of these two only in runs in which no device misbehaved: there a person is asked for nothing else.
    std::uint64_t fell_alone = 0;
    std::uint64_t asked_person = 0;
    std::array<std::uint64_t, core::phase_rows.size()> ends{};  // of the attempts that were under way
    std::uint64_t idle = 0;                                     // none was
  };
  std::uint64_t runs = 0, with_faults = 0, lives = 0, cards = 0, blanks = 0;
  std::array<OfBlow, blow_rows.size()> blows{};
  std::uint64_t doubts = 0, good = 0, bad = 0, removed = 0, supplies = 0, resumed = 0;  // by people
  // What the office asked for and got, by the alternatives of core::Command; what followed from it.
  std::array<std::uint64_t, std::variant_size_v<core::Command>> acknowledged{};
  std::uint64_t expired = 0, encoded = 0, anew = 0, spoiled = 0;
  std::uint64_t sheets = 0, sheets_lost = 0;             // letters on paper
  std::array<std::uint64_t, wrong_rows.size()> wrong{};  // runs in which it was seen
  std::uint64_t wrong_runs = 0;                          // in which anything was
  double virtual_seconds = 0;

  void add(const Outcome& outcome);
  void add(const Statistics& other);

  const OfBlow& of(Blow blow) const { return blows[static_cast<std::size_t>(blow)]; }
  // In per cent: of those that fell alone, how many needed a person.
  double share_of_hosts() const;     // the daemon, or its host; the printer had its power
  double share_of_printers() const;  // the printer, with the host or without
};

// For people, and for programs. `seconds` is the real time that it took.
std::string table(const Statistics& sums, double seconds);
std::string json(const Statistics& sums, double seconds);

}  // namespace simulation
