#include "tools/simulator/in_process.hpp"

#include <cassert>
#include <utility>

namespace simulator {
namespace {
// Lets time go by until `until`, but not backwards.
void pass_until(const api::Clock& clock, const Pass& pass, api::SteadyTime until) {
  const auto left = until - clock.steady();
  if (left > left.zero()) pass(left);
}

// A chip that never answers is waited for until here at the longest: nobody means "for ever" by a deadline.
constexpr auto forever = api::Deadline::max();
}  // namespace

SimulatedPrinter::SimulatedPrinter(World& world, const api::Clock& clock, Pass pass)
    : world_(world), clock_(clock), pass_(std::move(pass)) {}

api::Result<> SimulatedPrinter::answers() {
  world_.advance(clock_.steady());
  if (!world_.powered()) return api::fail(api::Reason::printerGone, "the printer has no power");
  return {};
}

api::Result<> SimulatedPrinter::perform(Operation operation, api::Deadline deadline) {
  world_.advance(clock_.steady());
  TRY(world_.begin(std::move(operation)));
  while (const auto due = world_.next_due()) {
    pass_until(clock_, pass_, std::min(*due, deadline));
    if (*due > deadline) return api::fail_unknown(api::Reason::timedOut);
    world_.advance(clock_.steady());
  }
  if (!world_.reply_lost()) return world_.result();
  if (deadline != forever) pass_until(clock_, pass_, deadline);
  return api::fail_unknown(api::Reason::timedOut);
}

api::Result<api::PrinterIdentity> SimulatedPrinter::identity(api::Deadline) {
  TRY(answers());
  return world_.identity();
}

api::Result<api::Capabilities> SimulatedPrinter::capabilities(api::Deadline) {
  TRY(answers());
  return world_.capabilities();
}

api::Result<api::PrinterStatus> SimulatedPrinter::status(api::Deadline) {
  TRY(answers());
  return world_.status();
}

api::Result<api::Counters> SimulatedPrinter::counters(api::Deadline) {
  TRY(answers());
  return world_.told_counters();
}

api::Result<api::Supplies> SimulatedPrinter::supplies(api::Deadline) {
  TRY(answers());
  return world_.supplies();
}

api::Result<> SimulatedPrinter::feed(const api::CardPlan& plan, api::Deadline deadline) {
  return perform(plan, deadline);
}
api::Result<> SimulatedPrinter::to_contact(api::Deadline deadline) {
  return perform(ToContact{}, deadline);
}
api::Result<> SimulatedPrinter::retry_contact(api::Deadline deadline) {
  return perform(RetryContact{}, deadline);
}
api::Result<> SimulatedPrinter::leave_contact(api::Deadline deadline) {
  return perform(LeaveContact{}, deadline);
}
api::Result<> SimulatedPrinter::write_stripe(const api::Tracks& tracks, api::Deadline deadline) {
  return perform(WriteStripe{tracks}, deadline);
}
api::Result<api::Tracks> SimulatedPrinter::read_stripe(api::Deadline deadline) {
  TRY(perform(ReadStripe{}, deadline));
  return world_.tracks_read();
}
api::Result<> SimulatedPrinter::print(const api::Faces& faces, api::Deadline deadline) {
  return perform(Print{faces}, deadline);
}
api::Result<> SimulatedPrinter::finish(api::Destination destination, api::Deadline deadline) {
  return perform(destination, deadline);
}
api::Result<> SimulatedPrinter::recover(api::Recovery recovery, api::Deadline deadline) {
  return perform(recovery, deadline);
}

// --- the encoders ------------------------------------------------------------------------------------------

// What the contacts of a reader touch.
class Contacts {
 public:
  virtual ~Contacts() = default;
  virtual void advance(api::SteadyTime) {}
  virtual std::optional<api::Reason> outage() const = 0;  // of the reader itself
  virtual bool occupied() const = 0;
  virtual std::uint64_t contact() const = 0;  // a session ends when it changes
  virtual api::Bytes atr() const = 0;         // empty: mute
  virtual ChipAnswer exchange(api::BytesView command) = 0;
  virtual void reset() = 0;
  virtual std::optional<api::SteadyTime> next_due() const { return std::nullopt; }
};

namespace {
class StationContacts final : public Contacts {
 public:
  explicit StationContacts(World& world) : world_(world) {}
  void advance(api::SteadyTime now) override { world_.advance(now); }
  std::optional<api::Reason> outage() const override { return world_.reader_outage(); }
  bool occupied() const override { return world_.chip_present(); }
  std::uint64_t contact() const override { return world_.contact(); }
  api::Bytes atr() const override { return world_.atr(); }
  ChipAnswer exchange(api::BytesView command) override { return world_.exchange(command); }
  void reset() override { world_.reset_chip(); }
  std::optional<api::SteadyTime> next_due() const override { return world_.next_due(); }

 private:
  World& world_;
};
}  // namespace

class HandEncoder::Slot final : public Contacts {
 public:
  std::optional<api::Reason> outage() const override { return broken; }
  bool occupied() const override { return !broken && chip; }
  std::uint64_t contact() const override { return times; }
  api::Bytes atr() const override { return occupied() ? chip->atr() : api::Bytes{}; }
  ChipAnswer exchange(api::BytesView command) override {
    if (!occupied()) return {};
    using Kind = ChipAnswer::Kind;
    auto answer = chip->transmit(command);
    const auto kind = !answer.silent ? Kind::answered : chip->dead() ? Kind::gone : Kind::silent;
    return {kind, std::move(answer.bytes), answer.delay};
  }
  void reset() override {
    if (chip) chip->reset();
  }

