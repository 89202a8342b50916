#include "daemon/runtime/runner.hpp"

#include <cassert>

#include <fmt/format.h>
#include <openssl/rand.h>

#include <ranges>

#include "daemon/runtime/attention.hpp"
#include "daemon/runtime/records.hpp"

namespace runtime {

api::Uuid random_uuid() {
  api::Uuid uuid;
  if (RAND_bytes(uuid.data(), uuid.size()) != 1) std::abort();   // without randomness nothing here may go on
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);  // version 4
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // variant of RFC 4122
  return uuid;
}

Runner::Runner(core::Rules rules, Parts parts) : parts_(std::move(parts)), started_(parts_.clock.wall()) {
  production_.rules = std::move(rules);
}

void Runner::recover() {
  auto open = parts_.store.load_open();
  for (auto& batch : open.batches) production_.batches.emplace(batch.id, std::move(batch));
  for (auto& card : open.cards) production_.cards.emplace(card.id, std::move(card));
  for (auto& attempt : open.attempts) production_.attempts.emplace(attempt.id, std::move(attempt));
  for (auto& order : open.orders) production_.orders.emplace(order.id, std::move(order));
  push(core::Recovered{});
}

void Runner::returned(core::Returned returned) {
  push(std::move(returned));
}

void Runner::reload(core::Rules rules) {
  push(std::move(rules));
}

void Runner::timer() {
  if (core::waits(production_, parts_.clock.wall())) push(core::Timer{});
}

void Runner::submit(core::Command command, core::Caller caller,
                    std::function<void(const core::Reply&)> answer) {
  push(Asked{std::move(command), std::move(caller), std::move(answer)});
}

void Runner::push(Event event) {
  events_.push_back(std::move(event));
  if (std::exchange(woken_, true)) return;
  parts_.wake();
}

void Runner::turn() {
  woken_ = false;
  if (events_.empty()) return;
  Outbox outbox;
  StoreRecords records(parts_.store, parts_.new_uuid);
  parts_.store.begin();
  // Only what waited at the beginning: what the answers bring on is for the next turn.
  for (auto count = events_.size(); count > 0; --count) {
    auto event = std::move(events_.front());
    events_.pop_front();
    decide_event(event, records, outbox);
  }
  core::forget_begun(production_);
  production_.next_expiry = parts_.store.next_expiry();
  if (outbox.wrote) parts_.store.prune(parts_.clock.wall());  // else there is nothing to sync
  parts_.store.commit();
  for (auto& job : outbox.jobs) parts_.start(std::move(job));
  tell(outbox);
}

void Runner::decide_event(Event& event, core::Records& records, Outbox& outbox) {
  core::Decision decision;
  const auto now = parts_.clock.wall();
  if (auto* asked = std::get_if<Asked>(&event)) {
    auto reply = decide_command(*asked, records, decision);
    outbox.answers.emplace_back(std::move(asked->answer), std::move(reply));
  } else if (const auto* returned = std::get_if<core::Returned>(&event)) {
    core::decide(production_, *returned, now, records, decision);
  } else if (const auto* timer = std::get_if<core::Timer>(&event)) {
    core::decide(production_, *timer, now, records, decision);
  } else if (auto* rules = std::get_if<core::Rules>(&event)) {
    core::take_rules(production_, std::move(*rules));
  } else {
    core::decide(production_, std::get<core::Recovered>(event), now, records, decision);
  }
  write(decision, outbox);
}

// The same command under the same key is answered from memory; with other content it is refused. A command
// that changes nothing neither needs a key nor takes it.
core::Reply Runner::decide_command(const Asked& asked, core::Records& records, core::Decision& decision) {
  const auto& caller = asked.caller;
  const auto* issue = std::get_if<core::IssueCards>(&asked.command);
  const bool has_key = !caller.key.empty() && !(issue && issue->check_only);
  if (has_key) {
    if (const auto before = parts_.store.remembered(caller.uid, caller.method, caller.key)) {
      if (before->digest == caller.digest)
        return core::Done{before->batch,   before->cards,   before->skipped, before->order,
                          before->attempt, before->letters, before->awaiting};
      return core::Refusal{core::Refused::idempotencyKeyReused, caller.key, {}, {}, {}, 0};
    }
  }
  auto reply = core::decide(production_, asked.command, caller, parts_.clock.wall(), records, decision);
  const auto* done = std::get_if<core::Done>(&reply);
  if (done && has_key)
    decision.rows.emplace_back(core::Remembered{
        caller.uid, caller.method, caller.key, caller.digest, done->batch, done->cards, done->skipped,
        done->order, done->attempt, parts_.clock.wall(), done->letters, done->awaiting});
  return reply;
}

void Runner::write(core::Decision& decision, Outbox& outbox) {
  outbox.wrote |= !decision.rows.empty();
  for (auto& row : decision.rows) {
    parts_.store.write(row);
    if (auto* change = std::get_if<core::Change>(&row)) outbox.changes.push_back(std::move(*change));
  }
  // By the rules of this decision: the next one may have others.
  for (const auto& effect : decision.effects) outbox.jobs.push_back(job_for(effect));
}

void Runner::tell(Outbox& outbox) {
  for (auto& [answer, reply] : outbox.answers) answer(reply);
  if (outbox.changes.empty()) return;
  for (auto entry = listeners_.begin(); entry != listeners_.end();) {
    if (const auto listener = entry->lock()) {
      (*listener)(outbox.changes);
      ++entry;
    } else {
      entry = listeners_.erase(entry);
    }
  }
}

namespace {

// A letter is being printed: nobody would know what became of it.
bool on_paper(const core::Production& production) {
  return production.rules.letters_printed && letters_in(production, core::LetterState::sending) > 0;
}

}  // namespace

