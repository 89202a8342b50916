#include "tests/simulation/station.hpp"

#include <fmt/format.h>

#include <fstream>

#include "daemon/runtime/records.hpp"

namespace simulation {
namespace {

api::Secret key_of(std::uint8_t byte) {
  return api::Secret(api::Bytes(32, byte));
}

api::Planes blank_face(const api::ImageSpec& image) {
  api::Planes planes{image.width, image.height, {}, {}, {}};
  planes.k.assign(static_cast<std::size_t>((image.width + 7) / 8) * image.height, 0);
  return planes;
}

simulator::WorldOptions world_options(const Station::Options& options) {
  simulator::WorldOptions world;
  world.blanks = options.blanks;
  world.seed = options.seed;
  world.card = options.card;
  return world;
}

}  // namespace

Station::Station(Options options)
    : options_(std::move(options)),
      random_(options_.seed),
      world_(world_options(options_), options_.faults),
      printer_(world_, clock_, clock_.passer()),
      encoder_(world_, clock_, clock_.passer()),
      family_(piv::make_piv()),
      store_(":memory:"),
      authority_(make_authority()),
      vault_(key_of(1)),
      chips_{options_.card.management_algorithm,   api::Secret(options_.card.management_key),
             api::Secret(api::bytes_of("123456")), api::Secret(api::bytes_of("12345678")),
             options_.card.management_algorithm,   key_of(2)},
      desk_(
          [](const std::string&, const std::string&, const auto&, const api::ImageSpec& image,
             api::Deadline) -> api::Result<api::Faces> {
            return api::Faces{blank_face(image), {}};
          },
          shelf_, authority_, vault_, clock_,
          {folder_ / "letters", folder_ / "crl.pem", std::chrono::hours(24), "Test"}),
      bench_({printer_, encoder_, *family_, shelf_, authority_, vault_, clock_, chips_}) {
  if (options_.foreign_blanks) chips_.factory_management_key = api::Secret(api::Bytes(24, 0x42));
  runtime::Runner::Parts parts{store_,
                               clock_,
                               runtime::random_uuid,
                               [this](runtime::Job job) { jobs_.push_back(std::move(job)); },
                               [] {},
                               "simulated",
                               "line"};
  runner_ = std::make_unique<runtime::Runner>(rules(), std::move(parts));
  std::filesystem::create_directory(folder_ / "letters");
  std::ofstream(folder_ / "layout.svg") << "<svg/>\n";  // nothing reads it: faces are blank here
  listening_ = runner_->listen([this](const std::vector<core::Change>& changes) {
    for (const auto& change : changes)
      trace_ += fmt::format("{} {} {} {} {} {} {}\n", change.sequence, change.time.time_since_epoch().count(),
                            change.subject,
                            change.card    ? change.card->text()
                            : change.batch ? change.batch->text()
                                           : "-",
                            change.attempt ? core::uuid_text(*change.attempt) : "-", change.state,
                            change.reason ? api::name_of(*change.reason) : "");
  });
  runner_->recover();
  settle();
}

core::Rules Station::rules() const {
  core::Product product;
  product.name = "temporary";
  product.title = "Temporary card";
  product.pool_days = options_.pool_days;
  product.layout_front = folder_ / "layout.svg";
  for (const auto& name : options_.certificates)
    product.certificates.push_back({name, *api::from_name<api::KeyPurpose>(name), api::KeyAlgorithm::p256});
  product.operator_may_change = {"pinLength", "encode", "certificates"};
  core::Rules rules;
  rules.products["temporary"] = product;
  product.name = "plain";
  product.encode = false;
  product.certificates.clear();
  rules.products["plain"] = product;
  rules.default_product = "temporary";
  rules.consecutive_failures_max = options_.consecutive_failures_max;
  return rules;
}

authority::Authority Station::make_authority() {
  if (options_.card.management_key.empty())
    for (std::size_t i = 0; i < api::key_bytes(options_.card.management_algorithm); ++i)
      options_.card.management_key.push_back(static_cast<std::uint8_t>(1 + i % 8));
  authority::NewAuthority what{folder_ / "ca.key",
                               folder_ / "ca.pem",
                               {"CN=Simulated CA"},
                               std::chrono::days(3650),
                               api::KeyAlgorithm::p256};
  authority::init_authority(what, clock_.wall());
  authority::Config config{what.key, what.certificate, 1, {}};
  for (const auto& row : api::key_purpose_rows)
    config.profiles.push_back(
        authority::shipped_profile(row.value, api::KeyAlgorithm::p256, "http://crl.example/ca.crl"));
  return authority::Authority(config, clock_.wall());
}

core::Reply Station::ask(core::Command command) {
  std::optional<core::Reply> answer;
  runner_->submit(std::move(command), {0, "test", {}, {}}, [&](const core::Reply& reply) { answer = reply; });
  runner_->turn();
  return answer.value();
}

void Station::settle(std::chrono::minutes patience) {
  auto give_up = clock_.steady() + patience;
  while (clock_.steady() < give_up) {
    while (runner_->waiting()) runner_->turn();
    if (!jobs_.empty()) {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      const bool line = runtime::row_of(job.step).place == runtime::Place::line;
      core::Returned returned{job.step, job.attempt.id, line ? bench_.perform(job) : desk_.perform(job)};
      if (job.step != core::Step::probe) give_up = clock_.steady() + patience;
      runner_->returned(std::move(returned));
      continue;
    }
    runner_->timer();
    if (!runner_->waiting()) return;
    clock_.pass(runtime::probe_interval);
  }
}

std::vector<std::string> Station::broken_invariants() {
  std::vector<std::string> broken;
  std::uint64_t good = 0, spoiled = 0, doubtful = 0, condemned = 0, running = 0;
  for (const auto& card : store_.cards({}, {}, 10'000)) {
    unsigned done = 0;
    for (const auto& attempt : store_.attempts(card.id)) {
      using core::Phase;
      done += attempt.phase == Phase::done;
      good += attempt.phase == Phase::done;
      spoiled += attempt.phase == Phase::spoiled;
      condemned += attempt.phase == Phase::condemned;
      doubtful += attempt.phase == Phase::inDoubt;
      running += !core::is_over(attempt.phase) && attempt.phase > Phase::feedIntent;
    }
    if (done > 1) broken.push_back(fmt::format("{} has {} good bodies", card.id.text(), done));
    const bool is_good =
        card.state == core::CardState::awaitingConfirmation || card.state == core::CardState::unassigned;
    if (is_good != (done == 1))
      broken.push_back(
          fmt::format("{} is {} with {} good bodies", card.id.text(), api::name_of(card.state), done));
    const bool letter = std::filesystem::exists(folder_ / "letters" / (card.id.text() + ".txt"));
    const bool encoded = card.product != "plain" && card.options.encode.value_or(true);
    if (letter != (card.state == core::CardState::unassigned && encoded))
      broken.push_back(fmt::format("{} is {} and {} letter", card.id.text(), api::name_of(card.state),
                                   letter ? "has a" : "has no"));
  }
  const auto& counters = world_.counters();
  if (doubtful == 0 && counters.fed != good + spoiled + condemned + running)
    broken.push_back(fmt::format("fed {}, but good {} + spoiled {} + condemned {} + inside {}", counters.fed,
                                 good, spoiled, condemned, running));
  if (doubtful == 0 && counters.ejected != good + condemned)
    broken.push_back(
        fmt::format("ejected {}, but good {} + condemned {}", counters.ejected, good, condemned));
  if (doubtful == 0 && counters.rejected != spoiled)
    broken.push_back(fmt::format("rejected {}, but spoiled {}", counters.rejected, spoiled));
  return broken;
}

}  // namespace simulation