  std::optional<VirtualCard> chip;
  std::uint64_t times = 0;  // chip and reader came together or apart
  std::optional<api::Reason> broken;
};

namespace {
class InProcessTransport final : public api::Transport {
 public:
  InProcessTransport(std::shared_ptr<Contacts> contacts, const api::Clock& clock, Pass pass,
                     std::chrono::nanoseconds apdu_time)
      : contacts_(std::move(contacts)),
        clock_(clock),
        pass_(std::move(pass)),
        apdu_time_(apdu_time),
        contact_(contacts_->contact()),
        atr_(contacts_->atr()) {}
  ~InProcessTransport() override {
    if (alive()) contacts_->reset();
  }
  InProcessTransport(const InProcessTransport&) = delete;
  InProcessTransport& operator=(const InProcessTransport&) = delete;

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline deadline) override {
    contacts_->advance(clock_.steady());
    if (!alive()) return api::fail(api::Reason::chipLost, "the session is over");
    auto answer = contacts_->exchange(command);
    switch (answer.kind) {
      case ChipAnswer::Kind::gone:
        over_ = true;
        pass_until(clock_, pass_, clock_.steady() + answer.delay);
        return api::fail_unknown(answer.why);
      case ChipAnswer::Kind::silent: return late(deadline);
      case ChipAnswer::Kind::answered: break;
    }
    const auto done = clock_.steady() + apdu_time_ + answer.delay;
    if (done > deadline) return late(deadline);
    pass_until(clock_, pass_, done);
    return std::move(answer.bytes);
  }

  api::Result<> reset(api::Deadline) override {
    contacts_->advance(clock_.steady());
    if (!alive()) return api::fail(api::Reason::chipLost, "the session is over");
    contacts_->reset();
    return {};
  }

  api::BytesView atr() const noexcept override { return atr_; }

 private:
  bool alive() const { return !over_ && contacts_->contact() == contact_ && contacts_->occupied(); }
  tl::unexpected<api::Failure> late(api::Deadline deadline) {
    over_ = true;
    pass_until(clock_, pass_, deadline);
    return api::fail_unknown(api::Reason::timedOut);
  }

  std::shared_ptr<Contacts> contacts_;
  const api::Clock& clock_;
  Pass pass_;
  std::chrono::nanoseconds apdu_time_;
  std::uint64_t contact_;
  api::Bytes atr_;
  bool over_ = false;
};
}  // namespace

ContactEncoder::ContactEncoder(std::string name, std::shared_ptr<Contacts> contacts, const api::Clock& clock,
                               Pass pass, std::chrono::nanoseconds apdu_time)
    : name_(std::move(name)),
      contacts_(std::move(contacts)),
      clock_(clock),
      pass_(std::move(pass)),
      apdu_time_(apdu_time) {}

api::Slot ContactEncoder::slot() {
  contacts_->advance(clock_.steady());
  if (contacts_->outage()) return api::Slot::absent;
  return contacts_->occupied() ? api::Slot::occupied : api::Slot::empty;
}

api::Result<> ContactEncoder::wait_for(api::Slot wanted, api::Deadline deadline, api::Reason otherwise) {
  for (;;) {
    const auto now = slot();
    if (now == wanted) return {};
    if (const auto outage = contacts_->outage()) return api::fail(*outage);
    if (clock_.steady() >= deadline)
      return api::fail(otherwise,
                       now == api::Slot::empty ? "the slot is empty" : "a chip is still in the slot");
    pass_until(clock_, pass_, std::min(contacts_->next_due().value_or(deadline), deadline));
  }
}

api::Result<std::unique_ptr<api::Transport>> ContactEncoder::connect(api::Deadline deadline) {
  TRY(wait_for(api::Slot::occupied, deadline, api::Reason::chipMute));
  contacts_->reset();
  if (contacts_->atr().empty()) {
    pass_until(clock_, pass_, deadline);
    return api::fail(api::Reason::chipMute, "no answer to reset");
  }
  return std::make_unique<InProcessTransport>(contacts_, clock_, pass_, apdu_time_);
}

api::Result<> ContactEncoder::await_empty(api::Deadline deadline) {
  return wait_for(api::Slot::empty, deadline, api::Reason::timedOut);
}

InProcessEncoder::InProcessEncoder(World& world, const api::Clock& clock, Pass pass,
                                   std::chrono::nanoseconds apdu_time)
    : ContactEncoder("simulated encoder", std::make_shared<StationContacts>(world), clock, std::move(pass),
                     apdu_time) {}

HandEncoder::HandEncoder(const api::Clock& clock, Pass pass, std::chrono::nanoseconds apdu_time)
    : HandEncoder(std::make_shared<Slot>(), clock, std::move(pass), apdu_time) {}

HandEncoder::HandEncoder(std::shared_ptr<Slot> slot, const api::Clock& clock, Pass pass,
                         std::chrono::nanoseconds apdu_time)
    : ContactEncoder("simulated encoder for cards put in by hand", slot, clock, std::move(pass), apdu_time),
      slot_(std::move(slot)) {}

void HandEncoder::put(VirtualCard chip) {
  assert(!slot_->chip && "one card at a time");
  slot_->chip = std::move(chip);
  slot_->chip->reset();
  ++slot_->times;
}

std::optional<VirtualCard> HandEncoder::take() {
  ++slot_->times;
  auto chip = std::exchange(slot_->chip, std::nullopt);
  if (chip) chip->reset();
  return chip;
}

const VirtualCard* HandEncoder::chip() const {
  return slot_->chip ? &*slot_->chip : nullptr;
}

void HandEncoder::set_outage(std::optional<api::Reason> reason) {
  ++slot_->times;
  slot_->reset();
  slot_->broken = reason;
}

}  // namespace simulator