bool Runner::idle() const {
  const auto& line = production_.line;
  return !production_.list.under_way && !production_.by_hand && !on_paper(production_) &&
         (!line.in_machine || (line.block && !line.running));
}

namespace {

// What the chip of a card holds by the journal, newest first: certificates that are good, of another attempt
// than the one under way. Those of interrupted attempts are revoked.
std::vector<core::Certificate> on_chip(store::Store& store, const core::Attempt& under_way) {
  std::vector<core::Certificate> found;
  const auto attempts = store.attempts(under_way.card);
  for (const auto& attempt : attempts | std::views::reverse) {
    if (attempt.id == under_way.id) continue;
    for (auto& certificate : store.certificates(attempt.id)) {
      const bool good = certificate.state == core::CertificateState::issued ||
                        certificate.state == core::CertificateState::released;
      if (good) found.push_back(std::move(certificate));
    }
  }
  return found;
}

}  // namespace

Job Runner::job_for(const core::Effect& effect) {
  Job job;
  job.step = effect.step;
  if (effect.step == core::Step::publish) {
    job.list = parts_.store.newest_list();
    job.entries = parts_.store.list_entries();
    return job;
  }
  if (effect.step == core::Step::probe) return job;
  if (effect.step == core::Step::dispatch) {
    job.order = parts_.store.order(effect.order).value();
    for (const auto id : job.order.cards) job.cards.push_back(parts_.store.card(id).value());
    return job;
  }
  const auto attempt = parts_.store.attempt(effect.attempt);
  assert(attempt && "it was committed before");
  const auto card = parts_.store.card(attempt->card);
  assert(card);
  job.attempt = *attempt;
  job.card = *card;
  auto product = core::product_of(production_.rules, *card, attempt->id);
  assert(product && "core begins nothing with a product that it does not know");
  job.product = *std::move(product);
  if (auto sealed = parts_.store.sealed(attempt->id)) job.sealed = std::move(*sealed);
  if (effect.step == core::Step::letter) job.letter = parts_.store.letter_of(attempt->id).value();
  job.certificates = parts_.store.certificates(attempt->id);
  if (card->guid)
    if (auto sealed = parts_.store.sealed(*card->guid)) job.chip_secrets = std::move(*sealed);
  if (attempt->kind == core::AttemptKind::reencode) job.chip_certificates = on_chip(parts_.store, *attempt);
  if (effect.step == core::Step::render) job.portrait = store::portrait_of(parts_.store, *card);
  const auto& holder = attempt->holder.empty() ? card->holder : attempt->holder;
  if (!holder.empty()) job.holder = parts_.store.holder(holder).value_or(core::Holder{});
  return job;
}

namespace {

// Of the printer that is there; until it was seen, of the one that was used last.
const core::PrinterAccount* account_in_use(const core::Production& production) {
  const auto& printers = production.printers;
  if (const auto& status = production.line.status) {
    const auto found = printers.find(status->identity.serial);
    return found == printers.end() ? nullptr : &found->second;
  }
  const auto last =
      std::ranges::max_element(printers, {}, [](const auto& entry) { return entry.second.used; });
  return last == printers.end() ? nullptr : &last->second;
}

// While a card is in the machine the printer is not asked: what it counted then follows from the journal.
std::optional<core::BlanksView> blanks_of(const core::Production& production) {
  const auto* account = account_in_use(production);
  if (!account) return std::nullopt;
  const auto& line = production.line;
  core::BlanksView view{*account, account->last.fed - account->first.fed};
  if (line.in_machine) {
    const auto& attempt = production.attempts.at(*line.in_machine);
    if (attempt.printer_serial == account->serial) view.in_machine = attempt.bodies;
  }
  view.fed += view.in_machine;
  view.adds_up = !line.block || line.block->reason != api::Reason::countersDisagree;
  if (!view.adds_up && line.status) view.fed = line.status->counters.fed - account->first.fed;
  return view;
}

}  // namespace

core::StationView Runner::station() const {
  const auto& line = production_.line;
  core::LineView view;
  view.name = parts_.line;
  view.state = line.in_machine ? "producing" : "idle";
  if (line.block) {
    view.state = line.block->until_resumed ? "stopped" : "waiting";
    view.reason = line.block->reason;
    view.text = line.block->text;
  }
  view.status = line.status;
  view.attempt = line.in_machine;
  if (line.in_machine) view.card = production_.attempts.at(*line.in_machine).card;
  view.recovery = production_.recovered;
  view.blanks = blanks_of(production_);
  return {parts_.station, started_, {std::move(view)}, attention(production_)};
}

std::shared_ptr<void> Runner::listen(Listener listener) {
  auto kept = std::make_shared<Listener>(std::move(listener));
  listeners_.push_back(kept);
  return kept;
}

std::string Runner::summary() const {
  const auto seen = station();
  const auto& view = seen.lines.front();
  auto text = view.reason ? fmt::format("{}: {}", view.state, view.text)
              : view.card ? fmt::format("producing {}", view.card->text())
                          : view.state;
  if (const auto orders = orders_waiting(production_); orders > 0)
    text += fmt::format("; {} waiting", counted(orders, "order"));
  if (const auto doubts = cards_in_doubt(production_); doubts > 0)
    text += fmt::format("; {} in doubt: cardwrightctl doubts", counted(doubts, "card"));
  for (const auto& one : seen.attention) text += "; " + one;
  if (parts_.clock.wall() - started_ < recovery_shown && production_.recovered != core::nothing_under_way)
    text += "; recovery: " + production_.recovered;
  return text;
}

}  // namespace runtime
