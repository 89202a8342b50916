#include "daemon/core/letters.hpp"

#include <fmt/format.h>

#include "daemon/core/handlers.hpp"

namespace core {
namespace {

// A printer has one at a time: what only waits for it can still be called off, is not in doubt when the
// station dies, and holds up no stop.
std::ptrdiff_t letters_at_once(const Rules& rules) {
  constexpr std::ptrdiff_t to_folder = 4, to_printer = 1;
  return rules.letters_printed ? to_printer : to_folder;
}

void save(Turn& turn, const Letter& letter) {
  turn.decision.rows.emplace_back(letter);
}

void move(Turn& turn, Letter& letter, LetterVerb verb) {
  const auto to = next(letter.state, verb);
  assert(to && "the caller has checked that the verb is allowed");
  letter.state = *to;
  save(turn, letter);
}

void say(Turn& turn, const Letter& letter, std::string_view what) {
  turn.audit({}, "letter", letter.id.text(), fmt::format("{}: {}", letter.card.text(), what));
}

void erase_pin(Turn& turn, const AttemptId& attempt) {
  auto secrets = turn.records.sealed_secrets(attempt);
  if (!secrets || secrets->pin.empty()) return;
  secrets->pin.clear();
  turn.decision.rows.emplace_back(*std::move(secrets));
}

// As it is now, in the working set or not. What this decision wrote is not in the journal yet.
std::optional<Letter> find_letter(Turn& turn, LetterId id) {
  const auto open = turn.production.letters.find(id);
  if (open != turn.production.letters.end()) return open->second.letter;
  const auto& rows = turn.decision.rows;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (const auto* letter = std::get_if<Letter>(&*row); letter && letter->id == id) return *letter;
  return turn.records.letter(id);
}

std::set<LetterId> letters_of(Turn& turn, CardId card) {
  std::set<LetterId> ids;
  for (const auto& letter : turn.records.letters_of(card)) ids.insert(letter.id);
  for (const auto& [id, open] : turn.production.letters)
    if (open.letter.card == card) ids.insert(id);
  return ids;
}

std::string persons_of(const Letter& letter) {
  if (letter.first_person < 0) return "released by the station";
  if (letter.second_person < 0) return fmt::format("released by uid {}", letter.first_person);
  return fmt::format("released by uid {} and uid {}", letter.first_person, letter.second_person);
}

std::string text_of(const api::Failure& failure) {
  if (failure.detail.empty()) return std::string(api::text_of(failure.reason));
  return fmt::format("{}: {}", api::text_of(failure.reason), failure.detail);
}

// Said once, however often it is tried.
void failed(Turn& turn, OpenLetter& open, std::string why) {
  open.letter.text = why;
  if (open.failure != why) say(turn, open.letter, why);
  open.failure = std::move(why);
}

}  // namespace

std::string control_number(const api::Uuid& random) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::array<std::size_t, 8> taken{0, 1, 2,  3,
                                             4, 5, 14, 15};  // without those of version and variant
  std::uint64_t bits = 0;
  for (const auto at : taken) bits = bits << 8 | random[at];
  std::string number;
  for (int shift = 55; shift >= 0; shift -= 5) {
    if (number.size() == 4 || number.size() == 9) number += '-';
    number += alphabet[bits >> shift & 31];
  }
  return number;
}

void make_letter(Turn& turn, const Attempt& attempt) {
  if (attempt.kind == AttemptKind::body || attempt.then == Verb::extend) return;
  Letter letter;
  letter.id = turn.records.next_letter_id();
  letter.attempt = attempt.id;
  letter.card = attempt.card;
  letter.state = turn.production.rules.letter_persons > 0 ? LetterState::waiting : LetterState::released;
  letter.control = control_number(turn.records.new_uuid());
  letter.made = turn.now;
  save(turn, letter);
  turn.production.letters[letter.id] = {std::move(letter), {}};
}

void void_letters(Turn& turn, CardId card, const std::optional<AttemptId>& except) {
  for (const auto id : letters_of(turn, card)) {
    auto letter = find_letter(turn, id).value();
    if (letter.attempt == except || letter.state == LetterState::voided) continue;
    say(turn, letter, fmt::format("void; it was {}", api::name_of(letter.state)));
    move(turn, letter, LetterVerb::invalidate);
    turn.production.letters.erase(id);
  }
  for (const auto& attempt : turn.records.attempts_of(card))
    if (attempt.id != except) erase_pin(turn, attempt.id);
}

