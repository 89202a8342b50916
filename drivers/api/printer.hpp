#pragma once
#include <array>
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"
#include "drivers/api/stripe.hpp"

namespace api {

enum class PrinterState { offline, starting, ready, busy, needsOperator, fault, asleep, maintenance, locked };
inline constexpr std::array<EnumRow<PrinterState>, 9> printer_state_rows{{
    {PrinterState::offline, "offline", "does not answer"},
    {PrinterState::starting, "starting", "warming up or initialising"},
    {PrinterState::ready, "ready", "can take a card"},
    {PrinterState::busy, "busy", "works on a card"},
    {PrinterState::needsOperator, "needsOperator", "waits for a person"},
    {PrinterState::fault, "fault", "reports a fault of its own"},
    {PrinterState::asleep, "asleep", "sleeps and wakes at the next card"},
    {PrinterState::maintenance, "maintenance", "is cleaned or updated"},
    {PrinterState::locked, "locked", "is locked with a key"},
}};
static_assert(well_formed(printer_state_rows));
constexpr const auto& rows_of(PrinterState) {
  return printer_state_rows;
}

enum class CardPosition {
  none,
  feeder,
  transit,
  contact,
  contactless,
  magnetic,
  print,
  flip,
  exit,
  ejected,
  rejected,
  unknown
};
inline constexpr std::array<EnumRow<CardPosition>, 12> card_position_rows{{
    {CardPosition::none, "none", "no card in the machine"},
    {CardPosition::feeder, "feeder", "at the feeder"},
    {CardPosition::transit, "transit", "between two stations"},
    {CardPosition::contact, "contact", "at the contact station"},
    {CardPosition::contactless, "contactless", "at the contactless station"},
    {CardPosition::magnetic, "magnetic", "at the magnetic head"},
    {CardPosition::print, "print", "under the print head"},
    {CardPosition::flip, "flip", "in the flip-over"},
    {CardPosition::exit, "exit", "in the exit, still held"},
    {CardPosition::ejected, "ejected", "in the good output"},
    {CardPosition::rejected, "rejected", "in the reject bin"},
    {CardPosition::unknown, "unknown", "no sensor can tell"},
}};
static_assert(well_formed(card_position_rows));
constexpr const auto& rows_of(CardPosition) {
  return card_position_rows;
}

// What the machine can do. Plain values; a driver may answer differently after it has read its firmware.
struct ImageSpec {
  unsigned width = 0, height = 0;  // pixels, landscape, bleed included
  unsigned dpi = 0;
  friend bool operator==(const ImageSpec&, const ImageSpec&) = default;
};

// How the machine is driven: moves freely between stations, holds inside a job, or takes a job and reports
// its end.
enum class Movement { free, holdsInJob, submitOnly };

struct Capabilities {
  Movement movement = Movement::free;
  bool contact_station = false;
  bool magnetic = false;  // a head that writes magnetic stripes and reads them
  bool duplex = false;
  bool reject_bin = false;
  bool position_known = false;    // sensors say where the card is
  bool counters_persist = false;  // counters survive a power cut
  ImageSpec image;
};

struct PrinterIdentity {
  std::string model;
  std::string serial;
};

// Running sums since the printer was made. All monotonic.
struct Counters {
  std::uint64_t fed = 0;
  std::uint64_t printed = 0;   // faces completed
  std::uint64_t ejected = 0;   // into the good output
  std::uint64_t rejected = 0;  // into the reject bin
  friend auto operator<=>(const Counters&, const Counters&) = default;
};

struct Supplies {
  std::optional<unsigned> hopper_cards;   // absent: the machine cannot tell
  std::optional<unsigned> ribbon_panels;  // faces left on the ribbon
  std::optional<unsigned> ribbon_capacity;
};

struct PrinterStatus {
  PrinterState state = PrinterState::offline;
  std::vector<Reason> conditions;     // what stands in the way; empty when ready
  std::vector<std::string> warnings;  // "ribbonLow", "cleaningDue": production goes on
  CardPosition position = CardPosition::unknown;
  bool restarted = false;  // the machine lost power since the last status: it may have purged a card
  bool moving = false;     // a movement is under way: position and counters may still change
};

// One face as the machine lays it down. Color: RGB, 3 bytes a pixel, or empty. K and overlay: 1 bit a pixel,
// most significant first, rows padded to bytes, 1 = resin or varnish; or empty.
struct Planes {
  unsigned width = 0, height = 0;
  Bytes color;
  Bytes k;
  Bytes overlay;
};

struct Faces {
  std::optional<Planes> front;
  std::optional<Planes> back;
};

// The whole card before its first movement: job-oriented machines need to know it when they start.
struct CardPlan {
  std::string name;  // shown on the machine and in its log: the attempt's id, never a person's name
  bool encode = false;
  bool print_front = false;
  bool print_back = false;
  bool stripe = false;
};

enum class Destination { output, rejectBin };
enum class Recovery { clearError, reset };  // reset: the machine rejects what is inside, if it can

// A card printer, one card at a time, used by one thread. Every call blocks until its deadline at the
// longest; neither logs nor retries. After `unknown` the caller asks `status` and `counters`; it never
// repeats the movement.
class Printer {
 public:
  virtual ~Printer() = default;
  virtual Result<PrinterIdentity> identity(Deadline deadline) = 0;
  virtual Result<Capabilities> capabilities(Deadline deadline) = 0;
  virtual Result<PrinterStatus> status(Deadline deadline) = 0;
  virtual Result<Counters> counters(Deadline deadline) = 0;
  virtual Result<Supplies> supplies(Deadline deadline) = 0;

  // Tells the machine the whole card and takes a blank from the hopper. notDone: no blank left the hopper.
  virtual Result<> feed(const CardPlan& plan, Deadline deadline) = 0;
  // The card is held at the contact station with the contacts engaged when this returns.
  virtual Result<> to_contact(Deadline deadline) = 0;
  // Contacts off and on again, once, for a chip that did not answer.
  virtual Result<> retry_contact(Deadline deadline) = 0;
  // Contacts off; the card leaves the station.
  virtual Result<> leave_contact(Deadline deadline) = 0;
  // Writes the tracks that are not empty; the others are left as they are. notDone: nothing was written. What
  // was written may be written again.
  virtual Result<> write_stripe(const Tracks& tracks, Deadline deadline) = 0;
  // What is on the stripe now; an empty track has nothing on it that can be read.
  virtual Result<Tracks> read_stripe(Deadline deadline) = 0;
  // Prints what is there, both faces in one job. notDone: nothing was laid down.
  virtual Result<> print(const Faces& faces, Deadline deadline) = 0;
  // The way a card ends.
  virtual Result<> finish(Destination destination, Deadline deadline) = 0;
  virtual Result<> recover(Recovery recovery, Deadline deadline) = 0;
};

}  // namespace api
