#pragma once
#include "daemon/core/turn.hpp"

// Inside of core: what people ask for, by what it is about. Each handler checks everything first and changes
// nothing when it refuses.
namespace core {

Refusal refuse(Refused error, std::string subject, std::string value = {}, std::string text = {});
std::optional<Refusal> refuse_number(std::string name, std::int64_t value, std::int64_t minimum,
                                     std::int64_t maximum);
// Somebody who may have no new cards (holders.cpp).
std::optional<Refusal> refuse_holder(Turn& turn, const std::string& id);
Refusal wrong_state(std::string id, std::string_view state, std::string_view verb);
inline Refusal wrong_state(const Card& card, Verb verb) {
  return wrong_state(card.id.text(), api::name_of(card.state), api::name_of(verb));
}
// Where the station does not offer these commands.
std::optional<Refusal> refuse_use_case(const Rules& rules, bool UseCases::*use_case);
std::optional<Refusal> refuse_options(const Product& product, const Options& options, const Rules& rules);
std::optional<Refusal> refuse_amount(const Rules& rules, std::int64_t amount);
// Where the field "photo" names none that is stored: what nobody can draw is not asked for.
std::optional<Refusal> refuse_photo(Turn& turn, const std::map<std::string, std::string>& fields);
// Where as many orders are open as the station takes (orders.cpp).
std::optional<Refusal> refuse_more_orders(const Production& production);

// What people called for when they asked for cards; the same for a request, an order and an import.
struct NewCards {
  std::string product;  // known
  Options options;
  std::map<std::string, std::string> fields;
  std::string note;
  CardState state = CardState::requested;
  std::optional<OrderId> order{};
};
// Makes a card of it, with its rows.
Card make_card(Turn& turn, const NewCards& wanted);

// The card as it is now, in the working set or not. What is changed has to go through Turn.
std::optional<Card> find_card(Turn& turn, CardId id);
// The same of an order, open or not; not one that this decision closed (orders.cpp).
std::optional<Order> find_order(Turn& turn, OrderId id);
// After a card that `find_card` gave was changed: the working set learns of it, where it has the card.
void put_back(Turn& turn, const Card& card);

// commands.cpp: requests, batches, the line
Reply handle(Turn& turn, const RequestCards& command, const Caller& caller);
Reply handle(Turn& turn, const IssueCards& command, const Caller& caller);
Reply handle(Turn& turn, const Pause& command, const Caller& caller);
Reply handle(Turn& turn, const Resume& command, const Caller& caller);
// import.cpp
Reply handle(Turn& turn, const ImportBatch& command, const Caller& caller);
// batches.cpp
Reply handle(Turn& turn, const CompleteBatch& command, const Caller& caller);
Reply handle(Turn& turn, const RepeatProduction& command, const Caller& caller);
Reply handle(Turn& turn, const GiveUpCards& command, const Caller& caller);
Reply handle(Turn& turn, const CancelBatch& command, const Caller& caller);
// doubt.cpp
Reply handle(Turn& turn, const ResolveDoubt& command, const Caller& caller);
// orders.cpp
Reply handle(Turn& turn, const OrderCards& command, const Caller& caller);
Reply handle(Turn& turn, const HoldOrder& command, const Caller& caller);
Reply handle(Turn& turn, const ReleaseOrder& command, const Caller& caller);
Reply handle(Turn& turn, const AbortCards& command, const Caller& caller);
// bureau.cpp
Reply handle(Turn& turn, const ImportManifest& command, const Caller& caller);
Reply handle(Turn& turn, const ReorderCards& command, const Caller& caller);
// pool.cpp
Reply handle(Turn& turn, const PutHolder& command, const Caller& caller);
Reply handle(Turn& turn, const StorePhoto& command, const Caller& caller);
Reply handle(Turn& turn, const AssignCard& command, const Caller& caller);
Reply handle(Turn& turn, const ExtendCard& command, const Caller& caller);
Reply handle(Turn& turn, const WithdrawCard& command, const Caller& caller);
Reply handle(Turn& turn, const LockCard& command, const Caller& caller);
// letters.cpp
Reply handle(Turn& turn, const ReleaseLetters& command, const Caller& caller);
Reply handle(Turn& turn, const ResolveLetter& command, const Caller& caller);
// by_hand.cpp
Reply handle(Turn& turn, const InitializeCard& command, const Caller& caller);

// ---- What else happens to orders and to the pool
// ------------------------------------------------------------

// At the end of every decision (orders.cpp): orders of the queue are pulled, those of the station when it is
// free and nothing blocks it, those of the bureau when they are due; each that is pulled opens a batch or a
// job file.
void pull_orders(Turn& turn);
// Whether the clock has brought an order of the queue to its turn, or a job file is to be tried again.
bool order_due(const Production& production, api::WallTime now);
// The cards of the batch are settled, or were taken out of it: the order that opened it is completed, or
// waits again.
void order_follows(Turn& turn, const Batch& batch);
// The same, for cards that changed outside of a batch. A closed order leaves the working set.
void settle_order(Turn& turn, OrderId id);
// Cards of the order came back from a cancelled batch: it is not pulled again before somebody releases it.
void hold_back(Turn& turn, OrderId id);
// Where no card of the batch is in production any more: it is confirmed, or waits for that (batches.cpp).
void settle_batch(Turn& turn, Batch& batch);
// Batches that are completed or cancelled leave the working set with their cards and attempts, but for the
// card in the encoder; for the end of every decision.
void forget_settled(Production& production);
// Where the card used up as many attempts as the station takes. One that neither fed a blank nor may have
// changed a chip does not count.
std::optional<Refusal> refuse_attempts(Turn& turn, CardId id);
// Opens a batch of cards that can be issued; they are moved into it (commands.cpp).
Batch& open_batch_of(Turn& turn, std::vector<Card> cards, Origin origin);
// A person's word that a finished body is bad, in the transaction that allows the next one (batches.cpp).
// Nothing where the card's last attempt did not end well.
void condemn(Turn& turn, Card& card, api::Reason reason);
// The same of the attempt alone, which is done; what is on its chip is the caller's matter.
void condemn(Turn& turn, Attempt& attempt, api::Reason reason);

// bureau.cpp: after a start, job files that are owed; a try to write one has come back; tries that are due
// again.
void recover_dispatches(Turn& turn);
void dispatch(Turn& turn, const Order& order);
void dispatched(Turn& turn, const Returned& returned);
void retry_dispatches(Turn& turn);

// pool.cpp: what the clock brings, before anything else happens in a turn: assignments that are over expire,
// personal data is erased. A clock that is behind the journal brings nothing.
void by_the_clock(Turn& turn);

// by_hand.cpp
// Begins an attempt for a card in the encoder; the caller has checked that none is under way.
AttemptId begin_by_hand(Turn& turn, Card card, Attempt attempt);
void by_hand_returned(Turn& turn, const Returned& returned);
// After a start: whatever was under way by hand is over; its chip tells nothing that a new try would not.
void recover_by_hand(Turn& turn);

}  // namespace core
