#include "tools/simulator/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace simulator {
namespace {
constexpr unsigned ribbon_low_percent = 10;

std::optional<Step> step_of(const Operation& operation) {
  constexpr std::array<std::optional<Step>, 7> steps{Step::feed,  Step::contact, Step::contact, Step::leave,
                                                     Step::print, Step::finish,  std::nullopt};
  static_assert(std::variant_size_v<Operation> == steps.size());
  return steps[operation.index()];
}

api::CardPosition jammed_at(Step step) {
  constexpr std::array<api::CardPosition, 6> positions{api::CardPosition::feeder,  api::CardPosition::transit,
                                                       api::CardPosition::unknown, api::CardPosition::transit,
                                                       api::CardPosition::print,   api::CardPosition::exit};
  return positions[static_cast<std::size_t>(step)];
}

// These faults are sensors that refuse the movement; all others strike a movement that is under way.
bool refuses(FaultKind kind) {
  return kind == FaultKind::hopperEmpty || kind == FaultKind::headTooHot || kind == FaultKind::outputFull ||
         kind == FaultKind::rejectFull;
}

std::optional<CardFault> chip_fault(const Fault& fault) {
  if (fault.step != Step::apdu) return std::nullopt;
  const auto kind = api::from_name<CardFaultKind>(api::name_of(fault.kind));
  if (!kind) return std::nullopt;  // the contacts' own fault, not the chip's
  return CardFault{.at = fault.apdu, .kind = *kind, .status_word = fault.status_word};
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
  silent_ = false;
  auto movement = std::visit([this](const auto& what) { return plan(what); }, operation);
  if (!movement) {
    if (fault_ && !refuses(fault_->kind)) faults_.push_back(*fault_);  // not yet its turn
    fault_.reset();
    return tl::unexpected(std::move(movement).error());
  }
  auto& stages = *movement;
  if (!stages.empty() && (struck_by(FaultKind::jam) || struck_by(FaultKind::powerLost))) {
    const bool jam = struck_by(FaultKind::jam);
    const auto* card = std::get_if<api::CardPlan>(&operation);
    const auto name = card ? card->name : std::string{};
    stages = {{stages.front().duration / 2, [this, jam, name, at = *step]() -> api::Result<> {
                 if (!jam) {
                   lose_power();
                   return api::fail_unknown(api::Reason::linkLost, "the printer lost power");
                 }
                 if (!inside_) inside_ = take_blank(name);
                 open_contacts();
                 jammed_ = true;
                 position_ = jammed_at(at);
                 return api::fail_unknown(api::Reason::jam);
               }}};
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
  result_ = struck_by(FaultKind::linkLost) ? api::fail_unknown(api::Reason::linkLost) : std::move(result);
  fault_.reset();
}

std::optional<Fault> World::take_fault(Step step) {
  const auto card = step == Step::feed ? counters_.fed + 1 : inside_ ? inside_->number : 0;
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.card == card && fault.step == step;
  });
  if (found == faults_.end()) return std::nullopt;
  const auto fault = *found;
  faults_.erase(found);
  return fault;
}

api::Result<> World::check_transport() const {
  if (jammed_) return api::fail(api::Reason::jam);
  if (now_ < cover_closed_at_) return api::fail(api::Reason::coverOpen);
  return {};
}

void World::lose_power() {
  open_contacts();
  steps_.clear();
  dark_until_ = now_ + profile_.restart;
  restarted_ = true;
  cold_ = true;
  if (inside_) position_ = api::CardPosition::transit;
}

Body World::take_blank(const std::string& plan) {
  assert(hopper_ > 0);
  --hopper_;
  ++counters_.fed;
  mute_ = false;
  chip_faults_.clear();
  return {.number = counters_.fed, .plan = plan};
}

void World::drop(api::Destination destination) {
  const bool good = destination == api::Destination::output;
  for (auto* body : {&inside_, &second_}) {
    if (!*body) continue;
    ++(good ? counters_.ejected : counters_.rejected);
    if (!options_.directory.empty()) {
      file(**body, destination);
      (*body)->chip.reset();
    }
    finished_.push_back({std::move(**body), destination});
    body->reset();
  }
  position_ = good ? api::CardPosition::ejected : api::CardPosition::rejected;
}

