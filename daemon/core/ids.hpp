#pragma once
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/api/card_family.hpp"

namespace core {

// Ids are running numbers with a letter before them where people and clients see them: C17, B3, O5, L2.
template <char Letter>
struct Id {
  std::int64_t value = 0;

  friend auto operator<=>(const Id&, const Id&) = default;
  std::string text() const { return Letter + std::to_string(value); }
  static std::optional<Id> parse(std::string_view text) {
    Id id;
    if (text.size() < 2 || text.size() > 19 || text.front() != Letter || text[1] < '1' || text[1] > '9')
      return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id.value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
  }
};

using CardId = Id<'C'>;
using BatchId = Id<'B'>;
using OrderId = Id<'O'>;
using LetterId = Id<'L'>;
using AttemptId = api::Uuid;  // random (RFC 4122 version 4); it is the GUID on the chip as well

// RFC 4122 text form, lower case.
std::string uuid_text(const api::Uuid& uuid);
std::optional<api::Uuid> parse_uuid(std::string_view text);

}  // namespace core
