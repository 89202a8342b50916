#include "tests/unit/core/plant.hpp"

#include <fmt/format.h>

namespace plant {
namespace {

template <class E>
std::string name(const std::optional<E>& value) {
  return value ? std::string(api::name_of(*value)) : "-";
}

std::int64_t day(const std::optional<api::WallTime>& time) {
  return time ? time->time_since_epoch().count() : 0;
}

}  // namespace

std::string describe(const Card& card) {
  std::string text =
      fmt::format("{} {} {} {} batch {} note {} created {} attempt {} {} {}", card.id.text(), card.number,
                  card.product, api::name_of(card.state), card.batch ? card.batch->text() : "-", card.note,
                  card.created.time_since_epoch().count(), card.attempt ? uuid_text(*card.attempt) : "-",
                  name(card.reason), card.text);
  const auto& options = card.options;
  text += fmt::format(" options {} {} {} {}", options.pin_length.value_or(0), options.puk_length.value_or(0),
                      options.encode.value_or(false),
                      options.certificates.value_or(std::vector<std::string>{}).size());
  text += fmt::format(" chip {} {} until {} due {} holder {} until {}",
                      card.guid ? uuid_text(*card.guid) : "-", card.chip_serial, day(card.chip_until),
                      card.encoding_due, card.holder, day(card.valid_until));
  for (const auto& [key, value] : card.fields) text += fmt::format(" {}={}", key, value);
  return text;
}

std::string describe(const Batch& batch) {
  std::string text =
      fmt::format("{} {} {} {} {} failures {} cards", batch.id.text(), api::name_of(batch.state),
                  api::name_of(batch.origin), name(batch.reason), batch.text, batch.consecutive_failures);
  for (const auto card : batch.cards) text += " " + card.text();
  return text;
}

std::string describe(const Attempt& attempt) {
  return fmt::format("{} {} {} {} {} reached {} {} {} ended {} printer {} fed {} chip {} {} {}",
                     uuid_text(attempt.id), attempt.card.text(), attempt.batch ? attempt.batch->text() : "-",
                     api::name_of(attempt.kind), api::name_of(attempt.phase), name(attempt.reached),
                     name(attempt.reason), attempt.text, attempt.ended.has_value(), attempt.printer_serial,
                     attempt.baseline ? attempt.baseline->fed : 0, attempt.chip_serial, attempt.check_code,
                     attempt.invalidation) +
         fmt::format(" bodies {} recoveries {} {}", attempt.bodies, attempt.recoveries,
                     name(attempt.whereabouts));
}

std::string describe(const Order& order) {
  std::string text =
      fmt::format("{} {} {} {} {} priority {} held {} for {} note {} batch {} sent {} cards", order.id.text(),
                  api::name_of(order.state), order.production_type, order.product,
                  api::name_of(order.producer), order.priority, order.held, order.holder, order.note,
                  order.batch ? order.batch->text() : "-", order.sent.has_value());
  for (const auto card : order.cards) text += " " + card.text();
  return text;
}

std::string describe(const Letter& letter) {
  return fmt::format("{} of {} {} {} {} persons {} {} sent {} {}", letter.id.text(), letter.card.text(),
                     uuid_text(letter.attempt), api::name_of(letter.state), letter.control,
                     letter.first_person, letter.second_person, day(letter.sent), letter.text);
}

std::string describe(const Production& production) {
  std::string text;
  for (const auto& [id, open] : production.letters)
    text += fmt::format("{} failure {}\n", describe(open.letter), open.failure);
  for (const auto& [id, order] : production.orders) text += describe(order) + "\n";
  for (const auto& [id, file] : production.dispatches)
    text += fmt::format("job {} under way {} failed {}\n", id.text(), file.under_way, file.failed);
  for (const auto& [id, batch] : production.batches) text += describe(batch) + "\n";
  for (const auto& [id, card] : production.cards) text += describe(card) + "\n";
  for (const auto& [id, attempt] : production.attempts) text += describe(attempt) + "\n";
  const auto& line = production.line;
  text += fmt::format("in machine {} claimed {} rendered {} running {} tries {}",
                      line.in_machine ? uuid_text(*line.in_machine) : "-",
                      line.claimed ? uuid_text(*line.claimed) : "-", line.rendered, name(line.running),
                      line.tries);
  if (line.block)
    text += fmt::format(" block {} {} {}", api::name_of(line.block->reason), line.block->text,
                        line.block->until_resumed);
  const auto& list = production.list;
  if (production.by_hand)
    text += fmt::format(" by hand {} {}", uuid_text(production.by_hand->attempt),
                        name(production.by_hand->running));
  text += fmt::format(" list begun {} written {} wanted {} under way {} failed {}", list.begun.number,
                      list.written.number, list.wanted, list.under_way, list.failed.value_or("-"));
  return text;
}

}  // namespace plant
