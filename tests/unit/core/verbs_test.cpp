#include <memory>

#include "tests/unit/core/plant.hpp"

// What people may do with a card in each of its states: everything else is refused, names state and verb, and
// changes nothing.
namespace {

using namespace plant;
using enum CardState;

// A station whose card C1 came to that state, by the way that it has.
std::unique_ptr<Plant> with_card(CardState state) {
  auto plant = std::make_unique<Plant>();
  plant->production.rules.hand_encoder = true;
  plant->records.holders["h1"] = {"h1", HolderState::active, "Ada", {}, {}, {}, {}};
  const auto produce = [&] {
    plant->produce(1);
    plant->settle();
  };
  const auto confirm = [&] {
    produce();
    plant->done(CompleteBatch{{1}});
    plant->settle();
  };
  switch (state) {
    case requested: plant->done(RequestCards{1, {}, {}, {}, {}}); break;
    case processing: plant->order("later"); break;
    case ordered:
      plant->done(Pause{});
      plant->order("direct");
      break;
    case inProduction: plant->produce(1); break;
    case produced:
      plant->order("bureau");
      plant->settle();
      plant->done(ImportManifest{{1}, {{2, "O1", "C1", {}, true, "0a", {}}}});
      break;
    case failed:
      plant->fail(Step::verify, {1}, api::Reason::verificationMismatch);
      produce();
      break;
    case inDoubt:
      plant->lose({1});
      produce();
      break;
    case awaitingConfirmation: produce(); break;
    case unassigned: confirm(); break;
    case assigned:
      confirm();
      plant->done(AssignCard{{1}, "h1", {}});
      break;
    case expired:
      confirm();
      plant->done(AssignCard{{1}, "h1", {}});
      plant->now = *plant->card(1).valid_until;
      plant->production.next_expiry = plant->now;
      plant->tick();
      plant->settle();
      break;
    case locked:
      confirm();
      plant->done(LockCard{{1}, {}, false});
      plant->settle();
      break;
    case aborted:
      plant->done(RequestCards{1, {}, {}, {}, {}});
      plant->done(AbortCards{{{1}}, {}});
      break;
  }
  EXPECT_EQ(plant->card(1).state, state);
  return plant;
}

// All that the journal holds of cards, batches, orders and attempts, and how much was ever written.
std::string journal(const Plant& plant) {
  const auto& records = plant.records;
  std::string text;
  for (const auto& [id, card] : records.cards) text += describe(card) + "\n";
  for (const auto& [id, batch] : records.batches) text += describe(batch) + "\n";
  for (const auto& [id, order] : records.orders) text += describe(order) + "\n";
  for (const auto& [id, attempt] : records.attempts) text += describe(attempt) + "\n";
  return text + std::to_string(records.changes.size()) + " " + std::to_string(records.audits.size());
}

// A command about C1 itself.
struct OfCard {
  std::string verb;
  Command command;
  std::map<CardState, CardState> leads;  // where it is allowed
};

std::vector<OfCard> commands_of_cards() {
  IssueCards issue;
  issue.cards = {{1}};
  return {
      {"issue", issue, {{requested, inProduction}}},
      {"abort", AbortCards{{{1}}, {}}, {{requested, aborted}, {processing, aborted}}},
      {"giveUp", GiveUpCards{{{1}}}, {{ordered, aborted}, {failed, aborted}}},
      {"resolve", ResolveDoubt{{1}, false, "broken"}, {{inDoubt, failed}}},
      {"initialize", InitializeCard{{1}}, {{produced, produced}}},  // the encoder works on it
      {"assign", AssignCard{{1}, "h1", {}}, {{unassigned, assigned}}},
      {"extend", ExtendCard{{1}, {}}, {{assigned, assigned}}},
      {"withdraw", WithdrawCard{{1}}, {{assigned, unassigned}, {expired, unassigned}}},
      {"lock", LockCard{{1}, {}, false}, {{unassigned, locked}, {assigned, locked}, {expired, locked}}},
  };
}

TEST(verb_of_a_card, is_possible_in_its_states_alone) {
  for (const auto& row : card_state_rows) {
    for (const auto& [verb, command, leads] : commands_of_cards()) {
      SCOPED_TRACE(verb + " of a card that is " + std::string(row.name));
      const auto plant = with_card(row.value);
      const auto before = journal(*plant);
      const auto reply = plant->ask(command);
      if (const auto to = leads.find(row.value); to != leads.end()) {
        EXPECT_TRUE(std::holds_alternative<Done>(reply));
        EXPECT_EQ(plant->card(1).state, to->second);
        continue;
      }
      ASSERT_TRUE(std::holds_alternative<Refusal>(reply));
      const auto& refusal = std::get<Refusal>(reply);
      EXPECT_EQ(refusal.error, Refused::wrongState);
      EXPECT_EQ(refusal.subject, "C1");
      EXPECT_EQ(refusal.value, row.name);
      EXPECT_EQ(refusal.text, verb);
      EXPECT_EQ(journal(*plant), before);
    }
  }
}

// What a command about the batch of C1 answers, by the state of the card. A card that never was in a batch
// has none to name.
struct OfBatch {
  std::string verb;
  Command command;
  std::set<CardState> allowed;
  std::map<CardState, Refused> other_refusals;  // than of the batch's state
};

TEST(verb_of_a_batch, is_possible_in_its_states_alone) {
  const std::vector<OfBatch> commands{
      {"complete",
       CompleteBatch{{1}},
       {awaitingConfirmation},
       {{failed, Refused::batchNotSettled}, {inDoubt, Refused::batchNotSettled}}},
      {"repeat",
       RepeatProduction{{1}, {{1}}, api::Reason::damaged},
       {awaitingConfirmation, failed},
       {{inDoubt, Refused::wrongState}}},
      {"cancel", CancelBatch{{1}}, {inProduction}, {}},
  };
  for (const auto state :
       {inProduction, awaitingConfirmation, failed, inDoubt, unassigned, assigned, expired, locked}) {
    for (const auto& [verb, command, allowed, other_refusals] : commands) {
      SCOPED_TRACE(verb + " with a card that is " + std::string(api::name_of(state)));
      const auto plant = with_card(state);
      const auto before = journal(*plant);
      const auto batch_state = plant->batch(1).state;
      const auto reply = plant->ask(command);
      ASSERT_EQ(std::holds_alternative<Done>(reply), allowed.contains(state));
      if (allowed.contains(state)) continue;
      const auto& refusal = std::get<Refusal>(reply);
      EXPECT_EQ(journal(*plant), before);
      if (const auto other = other_refusals.find(state); other != other_refusals.end()) {
        EXPECT_EQ(refusal.error, other->second);
        continue;
      }
      EXPECT_EQ(refusal.error, Refused::wrongState);
      EXPECT_EQ(refusal.subject, "B1");
      EXPECT_EQ(refusal.value, api::name_of(batch_state));
      EXPECT_EQ(refusal.text, verb);
    }
  }
}

// An order of two cards that came to that state.
std::unique_ptr<Plant> with_order(OrderState state) {
  auto plant = std::make_unique<Plant>();
  switch (state) {
    case OrderState::processing: plant->order("later", 2); break;
    case OrderState::ordered:
      plant->done(Pause{});
      plant->order("direct", 2);
      break;
    case OrderState::inProduction: plant->order("direct", 2); break;
    case OrderState::completed: plant->order("automatic", 2); break;
    case OrderState::aborted:
      plant->order("later", 2);
      plant->done(AbortCards{{}, OrderId{1}});
      break;
  }
  if (state == OrderState::completed) plant->settle();
  EXPECT_EQ(plant->order_row({1}).state, state);
  return plant;
}

TEST(verb_of_an_order, is_possible_in_its_states_alone) {
  for (const auto& row : order_state_rows) {
    const bool waits = row.value == OrderState::processing || row.value == OrderState::ordered;
    for (const auto& [verb, command] : {std::pair<std::string, Command>{"hold", HoldOrder{{1}}},
                                        std::pair<std::string, Command>{"release", ReleaseOrder{{1}}}}) {
      SCOPED_TRACE(verb + " of an order that is " + std::string(row.name));
      const auto plant = with_order(row.value);
      const auto before = journal(*plant);
      const auto reply = plant->ask(command);
      ASSERT_EQ(std::holds_alternative<Done>(reply), waits);
      if (waits) continue;
      const auto& refusal = std::get<Refusal>(reply);
      EXPECT_EQ(refusal.error, Refused::wrongState);
      EXPECT_EQ(refusal.subject, "O1");
      EXPECT_EQ(refusal.value, row.name);
      EXPECT_EQ(refusal.text, verb);
      EXPECT_EQ(journal(*plant), before);
    }
  }
}

}  // namespace
