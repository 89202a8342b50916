#include "tests/simulation/station.hpp"

#include <fmt/format.h>

namespace simulation {

Station::Station(Options options)
    : site_(std::move(options)), life_(site_, [this](const core::Change& change) {
        trace_ += fmt::format("{} {} {} {} {} {} {}\n", change.sequence,
                              change.time.time_since_epoch().count(), change.subject,
                              change.card    ? change.card->text()
                              : change.batch ? change.batch->text()
                                             : "-",
                              change.attempt ? core::uuid_text(*change.attempt) : "-", change.state,
                              change.reason ? api::name_of(*change.reason) : "");
      }) {
  settle();
}

std::vector<std::string> Station::broken_invariants() {
  std::vector<std::string> broken;
  std::uint64_t good = 0, spoiled = 0, doubtful = 0, condemned = 0, running = 0;
  for (const auto& card : store().cards({}, {}, 10'000)) {
    unsigned done = 0;
    for (const auto& attempt : store().attempts(card.id)) {
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
    const bool letter = std::filesystem::exists(site_.letters() / (card.id.text() + ".pdf"));
    const bool encoded = !card.product.starts_with("plain") && card.options.encode.value_or(true);
    if (letter != (card.state == core::CardState::unassigned && encoded))
      broken.push_back(fmt::format("{} is {} and {} letter", card.id.text(), api::name_of(card.state),
                                   letter ? "has a" : "has no"));
  }
  const auto& counters = world().counters();
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
