#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "drivers/api/reason.hpp"

namespace ipp {

// What a printer says of itself (printer-state-reasons, RFC 8011 section 5.4.12) that keeps a letter back.
// Low supplies do not.
struct Condition {
  std::string_view keyword;
  api::Reason reason;
};
inline constexpr std::array conditions{
    Condition{"media-empty", api::Reason::paperOut},
    Condition{"media-needed", api::Reason::paperOut},
    Condition{"input-tray-missing", api::Reason::paperOut},
    Condition{"cover-open", api::Reason::coverOpen},
    Condition{"door-open", api::Reason::coverOpen},
    Condition{"interlock-open", api::Reason::coverOpen},
    Condition{"media-jam", api::Reason::printerFault},
    Condition{"marker-supply-empty", api::Reason::printerFault},
    Condition{"marker-waste-full", api::Reason::printerFault},
    Condition{"toner-empty", api::Reason::printerFault},
    Condition{"output-area-full", api::Reason::printerFault},
    Condition{"output-tray-missing", api::Reason::printerFault},
    Condition{"paused", api::Reason::printerFault},
    Condition{"moving-to-paused", api::Reason::printerFault},
    Condition{"shutdown", api::Reason::printerFault},
    Condition{"timed-out", api::Reason::printerFault},
};

struct Obstacle {
  api::Reason reason;
  std::string keyword;
};

// The first of a printer's reasons that keeps a letter back. How severe a printer finds it does not count
// (-report, -warning), because makers disagree; but every -error does.
inline std::optional<Obstacle> obstacle(std::span<const std::string> reasons) {
  for (const std::string_view text : reasons) {
    auto keyword = text;
    for (const std::string_view severity : {"-report", "-warning", "-error"})
      if (text.ends_with(severity)) keyword.remove_suffix(severity.size());
    for (const auto& condition : conditions)
      if (condition.keyword == keyword) return Obstacle{condition.reason, std::string(text)};
    if (text.ends_with("-error")) return Obstacle{api::Reason::printerFault, std::string(text)};
  }
  return std::nullopt;
}

}  // namespace ipp
