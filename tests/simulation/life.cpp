#include "tests/simulation/life.hpp"

#include "daemon/runtime/records.hpp"
#include "tests/fakes/plain_letter.hpp"

namespace simulation {
namespace {

api::Planes blank_face(const api::ImageSpec& image) {
  api::Planes planes{image.width, image.height, {}, {}, {}};
  planes.k.assign(static_cast<std::size_t>((image.width + 7) / 8) * image.height, 0);
  return planes;
}

api::Result<api::Faces> draw(const runtime::FacesWanted& wanted, api::Deadline) {
  api::Faces faces{blank_face(wanted.image), {}};
  if (!wanted.back.empty()) faces.back = blank_face(wanted.image);
  return faces;
}

}  // namespace

Life::Life(Site& site, Told told, std::mt19937_64* order)
    : site_(site),
      order_(order),
      store_(Site::journal, site.disk.vfs()),
      boot_(site.disk.boot()),
      chips_(site.chips()),
      desk_(draw, shelf_, site.trust->authority, site.clock, {site.crl(), "Test", site.bureau()}),
      post_(fakes::plain_letter, site.trust->vault, site.clock,
            {site.letters(), "Test", site.paper ? &*site.paper : nullptr}),
      bench_({site.printer, site.encoder, *site.family, shelf_, site.trust->authority, site.trust->vault,
              site.clock, chips_}),
      hand_(site.hand_encoder, {*site.family, site.trust->authority, site.trust->vault, site.clock, chips_}) {
  const auto start = [this](runtime::Job job) {
    handed();
    jobs_.push_back(std::move(job));
  };
  runner_ = std::make_unique<runtime::Runner>(
      site.rules(),
      runtime::Runner::Parts{store_, site.clock, runtime::random_uuid, start, [] {}, "simulated", "line"});
  listening_ = runner_->listen([this, told = std::move(told)](const std::vector<core::Change>& changes) {
    handed();
    for (const auto& change : changes) told(change);
  });
  runner_->recover();
}

// What leaves after a commit leaves only from a host that is still there.
void Life::handed() {
  site_.reach(Moment::hand);
  if (site_.disk.dark_for(boot_)) throw Crash{};
}

void Life::submit(core::Command command, core::Caller caller,
                  std::function<void(const core::Reply&)> answer) {
  runner_->submit(std::move(command), std::move(caller),
                  [this, answer = std::move(answer)](const core::Reply& reply) {
                    handed();
                    answer(reply);
                  });
}

core::Reply Life::ask(core::Command command, core::Caller caller) {
  std::optional<core::Reply> answer;
  submit(std::move(command), std::move(caller), [&](const core::Reply& reply) { answer = reply; });
  runner_->turn();
  return answer.value();
}

// In each place the jobs are done in their order.
std::size_t Life::next_job() {
  if (order_ == nullptr || (*order_)() % 2 == 0) return 0;
  const auto first = runtime::place_of(jobs_.front());
  const auto other =
      std::ranges::find_if(jobs_, [&](const auto& job) { return runtime::place_of(job) != first; });
  return other == jobs_.end() ? 0 : static_cast<std::size_t>(other - jobs_.begin());
}

core::Returned Life::perform(const runtime::Job& job) {
  const auto place = runtime::place_of(job);
  if (place == runtime::Place::line) return {job.step, job.attempt.id, bench_.perform(job)};
  if (place == runtime::Place::hand) return {job.step, job.attempt.id, hand_.perform(job)};
  site_.reach(Moment::order);
  const bool letter = place == runtime::Place::post;
  if (letter) site_.reach(Moment::post);
  if (letter && site_.on_letter) site_.on_letter(job.letter.control);
  auto result = job.step != core::Step::render && site_.cannot_write_files()
                    ? api::fail(api::Reason::fileNotWritten, "no room")
                : letter ? post_.perform(job)
                         : desk_.perform(job);
  if (letter) site_.reach(Moment::post);
  site_.reach(Moment::done);
  return {job.step, job.attempt.id, std::move(result), job.order.id};
}

bool Life::step() {
  if (site_.disk.dark_for(boot_)) throw Crash{};
  if (runner_->waiting()) {
    runner_->turn();
    return true;
  }
  if (jobs_.empty()) return false;
  const auto at = jobs_.begin() + static_cast<std::ptrdiff_t>(next_job());
  const auto job = std::move(*at);
  jobs_.erase(at);
  runner_->returned(perform(job));
  return true;
}

void Life::tick() {
  runner_->timer();
}

void Life::settle(std::chrono::seconds patience, const std::function<void()>& after_step) {
  auto give_up = site_.clock.steady() + patience;
  const auto latest = site_.clock.steady() + std::chrono::hours(6);  // what fails is tried for ever
  while (site_.clock.steady() < std::min(give_up, latest)) {
    const bool working = !runner_->waiting() && !jobs_.empty() && jobs_.front().step != core::Step::probe;
    if (step()) {
      if (working) give_up = site_.clock.steady() + patience;
      if (after_step) after_step();
      continue;
    }
    tick();
    if (!runner_->waiting()) return;
    site_.pass(runtime::probe_interval);
  }
}

}  // namespace simulation
