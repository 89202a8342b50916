#pragma once
#include <boost/json/fwd.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drivers/api/printer.hpp"
#include "tools/simulator/card/virtual_card.hpp"
#include "tools/simulator/deed.hpp"
#include "tools/simulator/fault.hpp"
#include "tools/simulator/profile.hpp"

namespace simulator {

struct WorldOptions {
  std::string serial = "SIM-0001";  // of the printer
  const Profile* profile = &profiles[0];
  unsigned blanks = 100;           // in the hopper at the start
  unsigned ribbon_capacity = 400;  // faces of one ribbon
  bool magnetic = true;            // a head for magnetic stripes
  std::uint64_t seed = 0;          // of the jitter of ±5 % on every movement; 0: none
  CardOptions card{};              // every blank's chip; the n-th has the serial `card.serial + n - 1`
  // Where finished chips, printed faces and stripes go: tray/, rejected/, faces/, each file named after the
  // plan. Empty: nothing is written, and the chips of finished bodies stay in `finished()`.
  std::filesystem::path directory{};
};

// One physical card.
struct Body {
  std::uint64_t number = 0;  // the n-th blank that was fed in this world, from 1
  std::string plan;          // name of the plan that it was fed for: the attempt's id
  unsigned prints = 0;       // how often laying down began; more than once is a ruined card
  bool front = false;        // faces that are complete
  bool back = false;
  api::Tracks tracks{};                 // on its magnetic stripe
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
struct WriteStripe {
  api::Tracks tracks;
};
struct ReadStripe {};
struct Print {
  const api::Faces& faces;  // looked at only in `begin`
};
using Operation = std::variant<api::CardPlan, ToContact, RetryContact, LeaveContact, WriteStripe, ReadStripe,
                               Print, api::Destination, api::Recovery>;

// How the chip at the contacts took a command.
struct ChipAnswer {
  enum class Kind { answered, gone, silent };  // gone: the session is over; silent: nothing comes, ever
  Kind kind = Kind::gone;
  api::Bytes bytes;                         // data, SW1, SW2
  std::chrono::microseconds delay{0};       // until the answer; gone: for which the host slept
  api::Reason why = api::Reason::chipLost;  // gone
};

// What the machine does at power-up with the card inside. It drops none that is jammed, nor into what is
// full.
enum class Purge { keeps, toOutput, toReject };
inline constexpr std::array<api::EnumRow<Purge>, 3> purge_rows{{
    {Purge::keeps, "keeps", "the card stays inside"},
    {Purge::toOutput, "toOutput", "the card drops into the output"},
    {Purge::toReject, "toReject", "the card drops into the reject bin"},
}};
static_assert(api::well_formed(purge_rows));
constexpr const auto& rows_of(Purge) {
  return purge_rows;
}

// The world of one line: printer mechanics, blanks, chips, and what is to go wrong. It has no clock, no
// thread and no randomness of its own (chips draw from OpenSSL's): time is told by `advance`, and the same
// calls give the same world. One thread at a time.
//
// A movement is a list of steps with a duration each. `begin` starts it, `advance` takes the steps whose time
// has come, `result` tells how it ended; whoever waits for it may go away, the machine goes on. The blocking
// calls with deadlines are made of this by `SimulatedPrinter` (in_process.hpp).
//
// What is sure and what is not: a failure in the middle of a movement is `unknown` even where this world
// knows better, because the machine's answer alone does not settle it; status and counters do. Not all:
// `printed` counts complete faces, so a face that was begun is in no counter.
class World {
 public:
  explicit World(WorldOptions options, std::vector<Fault> faults = {});

  void advance(api::SteadyTime now);
  api::Result<> begin(Operation operation);  // refused at once (notDone), or under way
  bool busy() const noexcept { return !steps_.empty(); }
  std::optional<api::SteadyTime> next_due() const;  // of the next step; nothing when none is left
  const api::Result<>& result() const noexcept { return result_; }          // of the movement that ended last
  const api::Tracks& tracks_read() const noexcept { return tracks_read_; }  // by the last ReadStripe
  bool reply_lost() const noexcept { return silent_; }                      // and its reply never comes

  bool powered() const noexcept { return now_ >= machine_.dark_until; }
  // Tells `restarted` once, as real machines do: whoever dies after reading it never hears of it again.
  api::PrinterStatus status();
  api::PrinterIdentity identity() const;
  api::Capabilities capabilities() const;
  const api::Counters& counters() const noexcept { return machine_.counters; }  // the truth
  api::Counters told_counters();  // what the machine says when asked: once wrong after such a fault
  api::Supplies supplies() const;
  bool reply_garbled() const noexcept { return garbled_; }  // of the movement that ended last

  // From outside, at any moment, also in the middle of a movement: what was complete by then stays, the
  // movement fails with linkLost, unknown. Without power, the printer answers nothing for the profile's
  // `restart`. A swapped printer has the counters that it had when it left, at first zero; hopper and ribbon
  // are put over.
  void cut_power(Purge purge);
  void swap_printer(std::string serial);

