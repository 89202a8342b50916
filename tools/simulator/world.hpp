#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drivers/api/printer.hpp"
#include "tools/simulator/card/virtual_card.hpp"
#include "tools/simulator/fault.hpp"
#include "tools/simulator/profile.hpp"

namespace simulator {

struct WorldOptions {
  std::string serial = "SIM-0001";  // of the printer
  const Profile* profile = &profiles[0];
  unsigned blanks = 100;           // in the hopper at the start
  unsigned ribbon_capacity = 400;  // faces of one ribbon
  std::uint64_t seed = 0;          // of the jitter of ±5 % on every movement; 0: none
  CardOptions card{};              // every blank's chip; the n-th has the serial `card.serial + n - 1`
  // Where finished chips and printed faces go: tray/, rejected/, faces/, each file named after the plan.
  // Empty: nothing is written, and the chips of finished bodies stay in `finished()`.
  std::filesystem::path directory{};
};

// One physical card.
struct Body {
  std::uint64_t number = 0;  // the n-th blank that this printer fed, from 1
  std::string plan;          // name of the plan that it was fed for: the attempt's id
  unsigned prints = 0;       // how often anything was laid down on it; more than once is a ruined card
  bool front = false;        // faces that are complete
  bool back = false;
  std::shared_ptr<VirtualCard> chip{};  // null until it first comes to the contacts
};

struct FinishedBody {
  Body body;
  api::Destination destination;
};

// What the printer is asked to do; see api::Printer for the meaning of each.
struct ToContact {};
struct RetryContact {};
struct LeaveContact {};
using Operation = std::variant<api::CardPlan, ToContact, RetryContact, LeaveContact, api::Faces,
                               api::Destination, api::Recovery>;

// How the chip at the contacts took a command.
struct ChipAnswer {
  enum class Kind { answered, gone, silent };  // silent: nothing comes, ever
  Kind kind = Kind::gone;
  api::Bytes bytes;  // data, SW1, SW2
  std::chrono::microseconds delay{0};
};

// The world of one line: printer mechanics, blanks, chips, and what is to go wrong. It has no clock, no
// thread and no randomness of its own (chips draw from OpenSSL's): time is told by `advance`, and the same
// calls give the same world. One thread at a time.
//
// A movement is a list of steps with a duration each. `begin` starts it, `advance` takes the steps whose time
// has come, `result` tells how it ended; whoever waits for it may go away, the machine goes on. The blocking
// calls with deadlines are made of this by `SimulatedPrinter` (in_process.hpp).
//
// What is sure and what is not: a failure in the middle of a movement is `unknown` even where this world
// knows better, because the machine's answer alone does not settle it; status and counters do.
class World {
 public:
  explicit World(WorldOptions options, std::vector<Fault> faults = {});

  void advance(api::SteadyTime now);
  api::Result<> begin(Operation operation);  // refused at once (notDone), or under way
  bool busy() const noexcept { return !steps_.empty(); }
  std::optional<api::SteadyTime> next_due() const;  // of the next step; nothing when none is left
  const api::Result<>& result() const noexcept { return result_; }  // of the movement that ended last
  bool reply_lost() const noexcept { return silent_; }              // and its reply never comes

  bool powered() const noexcept { return now_ >= dark_until_; }
  api::PrinterStatus status();  // tells `restarted` once
  api::PrinterIdentity identity() const;
  api::Capabilities capabilities() const;
  const api::Counters& counters() const noexcept { return counters_; }
  api::Supplies supplies() const;

  // The chip side. `contact` changes whenever contacts close, open or are lost.
  std::uint64_t contact() const noexcept { return contact_; }
  bool chip_present() const;  // contacts closed, and the chip answers to reset
  api::Bytes atr() const;     // empty when not present; changes nothing
  void reset_chip();          // loss of power, power on, warm reset: the chip forgets its security status
  ChipAnswer exchange(api::BytesView command);

  // One fault more ("card next print jam"), or what an operator does: "load 50", "ribbon", "close cover",
  // "empty output", "empty reject", "remove card". The message says what is wrong with the line.
  tl::expected<void, std::string> tell(std::string_view line);

  const std::optional<Body>& inside() const noexcept { return inside_; }
  const std::vector<FinishedBody>& finished() const noexcept { return finished_; }
  std::uint64_t removed_by_hand() const noexcept { return removed_by_hand_; }

  // Counters, supplies, sensors and the card inside with its chip, as JSON text: what a machine still has
  // after a loss of power. Pending faults are not in it. `restore` is for a world that did nothing yet.
  std::string state() const;
  tl::expected<void, std::string> restore(std::string_view text);

 private:
  using Effect = std::function<api::Result<>()>;
  struct Stage {
    Span duration;
    Effect effect;
  };
  struct DueStep {
    api::SteadyTime due;
    Effect effect;
  };
  using Movement = api::Result<std::vector<Stage>>;

  Movement plan(const api::CardPlan& plan);
  Movement plan(ToContact);
  Movement plan(RetryContact);
  Movement plan(LeaveContact);
  Movement plan(const api::Faces& faces);
  Movement plan(api::Destination destination);
  Movement plan(api::Recovery recovery);
  void add_face(std::vector<Stage>& stages, const api::Planes& face, bool front);
  void interrupt(std::vector<Stage>& stages);
  api::Result<> check_face(const std::optional<api::Planes>& face, std::string_view which) const;
  api::Result<> check_transport() const;
  std::optional<Fault> take_fault(Step step);
  bool struck_by(FaultKind kind) const { return fault_ && fault_->kind == kind; }
  void end(api::Result<> result);
  void lose_power();
  void close_contacts(bool touching);
  void open_contacts();
  void make_chip();
  std::shared_ptr<VirtualCard> chip_of(std::uint64_t number) const;
  Body take_blank(const std::string& plan);
  void drop(api::Destination destination);
  void file(const Body& body, api::Destination destination) const;
  std::filesystem::path face_file(bool front) const;

  WorldOptions options_;
  const Profile& profile_;
  std::mt19937_64 jitter_;
  std::vector<Fault> faults_;
  api::SteadyTime now_{};

  // the machine
  api::Counters counters_;
  unsigned hopper_;
  unsigned ribbon_;
  api::CardPosition position_ = api::CardPosition::none;
  bool hopper_says_empty_ = false;
  bool jammed_ = false;
  bool output_full_ = false;
  bool reject_full_ = false;
  bool cold_ = true;  // wakes before the next card
  bool restarted_ = false;
  bool ribbon_unsynced_ = false;
  api::SteadyTime cover_closed_at_{};
  api::SteadyTime head_cool_at_{};
  api::SteadyTime dark_until_{};

  // the card inside
  std::optional<Body> inside_;
  std::optional<Body> second_;          // the other one of a double feed
  std::vector<CardFault> chip_faults_;  // told to the chip inside
  bool closed_ = false;                 // contacts are down
  bool touching_ = false;               // and reach the chip
  bool mute_ = false;                   // the chip inside never answers
  std::uint64_t contact_ = 0;

  // the movement
  std::deque<DueStep> steps_;
  std::optional<Fault> fault_;  // what goes wrong in it
  api::Result<> result_;
  bool silent_ = false;

  std::vector<FinishedBody> finished_;
  std::uint64_t removed_by_hand_ = 0;
};

}  // namespace simulator
