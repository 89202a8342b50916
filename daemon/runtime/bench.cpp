#include "daemon/runtime/bench.hpp"

#include <cassert>

#include <fmt/format.h>

namespace runtime {

using api::Reason;
using core::Brought;
using core::Step;

namespace {

// How long a chip may take to answer to reset after the contacts closed; then the contacts are lifted once
// (1.2 s would do for contact pads; 5 to 10 s is what the makers' own programs wait).
constexpr std::chrono::seconds answer_to_reset_limit(5);
// How long the reader may take to say that the slot is empty: pcscd polls every 0.4 s.
constexpr std::chrono::seconds empty_slot_limit(10);

}  // namespace

api::Result<Brought> Bench::perform(const Job& job) {
  switch (job.step) {
    case Step::check:
    case Step::probe: return check(job);
    case Step::feed: return feed(job);
    case Step::identify: return identify(job);
    case Step::examine: return examine(job);
    case Step::seal: return seal_secrets(job, tools());
    case Step::personalise: return key_chip(session_, job, tools(), chip_limit(deadline_of(job)));
    case Step::reserve: return reserve_certificates(session_, job, tools());
    case Step::certify: return sign_certificates(session_, job, tools());
    case Step::write: return write_chip(session_, job, tools(), chip_limit(deadline_of(job)));
    case Step::verify: return verify(job);
    case Step::stripe: return stripe(job);
    case Step::print: return print(job);
    case Step::inspect: return inspect(job);
    case Step::eject: return eject(job);
    case Step::reject: return reject(job);
    case Step::render:
    case Step::letter:
    case Step::publish:
    case Step::dispatch: break;
  }
  assert(false && "not a step of the line");
  return Brought{};
}

api::Result<core::LineStatus> Bench::line_status(api::Deadline deadline) {
  core::LineStatus status;
  TRY_ASSIGN(printer, parts_.printer.status(deadline));
  TRY_ASSIGN(identity, parts_.printer.identity(deadline));
  TRY_ASSIGN(counters, parts_.printer.counters(deadline));
  TRY_ASSIGN(supplies, parts_.printer.supplies(deadline));
  TRY_ASSIGN(capabilities, parts_.printer.capabilities(deadline));
  status.capabilities = capabilities;
  status.printer = std::move(printer);
  status.identity = std::move(identity);
  status.counters = counters;
  status.supplies = supplies;
  status.slot = parts_.encoder.slot();
  status.encoder = parts_.encoder.name();
  return status;
}

api::Result<Brought> Bench::check(const Job& job) {
  const auto deadline = deadline_of(job);
  TRY_ASSIGN(status, line_status(deadline));
  parts_.shelf.set_image(status.capabilities.image);
  return core::Checked{std::move(status)};
}

api::Result<Brought> Bench::feed(const Job& job) {
  session_ = {};
  session_.attempt = job.attempt.id;
  api::CardPlan plan;
  plan.name = core::uuid_text(job.attempt.id);
  plan.encode = job.product.encode;
  plan.stripe = job.attempt.stripe;
  plan.print_front = !job.product.layout_front.empty();
  plan.print_back = !job.product.layout_back.empty();
  TRY(parts_.printer.feed(plan, deadline_of(job)));
  return Brought{};
}

// Brings the card to the contacts and powers the chip; lifts the contacts once when it does not answer.
api::Result<std::unique_ptr<api::Transport>> Bench::reach_chip(api::Deadline deadline) {
  const auto soon = [&] { return std::min(deadline, parts_.clock.steady() + answer_to_reset_limit); };
  TRY(parts_.printer.to_contact(deadline));
  auto chip = parts_.encoder.connect(soon());
  if (chip || chip.error().reason != Reason::chipMute) return chip;
  TRY(parts_.printer.retry_contact(deadline));
  return parts_.encoder.connect(soon());
}

// Ends the chip session and takes the card off the contacts; the slot is empty before anything else may come
// to it.
api::Result<> Bench::leave_chip(api::Deadline deadline) {
  session_.chip.reset();
  TRY(parts_.printer.leave_contact(deadline));
  return parts_.encoder.await_empty(std::min(deadline, parts_.clock.steady() + empty_slot_limit));
}

// A new session with the chip of the card in the machine, whoever it is.
api::Result<api::ChipIdentity> Bench::meet_chip(const Job& job, api::Deadline deadline) {
  session_ = {};
  session_.attempt = job.attempt.id;
  TRY_ASSIGN(chip, reach_chip(deadline));
  TRY_ASSIGN(identity, parts_.family.identify(*chip, chip_limit(deadline)));
  session_.chip = std::move(chip);
  session_.identity = identity;
  return identity;
}

// An exchange that was given up may still hold the reader: lifting the contacts ends it. Where the card is
// not at the contacts there is nothing to lift, and nothing is said of it.
api::Result<Brought> Bench::examine(const Job& job) {
  const auto deadline = deadline_of(job);
  (void)leave_chip(std::min(deadline, parts_.clock.steady() + empty_slot_limit));
  TRY_ASSIGN(identity, meet_chip(job, deadline));
  const auto& known = job.attempt.chip_serial;
  const bool same = known.empty() || identity.serial == known;
  const auto chip = same && identity.guid == job.attempt.id ? core::Chip::ours
                    : same && identity.fresh                ? core::Chip::fresh
                                                            : core::Chip::other;
  return core::Examined{chip, identity.serial};
}

api::Result<Brought> Bench::identify(const Job& job) {
  TRY_ASSIGN(identity, meet_chip(job, deadline_of(job)));
  if (!identity.fresh) return api::fail(Reason::chipNotFresh, identity.serial);
  TRY(check_supported(job, identity));
  return core::Identified{identity.serial};
}

api::Result<Brought> Bench::verify(const Job& job) {
  const auto deadline = deadline_of(job);
  TRY(verify_chip(session_, job, tools(), chip_limit(deadline)));
  TRY(leave_chip(deadline));
  return Brought{};
}

api::Result<Brought> Bench::stripe(const Job& job) {
  const auto deadline = deadline_of(job);
  const auto tracks = parts_.shelf.tracks(job.attempt.id);
  if (!tracks) return api::fail(Reason::rendererFailed, "the tracks are gone");
  if (*tracks == api::Tracks{}) return api::fail(Reason::stripeInvalid, "the product has no tracks any more");
  TRY(parts_.printer.write_stripe(*tracks, deadline));
  TRY_ASSIGN(found, parts_.printer.read_stripe(deadline));
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!tracks->at(i).empty() && found[i] != tracks->at(i))
      return api::fail(Reason::stripeMismatch, fmt::format("track {}", i + 1));
  return Brought{};
}

