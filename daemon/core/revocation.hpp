#pragma once
#include "daemon/core/turn.hpp"

// Inside of core: the revocation list (RFC 5280 section 5). From the moment at which it may have been signed
// until its card is confirmed a certificate is on hold; one that is never to be trusted is revoked. Every
// change names the number of the list that shows it: what no written list shows is owed, before and after a
// restart.
namespace core {

// Why certificates are never to be trusted any more, and which reason code the list gives.
enum class BadEnd { spoiled, replaced, condemned, withdrawn, lost };

}  // namespace core

template <>
struct api::EnumRow<core::BadEnd> {
  core::BadEnd value;
  std::string_view name;
  std::string_view text;
  api::RevocationReason reason;
};

namespace core {

// Codes by their meaning in ITU-T X.509 (CRLReason) and RFC 5280 section 5.3.1: cessationOfOperation and
// superseded say that nothing is wrong with the key, keyCompromise that somebody else may use it.
inline constexpr std::array<api::EnumRow<BadEnd>, 5> bad_end_rows{{
    {BadEnd::spoiled, "spoiled", "its body was rejected by the machine, or a person has it: never needed",
     api::RevocationReason::cessationOfOperation},
    {BadEnd::replaced, "replaced", "new keys were made on the same chip: others take their place",
     api::RevocationReason::superseded},
    {BadEnd::condemned, "condemned", "its finished body is bad: another card takes its place",
     api::RevocationReason::superseded},
    {BadEnd::withdrawn, "withdrawn", "its holder has it no longer, or not rightly; nothing is wrong with it",
     api::RevocationReason::cessationOfOperation},
    {BadEnd::lost, "lost", "nobody knows who has its body, and with it the keys",
     api::RevocationReason::keyCompromise},
}};
static_assert(api::well_formed(bad_end_rows));
constexpr const auto& rows_of(BadEnd) {
  return bad_end_rows;
}

// How an attempt ended that is no good.
constexpr BadEnd bad_end_of(const Attempt& attempt) {
  if (attempt.reached == Phase::done)
    return attempt.reason == api::Reason::lost ? BadEnd::lost : BadEnd::condemned;
  switch (attempt.whereabouts.value_or(Whereabouts::inside)) {
    case Whereabouts::outside:
    case Whereabouts::otherPrinter:
    case Whereabouts::unclear: return BadEnd::lost;
    case Whereabouts::notFed:
    case Whereabouts::inside:
    case Whereabouts::output:
    case Whereabouts::rejectBin:
    case Whereabouts::twoInside:
    case Whereabouts::twoRejected: break;
  }
  return BadEnd::spoiled;
}

// Keeps certificates that a step brought, and puts on hold those that were reserved.
void keep_certificates(Turn& turn, const std::vector<Certificate>& certificates);
// The card is confirmed: the next list does not have its certificates any more.
void release_certificates(Turn& turn, const Attempt& attempt);
void revoke_certificates(Turn& turn, const Attempt& attempt, BadEnd end);
// Certificates of an attempt that is no good are revoked, its PIN is erased.
void withdraw_secrets(Turn& turn, const Attempt& attempt);

// Whether all that was certified for the attempt in the machine is on a list that is out: only then it
// leaves. While the list cannot be written the line waits.
bool may_leave(Turn& turn, const Attempt& attempt);
// Cards of the batch with revoked certificates that are not on any list that is out, not even as a hold.
std::vector<CardId> not_on_list(Turn& turn, const Batch& batch);

// After a start. The list is written once more in any case: its file may not be what it was.
void recover_list(Turn& turn);
// Begins a list, unless one is under way.
void publish(Turn& turn);
// Begins a list where something changed since the last one was begun; for the end of every decision.
void publish_changes(Turn& turn);
// The list that was under way is out, or could not be written.
void published(Turn& turn, const api::Result<Brought>& result);
// Whether a list is owed, or the newest has half run out: to be tried, and tried again.
bool list_due(const Production& production, api::WallTime now);

}  // namespace core
