#pragma once
#include <tl/expected.hpp>

#include "daemon/core/handlers.hpp"
#include "daemon/core/revocation.hpp"

// Inside of core: what the cards of the pool share, in the machine, by hand, with their holders.
namespace core {

// The attempt made the card: its chip bears the attempt's mark, unless it was a body alone.
void bear_chip(Card& card, const Attempt& attempt, const std::optional<Product>& product);
// Its body is bad, and its chip with it.
void lose_chip(Card& card);

// The card, where this verb is possible now. An assignment that is over has expired before.
tl::expected<Card, Refusal> pick_card(Turn& turn, CardId id, Verb verb, bool UseCases::*use_case);

// Its assignment is over.
void expire(Turn& turn, Card& card);

// The certificates on its chip are revoked, its PIN is void; it has to be encoded anew before it is assigned
// again.
void revoke_chip(Turn& turn, Card& card, BadEnd end);
// The attempt that made what is on its chip now, as the journal has it.
std::optional<Attempt> chip_attempt(Turn& turn, CardId card);

// by_hand.cpp: whether the encoder for cards that are put in by hand could take this one now.
std::optional<Refusal> refuse_by_hand(Turn& turn, const Card& card);
// The attempt by hand that is under way.
const Attempt* by_hand_attempt(const Production& production);
bool in_encoder(const Production& production, CardId card);

// clock.cpp: whether it is time to look for personal data that is to be erased.
bool erasing_due(const Production& production, api::WallTime now);

}  // namespace core
