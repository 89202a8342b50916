#pragma once
#include <chrono>

#include "daemon/core/event.hpp"
#include "daemon/store/portrait.hpp"

namespace runtime {

// One step with everything it needs, so that a worker never looks into the journal.
struct Job {
  core::Step step;
  core::Attempt attempt;
  core::Card card;
  core::Product product;  // as the card's options make it
  core::SealedSecrets sealed;
  std::vector<core::Certificate> certificates;  // of the attempt
  core::RevocationList list;                    // these two for publish only
  std::vector<core::ListEntry> entries;
  core::Order order;  // these two for dispatch only
  std::vector<core::Card> cards;
  core::SealedSecrets chip_secrets;  // where the card has a chip of ours: under its GUID, with the PUK
  std::vector<core::Certificate> chip_certificates;  // of an extension: those that the chip has so far
  core::Letter letter;                               // for letter only
  store::Portrait portrait;                          // of Step::render only
  core::Holder holder;  // whom the card is or will be assigned to; empty id: nobody
};

// Who does it: the line's own worker, which owns printer, encoder and the chip session; the desk, which works
// beside it; the post, which waits for paper; or the encoder for cards that a person puts in, which does what
// the line does for others.
enum class Place { line, desk, post, hand };

struct StepRow {
  core::Step step;
  Place place;
  std::chrono::seconds limit;  // deadline of the whole step
};

// Limits are what card printers of several makers need at the most: print 5 min and I/O 30 s (Evolis SDK),
// feed 30 s and station wait 10 s (Zebra Card SDK, Matica XID); a chip may take 30 s for one RSA key, of
// which there are up to four; a printer for paper may have to warm up for one page, but a stop of
// the daemon (80 s) waits for it.
inline constexpr std::array step_table{
    StepRow{core::Step::render, Place::desk, std::chrono::seconds(10)},
    StepRow{core::Step::check, Place::line, std::chrono::seconds(30)},
    StepRow{core::Step::feed, Place::line, std::chrono::seconds(60)},
    StepRow{core::Step::identify, Place::line, std::chrono::seconds(90)},
    StepRow{core::Step::examine, Place::line, std::chrono::seconds(90)},
    StepRow{core::Step::seal, Place::line, std::chrono::seconds(5)},
    StepRow{core::Step::personalise, Place::line, std::chrono::seconds(150)},
    StepRow{core::Step::reserve, Place::line, std::chrono::seconds(5)},
    StepRow{core::Step::certify, Place::line, std::chrono::seconds(10)},
    StepRow{core::Step::write, Place::line, std::chrono::seconds(60)},
    StepRow{core::Step::verify, Place::line, std::chrono::seconds(120)},
    StepRow{core::Step::stripe, Place::line, std::chrono::seconds(60)},
    StepRow{core::Step::print, Place::line, std::chrono::seconds(300)},
    StepRow{core::Step::inspect, Place::line, std::chrono::seconds(90)},
    StepRow{core::Step::eject, Place::line, std::chrono::seconds(60)},
    StepRow{core::Step::reject, Place::line, std::chrono::seconds(120)},
    StepRow{core::Step::letter, Place::post, std::chrono::seconds(75)},
    StepRow{core::Step::publish, Place::desk, std::chrono::seconds(10)},
    StepRow{core::Step::dispatch, Place::desk, std::chrono::seconds(10)},
    StepRow{core::Step::probe, Place::line, std::chrono::seconds(30)},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < step_table.size(); ++i)
    if (static_cast<std::size_t>(step_table[i].step) != i) return false;
  return step_table.size() == core::step_rows.size();
}
static_assert(in_order());

constexpr const StepRow& row_of(core::Step step) {
  return step_table[static_cast<std::size_t>(step)];
}

inline Place place_of(const Job& job) {
  const auto place = row_of(job.step).place;
  return place == Place::line && core::is_by_hand(job.attempt.kind) ? Place::hand : place;
}

}  // namespace runtime
