// What is true of PIN letters: who let them out, and what came out.
#include <fmt/format.h>

#include "daemon/core/letters.hpp"
#include "tests/simulation/texts.hpp"
#include "tests/simulation/truth.hpp"

namespace simulation {

// --- what custodians said ----------------------------------------------------------------------------------

void Truth::releases(std::int64_t uid, const core::ReleaseLetters& command) {
  releasing_[uid] = command;
}

bool Truth::released(std::int64_t uid, const core::Reply& reply) {
  const bool asked = releasing_.erase(uid) > 0;
  const auto* done = std::get_if<core::Done>(&reply);
  if (done == nullptr) return false;
  if (!asked) return true;
  for (const auto& letters : {done->letters, done->awaiting})
    for (const auto letter : letters) released_[letter].insert(uid);
  return true;
}

// Who was not answered yet may have been heard.
std::size_t Truth::persons_of(const core::Letter& letter) const {
  std::set<std::int64_t> persons;
  if (const auto found = released_.find(letter.id); found != released_.end()) persons = found->second;
  for (const auto& [uid, command] : releasing_)
    if (command.all || std::ranges::find(command.letters, letter.id) != command.letters.end() ||
        std::ranges::find(command.cards, letter.card) != command.cards.end())
      persons.insert(uid);
  return persons.size();
}

// --- when one goes out -------------------------------------------------------------------------------------

void Truth::letter_goes(store::Store& store, const std::string& control, Violations& wrong) {
  const auto letters = store.letters({}, {}, 10'000);
  const auto letter = std::ranges::find(letters, control, &core::Letter::control);
  if (letter == letters.end()) {
    wrong.push_back({Wrong::letterWrong, "a letter goes out that the journal does not have"});
    return;
  }
  const auto state = store.card(letter->card).value().state;
  const auto& id = letter->id.text();
  // What was begun goes on where its card came back meanwhile.
  if (letter->state != core::LetterState::sending && letter->state != core::LetterState::voided)
    wrong.push_back(
        {Wrong::letterTooEarly, fmt::format("{} is {}, and goes out", id, api::name_of(letter->state))});
  if (!core::is_confirmed(state) && letter->state != core::LetterState::voided)
    wrong.push_back(
        {Wrong::letterTooEarly, fmt::format("{} goes out, and its card is {}", id, api::name_of(state))});
  if (const auto persons = persons_of(*letter); persons < site_.options().letter_persons)
    wrong.push_back(
        {Wrong::letterNotReleased, fmt::format("{} goes out, and {} persons released it", id, persons)});
  if (!site_.paper) return;
  gone_[control] = letter->id;
  for (const auto& sheet : site_.paper->tray()) {
    const auto before = control_on(sheet);
    const auto known = gone_.find(before);
    if (known != gone_.end() && known->second == letter->id && !lost_sheets_.contains(before))
      wrong.push_back(
          {Wrong::letterTwice, fmt::format("{} goes out, and one sheet of it is in the tray", id)});
  }
}

// --- when nothing moves ------------------------------------------------------------------------------------

// All that came out went out by the book, each sheet once.
void Truth::check_sheets(Violations& wrong) const {
  if (!site_.paper) return;
  std::set<std::string> controls;
  for (const auto& sheet : site_.paper->tray()) {
    const auto control = control_on(sheet);
    if (!gone_.contains(control))
      wrong.push_back({Wrong::letterWrong, fmt::format("nobody sent the sheet {}", control)});
    if (!controls.insert(control).second)
      wrong.push_back({Wrong::letterTwice, fmt::format("two sheets have the control number {}", control)});
  }
}

void Truth::check_letters(store::Store& store, Violations& wrong) const {
  for (const auto& entry : std::filesystem::directory_iterator(site_.letters())) {
    const auto id = core::CardId::parse(entry.path().stem().string());
    if (!id || entry.path().extension() != ".pdf") continue;  // left by a crash while it was written
    const auto card = store.card(*id);
    if (!card || !core::is_confirmed(card->state))
      wrong.push_back({Wrong::letterTooEarly,
                       fmt::format("{} has a letter and is {}", id->text(),
                                   card ? api::name_of(card->state) : std::string_view("not known"))});
  }
  check_sheets(wrong);
  for (const auto& letter : store.letters({}, {}, 10'000)) {
    // A PIN is in the vault as long as its letter has to show it, and no longer.
    const auto sealed = store.sealed(letter.attempt);
    const bool kept = sealed && !sealed->pin.empty();
    const auto state = store.card(letter.card).value().state;
    const bool good = state == core::CardState::unassigned || state == core::CardState::assigned;
    if (kept != core::is_open(letter.state) || (!good && letter.state != core::LetterState::voided))
      wrong.push_back(
          {Wrong::letterWrong,
           fmt::format("{} of {}, which is {}, is {}, and its PIN {}", letter.id.text(), letter.card.text(),
                       api::name_of(state), api::name_of(letter.state), kept ? "kept" : "erased")});
    if (letter.state == core::LetterState::delivered && text_of(letter).empty())
      wrong.push_back({Wrong::letterWrong, fmt::format("{} is delivered, and not there", letter.id.text())});
  }
}

// --- at the end --------------------------------------------------------------------------------------------

std::string Truth::text_of(const core::Letter& letter) const {
  if (!site_.paper) return content_of(site_.letters() / (letter.card.text() + ".pdf"));
  const auto* sheet = site_.paper->sheet(letter.control);
  return sheet ? *sheet : std::string();
}

void Truth::check_letters_out(store::Store& store, Violations& wrong) const {
  for (const auto& letter : store.letters({}, {}, 10'000))
    if (core::is_open(letter.state))
      wrong.push_back(
          {Wrong::letterLeft, fmt::format("{} is {}", letter.id.text(), api::name_of(letter.state))});
}

}  // namespace simulation
