#pragma once
#include <deque>
#include <functional>

#include "daemon/core/production.hpp"
#include "tests/fakes/fake_records.hpp"

namespace plant {

using namespace core;

// Everything of the working set as text, to be compared with itself or with the journal.
std::string describe(const Card& card);
std::string describe(const Batch& batch);
std::string describe(const Attempt& attempt);
std::string describe(const Order& order);
std::string describe(const Letter& letter);
std::string describe(const Production& production);

// Products: "encoded" (two certificates, a person confirms), "automatic" (confirms by itself), "printed" (no
// chip), "striped" and "printed striped" (with a magnetic stripe). Production types: "direct" and "queued",
// "open" (the order says; the default), "later" (an hour in the queue), "automatic" (queued), "bureau" and
// "bureau later". Everything is switched on.
Rules rules();

// A line in one piece: decisions over a journal of maps and devices that are functions. After each decision
// it is checked that the journal has all of the working set, that at most one card is in the machine, and
// that a step begins only in the phase that was written for it.
class Plant {
 public:
  using Result = api::Result<Brought>;
  using Devices = std::function<Result(const Effect&)>;

  // Started; its devices are seen already, unless the first probe is left under way.
  explicit Plant(bool seen = true);
  Plant(const Plant&) = delete;
  Plant& operator=(const Plant&) = delete;

  // What a step brings; as built: everything goes well.
  Devices devices = [this](const Effect& effect) { return well(effect); };
  Result well(const Effect& effect);
  // What that step does to the body, as the printer's counters and sensors see it.
  void move_body(Step step);
  Chip chip = Chip::ours;  // what examine finds
  // From now on this step of the first attempt of that card fails, every time.
  void fail(Step step, CardId card, api::Reason reason, api::Certainty certainty = api::Certainty::notDone);

  // The card falls out of the machine at its first eject: nobody counts it, nobody sees it.
  void lose(CardId card);

  Reply ask(const Command& command, const Caller& caller = {});
  Done done(const Command& command);  // the test fails when it is refused
  Refusal refused(const Command& command);
  // Requests that many cards and issues them.
  BatchId produce(std::int64_t amount, const std::string& product = "encoded", const Options& options = {});

  // Ends the step that began first; false: there is none.
  bool finish_one();
  // Ends steps until one like this is under way (and not yet ended); false: everything ended without it.
  bool finish_until(Step step);
  void tick();
  // Ends steps, and lets time pass where the line waits by itself, until nothing changes any more.
  void settle();
  // The process dies and starts again: what is known is what was written.
  void restart(Rules rules = plant::rules());

  // Orders so many cards of that type; their ids count on from the last.
  OrderId order(const std::string& type, std::int64_t amount = 1, std::int64_t priority = priority_default);

  Card& card(std::int64_t id) { return records.cards.at({id}); }
  Batch& batch(std::int64_t id) { return records.batches.at({id}); }
  Order& order_row(OrderId id) { return records.orders.at(id); }
  std::vector<Attempt> attempts_of(std::int64_t card) const;
  // The phases that were written for the attempt, in order, separated by spaces.
  std::string phases_of(const AttemptId& attempt) const;
  std::size_t started(Step step) const;  // how often that step began since the start of the test
  std::size_t under_way(Step step) const;

  Production production;
  fakes::FakeRecords records;
  LineStatus status;           // what check and probe bring
  std::deque<Effect> effects;  // began and not ended
  std::vector<Effect> all;     // ever began
  api::WallTime now{std::chrono::seconds(1'700'000'000)};

 private:
  void take(Decision decision);
  void check_working_set();
  void check_letters();
  void check_intent(const Effect& effect);
  bool by_hand(const Effect& effect) const;
  bool anew(const Effect& effect) const;

  std::uint8_t serials_ = 0;
};

}  // namespace plant
