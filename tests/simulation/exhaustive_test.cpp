#include <gmock/gmock.h>

#include "tests/simulation/run.hpp"

// The host loses power at every single moment of a kind, one run for each.
namespace {

using namespace simulation;

struct Kind {
  const char* name;
  Moments moments;
  Blow blow;
  const char* product = "temporary";
};

class a_loss_of_power : public testing::TestWithParam<Kind> {};

// Runs it once for each moment; what came of the last run, in which nothing fell any more.
void strike_everywhere(Scenario scenario, const Kind& kind, Outcome& last) {
  scenario.certificates = {"authentication"};
  scenario.product = kind.product;
  for (std::uint64_t nth = 1;; ++nth) {
    scenario.seed = nth;  // what survives on the disk is another matter each time
    scenario.strikes = {{kind.moments, nth, kind.blow}};
    last = simulation::Run(scenario, shared_trust(), true).go();
    ASSERT_TRUE(last.wrong.empty()) << "moment " << nth << "\n" << last.story;
    if (last.falls.empty()) break;
    ASSERT_LT(nth, 5000U);
  }
}

TEST_P(a_loss_of_power, at_every_moment_of_a_small_batch_leaves_one_good_card_each) {
  Scenario scenario;
  scenario.orders = {2};
  Outcome last;
  strike_everywhere(scenario, GetParam(), last);
}

// A body of a bureau is initialised, assigned, withdrawn, encoded anew for the next holder, dated anew for
// longer than its chip lives, and expires.
class an_errand : public testing::TestWithParam<Kind> {};

TEST_P(an_errand, survives_an_end_at_every_moment) {
  using enum PoolDeed;
  Errand errand;
  errand.way = Way::bureau;
  errand.pool = {assign, withdraw, assign, wait, extend, wait, wait};
  Scenario scenario;
  scenario.orders = {};
  scenario.errands = {errand};
  scenario.pool_days = 6;
  Outcome last;
  strike_everywhere(scenario, GetParam(), last);
  EXPECT_GE(last.encoded, 2U) << last.story;
}

// Two persons release the letters of two cards, which are printed; the printer has trouble once or twice.
class a_letter : public testing::TestWithParam<Kind> {};

TEST_P(a_letter, is_printed_once_after_an_end_at_every_moment) {
  Scenario scenario;
  scenario.letter_persons = 2;
  scenario.paper = 2;
  Outcome last;
  strike_everywhere(scenario, GetParam(), last);
  EXPECT_GE(last.sheets, 2U) << last.story;
}

INSTANTIATE_TEST_SUITE_P(
    of_the_host, a_loss_of_power,
    testing::Values(Kind{"write", set_of(Moment::write, Moment::truncate, Moment::remove), Blow::host},
                    Kind{"sync", set_of(Moment::sync), Blow::host}, Kind{"command", chip_moments, Blow::host},
                    Kind{"device", device_moments, Blow::host},
                    Kind{"time", set_of(Moment::pass), Blow::host},
                    Kind{"hand", set_of(Moment::hand), Blow::host},
                    Kind{"ioError", disk_moments, Blow::ioError},
                    Kind{"diskFull", disk_moments, Blow::diskFull}),
    [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(of_the_printer_too, a_loss_of_power,
                         testing::Values(Kind{"command", chip_moments, Blow::hostAndPrinter},
                                         Kind{"device", device_moments, Blow::hostAndPrinter},
                                         Kind{"time", set_of(Moment::pass), Blow::hostAndPrinter}),
                         [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(
    of_a_magnetic_stripe, a_loss_of_power,
    testing::Values(Kind{"device", device_moments, Blow::host, "temporary striped"},
                    Kind{"printer", device_moments, Blow::hostAndPrinter, "temporary striped"},
                    Kind{"time", set_of(Moment::pass), Blow::hostAndPrinter, "temporary striped"},
                    Kind{"withoutChip", device_moments, Blow::host, "plain striped"},
                    Kind{"printerWithoutChip", device_moments, Blow::hostAndPrinter, "plain striped"}),
    [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(of_the_office, an_errand,
                         testing::Values(Kind{"command", chip_moments, Blow::host},
                                         Kind{"killedAtCommand", chip_moments, Blow::process},
                                         Kind{"device", device_moments, Blow::host},
                                         Kind{"sync", set_of(Moment::sync), Blow::host},
                                         Kind{"hand", set_of(Moment::hand), Blow::host}),
                         [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(on_paper, a_letter,
                         testing::Values(Kind{"post", set_of(Moment::post), Blow::host},
                                         Kind{"killedAtPost", set_of(Moment::post), Blow::process},
                                         Kind{"time", set_of(Moment::pass), Blow::host},
                                         Kind{"sync", set_of(Moment::sync), Blow::host},
                                         Kind{"hand", set_of(Moment::hand), Blow::process}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
