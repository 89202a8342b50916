// What breaks off a movement or a session with the chip: power, another printer, the reader, sleep of the
// host.
#include <fmt/format.h>

#include <algorithm>

#include "tools/simulator/world.hpp"

namespace simulator {
namespace {
api::CardPosition jammed_at(Step step) {
  constexpr std::array<api::CardPosition, 7> positions{
      api::CardPosition::feeder,  api::CardPosition::transit,  api::CardPosition::unknown,
      api::CardPosition::transit, api::CardPosition::magnetic, api::CardPosition::print,
      api::CardPosition::exit};
  static_assert(positions.size() == step_rows.size());
  return positions[static_cast<std::size_t>(step)];
}

// What a loss of power does at power-up; nothing for other faults.
std::optional<Purge> purge_of(FaultKind kind) {
  if (kind == FaultKind::powerLost) return Purge::keeps;
  if (kind == FaultKind::purgedToOutput) return Purge::toOutput;
  if (kind == FaultKind::purgedToReject) return Purge::toReject;
  return std::nullopt;
}

auto lost_power() {
  return api::fail_unknown(api::Reason::linkLost, "the printer lost power");
}
auto unplugged() {
  return api::fail_unknown(api::Reason::linkLost, "the printer was unplugged");
}

// What ends a session with the chip, and how a reader's driver says so (drivers/pcsc/codes.hpp).
struct ChipLoss {
  FaultKind kind;
  api::Reason reason;
  std::chrono::seconds no_reader;  // for so long
  std::chrono::minutes host_sleeps;
};
constexpr std::array<ChipLoss, 4> chip_losses{{
    {FaultKind::contactLost, api::Reason::chipLost, 0s, 0min},
    {FaultKind::readerUnplugged, api::Reason::readerGone, 20s, 0min},
    {FaultKind::serviceKilled, api::Reason::smartCardServiceGone, 5s, 0min},
    {FaultKind::suspended, api::Reason::chipLost, 0s, 30min},
}};

const ChipLoss* loss_of(FaultKind kind) {
  const auto found = std::find_if(chip_losses.begin(), chip_losses.end(),
                                  [kind](const ChipLoss& loss) { return loss.kind == kind; });
  return found == chip_losses.end() ? nullptr : &*found;
}
}  // namespace

// --- the printer -------------------------------------------------------------------------------------------

bool World::breaks_off() const {
  return struck_by(FaultKind::jam) || struck_by(FaultKind::swapped) || (fault_ && purge_of(fault_->kind));
}

// What stops a movement in its middle. `name`: of the plan, when a card was to be fed.
api::Result<> World::break_off(const std::string& name) {
  if (const auto purge = purge_of(fault_->kind)) {
    cut_power(*purge);
    return lost_power();
  }
  if (struck_by(FaultKind::swapped)) {
    swap_printer(fmt::format("SWAPPED-{}", elsewhere_.size() + 1));
    return unplugged();
  }
  if (!inside_) inside_ = take_blank(name);
  open_contacts();
  machine_.jammed = true;
  machine_.position = jammed_at(fault_->step);
  return api::fail_unknown(api::Reason::jam);
}

void World::cut_power(Purge purge) {
  open_contacts();
  if (busy()) end(lost_power());
  machine_.dark_until = now_ + profile_.restart;
  machine_.restarted = machine_.cold = true;
  machine_.purge = purge;
  // A card under the head stays there, a jammed one where it is.
  if (inside_ && machine_.position != api::CardPosition::print && !machine_.jammed)
    machine_.position = api::CardPosition::transit;
}

// At power-up.
void World::drop_unasked() {
  const bool good = std::exchange(machine_.purge, Purge::keeps) == Purge::toOutput;
  const bool full = good ? machine_.output_full : machine_.reject_full;
  if (!inside_ || machine_.jammed || full) return;
  drop(good ? api::Destination::output : api::Destination::rejectBin);
}

void World::swap_printer(std::string serial) {
  open_contacts();
  if (busy()) end(unplugged());
  taken_away_ += take_out();
  elsewhere_[std::exchange(options_.serial, std::move(serial))] = machine_;
  const auto known = elsewhere_.extract(options_.serial);
  machine_ = known ? known.mapped() : Machine{};
  machine_.jammed = false;  // nothing is inside
  machine_.position = api::CardPosition::none;
}

// Nobody cares what becomes of it here; how many bodies were inside.
unsigned World::take_out() {
  const auto bodies = static_cast<unsigned>(inside_.has_value() + second_.has_value());
  inside_.reset();
  second_.reset();
  return bodies;
}

// --- the chip ----------------------------------------------------------------------------------------------

std::optional<api::Reason> World::reader_outage() const {
  if (!outage_) return std::nullopt;
  return outage_->reason;
}

std::optional<CardFault> World::chip_fault(const Fault& fault) {
  if (fault.step != Step::apdu) return std::nullopt;
  const auto kind = api::from_name<CardFaultKind>(api::name_of(fault.kind));
  if (!kind) return std::nullopt;
  return CardFault{
      .at = fault.apdu, .kind = *kind, .status_word = fault.status_word, .carried_out = fault.carried_out};
}

ChipAnswer World::exchange(api::BytesView command) {
  using Kind = ChipAnswer::Kind;
  if (!chip_present()) return {};
  auto& chip = *inside_->chip;
  const auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& one) {
    return one.step == Step::apdu && one.card == inside_->number && one.apdu == chip.commands_seen() + 1 &&
           loss_of(one.kind);
  });
  if (fault != faults_.end()) {
    const auto kind = fault->kind;
    if (fault->carried_out) chip.transmit(command);
    faults_.erase(fault);
    return lose_chip(kind);
  }
  auto answer = chip.transmit(command);
  const auto kind = !answer.silent ? Kind::answered : chip.dead() ? Kind::gone : Kind::silent;
  return {kind, std::move(answer.bytes), answer.delay};
}

ChipAnswer World::lose_chip(FaultKind kind) {
  const auto& loss = *loss_of(kind);
  inside_->chip->reset();
  ++contact_;
  if (kind == FaultKind::contactLost) touching_ = false;
  lose_reader(kind);
  return {ChipAnswer::Kind::gone, {}, loss.host_sleeps, loss.reason};
}

// For kinds that take the reader away; nothing for others.
void World::lose_reader(FaultKind kind) {
  const auto* loss = loss_of(kind);
  if (loss && loss->no_reader > 0s) outage_ = {loss->reason, now_ + loss->no_reader};
}

}  // namespace simulator
