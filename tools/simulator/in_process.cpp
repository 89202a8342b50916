#include "tools/simulator/in_process.hpp"

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
api::Result<> SimulatedPrinter::print(const api::Faces& faces, api::Deadline deadline) {
  return perform(Print{faces}, deadline);
}
api::Result<> SimulatedPrinter::finish(api::Destination destination, api::Deadline deadline) {
  return perform(destination, deadline);
}
api::Result<> SimulatedPrinter::recover(api::Recovery recovery, api::Deadline deadline) {
  return perform(recovery, deadline);
}

// --- the encoder -------------------------------------------------------------------------------------------

namespace {
class InProcessTransport final : public api::Transport {
 public:
  InProcessTransport(World& world, const api::Clock& clock, Pass pass, std::chrono::nanoseconds apdu_time)
      : world_(world),
        clock_(clock),
        pass_(std::move(pass)),
        apdu_time_(apdu_time),
        contact_(world.contact()),
        atr_(world.atr()) {}
  ~InProcessTransport() override {
    if (alive()) world_.reset_chip();
  }
  InProcessTransport(const InProcessTransport&) = delete;
  InProcessTransport& operator=(const InProcessTransport&) = delete;

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline deadline) override {
    world_.advance(clock_.steady());
    if (!alive()) return api::fail(api::Reason::chipLost, "the session is over");
    auto answer = world_.exchange(command);
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
    world_.advance(clock_.steady());
    if (!alive()) return api::fail(api::Reason::chipLost, "the session is over");
    world_.reset_chip();
    return {};
  }

  api::BytesView atr() const noexcept override { return atr_; }

 private:
  bool alive() const { return !over_ && world_.contact() == contact_ && world_.chip_present(); }
  tl::unexpected<api::Failure> late(api::Deadline deadline) {
    over_ = true;
    pass_until(clock_, pass_, deadline);
    return api::fail_unknown(api::Reason::timedOut);
  }

  World& world_;
  const api::Clock& clock_;
  Pass pass_;
  std::chrono::nanoseconds apdu_time_;
  std::uint64_t contact_;
  api::Bytes atr_;
  bool over_ = false;
};
}  // namespace

InProcessEncoder::InProcessEncoder(World& world, const api::Clock& clock, Pass pass,
                                   std::chrono::nanoseconds apdu_time)
    : world_(world), clock_(clock), pass_(std::move(pass)), apdu_time_(apdu_time) {}

api::Slot InProcessEncoder::slot() {
  world_.advance(clock_.steady());
  if (world_.reader_outage()) return api::Slot::absent;
  return world_.chip_present() ? api::Slot::occupied : api::Slot::empty;
}

api::Result<> InProcessEncoder::wait_for(api::Slot wanted, api::Deadline deadline, api::Reason otherwise) {
  for (;;) {
    const auto now = slot();
    if (now == wanted) return {};
    if (const auto outage = world_.reader_outage()) return api::fail(*outage);
    if (clock_.steady() >= deadline)
      return api::fail(otherwise,
                       now == api::Slot::empty ? "the slot is empty" : "a chip is still in the slot");
    pass_until(clock_, pass_, std::min(world_.next_due().value_or(deadline), deadline));
  }
}

api::Result<std::unique_ptr<api::Transport>> InProcessEncoder::connect(api::Deadline deadline) {
  TRY(wait_for(api::Slot::occupied, deadline, api::Reason::chipMute));
  world_.reset_chip();
  return std::make_unique<InProcessTransport>(world_, clock_, pass_, apdu_time_);
}

api::Result<> InProcessEncoder::await_empty(api::Deadline deadline) {
  return wait_for(api::Slot::empty, deadline, api::Reason::timedOut);
}

}  // namespace simulator
