#pragma once
#include <functional>
#include <memory>

#include "daemon/core/event.hpp"

namespace core {

// The sum of blanks of one printer, with what is not settled yet.
struct BlanksView {
  PrinterAccount account;
  std::uint64_t fed = 0;    // by the printer, since it came
  unsigned in_machine = 0;  // of the attempt that has not ended
  bool adds_up = true;
};

// What a line shows of itself, as last seen.
struct LineView {
  std::string name;
  std::string state;  // "idle", "producing", "waiting" (for a device) or "stopped" (until Resume)
  std::optional<api::Reason> reason;
  std::string text;
  std::optional<LineStatus> status;  // absent until the devices were asked for the first time
  std::optional<AttemptId> attempt;  // in the machine
  std::optional<CardId> card;
  std::string recovery;              // what the last recovery found and did; empty: there was none
  std::optional<BlanksView> blanks;  // of the printer that is there
};

struct StationView {
  std::string name;
  api::WallTime started{};
  std::vector<LineView> lines;
  std::vector<std::string> attention;  // what a person should see to, in words
};

// The engine as the interface sees it. Everything happens on the io thread: calls are made there, and answers
// and changes are delivered there, after what they say is durable.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual void submit(Command command, Caller caller, std::function<void(const Reply&)> answer) = 0;
  virtual StationView station() const = 0;
  virtual const Rules& rules() const = 0;

  // Committed changes, in order, as long as the returned token lives. The listener must not throw; it may
  // drop the token.
  using Listener = std::function<void(const std::vector<Change>&)>;
  virtual std::shared_ptr<void> listen(Listener listener) = 0;
};

}  // namespace core
