#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "tests/simulation/station.hpp"

// Devices misbehaving: every fault of the simulated printer and chip at every step, while the second of three
// cards is made.
namespace {

using core::CardState;
using core::Phase;
using simulation::Station;
using simulator::FaultKind;

core::BatchId produce(Station& station, std::int64_t amount) {
  core::RequestCards request;
  request.amount = amount;
  core::IssueCards issue;
  issue.cards = std::get<core::Done>(station.ask(request)).cards;
  const auto batch = std::get<core::Done>(station.ask(issue)).batch.value();
  station.settle();
  return batch;
}

// What a person at the machine does about each reason for which the line waits or has stopped.
struct Help {
  api::Reason reason;
  const char* told;  // to the machine; null: Resume
};
constexpr std::array help{
    Help{api::Reason::hopperEmpty, "load 20"},     Help{api::Reason::ribbonOut, "ribbon"},
    Help{api::Reason::outputFull, "empty output"}, Help{api::Reason::rejectBinFull, "empty reject"},
    Help{api::Reason::jam, "remove card"},         Help{api::Reason::cardInside, "remove card"},
};

std::vector<std::string> help_until_it_goes_on(Station& station) {
  std::vector<std::string> helped;
  for (int i = 0; i < 5; ++i) {
    const auto line = station.runner().station().lines.front();
    if (!line.reason) return helped;
    helped.emplace_back(api::name_of(*line.reason));
    const auto row = std::ranges::find(help, *line.reason, &Help::reason);
    if (row == help.end())
      station.ask(core::Resume{});
    else
      (void)station.world().tell(row->told);
    station.settle();
  }
  return helped;
}

// How the last attempt of the card has to end; several where it depends on the moment.
struct Expected {
  FaultKind kind;
  simulator::Steps steps;
  std::set<Phase> ends;
  std::set<std::string> helped;  // for which reasons a person was needed
};

constexpr auto anywhere = ~simulator::Steps{0};
using simulator::at;
using simulator::Step;

const Expected expected[] = {
    {FaultKind::hopperEmpty, anywhere, {Phase::done}, {"hopperEmpty"}},
    {FaultKind::noCard, anywhere, {Phase::done}, {}},
    {FaultKind::doubleFeed, anywhere, {Phase::spoiled}, {}},
    {FaultKind::notReached, anywhere, {Phase::spoiled}, {}},
    {FaultKind::notEngaged, anywhere, {Phase::done}, {}},
    {FaultKind::mute, anywhere, {Phase::spoiled}, {}},
    {FaultKind::die, anywhere, {Phase::spoiled}, {}},
    {FaultKind::hang, anywhere, {Phase::done}, {}},
    {FaultKind::statusWord, anywhere, {Phase::done, Phase::spoiled}, {"managementKeyRefused"}},
    {FaultKind::swap, anywhere, {Phase::done, Phase::spoiled}, {"managementKeyRefused"}},
    {FaultKind::wrongData, anywhere, {Phase::done, Phase::spoiled}, {"managementKeyRefused"}},
    {FaultKind::contactLost, anywhere, {Phase::done}, {}},
    {FaultKind::stripeRefused, anywhere, {Phase::spoiled}, {}},
    {FaultKind::stripeWrong, anywhere, {Phase::spoiled}, {}},
    {FaultKind::ribbonEnded, anywhere, {Phase::spoiled}, {"ribbonOut"}},
    {FaultKind::falseRibbonEnded, anywhere, {Phase::done}, {}},
    {FaultKind::coverOpened, anywhere, {Phase::spoiled}, {}},
    {FaultKind::headTooHot, anywhere, {Phase::done}, {}},
    {FaultKind::tooFast, anywhere, {Phase::spoiled}, {}},
    {FaultKind::outputFull, anywhere, {Phase::done}, {"outputFull"}},
    {FaultKind::rejectFull, anywhere, {Phase::done}, {"rejectBinFull"}},
    {FaultKind::jam, anywhere, {Phase::inDoubt}, {"jam"}},
    {FaultKind::powerLost, at(Step::print), {Phase::spoiled}, {}},
    {FaultKind::powerLost, anywhere, {Phase::done}, {}},
    {FaultKind::purgedToOutput, at(Step::feed) | at(Step::finish), {Phase::done}, {}},
    {FaultKind::purgedToOutput, anywhere, {Phase::inDoubt}, {}},
    {FaultKind::purgedToReject, at(Step::feed), {Phase::done}, {}},
    {FaultKind::purgedToReject, anywhere, {Phase::spoiled}, {}},
    {FaultKind::swapped, anywhere, {Phase::inDoubt}, {"printerChanged"}},
    {FaultKind::linkLost, anywhere, {Phase::done}, {}},
    {FaultKind::noReply, anywhere, {Phase::done}, {}},
    {FaultKind::garbled, anywhere, {Phase::done}, {}},
    {FaultKind::wrongCounters, anywhere, {Phase::done}, {}},
    {FaultKind::readerUnplugged, anywhere, {Phase::done}, {}},
    {FaultKind::serviceKilled, anywhere, {Phase::done}, {}},
    {FaultKind::suspended, anywhere, {Phase::done}, {}},
};

// Every line of a script that makes this fault happen to the second card.
constexpr unsigned apdus = 34;  // of one card with one certificate
std::vector<std::string> scripts(const api::EnumRow<FaultKind>& kind, Step step) {
  const auto start = fmt::format("card 2 {}", api::name_of(step));
  if (step != Step::apdu) return {fmt::format("{} {}", start, kind.name)};
  std::vector<std::string> lines;
  for (unsigned apdu = 1; apdu <= apdus; ++apdu) {
    auto line = fmt::format("{} {} {}", start, apdu, kind.name);
    if (kind.value == FaultKind::statusWord) line += " 6A82";
    lines.push_back(line);
    if (kind.either_way) lines.push_back(line + " carriedOut");
  }
  return lines;
}

// Bad ones are repeated until all are good; then the batch is completed.
void expect_happy_end(Station& station, core::BatchId batch) {
  for (const auto& card : station.store().cards({CardState::inDoubt, {}}, {}, 10))
    station.ask(core::ResolveDoubt{card.id, false, "taken out and destroyed"});
  if (!station.store().cards({CardState::failed, {}}, {}, 10).empty()) {
    station.ask(core::RepeatProduction{batch, {}, api::Reason::damaged});
    station.settle();
  }
  ASSERT_TRUE(std::holds_alternative<core::Done>(station.ask(core::CompleteBatch{batch})));
  for (const auto& account : station.store().printers())
    EXPECT_EQ(account.last.fed - account.first.fed,
              static_cast<std::uint64_t>(account.good + account.rejected + account.condemned +
                                         account.in_doubt + account.foreign));
  EXPECT_EQ(station.store().printers().back().last.fed, station.world().counters().fed);
}

void expect(const Expected& row, const std::string& script, const std::string& product) {
  SCOPED_TRACE(script + ": " + product);
  Station::Options options;
  options.certificates = {"authentication"};
  options.product = product;
  options.faults = simulator::parse_script(script + "\n", "test").value();
  Station station(options);
  const auto batch = produce(station, 3);
  const auto helped = help_until_it_goes_on(station);
  const auto attempt = station.store().attempts({2}).back();
  EXPECT_THAT(row.ends, testing::Contains(attempt.phase)) << station.trace();
  EXPECT_EQ(attempt.reason.has_value(), attempt.phase != Phase::done);
  for (const auto& reason : helped) EXPECT_THAT(row.helped, testing::Contains(reason));
  for (const auto card : {1, 3})
    EXPECT_EQ(station.store().card({card})->state, CardState::awaitingConfirmation);
  expect_happy_end(station, batch);
}

TEST(fault, of_any_kind_at_any_step_ends_as_it_should_and_production_goes_on) {
  for (const auto& kind : simulator::fault_kind_rows)
    for (const auto& step : simulator::step_rows) {
      if ((kind.steps & at(step.value)) == 0) continue;
      const auto row = std::ranges::find_if(expected, [&](const Expected& one) {
        return one.kind == kind.value && (one.steps & at(step.value)) != 0;
      });
      ASSERT_NE(row, std::end(expected)) << "nobody said what " << kind.name << " means";
      const bool stripe = step.value == Step::stripe;
      for (const auto& script : scripts(kind, step.value))
        expect(*row, script, stripe ? "temporary striped" : "temporary");
      if (stripe) expect(*row, scripts(kind, step.value).front(), "plain striped");
    }
}

}  // namespace
