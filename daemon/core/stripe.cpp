#include "daemon/core/stripe.hpp"

#include <fmt/format.h>

#include <functional>

namespace core {
namespace {

constexpr std::string_view braces = "{}";

// `text` with each {FIELD} replaced; `value` may refuse.
api::Result<std::string> replace_fields(
    std::string_view text, const std::function<api::Result<std::string>(std::string_view name)>& value) {
  std::string filled;
  while (true) {
    const auto brace = text.find_first_of(braces);
    filled += text.substr(0, brace);
    if (brace == std::string_view::npos) return filled;
    text.remove_prefix(brace);
    const auto end = text.find_first_of(braces, 1);
    if (text.front() == '}' || end == std::string_view::npos || text[end] == '{' || end == 1)
      return api::fail(api::Reason::stripeInvalid, "a field has a name between { and }");
    TRY_ASSIGN(field, value(text.substr(1, end - 1)));
    filled += field;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

api::Result<api::Tracks> fill_tracks(const Product& product,
                                     const std::map<std::string, std::string>& fields) {
  const auto value = [&](std::string_view name) -> api::Result<std::string> {
    const auto field = fields.find(std::string(name));
    if (field == fields.end() || field->second.empty())
      return api::fail(api::Reason::fieldMissing, fmt::format("{}, for the magnetic stripe", name));
    return field->second;
  };
  api::Tracks tracks;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    TRY_ASSIGN(track, replace_fields(product.tracks[i], value));
    tracks[i] = std::move(track);
  }
  TRY(api::check_tracks(tracks));
  return tracks;
}

std::optional<std::string> problem_of_template(unsigned number, std::string_view text) {
  // Every track takes a digit, and no field is shorter.
  const auto shortest = replace_fields(text, [](auto) { return std::string("0"); });
  if (!shortest) return fmt::format("track {}: {}", number, shortest.error().detail);
  return api::problem_of_track(number, *shortest);
}

}  // namespace core
