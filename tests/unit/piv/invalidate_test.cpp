#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::Invalidation;
using api::Reason;

namespace {

constexpr std::size_t all_commands = 21;

simulator::CardOptions card_without_vendor_commands() {
  simulator::CardOptions options;
  options.vendor_commands = false;
  return options;
}

// A card on which personalising stopped at the n-th command, that one carried out or not.
struct Interrupted {
  Interrupted(std::size_t n, bool carried_out, simulator::CardOptions options = {})
      : bench(std::move(options)) {
    if (!bench.identity.vendor_commands) bench.what.management_key = {};
    bench.chip.fail_at(bench.identifying + n, {Reason::linkLost, api::Certainty::unknown, ""}, carried_out);
    if (bench.personalise()) (void)bench.write();
  }
  Invalidation invalidate() {
    fakes::InProcessTransport again(bench.card);
    const auto found = bench.family->identify(again, no_deadline);
    EXPECT_TRUE(found);
    const Invalidation result = bench.family->invalidate(again, *found, bench.what, no_deadline);
    for (const auto& exchange : again.log())
      wrong_tries += (exchange.answer[exchange.answer.size() - 2] == 0x63 && exchange.command.size() > 5);
    return result;
  }
  bool certified() {
    select_piv(bench.card);
    for (const char* tag : {"5fc105", "5fc10a", "5fc10b", "5fc101"})
      if (tell(bench.card, "00cb3fff055c03" + std::string(tag) + "00") != "6a82") return true;
    return false;
  }
  Bench bench;
  unsigned wrong_tries = 0;
};

}  // namespace

TEST(invalidate, reaches_a_card_wherever_personalising_stopped) {
  for (const bool carried_out : {false, true})
    for (std::size_t n = 1; n <= all_commands; ++n) {
      Interrupted run(n, carried_out);
      EXPECT_EQ(run.invalidate(), Invalidation::invalidated) << n;
      EXPECT_EQ(run.wrong_tries, 0u) << n;  // the chip says which values are the factory's
      EXPECT_FALSE(run.certified());
      EXPECT_FALSE(takes_pin(run.bench.card, "123456"));
      EXPECT_FALSE(takes_pin(run.bench.card, "739205"));
      EXPECT_FALSE(takes_puk(run.bench.card, "12345678"));
      EXPECT_FALSE(takes_puk(run.bench.card, "40917263"));
    }
}

TEST(invalidate, reaches_a_finished_card_and_keeps_its_marker) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(bench.family->invalidate(bench.chip, bench.identity, bench.what, no_deadline),
            Invalidation::invalidated);
  const auto found = bench.family->identify(bench.chip, no_deadline);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->guid, bench.what.guid);
}

TEST(invalidate, never_spends_a_last_try_without_vendor_commands) {
  for (const unsigned tries : {1u, 2u, 3u})
    for (const bool carried_out : {false, true})
      for (std::size_t n = 1; n <= all_commands - 1; ++n) {
        simulator::CardOptions options = card_without_vendor_commands();
        options.pin_tries = options.puk_tries = tries;
        Interrupted run(n, carried_out, options);
        (void)run.invalidate();
        auto state = run.bench.card.to_json();
        EXPECT_EQ(state.find(R"("left":0)"), std::string::npos) << n << " with " << tries;
      }
}

TEST(invalidate, reaches_a_finished_card_without_vendor_commands) {
  Interrupted run(1000, false, card_without_vendor_commands());
  ASSERT_TRUE(run.certified());
  EXPECT_EQ(run.invalidate(), Invalidation::invalidated);
  EXPECT_EQ(run.wrong_tries, 0u);
  EXPECT_FALSE(run.certified());
  EXPECT_FALSE(takes_pin(run.bench.card, "739205"));
  EXPECT_FALSE(takes_puk(run.bench.card, "40917263"));
}

TEST(invalidate, says_unreachable_when_the_puk_cannot_be_known) {
  Interrupted run(5, true, card_without_vendor_commands());  // CHANGE PUK: done or not?
  EXPECT_EQ(run.invalidate(), Invalidation::unreachable);
  EXPECT_FALSE(takes_pin(run.bench.card, "739205"));  // but as far as it goes
  EXPECT_FALSE(takes_pin(run.bench.card, "123456"));
}

TEST(invalidate, says_unreachable_for_a_foreign_management_key_or_pin) {
  simulator::CardOptions foreign_key;
  foreign_key.management_key = own_key(api::ManagementAlgorithm::tripleDes);
  Bench first(foreign_key);
  EXPECT_EQ(first.family->invalidate(first.chip, first.identity, first.what, no_deadline),
            Invalidation::unreachable);

  simulator::CardOptions foreign_pin;
  foreign_pin.pin = "55555555";
  Bench second(foreign_pin);
  EXPECT_EQ(second.family->invalidate(second.chip, second.identity, second.what, no_deadline),
            Invalidation::unreachable);
  EXPECT_TRUE(takes_pin(second.card, "55555555"));  // tries were left
}

TEST(invalidate, touches_nothing_on_the_chip_of_another_attempt) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  bench.what.guid[15] ^= 1;
  const std::size_t before = bench.chip.count();
  EXPECT_EQ(bench.family->invalidate(bench.chip, bench.identity, bench.what, no_deadline),
            Invalidation::unreachable);
  for (std::size_t i = before; i < bench.chip.count(); ++i)
    EXPECT_TRUE(bench.chip.log()[i].command[1] == 0xA4 || bench.chip.log()[i].command[1] == 0xCB);
  EXPECT_TRUE(takes_pin(bench.card, "739205"));
}

TEST(invalidate, touches_nothing_on_a_chip_with_certificates_of_nobody_known) {
  std::string text = simulator::VirtualCard({}).to_json();
  text.insert(text.find(R"("objects":{)") + 11, R"("5fc10b":"7001007101")");
  auto card = simulator::VirtualCard::from_json(text);
  ASSERT_TRUE(card) << card.error();
  fakes::InProcessTransport chip(*card);
  const auto family = piv::make_piv();
  const auto found = family->identify(chip, no_deadline);
  ASSERT_TRUE(found);
  EXPECT_EQ(family->invalidate(chip, *found, personalisation(), no_deadline), Invalidation::unreachable);
  EXPECT_TRUE(takes_pin(*card, "123456"));
}

TEST(invalidate, says_unreachable_for_a_chip_that_is_gone) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  bench.card.set_faults({{.at = bench.card.commands_seen() + 1}});
  EXPECT_EQ(bench.family->invalidate(bench.chip, bench.identity, bench.what, no_deadline),
            Invalidation::unreachable);
}

TEST(invalidate, says_unreachable_whenever_it_is_interrupted) {
  // How many commands it takes when the n-th is interrupted, 0: none is.
  const auto run = [](std::size_t n) {
    Bench bench;
    EXPECT_TRUE(bench.personalise());
    EXPECT_TRUE(bench.write());
    const std::size_t before = bench.chip.count();
    if (n != 0) bench.chip.fail_at(before + n, {Reason::linkLost, api::Certainty::unknown, ""});
    const auto result = bench.family->invalidate(bench.chip, bench.identity, bench.what, no_deadline);
    EXPECT_EQ(result, n == 0 ? Invalidation::invalidated : Invalidation::unreachable) << n;
    return bench.chip.count() - before;
  };
  const std::size_t commands = run(0);
  EXPECT_GT(commands, 10u);
  for (std::size_t n = 1; n <= commands; ++n) EXPECT_EQ(run(n), n);
}
