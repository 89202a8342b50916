#include "drivers/api/stripe.hpp"

namespace api {
namespace {

// As people read it; one of several bytes is UTF-8.
std::string shown(std::string_view text, std::size_t at) {
  constexpr unsigned char continuation = 0x80, continuation_mask = 0xC0;
  const auto is_rest = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & continuation_mask) == continuation;
  };
  if (static_cast<unsigned char>(text[at]) < ' ' || text[at] == '\x7F') return "a control character";
  auto end = at + 1;
  while (is_rest(end)) ++end;
  return "'" + std::string(text.substr(at, end - at)) + "'";
}

}  // namespace

std::optional<std::string> problem_of_track(unsigned number, std::string_view text) {
  const auto& format = track_formats.at(number - 1);
  const auto track = "track " + std::to_string(number);
  const auto wrong = text.find_first_not_of(format.data);
  if (wrong != std::string_view::npos)
    return track + " cannot hold " + shown(text, wrong) + " (character " + std::to_string(wrong + 1) + ")";
  if (text.size() > format.data_max())
    return track + " holds " + std::to_string(format.data_max()) + " characters, not " +
           std::to_string(text.size());
  return std::nullopt;
}

Result<> check_tracks(const Tracks& tracks) {
  for (unsigned number = 1; number <= tracks.size(); ++number)
    if (auto problem = problem_of_track(number, tracks[number - 1]))
      return fail(Reason::stripeInvalid, std::move(*problem));
  return {};
}

}  // namespace api
