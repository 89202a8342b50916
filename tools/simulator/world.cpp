#include "tools/simulator/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace simulator {
namespace {
constexpr unsigned ribbon_low_percent = 10;

std::optional<Step> step_of(const Operation& operation) {
  constexpr std::array<std::optional<Step>, 9> steps{Step::feed,  Step::contact, Step::contact,
                                                     Step::leave, Step::stripe,  std::nullopt,
                                                     Step::print, Step::finish,  std::nullopt};
  static_assert(std::variant_size_v<Operation> == steps.size());
  return steps[operation.index()];
}

// These faults are sensors that refuse the movement; all others strike a movement that is under way.
bool refuses(FaultKind kind) {
  return kind == FaultKind::hopperEmpty || kind == FaultKind::headTooHot || kind == FaultKind::outputFull ||
         kind == FaultKind::rejectFull;
}

// The counter in which a step shows.
auto counter_of(Step step) {
  using api::Counters;
  constexpr std::array<std::uint64_t Counters::*, 7> counters{
      &Counters::fed, &Counters::fed,     &Counters::fed,    &Counters::fed,
      &Counters::fed, &Counters::printed, &Counters::ejected};
  static_assert(counters.size() == step_rows.size());
  return counters[static_cast<std::size_t>(step)];
}
}  // namespace

World::World(WorldOptions options, std::vector<Fault> faults)
    : options_(std::move(options)),
      profile_(*options_.profile),
      jitter_(options_.seed),
      faults_(std::move(faults)),
      hopper_(options_.blanks),
      ribbon_(options_.ribbon_capacity) {
  if (options_.directory.empty()) return;
  for (const auto* folder : {"tray", "rejected", "faces"})
    std::filesystem::create_directories(options_.directory / folder);
}

void World::advance(api::SteadyTime now) {
  while (!steps_.empty() && steps_.front().due <= now) {
    const auto step = std::move(steps_.front());
    steps_.pop_front();
    now_ = std::max(now_, step.due);
    if (auto done = step.effect(); !done || steps_.empty()) end(std::move(done));
  }
  now_ = std::max(now_, now);
  if (machine_.purge != Purge::keeps && powered()) drop_unasked();
  if (outage_ && now_ >= outage_->until) {
    outage_.reset();
    ++contact_;
  }
}

std::optional<api::SteadyTime> World::next_due() const {
  if (steps_.empty()) return std::nullopt;
  return steps_.front().due;
}

api::Result<> World::begin(Operation operation) {
  if (!powered()) return api::fail(api::Reason::printerGone, "the printer has no power");
  if (busy()) return api::fail(api::Reason::printerBusy, "a movement is under way");
  const auto step = step_of(operation);
  fault_ = step ? take_fault(*step) : std::nullopt;
  silent_ = garbled_ = false;
  auto movement = std::visit([this](const auto& what) { return plan(what); }, operation);
  if (!movement) {
    if (fault_ && !refuses(fault_->kind)) faults_.push_back(*fault_);  // not yet its turn
    fault_.reset();
    return tl::unexpected(std::move(movement).error());
  }
  auto& stages = *movement;
  if (breaks_off()) {
    // In the middle of the first stage that takes time.
    const auto first = std::find_if(stages.begin(), stages.end(),
                                    [](const Stage& stage) { return stage.duration > Span::zero(); });
    if (first != stages.end()) {
      const auto* card = std::get_if<api::CardPlan>(&operation);
      *first = {first->duration / 2,
                [this, name = card ? card->name : std::string{}] { return break_off(name); }};
      stages.erase(first + 1, stages.end());
    }
  }
  auto due = now_;
  for (auto& stage : stages) {
    auto duration = std::chrono::duration_cast<std::chrono::nanoseconds>(stage.duration);
    // ±5 % in steps of 0.1 %
    if (options_.seed != 0) duration += duration / 1000 * (static_cast<int>(jitter_() % 101) - 50);
    due += duration;
    steps_.push_back({due, std::move(stage.effect)});
  }
  if (steps_.empty()) end({});
  return {};
}

void World::end(api::Result<> result) {
  steps_.clear();
  silent_ = struck_by(FaultKind::noReply);
  garbled_ = struck_by(FaultKind::garbled);
  if (struck_by(FaultKind::wrongCounters)) machine_.miscounted = counter_of(fault_->step);
  result_ = garbled_ || struck_by(FaultKind::linkLost) ? api::fail_unknown(api::Reason::linkLost)
                                                       : std::move(result);
  fault_.reset();
}

