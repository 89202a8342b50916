#include "daemon/runtime/hand_bench.hpp"

#include <cassert>

namespace runtime {

using api::Reason;
using core::Brought;
using core::Step;

namespace {

// A person has put the card in before asking; a reader needs some time to see it and to power its chip.
constexpr std::chrono::seconds card_wait(2);

// The chip is the one that this attempt is about; else it is not touched.
api::Result<> check_chip(const Job& job, const api::ChipIdentity& identity) {
  if (job.attempt.kind == core::AttemptKind::reencode) {
    if (identity.guid == job.card.guid) return {};
    return api::fail(Reason::otherCard, identity.serial);
  }
  if (!identity.fresh && identity.guid != job.attempt.id)
    return api::fail(Reason::chipNotFresh, identity.serial);
  return check_supported(job, identity);
}

}  // namespace

api::Result<Brought> HandBench::perform(const Job& job) {
  auto result = step(job);
  if (!result || job.step == Step::verify) session_ = {};
  return result;
}

api::Result<Brought> HandBench::step(const Job& job) {
  if (job.step == Step::identify) return identify(job);
  TRY(needs_session(job));
  switch (job.step) {
    case Step::seal: return seal_secrets(job, tools_);
    case Step::personalise: return key_chip(session_, job, tools_, chip_limit(job));
    case Step::reserve: return reserve_certificates(session_, job, tools_);
    case Step::certify: return sign_certificates(session_, job, tools_);
    case Step::write: return write_chip(session_, job, tools_, chip_limit(job));
    case Step::verify: return verify_chip(session_, job, tools_, chip_limit(job));
    case Step::identify:
    case Step::render:
    case Step::check:
    case Step::feed:
    case Step::examine:
    case Step::stripe:
    case Step::print:
    case Step::inspect:
    case Step::eject:
    case Step::reject:
    case Step::letter:
    case Step::publish:
    case Step::dispatch:
    case Step::probe: break;
  }
  assert(false && "not a step by hand");
  return Brought{};
}

api::Result<> HandBench::needs_session(const Job& job) const {
  if (session_.chip && session_.attempt == job.attempt.id) return {};
  return api::fail(Reason::chipLost, "the session with the chip is over");
}

api::Result<std::unique_ptr<api::Transport>> HandBench::reach_chip() {
  auto chip = encoder_.connect(tools_.clock.steady() + card_wait);
  if (!chip && chip.error().reason == Reason::chipMute && encoder_.slot() == api::Slot::empty)
    return api::fail(Reason::noCardInEncoder, encoder_.name());
  return chip;
}

api::Result<Brought> HandBench::identify(const Job& job) {
  session_ = {};
  TRY(check_end(job, tools_.authority));
  TRY_ASSIGN(chip, reach_chip());
  TRY_ASSIGN(identity, tools_.family.identify(*chip, chip_limit(job)));
  TRY(check_chip(job, identity));
  session_.attempt = job.attempt.id;
  session_.chip = std::move(chip);
  session_.identity = std::move(identity);
  return core::Identified{session_.identity.serial};
}

}  // namespace runtime
