#pragma once
#include "daemon/core/turn.hpp"

// Inside of core: PIN letters, from the confirmation of their card until they are out or void.
namespace core {

enum class LetterVerb { release, send, arrive, notSent, doubt, resolveDelivered, resolveLost, invalidate };
inline constexpr std::array<EnumRow<LetterVerb>, 8> letter_verb_rows{{
    {LetterVerb::release, "release", "as many persons as the station asks for let it out"},
    {LetterVerb::send, "send", "goes to the folder or the printer"},
    {LetterVerb::arrive, "arrive", "is there"},
    {LetterVerb::notSent, "notSent", "did not go out"},
    {LetterVerb::doubt, "doubt", "nobody knows whether it went out"},
    {LetterVerb::resolveDelivered, "resolveDelivered", "a person found it"},
    {LetterVerb::resolveLost, "resolveLost",
     "a person did not find it: it is to be released and printed anew"},
    {LetterVerb::invalidate, "invalidate", "its PIN is not valid any more"},
}};
static_assert(api::well_formed(letter_verb_rows));
constexpr const auto& rows_of(LetterVerb) {
  return letter_verb_rows;
}

struct LetterTransition {
  LetterState from;
  LetterVerb verb;
  LetterState to;
};

// The one transition table of letters. A letter may become void while it is sent: what comes back then
// changes nothing.
inline constexpr std::array letter_transitions{
    LetterTransition{LetterState::waiting, LetterVerb::release, LetterState::released},
    LetterTransition{LetterState::waiting, LetterVerb::invalidate, LetterState::voided},
    LetterTransition{LetterState::released, LetterVerb::send, LetterState::sending},
    LetterTransition{LetterState::released, LetterVerb::invalidate, LetterState::voided},
    LetterTransition{LetterState::sending, LetterVerb::arrive, LetterState::delivered},
    LetterTransition{LetterState::sending, LetterVerb::notSent, LetterState::released},
    LetterTransition{LetterState::sending, LetterVerb::doubt, LetterState::inDoubt},
    LetterTransition{LetterState::sending, LetterVerb::invalidate, LetterState::voided},
    LetterTransition{LetterState::inDoubt, LetterVerb::resolveDelivered, LetterState::delivered},
    LetterTransition{LetterState::inDoubt, LetterVerb::resolveLost, LetterState::waiting},
    LetterTransition{LetterState::inDoubt, LetterVerb::invalidate, LetterState::voided},
    LetterTransition{LetterState::delivered, LetterVerb::invalidate, LetterState::voided},
};

constexpr std::optional<LetterState> next(LetterState from, LetterVerb verb) {
  return next_in(letter_transitions, from, verb);
}

// No pair stands twice, everything can become void, and from there nothing leads on.
constexpr bool letter_transitions_well_formed() {
  if (!no_pair_twice(letter_transitions)) return false;
  return std::ranges::all_of(letter_state_rows, [](const auto& state) {
    return std::ranges::all_of(letter_verb_rows, [&](const auto& verb) {
      const auto to = next(state.value, verb.value);
      if (state.value == LetterState::voided) return !to;
      return (verb.value == LetterVerb::invalidate) == (to == LetterState::voided);
    });
  });
}
static_assert(letter_transitions_well_formed());

// It keeps its PIN in the vault, and its place in the working set.
constexpr bool is_open(LetterState state) {
  return state != LetterState::delivered && state != LetterState::voided;
}

// Twelve characters of Crockford's base 32 (no I L O U) in groups of four: "7KQ2-M0XD-94BT". 60 of the bits
// of a random UUID (RFC 4122 version 4) that are random.
std::string control_number(const api::Uuid& random);

// The attempt is confirmed: its letter, unless its card has no chip or keeps its PIN.
void make_letter(Turn& turn, const Attempt& attempt);
// PINs of the card are not valid any more, but for one of that attempt: its letters are void wherever they
// are, and what the vault holds of PINs is erased; the PUK stays.
void void_letters(Turn& turn, CardId card, const std::optional<AttemptId>& except = std::nullopt);

// Letters that may go out do, a few at a time. With `again` also those whose last try failed.
void send_letters(Turn& turn, bool again);
void letter_returned(Turn& turn, const Returned& returned);
// Whether a letter waits for the next try.
bool letter_due(const Production& production);
// After a start, before anything else becomes of letters. A folder gets what was on its way once more, under
// the same name; paper cannot be taken back.
void recover_letters(Turn& turn);

}  // namespace core
