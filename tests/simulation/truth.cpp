#include "tests/simulation/truth.hpp"

#include "daemon/core/plan.hpp"

#include <fmt/format.h>

namespace simulation {
namespace {

using core::Phase;

constexpr std::string_view second_suffix = "-second";  // of a double feed (simulator/movements.cpp)
constexpr std::size_t cards_max = 10'000;

std::string attempt_text(const simulator::Body& body) {
  const std::string_view plan = body.plan;
  return std::string(plan.ends_with(second_suffix) ? plan.substr(0, plan.size() - second_suffix.size())
                                                   : plan);
}

bool nobody_knows(std::optional<core::Whereabouts> whereabouts) {
  return whereabouts == core::Whereabouts::otherPrinter || whereabouts == core::Whereabouts::unclear;
}

bool in_good_output(const simulator::FinishedBody& finished) {
  return finished.destination == api::Destination::output;
}

}  // namespace

// --- what is known -----------------------------------------------------------------------------------------

void Truth::learn(store::Store& store, Violations& wrong) {
  for (auto& [id, known] : attempts_) known.forgotten = true;
  for (const auto& card : store.cards({}, {}, cards_max)) {
    const auto before = cards_.find(card.id);
    if (before != cards_.end() && before->second == core::CardState::expired &&
        card.state == core::CardState::assigned)
      wrong.push_back({Wrong::overdue, fmt::format("{} had expired", card.id.text())});
    cards_[card.id] = card.state;
    for (const auto& attempt : store.attempts(card.id))
      attempts_[core::uuid_text(attempt.id)] = {card.id, attempt.phase, core::is_by_hand(attempt.kind)};
  }
  check_orders(store, wrong);
}

void Truth::told(const core::Change& change, store::Store& store, Violations& wrong) {
  if (change.state == api::name_of(Phase::feedIntent) && change.time + core::clock_tolerance < newest_)
    wrong.push_back({Wrong::clockIgnored, fmt::format("{} was fed a blank", change.card->text())});
  newest_ = std::max(newest_, change.time);
  if (change.subject == "card") card_told(change, store, wrong);
  if (change.subject != "attempt") return;
  const auto phase = *api::from_name<Phase>(change.state);
  attempts_[core::uuid_text(*change.attempt)] = {*change.card, phase, !change.batch};
  if (aborted_.contains(*change.card) && phase != Phase::voided)
    wrong.push_back({Wrong::abortedMade, fmt::format("{} was aborted, and its attempt is {}",
                                                     change.card->text(), api::name_of(phase))});
}

const Truth::Known* Truth::attempt_of(const simulator::Body& body) const {
  const auto found = attempts_.find(attempt_text(body));
  return found == attempts_.end() ? nullptr : &found->second;
}

std::optional<std::string> Truth::open_attempt() const {
  for (const auto& [id, known] : attempts_)
    if (!known.forgotten && !known.by_hand && !core::is_over(known.phase) && known.phase != Phase::claimed)
      return id;
  return std::nullopt;
}

bool Truth::complete(const simulator::Body& body) const {
  return body.prints == 1 && body.front && (product_.layout_back.empty() || body.back);
}

bool Truth::striped(const simulator::Body& body, const core::Card& card) const {
  auto tracks = product_.tracks;
  for (auto& track : tracks)
    if (const auto field = track.find("{number}"); field != std::string::npos)
      track.replace(field, sizeof "{number}" - 1, card.number);
  return body.tracks == tracks;
}

std::vector<const simulator::Body*> Truth::in_output(const std::string& attempt) const {
  std::vector<const simulator::Body*> bodies;
  for (const auto& finished : site_.world.finished())
    if (in_good_output(finished) && attempt_text(finished.body) == attempt &&
        !destroyed_.contains(finished.body.number))
      bodies.push_back(&finished.body);
  return bodies;
}

bool Truth::take_out() {
  const auto before = site_.world.removed_by_hand();
  const auto inside = site_.world.inside();
  if (!site_.world.tell("remove card")) return false;
  // A second body of a double feed lies behind the first, and was fed for the same attempt.
  for (auto bodies = site_.world.removed_by_hand() - before; bodies > 0; --bodies)
    taken_out_.push_back(attempt_text(*inside));
  return true;
}

// --- at every moment ---------------------------------------------------------------------------------------

void Truth::check_output(const simulator::Body& body, std::map<core::CardId, int>& bodies,
                         Violations& wrong) const {
  const auto* attempt = attempt_of(body);
  if (attempt == nullptr) {
    wrong.push_back({Wrong::unaccounted,
                     fmt::format("blank {} lies in the output, and no attempt had it fed", body.number)});
    return;
  }
  const auto phase = api::name_of(attempt->phase);
  if (complete(body) && ++bodies[attempt->card] > 1)
    wrong.push_back({Wrong::secondBody, fmt::format("{}: blank {} is one more, of an attempt that is {}",
                                                    attempt->card.text(), body.number, phase)});
  if (attempt->forgotten) {
    wrong.push_back(
        {Wrong::unaccounted, fmt::format("{}: blank {} lies in the output, its attempt is forgotten",
                                         attempt->card.text(), body.number)});
    return;
  }
  const bool written =
      std::ranges::equal(body.tracks, product_.tracks, {}, &std::string::empty, &std::string::empty);
  const bool good = attempt->phase == Phase::done && complete(body) && written;
  const bool open = !core::is_over(attempt->phase) || attempt->phase == Phase::inDoubt;
  if (!good && !open)
    wrong.push_back(
        {Wrong::unfinished,
         fmt::format("{}: blank {}, {}, of an attempt that is {}", attempt->card.text(), body.number,
                     complete(body) ? written ? "complete" : "without its stripe" : "not complete", phase)});
}

void Truth::check_now(Violations& wrong) const {
  std::map<core::CardId, int> bodies;
  const auto printed = [&](const simulator::Body& body) {
    if (body.prints > 1)
      wrong.push_back(
          {Wrong::printedTwice, fmt::format("blank {} was printed {} times", body.number, body.prints)});
  };
  for (const auto& finished : site_.world.finished()) {
    printed(finished.body);
    if (in_good_output(finished) && !destroyed_.contains(finished.body.number))
      check_output(finished.body, bodies, wrong);
  }
  if (site_.world.inside()) printed(*site_.world.inside());
}

// --- when nothing moves ------------------------------------------------------------------------------------

// The printer said of one blank that it was two; the journal believes it.
bool Truth::figures_lied() const {
  return std::ranges::find(faults_, simulator::FaultKind::wrongCounters, &simulator::Fault::kind) !=
         faults_.end();
}

// The running sums of the journal, the printer's counters, and the attempts themselves. Only while no card of
// ours is in the machine, and only for the printer that is there.
void Truth::check_sums(Life& life, Violations& wrong) const {
  if (figures_lied()) return;
  const auto& counters = site_.world.counters();
  for (const auto& account : life.store().printers()) {
    if (account.serial != site_.world.identity().serial) continue;
    const auto fed = account.last.fed - account.first.fed;
    const auto sum = account.good + account.rejected + account.condemned + account.in_doubt +
                     account.samples + account.foreign;
    if (account.last.fed != counters.fed || account.last.ejected != counters.ejected ||
        account.last.rejected != counters.rejected || static_cast<std::int64_t>(fed) != sum)
      wrong.push_back(
          {Wrong::unaccounted,
           fmt::format("the printer fed {}, ejected {}, rejected {}; the journal says {}, {}, {}, and good "
                       "{}, rejected {}, condemned {}, in doubt {}, foreign {}",
                       counters.fed, counters.ejected, counters.rejected, account.last.fed,
                       account.last.ejected, account.last.rejected, account.good, account.rejected,
                       account.condemned, account.in_doubt, account.foreign)});
  }
}

void Truth::check_still(Life& life, Violations& wrong) {
  check_now(wrong);
  check_letters(life.store(), wrong);
  check_orders(life.store(), wrong);
  check_validity(life.store(), wrong);
  if (open_attempt() || site_.world.inside() || site_.world.busy()) return;
  const auto line = life.runner().station().lines.front();
  if (!line.reason) check_sums(life, wrong);
}

// --- at the end --------------------------------------------------------------------------------------------

// Every body belongs to one attempt, which says of it what is true.
void Truth::check_whereabouts(store::Store& store, Violations& wrong) const {
  std::map<std::string, unsigned> bodies;
  const auto ended = [&](const std::string& attempt, std::string_view where, auto fits) {
    ++bodies[attempt];
    const auto known = attempts_.find(attempt);
    if (known == attempts_.end() || !fits(known->second.phase))
      wrong.push_back(
          {Wrong::unaccounted,
           fmt::format("a body of attempt {} is {}, and the attempt {}", attempt.substr(0, 8), where,
                       known == attempts_.end() ? "unknown" : api::name_of(known->second.phase))});
  };
  const auto spoiled = [](Phase phase) { return phase == Phase::spoiled; };
  for (const auto& finished : site_.world.finished()) {
    const auto attempt = attempt_text(finished.body);
    if (!in_good_output(finished))
      ended(attempt, "in the reject bin", spoiled);
    else if (destroyed_.contains(finished.body.number))
      ended(attempt, "destroyed",
            [](Phase phase) { return phase == Phase::spoiled || phase == Phase::condemned; });
    else
      ended(attempt, "in the output", [](Phase phase) { return phase == Phase::done; });
  }
  for (const auto& attempt : taken_out_) ended(attempt, "taken out by hand", spoiled);
  if (!figures_lied() && site_.keeps_counters()) check_amounts(store, bodies, wrong);
}

// As many bodies of each attempt as it says.
void Truth::check_amounts(store::Store& store, const std::map<std::string, unsigned>& bodies,
                          Violations& wrong) const {
  // Of a printer that went away while it was to feed, or forgot what it did, nobody knows how many it fed.
  std::uint64_t missing = 0, perhaps = 0;
  for (const auto& [id, known] : attempts_) {
    const auto attempt = store.attempt(*core::parse_uuid(id));
    if (!attempt) continue;  // forgotten
    const auto found = bodies.find(id);
    const auto seen = found == bodies.end() ? 0 : found->second;
    const bool unknown = nobody_knows(attempt->whereabouts);
    if (attempt->bodies >= seen)
      (unknown ? perhaps : missing) += attempt->bodies - seen;
    else if (!unknown)
      wrong.push_back({Wrong::unaccounted, fmt::format("attempt {} had {} bodies, and says {}",
                                                       id.substr(0, 8), seen, attempt->bodies)});
  }
  const auto gone = site_.world.taken_away();
  if (missing > gone || missing + perhaps < gone)
    wrong.push_back({Wrong::unaccounted,
                     fmt::format("{} bodies are nowhere, {} left with another printer", missing, gone)});
}

void Truth::check_end(Life& life, std::size_t ordered, Violations& wrong) {
  check_still(life, wrong);
  check_whereabouts(life.store(), wrong);
  const auto cards = life.store().cards({}, {}, cards_max);
  if (cards.size() != ordered)
    wrong.push_back(
        {Wrong::lostRequest, fmt::format("{} cards were ordered, there are {}", ordered, cards.size())});
  for (const auto& card : cards) check_card(life.store(), card, wrong);
  check_list(life.store(), wrong);
  check_letters_out(life.store(), wrong);
}

}  // namespace simulation