std::optional<Fault> World::take_fault(Step step) {
  const auto card = step == Step::feed ? blanks_used_ + 1 : inside_ ? inside_->number : 0;
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.card == card && fault.step == step;
  });
  if (found == faults_.end()) return std::nullopt;
  const auto fault = *found;
  faults_.erase(found);
  return fault;
}

api::Result<> World::check_transport() const {
  if (machine_.jammed) return api::fail(api::Reason::jam);
  if (now_ < machine_.cover_closed_at) return api::fail(api::Reason::coverOpen);
  return {};
}

Body World::take_blank(const std::string& plan) {
  assert(hopper_ > 0);
  --hopper_;
  ++machine_.counters.fed;
  mute_ = false;
  chip_faults_.clear();
  return {.number = ++blanks_used_, .plan = plan};
}

void World::drop(api::Destination destination) {
  const bool good = destination == api::Destination::output;
  for (auto* body : {&inside_, &second_}) {
    if (!*body) continue;
    ++(good ? machine_.counters.ejected : machine_.counters.rejected);
    if (!options_.directory.empty()) {
      file(**body, destination);
      (*body)->chip.reset();
    }
    finished_.push_back({std::move(**body), destination});
    body->reset();
  }
  machine_.position = good ? api::CardPosition::ejected : api::CardPosition::rejected;
}

// --- what can be asked -------------------------------------------------------------------------------------

api::PrinterStatus World::status() {
  using api::Reason;
  api::PrinterStatus status;
  const std::array<std::pair<bool, Reason>, 7> conditions{{
      {machine_.jammed, Reason::jam},
      {now_ < machine_.cover_closed_at, Reason::coverOpen},
      {!inside_ && (hopper_ == 0 || machine_.hopper_says_empty), Reason::hopperEmpty},
      {ribbon_ == 0, Reason::ribbonOut},
      {machine_.output_full, Reason::outputFull},
      {machine_.reject_full, Reason::rejectBinFull},
      {now_ < machine_.head_cool_at, Reason::headTooHot},
  }};
  for (const auto& [holds, reason] : conditions)
    if (holds) status.conditions.push_back(reason);
  if (ribbon_ * 100 <= options_.ribbon_capacity * ribbon_low_percent) status.warnings.push_back("ribbonLow");
  status.position = machine_.position;
  status.restarted = std::exchange(machine_.restarted, false);
  status.moving = busy();
  status.state = busy()                       ? api::PrinterState::busy
                 : machine_.jammed            ? api::PrinterState::fault
                 : !status.conditions.empty() ? api::PrinterState::needsOperator
                 : inside_                    ? api::PrinterState::busy
                                              : api::PrinterState::ready;
  return status;
}

api::PrinterIdentity World::identity() const {
  return {fmt::format("simulated ({})", profile_.name), options_.serial};
}

api::Capabilities World::capabilities() const {
  return {.movement = api::Movement::free,
          .contact_station = true,
          .magnetic = options_.magnetic,
          .duplex = true,
          .reject_bin = true,
          .position_known = true,
          .counters_persist = true,
          .image = profile_.image};
}

api::Counters World::told_counters() {
  auto told = machine_.counters;
  if (const auto counter = std::exchange(machine_.miscounted, nullptr)) ++(told.*counter);
  return told;
}

api::Supplies World::supplies() const {
  return {.hopper_cards = machine_.hopper_says_empty ? 0 : hopper_,
          .ribbon_panels = ribbon_,
          .ribbon_capacity = options_.ribbon_capacity};
}

// --- the chip ----------------------------------------------------------------------------------------------

void World::make_chip() {
  if (inside_->chip) return;
  for (const auto& fault : faults_)
    if (fault.card == inside_->number)
      if (const auto of_chip = chip_fault(fault)) chip_faults_.push_back(*of_chip);
  inside_->chip = chip_of(inside_->number);
  inside_->chip->set_faults(chip_faults_);
}

std::shared_ptr<VirtualCard> World::chip_of(std::uint64_t number) const {
  auto card = options_.card;
  card.serial += static_cast<std::uint32_t>(number - 1);
  return std::make_shared<VirtualCard>(std::move(card));
}

void World::close_contacts(bool touching) {
  make_chip();
  inside_->chip->reset();
  closed_ = true;
  touching_ = touching;
  ++contact_;
}

void World::open_contacts() {
  if (!closed_) return;
  closed_ = touching_ = false;
  inside_->chip->reset();
  ++contact_;
}

bool World::chip_present() const {
  return !outage_ && closed_ && touching_ && !mute_ && !inside_->chip->dead();
}

api::Bytes World::atr() const {
  return chip_present() ? inside_->chip->atr() : api::Bytes{};
}

void World::reset_chip() {
  if (closed_) inside_->chip->reset();
}

}  // namespace simulator
