#include "daemon/runtime/attention.hpp"

#include <fmt/format.h>

namespace runtime {
namespace {

using Text = std::optional<std::string>;

Text full(const core::Production& production) {
  if (production.batches.size() < core::open_batches_max || orders_waiting(production) == 0)
    return std::nullopt;
  return fmt::format("no order is begun while {} batches are open: complete some",
                     std::ssize(production.batches));
}

Text waiting_letters(const core::Production& production) {
  const auto count = letters_in(production, core::LetterState::waiting);
  if (count == 0) return std::nullopt;
  return count == 1 ? "1 letter waits for a custodian"
                    : fmt::format("{} letters wait for a custodian", count);
}

Text letters_in_doubt(const core::Production& production) {
  const auto count = letters_in(production, core::LetterState::inDoubt);
  if (count == 0) return std::nullopt;
  return fmt::format("{} in doubt: cardwrightctl letters", counted(count, "letter"));
}

// They are tried again; the newest tells why.
Text failed_letters(const core::Production& production) {
  const core::OpenLetter* last = nullptr;
  std::ptrdiff_t count = 0;
  for (const auto& [id, open] : production.letters) {
    if (open.failure.empty() || open.letter.state == core::LetterState::inDoubt) continue;
    ++count;
    last = &open;
  }
  if (!last) return std::nullopt;
  return fmt::format("{} could not go out: {}", counted(count, "letter"), last->failure);
}

Text job_files(const core::Production& production) {
  const auto count =
      std::ranges::count_if(production.dispatches, [](const auto& entry) { return entry.second.failed; });
  if (count == 0) return std::nullopt;
  return fmt::format("{} could not be written: is there room in the outbox?", counted(count, "job file"));
}

Text revocation_list(const core::Production& production) {
  if (!production.list.failed) return std::nullopt;
  return "the revocation list could not be written";
}

constexpr std::array matters{full,           waiting_letters, letters_in_doubt,
                             failed_letters, job_files,       revocation_list};

}  // namespace

std::vector<std::string> attention(const core::Production& production) {
  std::vector<std::string> texts;
  for (const auto matter : matters)
    if (auto text = matter(production)) texts.push_back(*std::move(text));
  return texts;
}

std::ptrdiff_t cards_in_doubt(const core::Production& production) {
  return std::ranges::count_if(
      production.cards, [](const auto& entry) { return entry.second.state == core::CardState::inDoubt; });
}

std::ptrdiff_t orders_waiting(const core::Production& production) {
  return std::ranges::count_if(production.orders, [](const auto& entry) {
    const auto& order = entry.second;
    return order.state == core::OrderState::processing ||
           (order.state == core::OrderState::ordered && order.producer == core::Producer::station);
  });
}

std::ptrdiff_t letters_in(const core::Production& production, core::LetterState state) {
  return std::ranges::count_if(production.letters,
                               [state](const auto& entry) { return entry.second.letter.state == state; });
}

std::string counted(std::ptrdiff_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace runtime
