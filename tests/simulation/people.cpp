#include "tests/simulation/people.hpp"

#include <algorithm>

namespace simulation {

using api::Reason;
using core::CardState;

// --- the client --------------------------------------------------------------------------------------------

Client::Client(const Scenario& scenario, const Clock& clock, Truth& truth, Story& story)
    : truth_(truth),
      story_(story),
      calls_("client", clock, story),
      condemn_(scenario.condemn),
      give_up_(scenario.give_up) {
  for (const auto amount : scenario.orders) orders_.push_back({amount, At::requesting, {}, {}, false});
}

bool Client::submit(Life& life, Order& order, core::Command command, std::string_view method) {
  const auto matter = static_cast<std::size_t>(&order - orders_.data());
  return taken(calls_.ask(life, matter, std::move(command), method));
}

// What was refused may be asked again with a new key.
bool Client::taken(const core::Reply& reply) {
  if (std::holds_alternative<core::Refusal>(reply)) return false;
  answered(calls_.last());
  return true;
}

void Client::answered(const Calls::Call& call) {
  auto& order = orders_[call.matter];
  if (std::holds_alternative<core::RequestCards>(call.command)) {
    order.cards = call.done->cards;
    order.at = At::issuing;
  } else if (std::holds_alternative<core::IssueCards>(call.command)) {
    order.batch = call.done->batch;
    order.at = At::following;
  } else if (std::holds_alternative<core::CompleteBatch>(call.command)) {
    order.at = At::completed;
  }
}

void Client::ask_again(Life& life, Violations& wrong) {
  for (const auto* call : calls_.compare_all(life, wrong)) answered(*call);
}

bool Client::order_more(Life& life) {
  if (calls_.pending()) return taken(calls_.ask_again(life));
  for (auto& order : orders_) {
    if (order.at == At::requesting) {
      core::RequestCards request;
      request.amount = order.amount;
      return submit(life, order, request, "RequestCards");
    }
    if (order.at == At::issuing) {
      core::IssueCards issue;
      issue.cards = order.cards;
      return submit(life, order, issue, "IssueCards");
    }
  }
  return false;
}

// Before a person says that a finished card is bad, he takes it.
std::vector<core::CardId> Client::find_misprint(Life& life, Order& order) {
  if (!condemn_ || std::exchange(order.condemned, true)) return {};
  for (const auto id : order.cards) {
    const auto card = life.store().card(id);
    if (!card || card->state != CardState::awaitingConfirmation) continue;
    for (const auto* body : truth_.in_output(core::uuid_text(*card->attempt))) truth_.destroy(*body);
    story_.say("client: {} is misprinted, and destroyed", id.text());
    return {id};
  }
  return {};
}

bool Client::repeat(Life& life, Order& order, const std::vector<core::CardId>& failed) {
  if (std::exchange(give_up_, false)) {
    core::GiveUpCards command;
    command.cards = {failed.front()};
    truth_.may_be_given_up(failed.front());
    return submit(life, order, command, "GiveUpCards");
  }
  return submit(life, order, core::RepeatProduction{*order.batch, {}, Reason::misprinted},
                "RepeatProduction");
}

bool Client::follow(Life& life, Order& order) {
  const auto batch = life.store().batch(*order.batch);
  if (batch && batch->state == core::BatchState::completed) {  // nobody had to confirm it
    order.at = At::completed;
    return true;
  }
  if (!batch || batch->state != core::BatchState::awaitingConfirmation) return false;
  std::vector<core::CardId> failed;
  for (const auto id : order.cards) {
    const auto card = life.store().card(id);
    const auto state = card ? card->state : CardState::inDoubt;
    if (state == CardState::inDoubt) return false;
    if (state == CardState::failed) failed.push_back(id);
  }
  if (!failed.empty()) return repeat(life, order, failed);
  if (auto misprinted = find_misprint(life, order); !misprinted.empty())
    return submit(life, order,
                  core::RepeatProduction{*order.batch, std::move(misprinted), Reason::misprinted},
                  "RepeatProduction");
  return submit(life, order, core::CompleteBatch{*order.batch}, "CompleteBatch");
}

bool Client::act(Life& life) {
  if (order_more(life)) return true;
  for (auto& order : orders_)
    if (order.at == At::following && follow(life, order)) return true;
  return false;
}

bool Client::finished() const {
  return std::ranges::all_of(orders_, [](const Order& order) { return order.at == At::completed; });
}

// --- the operator ------------------------------------------------------------------------------------------

namespace {

// What somebody at the machine does about what it says.
struct Remedy {
  Reason reason;
  const char* deed;  // as the world is told
};
constexpr std::array remedies{
    Remedy{Reason::hopperEmpty, "load 20"},        Remedy{Reason::ribbonOut, "ribbon"},
    Remedy{Reason::coverOpen, "close cover"},      Remedy{Reason::outputFull, "empty output"},
    Remedy{Reason::rejectBinFull, "empty reject"},
};

}  // namespace

bool Operator::take_card_out() {
  const auto& inside = site_.world.inside();
  const auto plan = inside ? inside->plan : std::string();
  if (!truth_.take_out()) return false;
  story_.say("operator: takes the card out of the machine");
  help_.removed.push_back(plan);
  return true;
}

bool Operator::help_machine(Reason reason) {
  const bool stuck = reason == Reason::jam || reason == Reason::cardInside;
  if (stuck || (reason == Reason::printerFault && site_.world.inside())) return take_card_out();
  const auto row = std::ranges::find(remedies, reason, &Remedy::reason);
  if (row == remedies.end()) return false;
  story_.say("operator: {}", row->deed);
  ++help_.supplies;
  return site_.world.tell(row->deed).has_value();
}

// Puts it right; or, where it is right or nobody knows, says that it is.
bool Operator::see_to_clock(Life& life) {
  if (site_.clock.off().count() != 0 && site_.random() % 4 != 0) {
    story_.say("operator: sets the clock right");
    site_.clock.set(std::chrono::milliseconds(0));
    return true;
  }
  story_.say("operator: the time is right");
  truth_.accept_clock();
  life.ask(core::Resume{}, {1001, "Resume", {}, {}});
  return true;
}

bool Operator::say(Life& life, const core::Card& card, bool good) {
  story_.say("operator: {} is {}", card.id.text(), good ? "good" : "bad");
  const auto reply =
      life.ask(core::ResolveDoubt{card.id, good, "looked at it"}, {1001, "ResolveDoubt", {}, {}});
  const auto* refused = std::get_if<core::Refusal>(&reply);
  if (refused) story_.say("operator: refused, {}", api::text_of(refused->error));
  if (!refused) ++(good ? help_.good : help_.bad);
  return refused == nullptr;
}

// Good only if the station lets him say so and the card lies there, complete; whatever is not called good is
// destroyed before it is called bad.
bool Operator::settle_doubt(Life& life, const core::Card& card) {
  const auto attempt = core::uuid_text(*card.attempt);
  help_.doubts.push_back(attempt);
  const auto there = truth_.in_output(attempt);
  const auto whole = std::ranges::find_if(there, [&](const auto* body) { return truth_.complete(*body); });
  for (const auto* body : there)
    if (whole == there.end() || body != *whole) truth_.destroy(*body);
  if (whole != there.end()) {
    if (say(life, card, true)) return true;
    truth_.destroy(**whole);
  }
  const auto& inside = site_.world.inside();
  if (inside && inside->plan == attempt && !take_card_out()) return false;
  return say(life, card, false);
}

bool Operator::act(Life& life) {
  const auto line = life.runner().station().lines.front();
  if (line.reason == Reason::clockSetBack) return see_to_clock(life);
  if (line.state == "waiting" && help_machine(*line.reason)) return true;
  for (const auto& card : life.store().cards({CardState::inDoubt, {}}, {}, 100))
    if (settle_doubt(life, card)) return true;
  if (line.state != "stopped") return false;
  story_.say("operator: resumes the line, which had stopped: {}", line.text);
  help_.figures = help_.figures || line.reason == Reason::countersDisagree;
  ++help_.resumed;
  life.ask(core::Resume{}, {1001, "Resume", {}, {}});
  return true;
}

}  // namespace simulation
