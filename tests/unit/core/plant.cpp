#include "tests/unit/core/plant.hpp"

#include <gtest/gtest.h>

namespace plant {
namespace {

ProductCertificate certificate(const char* name, api::KeyPurpose purpose) {
  return {name, purpose, api::KeyAlgorithm::p256};
}

bool on_line(Step step) {
  return step != Step::render && step != Step::letter && step != Step::publish && step != Step::dispatch;
}

}  // namespace

Rules rules() {
  Product encoded;
  encoded.name = encoded.title = "encoded";
  encoded.certificates = {certificate("authentication", api::KeyPurpose::authentication),
                          certificate("signature", api::KeyPurpose::signature)};
  encoded.layout_front = "/front.svg";
  encoded.operator_may_change = {"pinLength", "encode", "certificates"};
  auto automatic = encoded;
  automatic.name = automatic.title = "automatic";
  automatic.confirm = Confirm::automatic;
  auto printed = encoded;
  printed.name = printed.title = "printed";
  printed.encode = false;
  printed.certificates.clear();
  printed.operator_may_change.clear();
  Rules rules;
  auto striped = encoded, printed_striped = printed;
  striped.name = striped.title = "striped";
  printed_striped.name = printed_striped.title = "printed striped";
  striped.tracks = printed_striped.tracks = {"{number}", "", ""};
  for (const auto& product : {encoded, automatic, printed, striped, printed_striped})
    rules.products[product.name] = product;
  rules.default_product = "encoded";
  const auto type = [&](const char* name, const char* product, Producer producer, std::optional<bool> queue,
                        std::chrono::minutes minutes = {}) {
    rules.production_types[name] = {name, product, producer, queue, minutes};
  };
  type("open", "encoded", Producer::station, std::nullopt);
  type("direct", "encoded", Producer::station, false);
  type("queued", "encoded", Producer::station, true);
  type("later", "encoded", Producer::station, true, std::chrono::minutes(60));
  type("automatic", "automatic", Producer::station, true);
  type("bureau", "encoded", Producer::bureau, false);
  type("bureau later", "encoded", Producer::bureau, true, std::chrono::minutes(60));
  rules.default_production_type = "open";
  rules.use_cases = {true, true, true, true, true};
  return rules;
}

Plant::Plant(bool seen) {
  status.printer.state = api::PrinterState::ready;
  status.printer.position = api::CardPosition::none;
  status.identity = {"model", "P1"};
  status.capabilities.contact_station = true;
  status.capabilities.magnetic = true;
  status.capabilities.reject_bin = true;
  status.capabilities.duplex = true;
  status.capabilities.position_known = true;
  status.capabilities.counters_persist = true;
  status.slot = api::Slot::empty;
  restart();
  while (seen && finish_one()) {
  }
}

bool Plant::by_hand(const Effect& effect) const {
  const auto attempt = records.attempts.find(effect.attempt);
  return attempt != records.attempts.end() && is_by_hand(attempt->second.kind);
}

// The PUK of a card that is encoded anew stays where it is.
bool Plant::anew(const Effect& effect) const {
  return records.attempts.at(effect.attempt).kind == AttemptKind::reencode;
}

void Plant::move_body(Step step) {
  auto& position = status.printer.position;
  auto& counters = status.counters;
  using Position = api::CardPosition;
  if (step == Step::feed) ++counters.fed;
  if (step == Step::print) ++counters.printed;
  if (step == Step::eject) ++counters.ejected;
  if (step == Step::reject) ++counters.rejected;
  const std::map<Step, Position> moves{
      {Step::feed, Position::feeder},     {Step::identify, Position::contact},
      {Step::examine, Position::contact}, {Step::verify, Position::transit},
      {Step::stripe, Position::magnetic}, {Step::print, Position::print},
      {Step::eject, Position::ejected},   {Step::reject, Position::rejected},
  };
  if (moves.contains(step)) position = moves.at(step);
}

Plant::Result Plant::well(const Effect& effect) {
  if (!by_hand(effect)) move_body(effect.step);
  switch (effect.step) {
    case Step::check:
    case Step::probe: return Checked{status};
    case Step::identify: {
      const auto card = records.cards.at(records.attempts.at(effect.attempt).card);
      return Identified{"chip " + uuid_text(anew(effect) ? card.guid.value() : effect.attempt)};
    }
    case Step::seal: return anew(effect) ? Sealed{{1}, {}} : Sealed{{1}, {2}};
    case Step::letter: return anew(effect) ? Sealed{{}, {}} : Sealed{{}, {2}};
    case Step::reserve: {
      Certified certified;
      for (const auto purpose : {api::KeyPurpose::authentication, api::KeyPurpose::signature})
        certified.certificates.push_back(
            {{1, ++serials_}, effect.attempt, purpose, {}, {3}, {}, {}, {}, 0, 0});
      return certified;
    }
    case Step::certify: {
      Certified certified;
      for (auto& one : records.certificates(effect.attempt)) {
        if (one.state != CertificateState::reserved) continue;
        one.state = CertificateState::issued;
        one.der = {4};
        certified.certificates.push_back(std::move(one));
      }
      return certified;
    }
    case Step::examine: return Examined{chip, "chip " + uuid_text(effect.attempt)};
    case Step::eject: return Ejected{status.counters};
    case Step::reject: return Rejected{"invalidated", status.counters};
    case Step::dispatch:
    case Step::render:
    case Step::feed:
    case Step::personalise:
    case Step::write:
    case Step::verify:
    case Step::stripe:
    case Step::print:
    case Step::inspect: break;
    case Step::publish: return Published{7};
  }
  return Brought{};
}

void Plant::fail(Step step, CardId card, api::Reason reason, api::Certainty certainty) {
  devices = [=, this, before = devices](const Effect& effect) -> Result {
    const auto attempt = records.attempt(effect.attempt);
    if (effect.step != step || !attempt || attempt->card != card ||
        attempts_of(card.value).front().id != effect.attempt)
      return before(effect);
    return tl::unexpected(api::Failure{reason, certainty, "on purpose"});
  };
}

void Plant::lose(CardId card) {
  devices = [=, this, before = devices](const Effect& effect) -> Result {
    const auto attempt = records.attempt(effect.attempt);
    if (effect.step != Step::eject || !attempt || attempt->card != card ||
        attempts_of(card.value).front().id != effect.attempt)
      return before(effect);
    status.printer.position = api::CardPosition::none;
    return api::fail_unknown(api::Reason::timedOut, "on purpose");
  };
}

Reply Plant::ask(const Command& command, const Caller& caller) {
  Decision decision;
  auto reply = decide(production, command, caller, now, records, decision);
  take(std::move(decision));
  return reply;
}

Done Plant::done(const Command& command) {
  const auto reply = ask(command);
  if (const auto* refusal = std::get_if<Refusal>(&reply)) {
    ADD_FAILURE() << "refused: " << api::name_of(refusal->error) << " " << refusal->subject;
    return {};
  }
  return std::get<Done>(reply);
}

Refusal Plant::refused(const Command& command) {
  const auto before = describe(production);
  Decision decision;
  const auto reply = decide(production, command, {}, now, records, decision);
  EXPECT_EQ(describe(production), before);
  EXPECT_TRUE(decision.rows.empty() && decision.effects.empty());
  const auto* refusal = std::get_if<Refusal>(&reply);
  if (!refusal) ADD_FAILURE() << "not refused";
  return refusal ? *refusal : Refusal{};
}

BatchId Plant::produce(std::int64_t amount, const std::string& product, const Options& options) {
  const auto requested = done(RequestCards{amount, product, options, {}, {}});
  IssueCards issue;
  issue.cards = requested.cards;
  return done(issue).batch.value();
}

OrderId Plant::order(const std::string& type, std::int64_t amount, std::int64_t priority) {
  OrderCards command{amount, type, {}, {}, priority, {}, {}, {}};
  return done(command).order.value();
}

void Plant::take(Decision decision) {
  records.write(decision.rows);
  production.next_expiry.reset();
  for (const auto& [id, card] : records.cards)
    if (card.state == CardState::assigned && card.valid_until)
      production.next_expiry =
          std::min(production.next_expiry.value_or(*card.valid_until), *card.valid_until);
  check_working_set();
  check_letters();
  for (const auto& effect : decision.effects) {
    check_intent(effect);
    effects.push_back(effect);
    all.push_back(effect);
  }
  const auto working = std::ranges::count_if(
      effects, [this](const Effect& effect) { return on_line(effect.step) && !by_hand(effect); });
  EXPECT_LE(working, 1);
  // After a restart the faces of the card in the machine are rendered again, beside the line.
  const auto& running = production.line.running;
  EXPECT_EQ(working == 1, running && *running != Step::render);
}

void Plant::check_working_set() {
  for (const auto& [id, batch] : production.batches)
    EXPECT_EQ(describe(batch), describe(records.batches.at(id)));
  for (const auto& [id, order] : production.orders)
    EXPECT_EQ(describe(order), describe(records.orders.at(id)));
  for (const auto& [id, card] : production.cards) EXPECT_EQ(describe(card), describe(records.cards.at(id)));
  for (const auto& [id, attempt] : production.attempts)
    EXPECT_EQ(describe(attempt), describe(records.attempts.at(id)));
  int inside = 0;
  for (const auto& [id, attempt] : records.attempts)
    inside += !is_by_hand(attempt.kind) && attempt.phase != Phase::claimed && !is_over(attempt.phase) ? 1 : 0;
  EXPECT_LE(inside, 1) << "two attempts at once";
}

// A PIN is in the vault as long as its letter has to show it, and only cards that are good have letters.
void Plant::check_letters() {
  for (const auto& [id, letter] : records.letters) {
    EXPECT_EQ(production.letters.contains(id), is_open(letter.state)) << describe(letter);
    const auto sealed = records.sealed_secrets(letter.attempt);
    EXPECT_EQ(sealed && !sealed->pin.empty(), is_open(letter.state)) << describe(letter);
    const auto state = records.cards.at(letter.card).state;
    EXPECT_TRUE(letter.state == LetterState::voided || state == CardState::unassigned ||
                state == CardState::assigned)
        << describe(letter) << " of a card that is " << api::name_of(state);
  }
  for (const auto& [id, open] : production.letters)
    EXPECT_EQ(describe(open.letter), describe(records.letters.at(id)));
}

void Plant::check_intent(const Effect& effect) {
  if (effect.step == Step::letter) {
    EXPECT_EQ(records.letter_of(effect.attempt).value().state, LetterState::sending);
  }
  if (!on_line(effect.step) || effect.step == Step::probe || effect.step == Step::examine) return;
  const auto& attempt = records.attempts.at(effect.attempt);
  const auto leads_to = phase_after(attempt);
  const auto step = effect.step == Step::certify ? Step::reserve : effect.step;
  EXPECT_TRUE(leads_to && step_to(*leads_to) == step)
      << api::name_of(effect.step) << " began in phase " << api::name_of(attempt.phase);
}

bool Plant::finish_one() {
  if (effects.empty()) return false;
  const auto effect = effects.front();
  const auto result = devices(effect);
  effects.pop_front();
  now += std::chrono::seconds(1);
  Decision decision;
  decide(production, Returned{effect.step, effect.attempt, result, effect.order}, now, records, decision);
  take(std::move(decision));
  return true;
}

bool Plant::finish_until(Step step) {
  while (under_way(step) == 0)
    if (!finish_one()) return false;
  // What else is under way ends first, so that this one is the next to end.
  std::ranges::stable_partition(effects, [&](const Effect& effect) { return effect.step == step; });
  return true;
}

void Plant::tick() {
  Decision decision;
  decide(production, Timer{}, now, records, decision);
  take(std::move(decision));
}

void Plant::settle() {
  for (int quiet = 0; quiet < 3;) {
    const auto before = records.changes.size();
    while (finish_one()) {
    }
    tick();
    while (finish_one()) {
    }
    quiet = records.changes.size() == before ? quiet + 1 : 0;
  }
}

void Plant::restart(Rules rules) {
  production = {};
  production.rules = std::move(rules);
  effects.clear();
  for (const auto& [id, batch] : records.batches) {
    if (batch.state == BatchState::completed || batch.state == BatchState::cancelled) continue;
    production.batches[id] = batch;
    for (const auto card_id : batch.cards) {
      const auto& card = production.cards[card_id] = records.cards.at(card_id);
      if (card.attempt) production.attempts[*card.attempt] = records.attempts.at(*card.attempt);
    }
  }
  for (const auto& [id, order] : records.orders)
    if (order.state != OrderState::completed && order.state != OrderState::aborted)
      production.orders[id] = order;
  for (const auto& [id, attempt] : records.attempts) {
    if (!is_by_hand(attempt.kind) || is_over(attempt.phase)) continue;
    production.attempts[id] = attempt;
    production.cards[attempt.card] = records.cards.at(attempt.card);
  }
  Decision decision;
  decide(production, Recovered{}, now, records, decision);
  take(std::move(decision));
}

std::vector<Attempt> Plant::attempts_of(std::int64_t card) const {
  std::vector<Attempt> found;
  for (const auto& id : records.made)
    if (records.attempts.at(id).card.value == card) found.push_back(records.attempts.at(id));
  return found;
}

std::string Plant::phases_of(const AttemptId& attempt) const {
  std::string phases;
  for (const auto& change : records.changes)
    if (change.subject == "attempt" && change.attempt == attempt)
      phases += (phases.empty() ? "" : " ") + change.state;
  return phases;
}

std::size_t Plant::started(Step step) const {
  return static_cast<std::size_t>(std::ranges::count(all, step, &Effect::step));
}

std::size_t Plant::under_way(Step step) const {
  return static_cast<std::size_t>(std::ranges::count(effects, step, &Effect::step));
}

}  // namespace plant