  // The chip side. `contact` changes whenever a session with the chip cannot go on: contacts close, open or
  // are lost, the reader goes or comes.
  std::uint64_t contact() const noexcept { return contact_; }
  // Why there is no reader at present: readerGone or smartCardServiceGone. It comes back by itself.
  std::optional<api::Reason> reader_outage() const;
  bool chip_present() const;  // in a reader, contacts closed, and the chip answers to reset
  api::Bytes atr() const;     // empty when not present; changes nothing
  void reset_chip();          // loss of power, power on, warm reset: the chip forgets its security status
  ChipAnswer exchange(api::BytesView command);

  // One fault more ("card next print jam"), or what somebody does ("load 50", "cut power"; see deed.hpp). The
  // message says what is wrong with the line.
  tl::expected<void, std::string> tell(std::string_view line);

  const std::optional<Body>& inside() const noexcept { return inside_; }
  const std::vector<FinishedBody>& finished() const noexcept { return finished_; }
  std::uint64_t removed_by_hand() const noexcept { return removed_by_hand_; }
  std::uint64_t taken_away() const noexcept { return taken_away_; }  // bodies inside a printer that left

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
  Movement plan(const WriteStripe& what);
  Movement plan(ReadStripe);
  Movement plan(Print what);
  Movement plan(api::Destination destination);
  Movement plan(api::Recovery recovery);
  void add_face(std::vector<Stage>& stages, const api::Planes& face, bool front);
  void interrupt(std::vector<Stage>& stages);
  api::Result<> begin_to_lay_down();
  api::Result<> check_face(const std::optional<api::Planes>& face, std::string_view which) const;
  api::Result<> check_transport() const;
  api::Result<> check_magnetic() const;
  api::Result<> magnetise(const api::Tracks& tracks);
  std::optional<Fault> take_fault(Step step);
  bool struck_by(FaultKind kind) const { return fault_ && fault_->kind == kind; }
  bool breaks_off() const;
  api::Result<> break_off(const std::string& name);
  void end(api::Result<> result);
  void drop_unasked();
  unsigned take_out();
  api::Result<> engage();
  void close_contacts(bool touching);
  void open_contacts();
  ChipAnswer lose_chip(FaultKind kind);
  void lose_reader(FaultKind kind);
  static std::optional<CardFault> chip_fault(const Fault& fault);  // nothing: not the chip's own
  void make_chip();
  std::shared_ptr<VirtualCard> chip_of(std::uint64_t number) const;
  Body take_blank(const std::string& plan);
  void drop(api::Destination destination);
  void file(const Body& body, api::Destination destination) const;
  std::filesystem::path face_file(bool front) const;
  void file_stripe() const;
  tl::expected<void, std::string> tell_fault(std::string_view line);
  tl::expected<void, std::string> act(Deed deed, std::string_view argument);
  tl::expected<void, std::string> load(std::string_view amount);

  WorldOptions options_;
  const Profile& profile_;
  std::mt19937_64 jitter_;
  std::vector<Fault> faults_;
  api::SteadyTime now_{};

  // One printer: what goes with it when another takes its place.
  struct Machine {
    api::Counters counters{};
    api::CardPosition position = api::CardPosition::none;
    bool hopper_says_empty = false;
    bool jammed = false;
    bool output_full = false;
    bool reject_full = false;
    bool cold = true;  // wakes before the next card
    bool restarted = false;
    bool ribbon_unsynced = false;
    Purge purge = Purge::keeps;                          // at power-up
    std::uint64_t api::Counters::*miscounted = nullptr;  // told wrongly, once
    api::SteadyTime cover_closed_at{};
    api::SteadyTime head_cool_at{};
    api::SteadyTime dark_until{};
  };
  static boost::json::object to_json(const Machine& machine);
  static Machine machine_of(const boost::json::value& json);
  Machine machine_;
  std::map<std::string, Machine> elsewhere_;  // printers that were here before, by serial number
  std::uint64_t blanks_used_ = 0;             // by all of them
  unsigned hopper_;
  unsigned ribbon_;

  // the card inside
  std::optional<Body> inside_;
  std::optional<Body> second_;          // the other one of a double feed
  std::vector<CardFault> chip_faults_;  // told to the chip inside
  bool closed_ = false;                 // contacts are down
  bool touching_ = false;               // and reach the chip
  bool mute_ = false;                   // the chip inside never answers
  std::uint64_t contact_ = 0;
  struct Outage {
    api::Reason reason;
    api::SteadyTime until;
  };
  std::optional<Outage> outage_;  // of the reader

  // the movement
  std::deque<DueStep> steps_;
  std::optional<Fault> fault_;  // what goes wrong in it
  api::Result<> result_;
  api::Tracks tracks_read_;
  bool silent_ = false;
  bool garbled_ = false;

  std::vector<FinishedBody> finished_;
  std::uint64_t removed_by_hand_ = 0;
  std::uint64_t taken_away_ = 0;
};

}  // namespace simulator
