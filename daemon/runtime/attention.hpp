#pragma once
#include <string>
#include <vector>

#include "daemon/core/production.hpp"

namespace runtime {

// What a person should see to beside cards in doubt, in words, a thing each; empty when there is nothing.
std::vector<std::string> attention(const core::Production& production);

std::ptrdiff_t cards_in_doubt(const core::Production& production);
// Orders that the station has still to begin; a bureau has its own.
std::ptrdiff_t orders_waiting(const core::Production& production);
std::ptrdiff_t letters_in(const core::Production& production, core::LetterState state);

// "1 card", "2 cards"
std::string counted(std::ptrdiff_t count, std::string_view what);

}  // namespace runtime
