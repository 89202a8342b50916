#include "daemon/service/wire.hpp"

#include <fmt/chrono.h>

#include "daemon/service/parameters.hpp"

namespace service::wire {
namespace {

Optional<std::string> unless_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

// A reason in words, as a device may have said it.
Optional<std::string> words(std::string_view text) {
  return unless_empty(cut(text, text_bytes_max));
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

Optional<std::string> time_text(const Optional<api::WallTime>& time) {
  if (!time) return std::nullopt;
  return wire::time_text(*time);
}

}  // namespace

std::string time_text(api::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (time - seconds).count());
}

Product to_wire(const core::Product& product, bool is_default) {
  Product result;
  result.name = product.name;
  result.title = product.title;
  result.pinLength = product.pin_length;
  result.pukLength = product.puk_length;
  result.encode = product.encode;
  result.isDefault = is_default;
  result.poolDays = product.pool_days;
  result.validityDays = product.validity_days;
  for (const auto& certificate : product.certificates) result.certificates.push_back(certificate.profile);
  result.confirm = api::name_of(product.confirm);
  result.operatorMayChange.assign(product.operator_may_change.begin(), product.operator_may_change.end());
  return result;
}

ProductionType to_wire(const core::ProductionType& type, bool is_default) {
  return {type.name, type.product, std::string(api::name_of(type.producer)), type.queue, is_default};
}

Attempt to_wire(const core::Attempt& attempt, const std::vector<core::Certificate>& certificates) {
  Attempt result;
  result.id = core::uuid_text(attempt.id);
  result.kind = api::name_of(attempt.kind);
  result.phase = api::name_of(attempt.phase);
  result.reached = name_text(attempt.reached);
  result.reason = name_text(attempt.reason);
  result.text = words(attempt.text);
  result.started = time_text(attempt.started);
  result.ended = time_text(attempt.ended);
  result.printer = unless_empty(attempt.printer_serial);
  result.chip = unless_empty(attempt.chip_serial);
  result.checkCode = unless_empty(attempt.check_code);
  for (const auto& certificate : certificates)
    if (certificate.state != core::CertificateState::reserved)
      result.certificates.push_back(api::to_hex(certificate.serial));
  result.invalidation = unless_empty(attempt.invalidation);
  result.purpose = name_text(attempt.then);
  return result;
}

Card to_wire(core::Card card) {
  Card result;
  result.id = card.id.text();
  result.number = std::move(card.number);
  result.product = std::move(card.product);
  result.state = card.state;
  result.batch = id_text(card.batch);
  result.order = id_text(card.order);
  result.created = time_text(card.created);
  result.fields = std::move(card.fields);
  result.note = unless_empty(std::move(card.note));
  result.options = to_wire(card.options);
  result.reason = name_text(card.reason);
  result.text = words(card.text);
  result.holder = unless_empty(std::move(card.holder));
  result.validUntil = time_text(card.valid_until);
  result.chipUntil = time_text(card.chip_until);
  result.encodingDue = card.encoding_due;
  return result;
}

Order to_wire(const core::Order& order) {
  Order result;
  result.id = order.id.text();
  result.state = order.state;
  result.productionType = order.production_type;
  result.product = order.product;
  result.producer = api::name_of(order.producer);
  result.priority = order.priority;
  result.held = order.held;
  result.holder = unless_empty(order.holder);
  result.note = unless_empty(order.note);
  result.created = time_text(order.created);
  result.due = time_text(order.due);
  for (const auto card : order.cards) result.cards.push_back(card.text());
  result.batch = id_text(order.batch);
  result.sent = time_text(order.sent);
  return result;
}

Holder to_wire(const core::Holder& holder) {
  return {holder.id,
          holder.state,
          holder.name,
          unless_empty(holder.upn),
          unless_empty(holder.email),
          unless_empty(holder.photo)};
}

Change to_wire(const core::Change& change) {
  return {change.sequence,          time_text(change.time),    change.subject,        id_text(change.batch),
          id_text(change.card),     uuid_text(change.attempt), id_text(change.order), change.state,
          name_text(change.reason), words(change.text)};
}

Batch to_wire(const core::Batch& batch) {
  Batch result;
  result.id = batch.id.text();
  result.state = batch.state;
  result.origin = api::name_of(batch.origin);
  result.created = time_text(batch.created);
  result.reason = name_text(batch.reason);
  result.text = words(batch.text);
  return result;
}

Line to_wire(const core::LineView& line) {
  Line result;
  result.name = line.name;
  result.state = line.state;
  result.reason = name_text(line.reason);
  result.text = words(line.text);
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
  result.recovery = words(line.recovery);
  if (line.blanks) result.blanks = to_wire(*line.blanks);
  return result;
}

std::size_t text_size(const Attempt& attempt) {
  constexpr std::size_t rest = 500;  // names of members, ids, phases, times
  auto size = rest + written_size(attempt.text.value_or("")) + written_size(attempt.printer.value_or("")) +
              written_size(attempt.chip.value_or("")) + written_size(attempt.checkCode.value_or(""));
  for (const auto& serial : attempt.certificates) size += written_size(serial);
  return size;
}

std::size_t text_size(const Card& card) {
  constexpr std::size_t rest = 500;  // names of members, ids, state, times
  auto size = rest + written_size(card.number) + written_size(card.product) +
              written_size(card.note.value_or("")) + written_size(card.text.value_or("")) +
              written_size(card.holder.value_or(""));
  for (const auto& [name, value] : card.fields) size += written_size(name) + written_size(value);
  for (const auto& name : card.options.certificates.value_or(Strings{})) size += written_size(name);
  for (const auto& attempt : card.attempts.value_or(std::vector<Attempt>{})) size += text_size(attempt);
  return size;
}

std::size_t text_size(const Order& order) {
  constexpr std::size_t rest = 500;      // names of members, ids, states, times
  constexpr std::size_t of_a_card = 24;  // its id, and its part of the counts
  return rest + written_size(order.productionType) + written_size(order.product) +
         written_size(order.holder.value_or("")) + written_size(order.note.value_or("")) +
         of_a_card * order.cards.size();
}

}  // namespace service::wire
