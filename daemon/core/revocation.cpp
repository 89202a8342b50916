#include "daemon/core/revocation.hpp"

#include <fmt/format.h>

namespace core {
namespace {

// The next list that is begun shows it as it is now.
void show(Turn& turn, Certificate certificate) {
  auto& list = turn.production.list;
  certificate.listed = list.wanted = list.begun.number + 1;
  turn.decision.rows.emplace_back(std::move(certificate));
}

// It has not half run out, and is not of a future that the clock took back.
bool fresh(const RevocationList& list, api::WallTime now) {
  return list.this_update <= now && now - list.this_update < (list.next_update - list.this_update) / 2;
}

// The newest list was begun and is not known to be out, and nothing changed since: written again it is the
// same list, under the same number.
bool still_right(const ListOutbox& list, api::WallTime now) {
  return list.begun.number > list.written.number && list.wanted <= list.begun.number &&
         fresh(list.begun, now);
}

}  // namespace

void keep_certificates(Turn& turn, const std::vector<Certificate>& certificates) {
  for (auto certificate : certificates) {
    if (certificate.state != CertificateState::reserved) {
      turn.decision.rows.emplace_back(std::move(certificate));
      continue;
    }
    certificate.held = turn.now;
    certificate.entered = turn.production.list.begun.number + 1;
    show(turn, std::move(certificate));
  }
}

void release_certificates(Turn& turn, const Attempt& attempt) {
  for (auto certificate : turn.records.certificates(attempt.id)) {
    if (certificate.state != CertificateState::issued) continue;
    certificate.state = CertificateState::released;
    show(turn, std::move(certificate));
  }
}

// The date on the list stays that of the hold: it was never to be trusted before. A released one was.
void revoke_certificates(Turn& turn, const Attempt& attempt, BadEnd end) {
  for (auto certificate : turn.records.certificates(attempt.id)) {
    if (certificate.state == CertificateState::revoked) continue;
    if (certificate.state == CertificateState::released) {
      certificate.held = turn.now;
      certificate.entered = turn.production.list.begun.number + 1;
    }
    certificate.state = CertificateState::revoked;
    certificate.reason = bad_end_rows[static_cast<std::size_t>(end)].reason;
    show(turn, std::move(certificate));
  }
}

void withdraw_secrets(Turn& turn, const Attempt& attempt) {
  turn.decision.rows.emplace_back(SealedSecrets{attempt.id, {}, {}});
  revoke_certificates(turn, attempt, bad_end_of(attempt));
}

bool may_leave(Turn& turn, const Attempt& attempt) {
  const auto& list = turn.production.list;
  turn.production.line.tries = 0;  // no device was tried
  const auto certificates = turn.records.certificates(attempt.id);
  const bool listed = std::ranges::all_of(certificates, [&](const Certificate& certificate) {
    return certificate.entered <= list.written.number;
  });
  if (listed) return true;
  if (list.failed)
    block(
        turn, api::Reason::fileNotWritten,
        fmt::format("a card leaves only when its certificates are on the revocation list: {}", *list.failed),
        false);
  return false;
}

std::vector<CardId> not_on_list(Turn& turn, const Batch& batch) {
  const auto written = turn.production.list.written.number;
  std::set<CardId> cards;
  for (const auto& certificate : turn.records.unlisted(written)) {
    if (certificate.state != CertificateState::revoked || certificate.entered <= written) continue;
    const auto attempt = turn.records.attempt(certificate.attempt);
    if (attempt->batch == batch.id) cards.insert(attempt->card);
  }
  return {cards.begin(), cards.end()};
}

void recover_list(Turn& turn) {
  auto& list = turn.production.list;
  list.begun = turn.records.newest_list();
  list.written = turn.records.written_list();
  for (const auto& certificate : turn.records.unlisted(list.written.number))
    list.wanted = std::max(list.wanted, certificate.listed);
  publish(turn);
}

void publish(Turn& turn) {
  auto& list = turn.production.list;
  if (list.under_way) return;
  list.under_way = true;
  if (!still_right(list, turn.now)) {
    list.begun = {list.begun.number + 1, turn.now, turn.now + turn.production.rules.crl_validity, {}, 0};
    turn.decision.rows.emplace_back(list.begun);
  }
  turn.effect(Step::publish);
}

void publish_changes(Turn& turn) {
  const auto& list = turn.production.list;
  if (list.wanted > list.begun.number) publish(turn);
}

// A failure is said once, not with every try.
void published(Turn& turn, const api::Result<Brought>& result) {
  auto& list = turn.production.list;
  auto& line = turn.production.line;
  list.under_way = false;
  if (!result) {
    if (!list.failed) turn.audit({}, "publish", "revocation list", result.error().detail);
    list.failed = result.error().detail;
    return;
  }
  if (std::exchange(list.failed, std::nullopt)) turn.audit({}, "publish", "revocation list", "written");
  list.begun.written = turn.now;
  list.begun.entries = std::get<Published>(*result).entries;
  list.written = list.begun;
  turn.decision.rows.emplace_back(list.written);
  if (line.block && !line.block->until_resumed && line.block->reason == api::Reason::fileNotWritten)
    unblock(turn);
}

bool list_due(const Production& production, api::WallTime now) {
  const auto& list = production.list;
  if (list.under_way) return false;
  return std::max(list.wanted, list.begun.number) > list.written.number || !fresh(list.written, now);
}

}  // namespace core
