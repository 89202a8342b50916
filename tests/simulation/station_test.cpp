#include "tests/simulation/station.hpp"

#include "tests/fakes/in_process_transport.hpp"

#include <fmt/format.h>

using core::CardState;
using simulation::Station;
using testing::IsEmpty;

namespace core {
void PrintTo(CardState state, std::ostream* out) {
  *out << api::name_of(state);
}
}  // namespace core

namespace {

std::vector<core::CardId> request(Station& station, std::int64_t amount, std::string product = {}) {
  core::RequestCards command;
  command.amount = amount;
  command.product = std::move(product);
  return std::get<core::Done>(station.ask(command)).cards;
}

core::BatchId issue(Station& station, std::vector<core::CardId> cards) {
  core::IssueCards command;
  command.cards = std::move(cards);
  const auto batch = std::get<core::Done>(station.ask(command)).batch.value();
  station.settle();
  return batch;
}

CardState state_of(Station& station, core::CardId card) {
  return station.store().card(card)->state;
}

core::Attempt last_attempt(Station& station, core::CardId card) {
  return station.store().attempts(card).back();
}

}  // namespace

TEST(station, makes_cards_that_wait_for_confirmation) {
  Station station({});
  const auto cards = request(station, 4);
  const auto batch = issue(station, cards);
  for (const auto card : cards)
    EXPECT_EQ(state_of(station, card), CardState::awaitingConfirmation) << station.trace();
  EXPECT_EQ(station.store().batch(batch)->state, core::BatchState::awaitingConfirmation);
  EXPECT_THAT(station.broken_invariants(), IsEmpty()) << station.trace();
}

TEST(station, puts_confirmed_cards_into_the_pool_and_writes_their_letters) {
  Station station({});
  const auto cards = request(station, 2);
  const auto batch = issue(station, cards);
  station.ask(core::CompleteBatch{batch});
  station.settle();
  for (const auto card : cards) EXPECT_EQ(state_of(station, card), CardState::unassigned);
  EXPECT_TRUE(std::filesystem::exists(station.directory() / "letters" / "C1.pdf"));
  EXPECT_TRUE(station.store().sealed(last_attempt(station, cards[0]).id)->pin.empty())
      << "the PIN is still in the vault";
  EXPECT_THAT(station.broken_invariants(), IsEmpty());
}

TEST(station, makes_a_card_again_that_failed_and_one_that_a_person_condemned) {
  Station::Options options;
  options.faults = simulator::parse_script("card 2 apdu 9 die\n", "test").value();
  Station station(options);
  const auto cards = request(station, 3);
  const auto batch = issue(station, cards);
  ASSERT_EQ(state_of(station, cards[1]), CardState::failed) << station.trace();

  core::RepeatProduction repeat{batch, {cards[0], cards[1]}, api::Reason::misprinted};
  ASSERT_TRUE(std::holds_alternative<core::Done>(station.ask(repeat)));
  station.settle();
  for (const auto card : cards) EXPECT_EQ(state_of(station, card), CardState::awaitingConfirmation);
  EXPECT_EQ(station.store().attempts(cards[0])[0].phase, core::Phase::condemned);
  EXPECT_EQ(station.store().attempts(cards[1])[0].phase, core::Phase::spoiled);
  EXPECT_EQ(station.world().counters().fed, 5U);
  EXPECT_THAT(station.broken_invariants(), IsEmpty()) << station.trace();
}

TEST(station, prints_without_encoding_when_the_product_says_so) {
  Station station({});
  const auto cards = request(station, 2, "plain");
  issue(station, cards);
  EXPECT_EQ(state_of(station, cards[1]), CardState::awaitingConfirmation) << station.trace();
  EXPECT_EQ(last_attempt(station, cards[1]).kind, core::AttemptKind::body);
  EXPECT_EQ(last_attempt(station, cards[1]).chip_serial, "");
}

TEST(station, writes_the_magnetic_stripe_of_cards_with_a_chip_and_of_those_that_are_only_printed) {
  for (const auto* product : {"temporary striped", "plain striped"}) {
    Station station({});
    const auto cards = request(station, 2, product);
    issue(station, cards);
    for (std::size_t i = 0; i < cards.size(); ++i) {
      const auto& body = station.world().finished().at(i).body;
      const auto number = station.store().card(cards[i])->number;
      EXPECT_EQ(body.tracks, (api::Tracks{"CARD^" + number, "", "4711=0"})) << station.trace();
      EXPECT_EQ(state_of(station, cards[i]), CardState::awaitingConfirmation);
    }
  }
}

TEST(station, feeds_no_blank_for_a_stripe_that_cannot_be) {
  Station::Options options;
  options.product = "wrong stripe";
  Station station(options);
  const auto cards = request(station, 1);
  issue(station, cards);
  EXPECT_EQ(last_attempt(station, cards[0]).reason, api::Reason::stripeInvalid);
  EXPECT_EQ(station.world().counters().fed, 0U);
}

TEST(station, feeds_no_blank_when_the_authority_ends_before_the_card) {
  Station::Options options;
  options.pool_days = 20 * 365;
  Station station(options);
  const auto cards = request(station, 1);
  issue(station, cards);
  EXPECT_EQ(last_attempt(station, cards[0]).reason, api::Reason::authorityRefused);
  EXPECT_EQ(station.world().counters().fed, 0U);
}