// --- what can be asked -------------------------------------------------------------------------------------

api::PrinterStatus World::status() {
  using api::Reason;
  api::PrinterStatus status;
  const std::array<std::pair<bool, Reason>, 7> conditions{{
      {jammed_, Reason::jam},
      {now_ < cover_closed_at_, Reason::coverOpen},
      {!inside_ && (hopper_ == 0 || hopper_says_empty_), Reason::hopperEmpty},
      {ribbon_ == 0, Reason::ribbonOut},
      {output_full_, Reason::outputFull},
      {reject_full_, Reason::rejectBinFull},
      {now_ < head_cool_at_, Reason::headTooHot},
  }};
  for (const auto& [holds, reason] : conditions)
    if (holds) status.conditions.push_back(reason);
  if (ribbon_ * 100 <= options_.ribbon_capacity * ribbon_low_percent) status.warnings.push_back("ribbonLow");
  status.position = position_;
  status.restarted = std::exchange(restarted_, false);
  status.moving = busy();
  status.state = busy()                       ? api::PrinterState::busy
                 : jammed_                    ? api::PrinterState::fault
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
          .duplex = true,
          .reject_bin = true,
          .position_known = true,
          .counters_persist = true,
          .image = profile_.image};
}

api::Supplies World::supplies() const {
  return {.hopper_cards = hopper_says_empty_ ? 0 : hopper_,
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
  return closed_ && touching_ && !mute_ && !inside_->chip->dead();
}

api::Bytes World::atr() const {
  return chip_present() ? inside_->chip->atr() : api::Bytes{};
}

void World::reset_chip() {
  if (closed_) inside_->chip->reset();
}

ChipAnswer World::exchange(api::BytesView command) {
  using Kind = ChipAnswer::Kind;
  if (!chip_present()) return {};
  auto& chip = *inside_->chip;
  const auto lost = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::contactLost && fault.card == inside_->number &&
           fault.apdu == chip.commands_seen() + 1;
  });
  if (lost != faults_.end()) {
    faults_.erase(lost);
    touching_ = false;
    ++contact_;
    return {};
  }
  auto answer = chip.transmit(command);
  const auto kind = !answer.silent ? Kind::answered : chip.dead() ? Kind::gone : Kind::silent;
  return {kind, std::move(answer.bytes), answer.delay};
}

// --- told by a person --------------------------------------------------------------------------------------

tl::expected<void, std::string> World::tell(std::string_view line) {
  if (line.starts_with("card ")) {
    const auto fault = parse_fault(line, counters_.fed + 1);
    if (!fault) return tl::unexpected(fault.error());
    const auto of_chip = chip_fault(**fault);
    if (of_chip && inside_ && inside_->chip && (*fault)->card == inside_->number) {
      chip_faults_.push_back(*of_chip);
      inside_->chip->set_faults(chip_faults_);
    } else {
      faults_.push_back(**fault);
    }
    return {};
  }
  if (line.starts_with("load ")) {
    unsigned amount = 0;
    const auto text = line.substr(5);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc{} || end != text.data() + text.size())
      return tl::unexpected(fmt::format("'{}' is no number of blanks", text));
    hopper_ += amount;
    hopper_says_empty_ = false;
  } else if (line == "ribbon") {
    ribbon_ = options_.ribbon_capacity;
  } else if (line == "close cover") {
    cover_closed_at_ = now_;
  } else if (line == "empty output") {
    output_full_ = false;
  } else if (line == "empty reject") {
    reject_full_ = false;
  } else if (line == "remove card") {
    open_contacts();
    removed_by_hand_ += inside_.has_value() + second_.has_value();
    inside_.reset();
    second_.reset();
    jammed_ = false;
    position_ = api::CardPosition::none;
  } else {
    return tl::unexpected(fmt::format(
        "'{}' is neither a fault (card N STEP FAULT) nor one of: load N, ribbon, close cover, empty output, "
        "empty reject, remove card",
        line));
  }
  return {};
}

}  // namespace simulator
