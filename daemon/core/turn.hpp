#pragma once
#include <cassert>

#include "daemon/core/production.hpp"

// Inside of core: what the deciding functions share. Every change of a card, batch or attempt goes through
// here, so that its row and the change that watchers see can never be forgotten.
namespace core {

struct Turn {
  Production& production;
  api::WallTime now;
  Records& records;
  Decision& decision;

  // Writes the row and the change. `reason` and `text` say why, where it did not go well.
  void move(Card& card, Verb verb);
  void move(Batch& batch, BatchState state);
  void move(Attempt& attempt, Phase phase);
  void move(Order& order, OrderState state);
  void save(const Attempt& attempt) { decision.rows.emplace_back(attempt); }
  void say_line(std::string_view state);
  // At the end of every decision that wrote something.
  void mark_time();
  void accept_time();
  void audit(const Caller& caller, std::string_view action, std::string object, std::string_view outcome);

  void effect(Step step, const AttemptId& attempt = {}) { decision.effects.push_back({step, attempt}); }
  // Starts a step of the attempt in the machine.
  void run(Step step);
};

// Claims the next card, starts the next step: whatever can begin now, begins. Called at the end of every
// decision.
void schedule(Turn& turn);

// The line cannot go on. Batches that are being produced are paused with that reason.
void block(Turn& turn, api::Reason reason, std::string text, bool until_resumed);
void unblock(Turn& turn);
// Production of the batch begins, or it waits with the others for what blocks the line.
void open_batch(Turn& turn, Batch& batch);

// Asks the devices how they are, unless they are at work.
void probe(Turn& turn);

// The attempt in the machine.
Attempt& in_machine(Turn& turn);

// Moves the attempt into `phase` and on through the intents after it, and starts the step that leads further.
void proceed(Turn& turn, Attempt& attempt, Phase phase);
// Through the intents that come next, to the next step.
void go_on(Turn& turn, Attempt& attempt);
void note_failure(Attempt& attempt, const api::Failure& failure);
void start_rejecting(Turn& turn, Attempt& attempt, const api::Failure& failure);

// Certificates and records would bear a wrong time.
std::optional<api::Failure> clock_set_back(const Turn& turn);

// The ways an attempt ends.
void ended_well(Turn& turn, Attempt& attempt);
void ended_spoiled(Turn& turn, Attempt& attempt, const std::string& invalidation);
// After an attempt that ended badly: too many in a row, or one that must not happen again, stop the line.
void count_failure(Turn& turn, Attempt& attempt);

// Nobody knows how far the attempt in the machine is, because of this failure: the printer is asked, then
// `settle` decides.
void unsettle(Turn& turn, api::Failure why);
// The printer has answered, and where it was asked the chip: does what recovery says. Puts off what would
// move something while the line is blocked.
void settle(Turn& turn, std::optional<Chip> chip);

// The attempt ended badly, in `phase`.
void fail_attempt(Turn& turn, Attempt& attempt, Phase phase, const api::Failure& failure, Verb verb);

// The attempt ended: its card and batch learn of it. `verb` says what it means for the card.
void end_attempt(Turn& turn, Attempt& attempt, Phase phase, Verb verb);

}  // namespace core
