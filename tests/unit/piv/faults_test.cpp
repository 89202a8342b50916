// Every fault of the chip at every command: nothing goes on after it, and nothing bad is taken for good.
#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::Certainty;
using api::Reason;
using simulator::CardFaultKind;

namespace {

constexpr std::size_t personalising = 16, all_commands = 21;

simulator::CardFault fault(CardFaultKind kind, std::uint64_t at, std::uint16_t status = 0x6F00,
                           bool carried_out = false) {
  return {.at = at, .kind = kind, .status_word = status, .carried_out = carried_out};
}

// Personalises and certifies with this fault at the n-th command after identification.
struct Faulty {
  Faulty(std::size_t n, simulator::CardFault planned) {
    planned.at = bench.card.commands_seen() + n;
    bench.card.set_faults({planned});
    const auto made = bench.personalise();
    if (!made) {
      failure = made.error();
    } else if (const auto written = bench.write(); !written) {
      failure = written.error();
    }
  }
  Bench bench;
  std::optional<api::Failure> failure;
};

}  // namespace

TEST(faults, a_silent_chip_is_an_unknown_outcome_at_every_command) {
  for (const CardFaultKind kind : {CardFaultKind::die, CardFaultKind::hang})
    for (const bool carried_out : {false, true})
      for (std::size_t n = 1; n <= all_commands; ++n) {
        const Faulty run(n, fault(kind, 0, 0, carried_out));
        ASSERT_TRUE(run.failure) << n;
        EXPECT_EQ(run.failure->certainty, Certainty::unknown);
        EXPECT_EQ(run.failure->reason, Reason::timedOut);
        EXPECT_EQ(run.bench.count(), n);
        EXPECT_EQ(run.bench.card.dead(), kind == CardFaultKind::die);
      }
}

TEST(faults, a_bad_status_word_stops_at_once_at_every_command) {
  for (const std::uint16_t status : {0x6F00, 0x6581, 0x6982, 0x6A80, 0x0000})
    for (std::size_t n = 1; n <= all_commands; ++n) {
      const Faulty run(n, fault(CardFaultKind::statusWord, 0, status));
      ASSERT_TRUE(run.failure) << n;
      EXPECT_EQ(run.failure->certainty, Certainty::notDone);
      const bool management = n == 2 || n == 3;
      EXPECT_EQ(run.failure->reason, management ? Reason::managementKeyRefused : Reason::chipRefused) << n;
      EXPECT_EQ(run.bench.count(), n);
    }
}

TEST(faults, another_chip_under_the_same_handle_is_never_made) {
  for (std::size_t n = 2; n <= all_commands; ++n) {
    Faulty run(n, fault(CardFaultKind::swap, 0));
    ASSERT_TRUE(run.failure) << n;
    EXPECT_EQ(run.bench.count(), n);
    EXPECT_EQ(run.bench.card.serial(), 500'000'001u);
    EXPECT_TRUE(takes_pin(run.bench.card, "123456")) << "the other chip was touched";
  }
}

TEST(faults, wrong_data_is_found_in_every_answer_that_matters) {
  for (const std::size_t n : {2, 3, 8, 9, 10, 11, 13, 14, 15, 16}) {
    const Faulty run(n, fault(CardFaultKind::wrongData, 0));
    ASSERT_TRUE(run.failure) << n;
    EXPECT_EQ(run.failure->certainty, Certainty::notDone);
    EXPECT_LE(run.bench.count(), n == 2 ? 3 : n);
  }
}

TEST(faults, wrong_data_in_what_is_read_back_fails_verification) {
  for (std::size_t n = 4; n <= 9; ++n) {  // CHUID, CCC, four certificates
    Bench bench;
    ASSERT_TRUE(bench.personalise());
    ASSERT_TRUE(bench.write());
    bench.card.set_faults({fault(CardFaultKind::wrongData, bench.card.commands_seen() + n)});
    const auto verified = bench.verify();
    ASSERT_FALSE(verified) << n;
    EXPECT_EQ(verified.error().reason, Reason::verificationMismatch);
  }
}

TEST(faults, a_failure_of_the_transport_is_passed_on_as_it_is) {
  for (std::size_t n = 1; n <= personalising; ++n) {
    Bench bench;
    bench.chip.fail_at(bench.identifying + n, {Reason::linkLost, Certainty::unknown, "the cable"});
    const auto made = bench.personalise();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, Reason::linkLost);
    EXPECT_EQ(made.error().certainty, Certainty::unknown);
    EXPECT_EQ(made.error().detail, "the cable");
    EXPECT_EQ(bench.count(), n);
    const auto written = bench.write();
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().reason, Reason::chipLost);
  }
}

TEST(faults, no_failure_tells_a_secret) {
  const api::Personalisation what = personalisation();
  for (std::size_t n = 1; n <= all_commands; ++n) {
    const Faulty run(n, fault(CardFaultKind::statusWord, 0, 0x63C2));
    ASSERT_TRUE(run.failure);
    for (const api::Secret* secret :
         {&what.pin, &what.puk, &what.factory_pin, &what.factory_puk, &what.management_key}) {
      EXPECT_EQ(run.failure->detail.find(api::text_of(secret->reveal())), std::string::npos);
      EXPECT_EQ(run.failure->detail.find(api::to_hex(secret->reveal())), std::string::npos);
    }
  }
}