namespace {

// Drawing costs more than asking a printer, and a layout is not changed within seconds.
constexpr std::chrono::minutes drawing_pause(1);

bool rests(const OpenLetter& open, api::WallTime now) {
  return open.undrawable && now >= *open.letter.sent && now < *open.letter.sent + drawing_pause;
}

// Those whose last try is longest ago come first: one that fails every time keeps no other back.
std::vector<OpenLetter*> to_send(Turn& turn, bool again) {
  std::vector<OpenLetter*> found;
  for (auto& [id, open] : turn.production.letters) {
    const bool due = open.failure.empty() || (again && !rests(open, turn.now));
    if (open.letter.state == LetterState::released && due) found.push_back(&open);
  }
  std::ranges::stable_sort(found, {}, [](const OpenLetter* open) { return open->letter.sent; });
  return found;
}

// False where the configuration does not say any more what is on it.
bool send(Turn& turn, OpenLetter& open) {
  const auto card = find_card(turn, open.letter.card);
  if (!card || !product_of(turn.production.rules, *card, open.letter.attempt)) {
    constexpr std::string_view why = "its product is not in the configuration any more";
    if (open.failure == why) return false;
    failed(turn, open, std::string(why));
    save(turn, open.letter);
    return false;
  }
  open.letter.sent = turn.now;
  open.letter.on_paper = turn.production.rules.letters_printed;
  open.letter.text.clear();
  move(turn, open.letter, LetterVerb::send);
  turn.effect(Step::letter, open.letter.attempt);
  return true;
}

}  // namespace

void send_letters(Turn& turn, bool again) {
  auto& production = turn.production;
  if (production.line.block && production.line.block->shutdown) return;
  auto free =
      letters_at_once(production.rules) - std::ranges::count_if(production.letters, [](const auto& entry) {
        return entry.second.letter.state == LetterState::sending;
      });
  for (auto* open : to_send(turn, again)) {
    if (free <= 0) return;
    if (send(turn, *open)) --free;
  }
}

bool letter_due(const Production& production) {
  return std::ranges::any_of(production.letters, [](const auto& entry) {
    return entry.second.letter.state == LetterState::released;
  });
}

namespace {

void arrived(Turn& turn, OpenLetter& open) {
  erase_pin(turn, open.letter.attempt);
  say(turn, open.letter, fmt::format("delivered, {}", persons_of(open.letter)));
  move(turn, open.letter, LetterVerb::arrive);
}

void not_arrived(Turn& turn, OpenLetter& open, const api::Failure& failure) {
  const bool lost = failure.certainty == api::Certainty::unknown && open.letter.on_paper;
  open.undrawable = api::class_of(failure.reason) == api::FailureClass::data;
  failed(turn, open, text_of(failure));
  move(turn, open.letter, lost ? LetterVerb::doubt : LetterVerb::notSent);
}

// It was made void while it was sent.
void came_too_late(Turn& turn, const Returned& returned) {
  const auto letter = turn.records.letter_of(returned.attempt);
  if (!letter) return;
  say(turn, *letter, returned.result ? "went out, though it is void" : "it is void, and did not go out");
}

}  // namespace

void letter_returned(Turn& turn, const Returned& returned) {
  auto& letters = turn.production.letters;
  const auto found = std::ranges::find_if(
      letters, [&](const auto& entry) { return entry.second.letter.attempt == returned.attempt; });
  if (found == letters.end()) return came_too_late(turn, returned);
  if (!returned.result) return not_arrived(turn, found->second, returned.result.error());
  arrived(turn, found->second);
  letters.erase(found);
}

void recover_letters(Turn& turn) {
  auto& letters = turn.production.letters;
  for (auto& letter : turn.records.open_letters()) {
    auto& open = letters[letter.id] = {std::move(letter), {}};
    if (open.letter.state != LetterState::sending) continue;
    if (open.letter.on_paper) {
      failed(turn, open, "the station stopped while it was on its way to the printer");
      move(turn, open.letter, LetterVerb::doubt);
    } else {
      move(turn, open.letter, LetterVerb::notSent);
    }
  }
  for (const auto& id : turn.records.letters_owed())
    if (const auto attempt = turn.records.attempt(id)) make_letter(turn, *attempt);
}

