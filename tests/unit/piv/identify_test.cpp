#include "tests/fakes/scripted_transport.hpp"
#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::Reason;

namespace {

simulator::CardOptions without_vendor_commands() {
  simulator::CardOptions options;
  options.vendor_commands = false;
  options.serial = 0x00C0FFEE;
  return options;
}

}  // namespace

TEST(identify, reads_serial_and_counters_by_vendor_commands) {
  simulator::CardOptions options;
  options.serial = 20'000'123;
  options.puk_tries = 5;
  Bench bench(options);
  EXPECT_EQ(bench.identity.family, "piv");
  EXPECT_EQ(bench.identity.serial, "20000123");
  EXPECT_EQ(bench.identity.serial_source, "vendor");
  EXPECT_EQ(bench.identity.atr, bench.card.atr());
  EXPECT_TRUE(bench.identity.vendor_commands);
  EXPECT_TRUE(bench.identity.extended_length);
  EXPECT_TRUE(bench.identity.fresh);
  EXPECT_EQ(bench.identity.guid, std::nullopt);
  EXPECT_EQ(bench.identity.pin_tries, 3u);
  EXPECT_EQ(bench.identity.puk_tries, 5u);
}

TEST(identify, takes_the_production_record_where_there_are_no_vendor_commands) {
  Bench bench(without_vendor_commands());
  EXPECT_EQ(bench.identity.serial,
            "43570001"
            "0000"
            "00c0ffee"
            "0000");
  EXPECT_EQ(bench.identity.serial_source, "cplc");
  EXPECT_FALSE(bench.identity.vendor_commands);
  EXPECT_TRUE(bench.identity.fresh);
  EXPECT_EQ(bench.identity.pin_tries, 3u);
  EXPECT_EQ(bench.identity.puk_tries, std::nullopt);
}

TEST(identify, says_so_when_a_chip_has_no_serial_number) {
  simulator::CardOptions options = without_vendor_commands();
  options.cplc = false;
  options.extended_length = false;
  Bench bench(options);
  EXPECT_EQ(bench.identity.serial, "");
  EXPECT_EQ(bench.identity.serial_source, "none");
  EXPECT_FALSE(bench.identity.extended_length);
  EXPECT_TRUE(bench.identity.fresh);
}

TEST(identify, knows_a_chip_again_by_its_guid) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  const auto again = bench.family->identify(bench.chip, no_deadline);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->guid, bench.what.guid);
  EXPECT_FALSE(again->fresh);
}

TEST(identify, does_not_call_a_chip_with_a_certificate_fresh) {
  simulator::VirtualCard card({});
  for (const char* tag : {"5fc105", "5fc10a", "5fc10b", "5fc101"}) {
    auto text = card.to_json();
    const auto at = text.find(R"("objects":{)");
    ASSERT_NE(at, std::string::npos);
    text.insert(at + 11, '"' + std::string(tag) + R"(":"7001007101")");
    auto carrying = simulator::VirtualCard::from_json(text);
    ASSERT_TRUE(carrying) << carrying.error();
    fakes::InProcessTransport chip(*carrying);
    const auto identity = piv::make_piv()->identify(chip, no_deadline);
    ASSERT_TRUE(identity);
    EXPECT_FALSE(identity->fresh) << tag;
    EXPECT_EQ(identity->guid, std::nullopt);
  }
}

TEST(identify, presents_no_secret) {
  for (const bool vendor : {true, false}) {
    simulator::CardOptions options;
    options.vendor_commands = vendor;
    Bench bench(options);
    for (const auto& exchange : bench.chip.log()) {
      EXPECT_NE(exchange.command[1], 0x24);
      EXPECT_NE(exchange.command[1], 0x87);
      if (exchange.command[1] == 0x20) {
        EXPECT_EQ(exchange.command.size(), 4u);
      }
    }
    EXPECT_TRUE(takes_pin(bench.card, "123456"));
  }
}

TEST(identify, refuses_a_chip_without_piv) {
  fakes::ScriptedTransport chip({hex("6a82")});
  EXPECT_EQ(piv::make_piv()->identify(chip, no_deadline).error().reason, Reason::chipUnsupported);
}

TEST(identify, reads_a_blocked_and_a_silent_counter) {
  // SELECT, no vendor commands, no card manager and back, CHUID absent, four certificates absent, VERIFY.
  const auto tries = [](const char* verify) {
    std::vector<api::Bytes> answers{hex("9000"), hex("6d00"), hex("6a82"), hex("9000")};
    answers.insert(answers.end(), 5, hex("6a82"));
    answers.push_back(hex(verify));
    fakes::ScriptedTransport chip(answers);
    return piv::make_piv()->identify(chip, no_deadline).value().pin_tries;
  };
  EXPECT_EQ(tries("6983"), 0u);
  EXPECT_EQ(tries("63c1"), 1u);
  EXPECT_EQ(tries("63cf"), 15u);
  EXPECT_EQ(tries("9000"), std::nullopt);
  EXPECT_EQ(tries("6700"), std::nullopt);
}

TEST(identify, passes_on_a_chip_that_falls_silent) {
  for (std::uint64_t at = 1; at <= 10; ++at) {
    simulator::CardOptions options;
    options.faults = {{.at = at}};
    simulator::VirtualCard card(options);
    fakes::InProcessTransport chip(card);
    const auto identity = piv::make_piv()->identify(chip, no_deadline);
    ASSERT_FALSE(identity) << at;
    EXPECT_EQ(identity.error().certainty, api::Certainty::unknown);
    EXPECT_EQ(identity.error().reason, Reason::timedOut);
    EXPECT_EQ(chip.count(), at);
  }
}
