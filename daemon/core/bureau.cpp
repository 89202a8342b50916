#include <fmt/format.h>

#include "daemon/core/handlers.hpp"
#include "daemon/core/pool.hpp"

// What a bureau makes: job files go out, manifests come back.
namespace core {
namespace {

// An order that the bureau has, or is about to get, or has made; or why it is none.
std::optional<Refusal> refuse_manifest(Turn& turn, OrderId id) {
  const auto order = find_order(turn, id);
  if (!order) return refuse(Refused::orderNotFound, id.text());
  const bool sent = order->state == OrderState::ordered || order->state == OrderState::completed;
  if (order->producer == Producer::bureau && sent) return std::nullopt;
  return wrong_state(id.text(), api::name_of(order->state), "import");
}

// What the lines mean, as far as they are right.
struct Sorted {
  std::map<CardId, const ManifestLine*> lines;
  std::set<std::string> chips;
  std::vector<LineProblem> problems;
};

// As a card family says it when it identifies a chip: some makers count in decimal digits, others give bytes.
bool is_chip_serial(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> problem_of_chip(Turn& turn, const std::string& chip, Sorted& sorted) {
  if (!is_chip_serial(chip)) return "is no serial number: digits, and a to f";
  if (!sorted.chips.insert(chip).second) return "stands in this manifest twice";
  if (turn.records.chip_known(chip, {})) return "is the chip of another card";
  return std::nullopt;
}

// A body that was said to be produced may turn out not to be: it never came, or its chip was named wrongly.
std::optional<std::string> problem_of_state(Turn& turn, const Card& card, const ManifestLine& line) {
  if (card.state == CardState::ordered) return std::nullopt;
  if (card.state != CardState::produced)
    return fmt::format("it is {}, not ordered", api::name_of(card.state));
  if (in_encoder(turn.production, card.id)) return "it is being encoded";
  if (line.produced && line.chip_serial == card.chip_serial) return "it is produced already, with this chip";
  return std::nullopt;
}

void sort(Turn& turn, OrderId order, const ManifestLine& line, Sorted& sorted) {
  const auto wrong = [&](const char* column, std::string text) {
    sorted.problems.push_back({line.line, column, std::move(text)});
  };
  const auto id = CardId::parse(line.card);
  const auto card = id ? find_card(turn, *id) : std::nullopt;
  if (!card) return wrong("card", "there is no such card");
  if (card->order != order) return wrong("card", "it is not of this order");
  if (auto problem = problem_of_state(turn, *card, line)) return wrong("card", *std::move(problem));
  if (!sorted.lines.emplace(*id, &line).second) return wrong("card", "named twice");
  if (!line.number.empty() && line.number != card->number)
    wrong("number", fmt::format("the number of {} is {}", line.card, card->number));
  if (!line.produced) return;
  if (auto problem = problem_of_chip(turn, line.chip_serial, sorted)) wrong("chip", *std::move(problem));
}

void take_over(Turn& turn, CardId id, const ManifestLine& line, Done& done) {
  auto card = find_card(turn, id).value();
  const bool anew = card.state == CardState::produced;
  if (line.produced) {
    card.chip_serial = line.chip_serial;
    done.cards.push_back(id);
  } else {
    card.text = line.text.empty() ? "the bureau could not make it" : line.text;
    done.skipped.push_back({id, card.text});
  }
  if (!line.produced)
    turn.move(card, anew ? Verb::fail : Verb::bureauFailed);
  else if (anew)
    turn.decision.rows.emplace_back(card);
  else
    turn.move(card, Verb::bureauProduced);
}

}  // namespace

// `Done::cards` are those produced, `skipped` those failed with the reason in words.
Reply handle(Turn& turn, const ImportManifest& command, const Caller& caller) {
  if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::order)) return *refusal;
  if (auto refusal = refuse_manifest(turn, command.order)) return *refusal;
  for (const auto& line : command.lines)
    if (line.order != command.order.text())
      return refuse(Refused::manifestOfOtherOrder, command.order.text(), line.order);
  if (command.lines.empty()) return refuse(Refused::noCards, {}, {}, "the manifest names no card");
  Sorted sorted;
  for (const auto& line : command.lines) sort(turn, command.order, line, sorted);
  if (!sorted.problems.empty()) {
    auto refusal = refuse(Refused::manifestInvalid, command.order.text());
    refusal.lines = std::move(sorted.problems);
    return refusal;
  }

