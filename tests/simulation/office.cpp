#include "tests/simulation/office.hpp"

#include <algorithm>

namespace simulation {

using api::Reason;
using core::CardState;
using core::OrderState;

namespace {

constexpr unsigned tries_max = 8;  // in the encoder, of one card
constexpr std::chrono::hours some_days(4 * 24);

bool once(bool& wanted) {
  return std::exchange(wanted, false);
}

}  // namespace

Office::Office(const Scenario& scenario, Site& site, Truth& truth, Story& story)
    : site_(site), truth_(truth), story_(story), calls_("office", site.clock, story) {
  for (const auto& errand : scenario.errands)
    matters_.push_back({errand, fmt::format("holder-{}", matters_.size() + 1), {}, {}, {}});
}

// --- calls and answers -------------------------------------------------------------------------------------

bool Office::ask(Life& life, Matter& matter, core::Command command, std::string_view method) {
  const auto number = static_cast<std::size_t>(&matter - matters_.data());
  return taken(calls_.ask(life, number, std::move(command), method));
}

bool Office::taken(const core::Reply& reply) {
  if (std::holds_alternative<core::Refusal>(reply)) return false;
  answered(calls_.last());
  return true;
}

void Office::answered(const Calls::Call& call) {
  auto& matter = matters_[call.matter];
  const auto& done = *call.done;
  const auto is = [&]<class Command>(std::type_identity<Command>) {
    return std::holds_alternative<Command>(call.command);
  };
  const bool orders = is(std::type_identity<core::OrderCards>());
  if (orders || is(std::type_identity<core::ImportBatch>())) {
    matter.cards = done.cards;
    cards_ += static_cast<unsigned>(done.cards.size());
  }
  if (orders || is(std::type_identity<core::ReorderCards>())) {
    matter.order = done.order;
    truth_.ordered(*done.order, done.cards);
  }
  if (is(std::type_identity<core::PutHolder>())) matter.holder_known = true;
  if (is(std::type_identity<core::AbortCards>()))
    for (const auto card : done.cards) truth_.aborted(card);
  if (is(std::type_identity<core::LockCard>()) && done.cards.size() == 2) {
    matter.cards.push_back(done.cards.back());
    matter.made = matter.settled = false;
    ++cards_;
  }
}

void Office::ask_again(Life& life, Violations& wrong) {
  for (const auto* call : calls_.compare_all(life, wrong)) answered(*call);
}

// --- what is produced --------------------------------------------------------------------------------------

std::vector<core::CardId> Office::in_state(Life& life, const Matter& matter, CardState state) const {
  auto cards = matter.cards;
  std::erase_if(cards, [&](core::CardId id) {
    const auto card = life.store().card(id);
    return !card || card->state != state;
  });
  return cards;
}

bool Office::begin(Life& life, Matter& matter) {
  const auto& errand = matter.errand;
  if (errand.way == Way::import) {
    core::ImportBatch import;
    import.cards.resize(errand.amount);
    return ask(life, matter, std::move(import), "ImportBatch");
  }
  core::OrderCards order;
  order.amount = errand.amount;
  order.production_type = errand.way == Way::bureau ? "bureau" : "here";
  order.queue = errand.queue;
  order.priority = errand.priority;
  return ask(life, matter, std::move(order), "OrderCards");
}

bool Office::give_up(Life& life, Matter& matter, core::CardId card) {
  truth_.may_be_given_up(card);
  return ask(life, matter, core::GiveUpCards{{card}}, "GiveUpCards");
}

// The same for a batch of an order and one of requests.
bool Office::see_to_batch(Life& life, Matter& matter, core::BatchId id) {
  using enum core::BatchState;
  const auto batch = life.store().batch(id).value();
  if ((batch.state == producing || batch.state == paused) && matter.errand.cancel && comes_by()) {
    matter.errand.cancel = false;
    return ask(life, matter, core::CancelBatch{id}, "CancelBatch");
  }
  if (batch.state != awaitingConfirmation) return false;
  std::vector<core::CardId> failed;
  for (const auto card : batch.cards) {
    const auto state = life.store().card(card)->state;
    if (state == CardState::inDoubt) return false;
    if (state == CardState::failed) failed.push_back(card);
  }
  if (failed.empty()) return ask(life, matter, core::CompleteBatch{id}, "CompleteBatch");
  if (once(matter.errand.give_up)) return give_up(life, matter, failed.front());
  if (ask(life, matter, core::RepeatProduction{id, failed, Reason::misprinted}, "RepeatProduction"))
    return true;
  return give_up(life, matter, failed.front());  // it failed too often
}

bool Office::see_to_order(Life& life, Matter& matter, bool still) {
  auto& errand = matter.errand;
  const auto found = life.store().order(*matter.order);
  if (!found) return false;  // Truth says so
  const auto& order = *found;
  const bool open = order.state != OrderState::completed && order.state != OrderState::aborted;
  const bool waits = order.state == OrderState::processing ||
                     (order.state == OrderState::ordered && order.producer == core::Producer::station);
  if (open && errand.abort && comes_by()) {
    errand.abort = false;
    core::AbortCards abort;
    if (errand.amount > 1 && comes_by())
      abort.cards = {matter.cards.front()};
    else
      abort.order = order.id;
    if (ask(life, matter, abort, "AbortCards")) return true;
  }
  if (waits && !order.held && once(errand.hold))
    return ask(life, matter, core::HoldOrder{order.id}, "HoldOrder");
  if (waits && order.held && (still || comes_by()))
    return ask(life, matter, core::ReleaseOrder{order.id}, "ReleaseOrder");
  if (order.state == OrderState::processing && order.due > site_.clock.wall() && still) {
    site_.pass(order.due - site_.clock.wall());  // long, where the clock had been ahead when it was ordered
    return true;
  }
  return order.producer == core::Producer::bureau && see_to_bureau(life, matter, order);
}

// Until the bureau has the job, cards can still be given up; what it could not make it is asked for again.
bool Office::see_to_bureau(Life& life, Matter& matter, const core::Order& order) {
  auto waiting = in_state(life, matter, CardState::ordered);
  if (!waiting.empty() && once(matter.errand.give_up)) return give_up(life, matter, waiting.front());
  if (!waiting.empty()) return order.sent && send_manifest(life, matter, order);
  const auto failed = in_state(life, matter, CardState::failed);
  if (failed.empty() || order.state == OrderState::processing) return false;
  if (matter.tries < tries_max &&
      ask(life, matter, core::ReorderCards{order.id, failed, Reason::damaged}, "ReorderCards"))
    return true;
  return give_up(life, matter, failed.front());
}

bool Office::send_manifest(Life& life, Matter& matter, const core::Order& order) {
  core::ImportManifest manifest{order.id, {}};
  for (const auto id : order.cards) {
    const auto card = life.store().card(id);
    if (card->state != CardState::ordered || card->order != order.id) continue;
    core::ManifestLine line{2, order.id.text(), id.text(), card->number, !once(matter.errand.fail), {}, {}};
    if (line.produced) {
      line.chip_serial = std::to_string(500'000 + ++bodies_);  // an even number of digits
      truth_.body_of_bureau(line.chip_serial, std::exchange(matter.errand.chip_dies, 0));
    }
    manifest.lines.push_back(std::move(line));
  }
  return ask(life, matter, std::move(manifest), "ImportManifest");
}

bool Office::see_to_requests(Life& life, Matter& matter) {
  auto requested = in_state(life, matter, CardState::requested);
  if (!requested.empty() && matter.errand.way == Way::import && once(matter.errand.abort))
    return ask(life, matter, core::AbortCards{{requested.front()}, {}}, "AbortCards");
  if (requested.empty()) return false;
  core::IssueCards issue;
  issue.cards = std::move(requested);
  return ask(life, matter, std::move(issue), "IssueCards");
}

// Of a batch that was cancelled something may be left.
bool Office::see_to_batches(Life& life, Matter& matter) {
  std::set<core::BatchId> batches;
  for (const auto id : matter.cards)
    if (const auto batch = life.store().card(id)->batch) batches.insert(*batch);
  return std::ranges::any_of(batches, [&](auto batch) { return see_to_batch(life, matter, batch); });
}

bool Office::produce(Life& life, Matter& matter, bool still) {
  if (matter.order && see_to_order(life, matter, still)) return true;
  if (see_to_requests(life, matter) || see_to_batches(life, matter)) return true;
  matter.made = std::ranges::all_of(matter.cards, [&](core::CardId id) {
    const auto state = life.store().card(id)->state;
    return core::is_confirmed(state) || state == CardState::produced || state == CardState::aborted;
  });
  return false;
}

// --- what becomes of cards that are made -------------------------------------------------------------------

// Whoever put a card in takes it out when the station has done with it.
bool Office::take_card_back(Life& life) {
  if (!site_.put_in()) return false;
  for (const auto& matter : matters_)
    for (const auto card : matter.cards)
      for (const auto& attempt : life.store().attempts(card))
        if (core::is_by_hand(attempt.kind) && !core::is_over(attempt.phase)) return false;
  site_.take_out();
  return true;
}

bool Office::encode(Life& life, Matter& matter, const core::Card& card, core::Command command,
                    std::string_view method) {
  if (site_.put_in()) return false;
  ++matter.tries;
  if (matter.errand.wrong_chips > 0) {
    --matter.errand.wrong_chips;
    story_.say("office: puts another card into the encoder");
    auto options = site_.blank();
    options.serial = 900'000;
    site_.put_in(stranger_.emplace(options));
  } else if (auto* chip = truth_.chip_of(life.store(), card)) {
    story_.say("office: puts {} into the encoder", card.id.text());
    site_.put_in(*chip);
  }
  return ask(life, matter, std::move(command), method);
}

bool Office::do_deed(Life& life, Matter& matter, const core::Card& card, bool still) {
  auto& errand = matter.errand;
  const auto deed = errand.pool[matter.deeds];
  const auto days = 1 + static_cast<std::int64_t>(site_.random() % 8);
  const bool again = card.encoding_due && matter.tries < tries_max && card.state == CardState::unassigned;
  if (deed == PoolDeed::wait && !still) return false;
  // What was spoiled in the encoder is tried again.
  if (!(deed == PoolDeed::assign && again)) ++matter.deeds;
  switch (deed) {
    case PoolDeed::assign:
      return encode(life, matter, card, core::AssignCard{card.id, matter.holder, days}, "AssignCard") ||
             again;
    case PoolDeed::extend:
      encode(life, matter, card, core::ExtendCard{card.id, days + 4}, "ExtendCard");
      return true;
    case PoolDeed::withdraw: ask(life, matter, core::WithdrawCard{card.id}, "WithdrawCard"); return true;
    case PoolDeed::wait:
      story_.say("office: waits for some days");
      site_.pass(some_days);
      return true;
    case PoolDeed::lock: {
      core::LockCard lock{card.id, {}, false};
      if (once(errand.condemn) && card.state != CardState::locked) {
        lock.reason = Reason::damaged;
        lock.replace = true;
        for (const auto* body : truth_.bodies_of(life.store(), card.id)) truth_.destroy(*body);
      }
      ask(life, matter, lock, "LockCard");
      return true;
    }
  }
  return false;
}

bool Office::see_to_pool(Life& life, Matter& matter, bool still) {
  if (!matter.holder_known)
    return ask(life, matter,
               core::PutHolder{{matter.holder, core::HolderState::active, "N.N.", {}, {}, {}, {}}},
               "PutHolder");
  for (const auto id : in_state(life, matter, CardState::produced))
    if (matter.tries < tries_max)
      return encode(life, matter, *life.store().card(id), core::InitializeCard{id}, "InitializeCard") ||
             still;
  for (const auto id : matter.cards) {
    const auto card = life.store().card(id).value();
    if (!core::is_confirmed(card.state) || card.state == CardState::locked) continue;
    if (matter.deeds < matter.errand.pool.size()) return do_deed(life, matter, card, still);
    break;
  }
  matter.deeds = matter.errand.pool.size();
  matter.settled = true;
  return false;
}

// --- all of it ---------------------------------------------------------------------------------------------

bool Office::see_to(Life& life, Matter& matter, bool still) {
  if (matter.cards.empty()) return begin(life, matter);
  if (!matter.made) return produce(life, matter, still);
  if (matter.settled || site_.put_in()) return false;
  // A body that was spoiled in the encoder is ordered again.
  matter.made = in_state(life, matter, CardState::failed).empty();
  return !matter.made || see_to_pool(life, matter, still);
}

bool Office::act(Life& life, bool still) {
  if (matters_.empty()) return false;
  if (calls_.pending()) return taken(calls_.ask_again(life));
  if (take_card_back(life)) return true;
  return std::ranges::any_of(matters_, [&](auto& matter) { return see_to(life, matter, still); });
}

void Office::between_lives() {
  for (auto& matter : matters_) {
    const auto& pool = matter.errand.pool;
    if (!matter.made || matter.deeds == pool.size() || pool[matter.deeds] != PoolDeed::wait) continue;
    ++matter.deeds;
    story_.say("office: some days go by");
    return site_.clock.pass(some_days);
  }
}

bool Office::finished() const {
  return !calls_.pending() && !site_.put_in() && std::ranges::all_of(matters_, &Matter::settled);
}

}  // namespace simulation