namespace {

Refusal letter_not_found(std::string subject) {
  return refuse(Refused::letterNotFound, std::move(subject));
}

std::optional<Refusal> pick_letter(Turn& turn, LetterId id, std::set<LetterId>& picked) {
  const auto letter = find_letter(turn, id);
  if (!letter) return letter_not_found(id.text());
  if (!next(letter->state, LetterVerb::release))
    return wrong_state(id.text(), api::name_of(letter->state), api::name_of(LetterVerb::release));
  picked.insert(id);
  return std::nullopt;
}

// The newest letter of a card is the one that is meant: those before it are void.
std::optional<Refusal> pick_letter_of(Turn& turn, CardId card, std::set<LetterId>& picked) {
  if (!find_card(turn, card)) return refuse(Refused::cardNotFound, card.text());
  const auto ids = letters_of(turn, card);
  if (ids.empty()) return letter_not_found(card.text());
  return pick_letter(turn, *ids.rbegin(), picked);
}

std::optional<Refusal> pick_letters(Turn& turn, const ReleaseLetters& command, std::set<LetterId>& picked) {
  const auto limit = turn.production.rules.batch_cards_max;
  if (command.letters.size() + command.cards.size() > limit) {
    auto refusal = refuse(Refused::limitExceeded, "letters");
    refusal.maximum = limit;
    return refusal;
  }
  for (const auto id : command.letters)
    if (auto refusal = pick_letter(turn, id, picked)) return refusal;
  for (const auto card : command.cards)
    if (auto refusal = pick_letter_of(turn, card, picked)) return refusal;
  if (command.all)
    for (const auto& [id, open] : turn.production.letters)
      if (open.letter.state == LetterState::waiting && picked.size() < limit) picked.insert(id);
  if (picked.empty() && !command.all) return refuse(Refused::noCards, {}, {}, "no letter was named");
  return std::nullopt;
}

// Whether it may go out now, or another person has to say so as well.
bool release(Turn& turn, Letter& letter, const Caller& caller) {
  const bool alone = turn.production.rules.letter_persons < 2;
  if (letter.first_person == caller.uid && !alone) return false;
  auto& person = letter.first_person < 0 ? letter.first_person : letter.second_person;
  if (letter.first_person != caller.uid) person = caller.uid;
  if (!alone && letter.second_person < 0) {
    save(turn, letter);
    turn.audit(caller, "ReleaseLetters", letter.id.text(), "by the first of two persons");
    return false;
  }
  move(turn, letter, LetterVerb::release);
  turn.audit(caller, "ReleaseLetters", letter.id.text(), "released");
  return true;
}

}  // namespace

Reply handle(Turn& turn, const ReleaseLetters& command, const Caller& caller) {
  std::set<LetterId> picked;
  if (auto refusal = pick_letters(turn, command, picked)) return *refusal;
  Done done;
  for (const auto id : picked) {
    const bool out = release(turn, turn.production.letters.at(id).letter, caller);
    (out ? done.letters : done.awaiting).push_back(id);
  }
  return done;
}

namespace {

// The lost sheet may turn up: whoever holds it must not pass it off as the one that counts. And whoever says
// that it is lost must not get a second one alone.
void print_anew(Turn& turn, OpenLetter& open, const ResolveLetter& command, const Caller& caller) {
  const auto before = std::exchange(open.letter.control, control_number(turn.records.new_uuid()));
  open.failure.clear();
  open.letter.first_person = open.letter.second_person = -1;
  open.letter.text = fmt::format("to be printed anew: the sheet {} is lost", before);
  turn.audit(
      caller, "ResolveLetter", open.letter.id.text(),
      fmt::format("lost: {}; the sheet was {}, the next is {}", command.note, before, open.letter.control));
  move(turn, open.letter, LetterVerb::resolveLost);
  if (turn.production.rules.letter_persons == 0) move(turn, open.letter, LetterVerb::release);
}

}  // namespace

Reply handle(Turn& turn, const ResolveLetter& command, const Caller& caller) {
  const auto letter = find_letter(turn, command.letter);
  if (!letter) return letter_not_found(command.letter.text());
  if (letter->state != LetterState::inDoubt)
    return wrong_state(command.letter.text(), api::name_of(letter->state), "resolve");
  auto& open = turn.production.letters.at(command.letter);
  Done done;
  done.letters.push_back(command.letter);
  if (!command.delivered) {
    print_anew(turn, open, command, caller);
    return done;
  }
  erase_pin(turn, open.letter.attempt);
  open.letter.text = command.note;
  turn.audit(caller, "ResolveLetter", command.letter.text(),
             fmt::format("delivered, {}: {}", persons_of(open.letter), command.note));
  move(turn, open.letter, LetterVerb::resolveDelivered);
  turn.production.letters.erase(command.letter);
  return done;
}

}  // namespace core
