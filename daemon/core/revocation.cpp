#include "daemon/core/turn.hpp"

// Certificates that must not be trusted, and the list that tells the world so.
namespace core {

bool list_due(const Production& production, api::WallTime now) {
  const auto& list = production.list;
  if (list.under_way > 0) return false;
  return list.owed || (list.written && now - *list.written >= production.rules.crl_validity / 2);
}

void withdraw_secrets(Turn& turn, const Attempt& attempt) {
  turn.decision.rows.emplace_back(SealedSecrets{attempt.id, {}, {}});
  revoke_certificates(turn, attempt);
}

void revoke_certificates(Turn& turn, const Attempt& attempt) {
  bool any = false;
  for (auto certificate : turn.records.certificates(attempt.id)) {
    if (certificate.state == CertificateState::revoked) continue;
    certificate.state = CertificateState::revoked;
    certificate.revoked = turn.now;
    turn.decision.rows.emplace_back(std::move(certificate));
    any = true;
  }
  if (!any) return;
  turn.production.list.cards.insert(attempt.card);
  publish(turn);
}

void publish(Turn& turn) {
  auto& list = turn.production.list;
  list.owed = true;
  ++list.under_way;
  turn.effect(Step::publish);
}

// Said once, not with every try.
void published(Turn& turn, const api::Result<Brought>& result) {
  auto& list = turn.production.list;
  if (--list.under_way > 0) return;
  const bool failed = !result;
  if (failed != list.failed)
    turn.audit({}, "publish", "revocation list", failed ? result.error().detail : "written");
  list.failed = failed;
  if (failed) return;
  list.owed = false;
  list.written = turn.now;
  list.cards.clear();
}

}  // namespace core