TEST(station, presents_a_management_key_once_to_a_blank_that_refuses_it_and_stops) {
  Station::Options options;
  options.foreign_blanks = true;
  Station station(options);
  const auto cards = request(station, 2);
  issue(station, cards);
  const auto attempt = last_attempt(station, cards[0]);
  EXPECT_EQ(attempt.reason, api::Reason::managementKeyRefused);
  EXPECT_EQ(attempt.invalidation, "unreachable");
  EXPECT_EQ(station.runner().station().lines[0].state, "stopped");
  EXPECT_EQ(station.world().counters().fed, 1U) << "the next blank would refuse it as well";

  // What a chip hears when it is identified, and after that SELECT and two GENERAL AUTHENTICATE: nothing
  // more.
  simulator::VirtualCard blank(options.card);
  fakes::InProcessTransport chip(blank);
  ASSERT_TRUE(station.family().identify(chip, station.clock().steady() + std::chrono::seconds(10)));
  EXPECT_EQ(station.world().finished().at(0).body.chip->commands_seen(), chip.count() + 3);
}

// Every fault of the printer and of the chip, at every step where it can be asked for: the card ends with a
// reason, the sums add up, and the line goes on to the next card, if need be after a person helped.
struct FaultCase {
  std::string script;
  std::vector<std::string> help;  // what an operator does about it
};

void PrintTo(const FaultCase& fault, std::ostream* out) {
  *out << fault.script;
}

class a_fault : public testing::TestWithParam<FaultCase> {};

TEST_P(a_fault, ends_with_a_reason_and_the_next_card_is_made) {
  Station::Options options;
  options.faults = simulator::parse_script(GetParam().script, "test").value();
  Station station(options);
  const auto cards = request(station, 3);
  issue(station, cards);
  for (const auto& line : GetParam().help) ASSERT_TRUE(station.world().tell(line)) << line;
  station.settle();
  if (station.runner().station().lines[0].state == "stopped") {
    station.ask(core::Resume{});
    station.settle();
  }
  SCOPED_TRACE(station.trace());
  EXPECT_EQ(state_of(station, cards[0]), CardState::awaitingConfirmation);
  const auto first = station.store().attempts(cards[1]).front();
  EXPECT_TRUE(core::is_over(first.phase)) << api::name_of(first.phase);
  EXPECT_TRUE(first.phase == core::Phase::done || first.reason.has_value());
  EXPECT_EQ(state_of(station, cards[2]), CardState::awaitingConfirmation) << "the next card was not made";
  EXPECT_THAT(station.broken_invariants(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    at_each_step, a_fault,
    testing::Values(FaultCase{"card 2 feed hopperEmpty", {"load 50"}}, FaultCase{"card 2 feed noCard", {}},
                    FaultCase{"card 2 contact notReached", {}}, FaultCase{"card 2 contact notEngaged", {}},
                    FaultCase{"card 2 contact mute", {}}, FaultCase{"card 2 print ribbonEnded", {"ribbon"}},
                    FaultCase{"card 2 print coverOpened", {"close cover"}},
                    FaultCase{"card 2 print headTooHot", {}}, FaultCase{"card 2 print tooFast", {}},
                    FaultCase{"card 2 finish outputFull", {"empty output"}},
                    FaultCase{"card 2 print falseRibbonEnded", {"ribbon"}}));

class a_chip_fault : public testing::TestWithParam<std::string> {};

TEST_P(a_chip_fault, at_any_command_spoils_that_body_only) {
  for (unsigned at = 1; at <= 40; at += 3) {
    Station::Options options;
    options.faults =
        simulator::parse_script(fmt::format("card 2 apdu {} {}\n", at, GetParam()), "test").value();
    Station station(options);
    const auto cards = request(station, 3);
    issue(station, cards);
    if (station.runner().station().lines[0].state == "stopped") {
      station.ask(core::Resume{});
      station.settle();
    }
    SCOPED_TRACE(fmt::format("command {}\n{}", at, station.trace()));
    const auto second = state_of(station, cards[1]);
    EXPECT_TRUE(second == CardState::failed || second == CardState::awaitingConfirmation)
        << api::name_of(second);
    EXPECT_EQ(state_of(station, cards[0]), CardState::awaitingConfirmation);
    EXPECT_EQ(state_of(station, cards[2]), CardState::awaitingConfirmation);
    EXPECT_THAT(station.broken_invariants(), IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(of_each_kind, a_chip_fault,
                         testing::Values("die", "hang", "statusWord 6F00", "swap", "wrongData",
                                         "contactLost"));

TEST(station, replays_identically_from_its_seed) {
  const auto run = [](std::uint64_t seed) {
    Station::Options options;
    options.seed = seed;
    options.faults =
        simulator::parse_script("card 2 apdu 12 wrongData\ncard 4 print ribbonEnded\n", "test").value();
    Station station(options);
    issue(station, request(station, 5));
    return station.trace();
  };
  const auto first = run(7);
  EXPECT_EQ(first, run(7));
  EXPECT_NE(first, run(8));
}
