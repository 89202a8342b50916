#include "tests/simulation/custodians.hpp"

namespace simulation {
namespace {

constexpr std::int64_t first_uid = 2001, second_uid = 2002;

std::vector<core::Letter> letters_in(Life& life, core::LetterState state) {
  return life.store().letters({state, {}}, {}, 1000);
}

}  // namespace

Custodians::Custodians(Site& site, Truth& truth, Story& story)
    : site_(site),
      truth_(truth),
      story_(story),
      needed_(site.options().letter_persons > 0 || site.paper),
      calls_{Calls("custodian 1", site.clock, story, first_uid),
             Calls("custodian 2", site.clock, story, second_uid)} {}

bool Custodians::ask(Life& life, Calls& calls, core::Command command, std::string_view method) {
  if (const auto* release = std::get_if<core::ReleaseLetters>(&command))
    truth_.releases(calls.uid(), *release);
  return truth_.released(calls.uid(), calls.ask(life, 0, std::move(command), method));
}

bool Custodians::ask_again(Life& life, Calls& calls) {
  return truth_.released(calls.uid(), calls.ask_again(life));
}

void Custodians::ask_again(Life& life, Violations& wrong) {
  for (auto& calls : calls_) calls.compare_all(life, wrong);
}

bool Custodians::release(Life& life, const core::Letter& letter) {
  core::ReleaseLetters release;
  switch (site_.random() % 3) {
    case 0: release.letters = {letter.id}; break;
    case 1: release.cards = {letter.card}; break;
    default: release.all = true;
  }
  return ask(life, calls_[site_.random() % calls_.size()], std::move(release), "ReleaseLetters");
}

// A sheet that is there may be overlooked, and is lost then.
bool Custodians::resolve(Life& life, const core::Letter& letter) {
  const bool printed = site_.paper->sheet(letter.control) != nullptr;
  const bool found = printed && site_.random() % 8 != 0;
  story_.say("custodian: the sheet of {} is {}", letter.id.text(),
             found     ? "in the tray"
             : printed ? "overlooked"
                       : "not there");
  if (!found) truth_.sheet_lost(letter.control);
  return ask(life, calls_[site_.random() % calls_.size()], core::ResolveLetter{letter.id, found, "looked"},
             "ResolveLetter");
}

bool Custodians::act(Life& life, bool patient) {
  if (!needed_ || (!patient && site_.random() % 3 != 0)) return false;
  for (auto& calls : calls_)
    if (calls.pending()) return ask_again(life, calls);
  const auto doubted = letters_in(life, core::LetterState::inDoubt);
  if (!doubted.empty()) return resolve(life, doubted[site_.random() % doubted.size()]);
  const auto waiting = letters_in(life, core::LetterState::waiting);
  return !waiting.empty() && release(life, waiting[site_.random() % waiting.size()]);
}

bool Custodians::finished(Life& life) const {
  return std::ranges::none_of(calls_, &Calls::pending) &&
         letters_in(life, core::LetterState::waiting).empty() &&
         letters_in(life, core::LetterState::inDoubt).empty();
}

}  // namespace simulation
