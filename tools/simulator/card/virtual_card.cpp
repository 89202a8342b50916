#include "tools/simulator/card/virtual_card.hpp"

#include <algorithm>
#include <cassert>

#include "tools/simulator/card/chip.hpp"
#include "tools/simulator/card/virtual_card_state.hpp"

namespace simulator {

namespace {

// An APDU taken apart (ISO 7816-3 section 12.1.3).
struct Frame {
  CardCommand command;
  std::size_t expected = 256;  // most data bytes of one answer
  bool extended = false;
};

std::size_t pair_at(api::BytesView bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at]) << 8 | bytes[at + 1];
}

std::optional<Frame> take_apart(api::BytesView apdu) {
  if (apdu.size() < 4) return std::nullopt;
  Frame frame{{apdu[0], apdu[1], apdu[2], apdu[3], {}}};
  const api::BytesView body = apdu.subspan(4);
  if (body.empty()) return frame;
  frame.extended = body.size() >= 3 && body[0] == 0;
  const std::size_t width = frame.extended ? 2 : 1;  // of Lc and Le
  const std::size_t head = frame.extended ? 3 : 1;   // bytes up to the data
  const std::size_t number = frame.extended ? pair_at(body, 1) : body[0];
  std::size_t le = number;
  if (body.size() > head) {
    const std::size_t left = body.size() - head;
    if (number == 0 || (left != number && left != number + width)) return std::nullopt;
    frame.command.data.assign(body.begin() + static_cast<std::ptrdiff_t>(head),
                              body.begin() + static_cast<std::ptrdiff_t>(head + number));
    if (left == number) return frame;
    le = frame.extended ? pair_at(body, head + number) : body[head + number];
  }
  frame.expected = le != 0 ? le : frame.extended ? 65536 : 256;
  return frame;
}

// The answer that fits, the rest kept for GET RESPONSE.
api::Bytes portion(api::Bytes& pending, std::size_t most) {
  const std::size_t count = std::min(most, pending.size());
  const auto end = pending.begin() + static_cast<std::ptrdiff_t>(count);
  api::Bytes out(pending.begin(), end);
  pending.erase(pending.begin(), end);
  if (pending.empty()) {
    out.insert(out.end(), {0x90, 0x00});
  } else {
    out.insert(out.end(), {0x61, static_cast<std::uint8_t>(pending.size() > 255 ? 0 : pending.size())});
  }
  return out;
}

api::Bytes status_bytes(std::uint16_t status) {
  return {static_cast<std::uint8_t>(status >> 8), static_cast<std::uint8_t>(status)};
}

// Data of a chain is collected here until the last piece; far above the largest object the chip takes.
constexpr std::size_t chain_limit = 8192;

}  // namespace

VirtualCard::VirtualCard(CardOptions options)
    : state_(std::make_unique<State>(State{make_chip(std::move(options)), {}, {}, {}})) {}
VirtualCard::~VirtualCard() = default;
VirtualCard::VirtualCard(VirtualCard&&) noexcept = default;
VirtualCard& VirtualCard::operator=(VirtualCard&&) noexcept = default;

api::Bytes VirtualCard::atr() const {
  if (state_->chip.dead) return {};
  // ISO 7816-3 section 8: T=1 only; 15 historical bytes in compact TLV (ISO 7816-4 section 8.1.1): 73 card
  // capabilities (DF by full and partial name; chaining, extended length), F9 the PIV AID without its
  // version.
  const std::uint8_t coding = state_->chip.options.extended_length ? 0xC0 : 0x80;
  api::Bytes atr{0x3B, 0x8F, 0x01, 0x80, 0x73, 0xC0, 0x01, coding, 0xF9,
                 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10,   0x00};
  std::uint8_t check = 0;
  for (std::size_t i = 1; i < atr.size(); ++i) check ^= atr[i];
  atr.push_back(check);
  return atr;
}

void VirtualCard::reset() {
  state_->session = {};
  state_->chain = {};
  state_->pending.clear();
}

api::Bytes VirtualCard::State::answer(api::BytesView apdu) {
  std::optional<Frame> frame = take_apart(apdu);
  if (!frame || (frame->extended && !chip.options.extended_length)) return status_bytes(0x6700);
  CardCommand& command = frame->command;
  if (command.ins == 0xC0 && command.cla == 0)
    return pending.empty() ? status_bytes(0x6985) : portion(pending, frame->expected);
  pending.clear();
  const bool more = command.cla & 0x10;
  command.cla &= 0xEF;
  const bool continued =
      chain && chain->ins == command.ins && chain->p1 == command.p1 && chain->p2 == command.p2;
  if (continued) command.data.insert(command.data.begin(), chain->data.begin(), chain->data.end());
  chain.reset();
  if (command.data.size() > chain_limit) return status_bytes(0x6700);
  if (more) {
    chain = std::move(command);
    return status_bytes(0x9000);
  }
  CardReply reply = carry_out(chip, session, command);
  if (reply.status != 0x9000) return status_bytes(reply.status);
  pending = std::move(reply.data);
  return portion(pending, frame->expected);
}

void VirtualCard::State::swap() {
  CardOptions other = chip.options;
  other.serial += 500'000'000;
  other.faults.clear();
  const std::uint64_t commands = chip.commands;
  *this = State{make_chip(std::move(other)), {}, {}, {}};
  chip.commands = commands;
}

CardAnswer VirtualCard::transmit(api::BytesView command) {
  State& state = *state_;
  if (state.chip.dead || state.session.hung) return {true, {}, {}};
  const std::uint64_t number = ++state.chip.commands;
  const auto& faults = state.chip.options.faults;
  const auto planned =
      std::find_if(faults.begin(), faults.end(), [&](const auto& f) { return f.at == number; });
  const auto delay = state.chip.options.delay_per_command;
  if (planned == faults.end()) return {false, state.answer(command), delay};
  const CardFault fault = *planned;
  switch (fault.kind) {
    case CardFaultKind::die:
    case CardFaultKind::hang:
      if (fault.carried_out) (void)state.answer(command);
      (fault.kind == CardFaultKind::die ? state.chip.dead : state.session.hung) = true;
      return {true, {}, {}};
    case CardFaultKind::statusWord: return {false, status_bytes(fault.status_word), delay};
    case CardFaultKind::swap: state.swap(); return {false, state.answer(command), delay};
    case CardFaultKind::wrongData: break;
  }
  api::Bytes answer = state.answer(command);
  if (answer.size() > 2) answer[(answer.size() - 2) / 2] ^= 0x01;
  return {false, std::move(answer), delay};
}

bool VirtualCard::dead() const {
  return state_->chip.dead;
}
std::uint32_t VirtualCard::serial() const {
  return state_->chip.options.serial;
}
std::uint64_t VirtualCard::commands_seen() const {
  return state_->chip.commands;
}
const CardOptions& VirtualCard::options() const {
  return state_->chip.options;
}
void VirtualCard::set_faults(std::vector<CardFault> faults) {
  state_->chip.options.faults = std::move(faults);
}

}  // namespace simulator
