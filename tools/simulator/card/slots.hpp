#pragma once
#include <array>
#include <cstdint>

#include "drivers/api/card_family.hpp"

namespace simulator {

enum class PinPolicy { never, once, always };

// The keys of the chip (SP 800-73-4 part 1, tables 3 and 4b).
struct CardSlot {
  std::uint8_t reference;
  PinPolicy policy;
};
inline constexpr std::array<CardSlot, 4> card_slots{
    {{0x9A, PinPolicy::once}, {0x9C, PinPolicy::always}, {0x9D, PinPolicy::once}, {0x9E, PinPolicy::never}}};

// Algorithm identifiers (SP 800-78-4 table 6-2), in the order of the enumerators.
inline constexpr std::array<std::uint8_t, 3> key_algorithm_ids{0x11, 0x14, 0x07};
inline constexpr std::array<std::uint8_t, 4> management_algorithm_ids{0x03, 0x08, 0x0A, 0x0C};

constexpr const CardSlot* find_slot(std::uint8_t reference) {
  for (const CardSlot& slot : card_slots)
    if (slot.reference == reference) return &slot;
  return nullptr;
}

// The enumerator whose identifier this is.
template <class E, std::size_t N>
constexpr std::optional<E> algorithm_of(const std::array<std::uint8_t, N>& ids, std::uint8_t id) {
  for (std::size_t i = 0; i < N; ++i)
    if (ids[i] == id) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace simulator
