#include "daemon/service/wire.hpp"

#include <fmt/chrono.h>

namespace service::wire {
namespace {

Optional<std::string> unless_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

Optional<std::string> id_text(const auto& id) {
  if (!id) return std::nullopt;
  return id->text();
}

Optional<std::string> uuid_text(const Optional<core::AttemptId>& id) {
  if (!id) return std::nullopt;
  return core::uuid_text(*id);
}

template <class E>
Optional<std::string> name_text(const Optional<E>& value) {
  if (!value) return std::nullopt;
  return std::string(api::name_of(*value));
}

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

Counters to_wire(const api::Counters& counters) {
  return {number(counters.fed), number(counters.printed), number(counters.ejected),
          number(counters.rejected)};
}

Blanks to_wire(const core::BlanksView& blanks) {
  const auto& account = blanks.account;
  return {account.serial,  to_wire(account.first), to_wire(account.last), number(blanks.fed),
          account.good,    account.rejected,       account.condemned,     account.in_doubt,
          account.samples, account.foreign,        blanks.in_machine,     blanks.adds_up};
}

Options to_wire(const core::Options& options) {
  return {options.pin_length, options.puk_length, options.encode, options.certificates};
}

std::string_view slot_text(api::Slot slot) {
  switch (slot) {
    case api::Slot::absent: return "absent";
    case api::Slot::empty: return "empty";
    case api::Slot::occupied: return "occupied";
  }
  return {};
}

// As a JSON string with what separates it from the next (RFC 8259, section 7): a control character may take
// six bytes.
std::size_t written_size(std::string_view text) {
  std::size_t size = text.size() + 4;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20) size += 5;
    if (byte == '"' || byte == '\\') size += 1;
  }
  return size;
}

}  // namespace

std::string time_text(api::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (time - seconds).count());
}

Product to_wire(const core::Product& product, bool is_default) {
  Product result{product.name, product.title, product.pin_length, product.puk_length, product.encode, {}, {},
                 {},           is_default};
  for (const auto& certificate : product.certificates) result.certificates.push_back(certificate.profile);
  result.confirm = api::name_of(product.confirm);
  result.operatorMayChange.assign(product.operator_may_change.begin(), product.operator_may_change.end());
  return result;
}

Attempt to_wire(const core::Attempt& attempt, const std::vector<core::Certificate>& certificates) {
  Attempt result;
  result.id = core::uuid_text(attempt.id);
  result.kind = api::name_of(attempt.kind);
  result.phase = api::name_of(attempt.phase);
  result.reached = name_text(attempt.reached);
  result.reason = name_text(attempt.reason);
  result.text = unless_empty(attempt.text);
  result.started = time_text(attempt.started);
  if (attempt.ended) result.ended = time_text(*attempt.ended);
  result.printer = unless_empty(attempt.printer_serial);
  result.chip = unless_empty(attempt.chip_serial);
  result.checkCode = unless_empty(attempt.check_code);
  for (const auto& certificate : certificates)
    if (certificate.state != core::CertificateState::reserved)
      result.certificates.push_back(api::to_hex(certificate.serial));
  result.invalidation = unless_empty(attempt.invalidation);
  return result;
}

Card to_wire(core::Card card) {
  Card result;
  result.id = card.id.text();
  result.number = std::move(card.number);
  result.product = std::move(card.product);
  result.state = card.state;
  result.batch = id_text(card.batch);
  result.created = time_text(card.created);
  result.fields = std::move(card.fields);
  result.note = unless_empty(std::move(card.note));
  result.options = to_wire(card.options);
  result.reason = name_text(card.reason);
  result.text = unless_empty(std::move(card.text));
  return result;
}

Change to_wire(const core::Change& change) {
  return {change.sequence,       time_text(change.time),   change.subject,
          id_text(change.batch), id_text(change.card),     uuid_text(change.attempt),
          change.state,          name_text(change.reason), unless_empty(change.text)};
}

Batch to_wire(const core::Batch& batch) {
  Batch result;
  result.id = batch.id.text();
  result.state = batch.state;
  result.origin = api::name_of(batch.origin);
  result.created = time_text(batch.created);
  result.reason = name_text(batch.reason);
  result.text = unless_empty(batch.text);
  return result;
}

Line to_wire(const core::LineView& line) {
  Line result;
  result.name = line.name;
  result.state = line.state;
  result.reason = name_text(line.reason);
  result.text = unless_empty(line.text);
  result.attempt = uuid_text(line.attempt);
  result.card = id_text(line.card);
  const auto status = line.status.value_or(core::LineStatus{});
  result.printerState = api::name_of(status.printer.state);
  for (const auto condition : status.printer.conditions)
    result.conditions.emplace_back(api::name_of(condition));
  result.cardPosition = api::name_of(status.printer.position);
  result.printerModel = unless_empty(status.identity.model);
  result.printerSerial = unless_empty(status.identity.serial);
  result.hopperCards = status.supplies.hopper_cards;
  result.ribbonPanels = status.supplies.ribbon_panels;
  result.encoder = status.encoder;
  result.encoderSlot = slot_text(status.slot);
  if (line.status) result.counters = to_wire(status.counters);
  result.recovery = unless_empty(line.recovery);
  if (line.blanks) result.blanks = to_wire(*line.blanks);
  return result;
}

std::size_t text_size(const Card& card) {
  constexpr std::size_t rest = 300;  // names of members, ids, state, time
  auto size = rest + written_size(card.number) + written_size(card.product) +
              written_size(card.note.value_or("")) + written_size(card.text.value_or(""));
  for (const auto& [name, value] : card.fields) size += written_size(name) + written_size(value);
  for (const auto& name : card.options.certificates.value_or(Strings{})) size += written_size(name);
  return size;
}

}  // namespace service::wire