  Done done;
  done.order = command.order;
  for (const auto& [id, line] : sorted.lines) take_over(turn, id, *line, done);
  turn.audit(caller, "ImportManifest", command.order.text(),
             fmt::format("{} produced, {} failed", done.cards.size(), done.skipped.size()));
  settle_order(turn, command.order);
  return done;
}

namespace {

std::optional<Refusal> pick_to_reorder(Turn& turn, const Order& order, const std::vector<CardId>& named,
                                       std::map<CardId, Card>& picked) {
  for (const auto id : named) {
    const auto card = find_card(turn, id);
    if (!card) return refuse(Refused::cardNotFound, id.text());
    if (card->order != order.id) return refuse(Refused::cardNotInBatch, id.text(), order.id.text());
    if (!next(card->state, Verb::reorder)) return wrong_state(*card, Verb::reorder);
    picked.emplace(id, *card);
  }
  if (!named.empty()) return std::nullopt;
  for (const auto id : order.cards) {
    auto card = find_card(turn, id).value();
    if (card.order == order.id && next(card.state, Verb::reorder)) picked.emplace(id, std::move(card));
  }
  if (!picked.empty()) return std::nullopt;
  return refuse(Refused::noCards, {}, {}, "no card of the order failed");
}

// The bureau makes a new body: nothing of the former one is this card any more.
void forget_body(Card& card) {
  card.chip_serial.clear();
  card.guid.reset();
  card.chip_until.reset();
  card.encoding_due = false;
  card.reason.reset();
  card.text.clear();
}

Order anew(Turn& turn, const Order& former, const std::map<CardId, Card>& cards) {
  Order order = former;
  order.id = turn.records.next_order_id();
  order.state = OrderState::ordered;
  order.held = false;
  order.created = order.due = turn.now;
  order.sent.reset();
  order.cards.clear();
  for (const auto& [id, card] : cards) order.cards.push_back(id);
  return order;
}

}  // namespace

Reply handle(Turn& turn, const ReorderCards& command, const Caller& caller) {
  if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::order)) return *refusal;
  const auto former = find_order(turn, command.order);
  if (!former) return refuse(Refused::orderNotFound, command.order.text());
  if (former->producer != Producer::bureau)
    return wrong_state(command.order.text(), api::name_of(former->state), api::name_of(Verb::reorder));
  std::map<CardId, Card> picked;
  if (auto refusal = pick_to_reorder(turn, *former, command.cards, picked)) return *refusal;
  for (const auto& [id, card] : picked)
    if (auto refusal = refuse_attempts(turn, id)) return *refusal;
  if (auto refusal = refuse_more_orders(turn.production)) return *refusal;

  auto order = anew(turn, *former, picked);
  auto& stored = turn.production.orders[order.id] = std::move(order);
  turn.move(stored, stored.state);
  Done done;
  done.order = stored.id;
  for (auto& [id, card] : picked) {
    card.order = stored.id;
    forget_body(card);
    turn.move(card, Verb::reorder);
    turn.audit(caller, "ReorderCards", id.text(), api::name_of(command.reason));
    done.cards.push_back(id);
  }
  dispatch(turn, stored);
  settle_order(turn, command.order);
  return done;
}

void dispatch(Turn& turn, const Order& order) {
  turn.production.dispatches[order.id].under_way = true;
  turn.decision.effects.push_back({Step::dispatch, {}, order.id});
}

void recover_dispatches(Turn& turn) {
  for (const auto& [id, order] : turn.production.orders)
    if (order.producer == Producer::bureau && order.state == OrderState::ordered && !order.sent)
      dispatch(turn, order);
}

// The order may have been given up meanwhile: its file is out all the same.
void dispatched(Turn& turn, const Returned& returned) {
  auto& production = turn.production;
  const auto open = production.orders.find(returned.order);
  if (!returned.result) {
    if (open == production.orders.end()) return;
    auto& file = production.dispatches[returned.order];
    file.under_way = false;
    if (!std::exchange(file.failed, true))
      turn.audit({}, "dispatch", returned.order.text(), returned.result.error().detail);
    return;
  }
  production.dispatches.erase(returned.order);
  auto order = find_order(turn, returned.order).value();
  order.sent = turn.now;
  turn.move(order, order.state);
  if (open != production.orders.end()) open->second = order;
  turn.audit({}, "dispatch", order.id.text(), "written");
}

void retry_dispatches(Turn& turn) {
  for (const auto& [id, file] : turn.production.dispatches)
    if (!file.under_way) dispatch(turn, turn.production.orders.at(id));
}

}  // namespace core