api::Result<Brought> Bench::print(const Job& job) {
  const auto faces = parts_.shelf.find(job.attempt.id);
  if (!faces) return api::fail(Reason::rendererFailed, "the faces are gone");
  TRY(parts_.printer.print(*faces, deadline_of(job)));
  return Brought{};
}

// What the machine itself says must be what was done; it is asked only where it remembers.
api::Result<> Bench::expect_counters(const Job& job, api::Counters expected, api::Deadline deadline) {
  TRY_ASSIGN(capabilities, parts_.printer.capabilities(deadline));
  if (!capabilities.counters_persist) return {};
  TRY_ASSIGN(identity, parts_.printer.identity(deadline));
  if (identity.serial != job.attempt.printer_serial)
    return api::fail_unknown(Reason::printerFault, fmt::format("this is printer {}, the card was fed by {}",
                                                               identity.serial, job.attempt.printer_serial));
  TRY_ASSIGN(counters, parts_.printer.counters(deadline));
  if (counters == expected) return {};
  return api::fail_unknown(
      Reason::printInterrupted,
      fmt::format("counters are fed {}, printed {}, ejected {}, rejected {}; expected {}, {}, {}, {}",
                  counters.fed, counters.printed, counters.ejected, counters.rejected, expected.fed,
                  expected.printed, expected.ejected, expected.rejected));
}

// Where the machine can bring the card back to the contacts, the chip has to be the one that was encoded.
api::Result<> Bench::same_chip(const Job& job, api::Deadline deadline) {
  TRY_ASSIGN(capabilities, parts_.printer.capabilities(deadline));
  if (!job.product.encode || capabilities.movement != api::Movement::free || !capabilities.contact_station)
    return {};
  TRY_ASSIGN(chip, reach_chip(deadline));
  session_.chip = std::move(chip);
  TRY_ASSIGN(identity, parts_.family.identify(*session_.chip, chip_limit(deadline)));
  if (identity.guid != job.attempt.id)
    return api::fail(Reason::verificationMismatch, "another chip is on this body");
  return leave_chip(deadline);
}

api::Result<Brought> Bench::inspect(const Job& job) {
  const auto deadline = deadline_of(job);
  auto expected = job.attempt.baseline.value();
  expected.fed += 1;
  expected.printed += core::faces_of(job.product);
  TRY(expect_counters(job, expected, deadline));
  TRY(same_chip(job, deadline));
  return Brought{};
}

api::Result<Brought> Bench::eject(const Job& job) {
  const auto deadline = deadline_of(job);
  TRY(parts_.printer.finish(api::Destination::output, deadline));
  session_ = {};
  return core::Ejected{counters_after(deadline)};
}

std::optional<api::Counters> Bench::counters_after(api::Deadline deadline) {
  const auto capabilities = parts_.printer.capabilities(deadline);
  if (!capabilities || !capabilities->counters_persist) return std::nullopt;
  const auto counters = parts_.printer.counters(deadline);
  return counters ? std::optional(*counters) : std::nullopt;
}

// PIN and PUK become unknown and the certificates go, as far as the chip can be reached. Only once: a second
// try of the rejection knows the result of the first.
std::string Bench::invalidate(const Job& job, api::Deadline deadline) {
  const bool touched = job.attempt.reached && *job.attempt.reached >= core::Phase::encodeIntent;
  if (!job.product.encode || !touched) return {};
  if (session_.attempt == job.attempt.id && !session_.invalidation.empty()) return session_.invalidation;
  auto result = api::Invalidation::unreachable;
  // A chip that refused a key, or has no tries to spare, is left alone: there is never a second try.
  const bool refused =
      job.attempt.reason && api::class_of(*job.attempt.reason) == api::FailureClass::authentication;
  if (!refused && meet_chip(job, deadline) && unseal(session_, job, tools()))
    result =
        parts_.family.invalidate(*session_.chip, session_.identity, *session_.what, chip_limit(deadline));
  session_.attempt = job.attempt.id;
  return session_.invalidation = api::name_of(result);
}

api::Result<Brought> Bench::reject(const Job& job) {
  const auto deadline = deadline_of(job);
  const auto half = parts_.clock.steady() + row_of(job.step).limit / 2;
  auto invalidation = invalidate(job, half);
  // The body goes to the bin even when the reader does not see the chip leave.
  if (job.product.encode) (void)leave_chip(half);
  TRY(parts_.printer.finish(api::Destination::rejectBin, deadline));
  session_ = {};
  return core::Rejected{std::move(invalidation), counters_after(deadline)};
}

}  // namespace runtime
