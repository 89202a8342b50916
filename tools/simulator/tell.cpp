// What people do to the world, and what they let go wrong in it.
#include <fmt/format.h>

#include <charconv>

#include "tools/simulator/deed.hpp"
#include "tools/simulator/world.hpp"

namespace simulator {
namespace {
tl::unexpected<std::string> not_understood(std::string_view line) {
  std::string all;
  for (const auto& row : deed_rows)
    all += fmt::format("{}{}{}{}", all.empty() ? "" : ", ", row.name, row.argument.empty() ? "" : " ",
                       row.argument);
  return tl::unexpected(fmt::format("'{}' is neither a fault (card N STEP FAULT) nor one of: {}", line, all));
}
}  // namespace

tl::expected<void, std::string> World::tell(std::string_view line) {
  if (line.starts_with("card ")) return tell_fault(line);
  for (const auto& row : deed_rows) {
    if (row.argument.empty() && line == row.name) return act(row.value, {});
    const auto begins = line.starts_with(row.name) && line.substr(row.name.size()).starts_with(' ');
    if (!row.argument.empty() && begins) return act(row.value, line.substr(row.name.size() + 1));
  }
  return not_understood(line);
}

tl::expected<void, std::string> World::tell_fault(std::string_view line) {
  const auto fault = parse_fault(line, blanks_used_ + 1);
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

tl::expected<void, std::string> World::act(Deed deed, std::string_view argument) {
  switch (deed) {
    case Deed::load: return load(argument);
    case Deed::ribbon: ribbon_ = options_.ribbon_capacity; break;
    case Deed::closeCover: machine_.cover_closed_at = now_; break;
    case Deed::emptyOutput: machine_.output_full = false; break;
    case Deed::emptyReject: machine_.reject_full = false; break;
    case Deed::removeCard:
      if (busy()) return tl::unexpected(std::string("the machine is moving"));
      open_contacts();
      removed_by_hand_ += take_out();
      machine_.jammed = false;
      machine_.position = api::CardPosition::none;
      break;
    case Deed::cutPower: cut_power(Purge::keeps); break;
    case Deed::cutPowerOutput: cut_power(Purge::toOutput); break;
    case Deed::cutPowerReject: cut_power(Purge::toReject); break;
    case Deed::swapPrinter:
      if (argument.empty()) return tl::unexpected(std::string("the other printer needs a serial number"));
      swap_printer(std::string(argument));
      break;
  }
  return {};
}

tl::expected<void, std::string> World::load(std::string_view amount) {
  unsigned blanks = 0;
  const auto [end, error] = std::from_chars(amount.data(), amount.data() + amount.size(), blanks);
  if (error != std::errc{} || end != amount.data() + amount.size())
    return tl::unexpected(fmt::format("'{}' is no number of blanks", amount));
  hopper_ += blanks;
  machine_.hopper_says_empty = false;
  return {};
}

}  // namespace simulator
