#include "daemon/core/account.hpp"

#include <fmt/format.h>

#include "daemon/core/recovery.hpp"

namespace core {
namespace {

// Counters as blanks: what was printed on them is another matter.
bool same_blanks(const api::Counters& a, const api::Counters& b) {
  return a.fed == b.fed && a.ejected == b.ejected && a.rejected == b.rejected;
}

bool adds_up(const PrinterAccount& account) {
  return account.last.fed - account.first.fed ==
         static_cast<std::uint64_t>(account.good + account.rejected + account.condemned + account.in_doubt +
                                    account.samples + account.foreign);
}

std::string figures(const PrinterAccount& account, const api::Counters& now) {
  return fmt::format(
      "printer {} counts fed {}, ejected {}, rejected {}; the journal fed {}, ejected {}, rejected {} "
      "(good {}, rejected {}, condemned {}, in doubt {}, samples {}, foreign {})",
      account.serial, now.fed, now.ejected, now.rejected, account.last.fed, account.last.ejected,
      account.last.rejected, account.good, account.rejected, account.condemned, account.in_doubt,
      account.samples, account.foreign);
}

}  // namespace

std::optional<api::Failure> disagreement(const Production& production, const LineStatus& status) {
  if (!status.capabilities.counters_persist || production.printers.empty()) return std::nullopt;
  const auto account = production.printers.find(status.identity.serial);
  if (account == production.printers.end())
    return api::Failure{api::Reason::printerChanged, api::Certainty::notDone,
                        fmt::format("printer {} has never worked here", status.identity.serial)};
  if (same_blanks(account->second.last, status.counters) && adds_up(account->second)) return std::nullopt;
  return api::Failure{api::Reason::countersDisagree, api::Certainty::notDone,
                      figures(account->second, status.counters)};
}

void welcome(Turn& turn, const LineStatus& status) {
  if (!status.capabilities.counters_persist) return;
  auto& account = turn.production.printers[status.identity.serial];
  account.serial = status.identity.serial;
  account.model = status.identity.model;
  account.first = account.last = status.counters;
  account.used = turn.now;
  turn.decision.rows.emplace_back(account);
  turn.audit({}, "welcome", account.serial, account.model);
}

void accept_figures(Turn& turn, const Caller& caller) {
  const auto& status = *turn.production.line.status;
  const auto known = turn.production.printers.find(status.identity.serial);
  if (known == turn.production.printers.end()) return welcome(turn, status);
  auto& account = known->second;
  turn.audit(caller, "AcceptFigures", account.serial, figures(account, status.counters));
  account.last = status.counters;
  account.foreign = static_cast<std::int64_t>(account.last.fed - account.first.fed) - account.good -
                    account.rejected - account.condemned - account.in_doubt - account.samples;
  account.used = turn.now;
  turn.decision.rows.emplace_back(account);
}

void account_for(Turn& turn, const Attempt& attempt, Phase end) {
  const auto found = turn.production.printers.find(attempt.printer_serial);
  if (found == turn.production.printers.end() || attempt.bodies == 0) return;
  auto& account = found->second;
  const auto& status = turn.production.line.status;
  if (end == Phase::inDoubt && status && status->identity.serial == account.serial) {
    account.last = status->counters;
  } else {
    account.last.fed += attempt.bodies;
    if (end == Phase::done) account.last.ejected += attempt.bodies;
    if (end == Phase::spoiled) account.last.rejected += attempt.bodies;
  }
  if (end == Phase::done) account.good += attempt.bodies;
  if (end == Phase::spoiled) account.rejected += attempt.bodies;
  if (end == Phase::inDoubt) account.in_doubt += attempt.bodies;
  account.used = turn.now;
  turn.decision.rows.emplace_back(account);
}

void move_bodies(Turn& turn, const Attempt& attempt, std::int64_t PrinterAccount::*from,
                 std::int64_t PrinterAccount::*to) {
  const auto found = turn.production.printers.find(attempt.printer_serial);
  if (found == turn.production.printers.end()) return;
  found->second.*from -= attempt.bodies;
  found->second.*to += attempt.bodies;
  turn.decision.rows.emplace_back(found->second);
}

}  // namespace core
