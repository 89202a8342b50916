#include "daemon/runtime/desk.hpp"

#include <cassert>

#include <fmt/format.h>

#include "daemon/core/stripe.hpp"
#include "daemon/runtime/issuing.hpp"
#include "drivers/api/durable_file.hpp"

namespace runtime {

using api::Reason;
using core::Brought;

api::Result<Brought> Desk::perform(const Job& job) {
  switch (job.step) {
    case core::Step::render: return render(job);
    case core::Step::publish: return publish(job);
    case core::Step::dispatch: return dispatch(job);
    case core::Step::check:
    case core::Step::feed:
    case core::Step::identify:
    case core::Step::examine:
    case core::Step::seal:
    case core::Step::personalise:
    case core::Step::reserve:
    case core::Step::certify:
    case core::Step::write:
    case core::Step::verify:
    case core::Step::stripe:
    case core::Step::print:
    case core::Step::inspect:
    case core::Step::eject:
    case core::Step::reject:
    case core::Step::letter:
    case core::Step::probe: break;
  }
  assert(false && "not a step of the desk");
  return Brought{};
}

// What can be known to be wrong with a card is found here, before a blank is fed for it.
api::Result<Brought> Desk::render(const Job& job) {
  TRY(check_end(job, authority_));
  TRY_ASSIGN(wanted, faces_wanted(job, settings_.organisation, shelf_.image()));
  TRY_ASSIGN(tracks, core::fill_tracks(job.product, wanted.fields));
  TRY_ASSIGN(faces, draw_(wanted, clock_.steady() + row_of(job.step).limit));
  shelf_.put(job.attempt.id, std::move(faces), std::move(tracks));
  return Brought{};
}

namespace {

authority::Revocation revocation_of(const core::ListEntry& entry) {
  authority::Revocation revocation{{}, entry.held, entry.reason};
  assert(entry.serial.size() == revocation.serial.size() && "this authority reserved it");
  std::ranges::copy(entry.serial, revocation.serial.begin());
  return revocation;
}

}  // namespace

api::Result<Brought> Desk::publish(const Job& job) {
  core::Published published{static_cast<std::int64_t>(job.entries.size())};
  if (settings_.crl.empty()) return published;
  std::vector<authority::Revocation> entries(job.entries.size());
  std::ranges::transform(job.entries, entries.begin(), revocation_of);
  TRY_ASSIGN(der, authority_.make_crl(entries, static_cast<std::uint64_t>(job.list.number),
                                      job.list.this_update, job.list.next_update));
  const auto pem = authority::to_pem("X509 CRL", der);
  if (const auto written =
          api::write_durably(settings_.crl, api::bytes_of(pem), api::IfExists::replace, 0644);
      !written)
    return api::fail(Reason::fileNotWritten, written.error());
  return published;
}

namespace {

// Cards that were given up, ordered anew or made meanwhile are not ordered with this order any more.
bureau::Job bureau_job(const core::Order& order, const std::vector<core::Card>& cards) {
  bureau::Job job{order.id.text(), order.created, order.product, order.production_type, order.priority, {}};
  for (const auto& card : cards)
    if (card.state == core::CardState::ordered && card.order == order.id)
      job.cards.push_back({card.id.text(), card.number, card.fields});
  return job;
}

}  // namespace

api::Result<Brought> Desk::dispatch(const Job& job) {
  if (!settings_.outbox)
    return api::fail(
        Reason::fileNotWritten,
        fmt::format("{} is for a bureau, and the configuration has no [bureau]", job.order.id.text()));
  const auto content = bureau_job(job.order, job.cards);
  if (content.cards.empty()) return Brought{};  // nobody wants it any more
  if (const auto written = settings_.outbox->write(content, clock_.wall()); !written)
    return api::fail(Reason::fileNotWritten, written.error());
  return Brought{};
}

}  // namespace runtime
