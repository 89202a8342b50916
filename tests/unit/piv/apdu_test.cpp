#include "drivers/piv/apdu.hpp"

#include "drivers/piv/status.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::Reason;
using piv::Answer;
using piv::Channel;

namespace {

std::vector<std::string> sent(const fakes::ScriptedTransport& chip) {
  std::vector<std::string> out;
  for (const api::Bytes& command : chip.commands()) out.push_back(api::to_hex(command));
  return out;
}
std::string repeated(std::string_view byte, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += byte;
  return out;
}

}  // namespace

TEST(channel, writes_all_four_cases_of_short_apdus) {
  fakes::ScriptedTransport chip(std::vector<api::Bytes>(4, hex("9000")));
  Channel channel(chip, false, no_deadline);
  ASSERT_TRUE(channel.run({.ins = 0x20, .p2 = 0x80}, ""));
  ASSERT_TRUE(channel.run({.ins = 0xFD, .answer = Answer::few}, ""));
  ASSERT_TRUE(channel.run({.ins = 0xDB, .p1 = 0x3F, .p2 = 0xFF, .data = hex("aabb")}, ""));
  ASSERT_TRUE(channel.run({.cla = 0x80, .ins = 0xCB, .data = hex("aabb"), .answer = Answer::many}, ""));
  EXPECT_EQ(sent(chip),
            (std::vector<std::string>{"00200080", "00fd000000", "00db3fff02aabb", "80cb000002aabb00"}));
}

TEST(channel, uses_extended_length_only_where_it_saves_something) {
  fakes::ScriptedTransport chip(std::vector<api::Bytes>(4, hex("9000")));
  Channel channel(chip, true, no_deadline);
  ASSERT_TRUE(channel.run({.ins = 0xCB, .data = hex("aabb"), .answer = Answer::few}, ""));
  ASSERT_TRUE(channel.run({.ins = 0xCB, .data = hex("aabb"), .answer = Answer::many}, ""));
  ASSERT_TRUE(channel.run({.ins = 0xF7, .answer = Answer::many}, ""));
  ASSERT_TRUE(channel.run({.ins = 0xDB, .data = api::Bytes(256, 0x11)}, ""));
  EXPECT_EQ(sent(chip), (std::vector<std::string>{"00cb000002aabb00", "00cb0000000002aabb0000",
                                                  "00f70000000000", "00db0000000100" + repeated("11", 256)}));
}

TEST(channel, chains_commands_of_more_than_255_bytes) {
  fakes::ScriptedTransport chip(std::vector<api::Bytes>(3, hex("9000")));
  Channel channel(chip, false, no_deadline);
  ASSERT_TRUE(channel.run(
      {.ins = 0xDB, .p1 = 0x3F, .p2 = 0xFF, .data = api::Bytes(511, 0x22), .answer = Answer::few}, ""));
  EXPECT_EQ(sent(chip),
            (std::vector<std::string>{"10db3fffff" + repeated("22", 255), "10db3fffff" + repeated("22", 255),
                                      "00db3fff01"
                                      "22"
                                      "00"}));
}

TEST(channel, does_not_chain_exactly_255_bytes) {
  fakes::ScriptedTransport chip({hex("9000")});
  Channel channel(chip, false, no_deadline);
  ASSERT_TRUE(channel.run({.ins = 0xDB, .data = api::Bytes(255, 0x22)}, ""));
  EXPECT_EQ(chip.commands().size(), 1u);
}

TEST(channel, stops_a_chain_that_is_refused) {
  fakes::ScriptedTransport chip({hex("6884"), hex("9000")});
  Channel channel(chip, false, no_deadline);
  const auto answer = channel.run({.ins = 0xDB, .data = api::Bytes(300, 0x22)}, "PUT DATA");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::chipUnsupported);
  EXPECT_EQ(chip.commands().size(), 1u);
}

TEST(channel, fetches_the_rest_of_an_answer) {
  fakes::ScriptedTransport chip({hex("01026105"), hex("03046102"), hex("05069000")});
  Channel channel(chip, false, no_deadline);
  const auto answer = channel.run({.ins = 0xCB, .answer = Answer::many}, "");
  ASSERT_TRUE(answer);
  EXPECT_EQ(api::to_hex(*answer), "010203040506");
  EXPECT_EQ(sent(chip), (std::vector<std::string>{"00cb000000", "00c0000005", "00c0000002"}));
}

TEST(channel, gives_up_on_an_answer_without_end) {
  fakes::ScriptedTransport empty(std::vector<api::Bytes>(10, hex("6110")));
  Channel first(empty, false, no_deadline);
  EXPECT_EQ(first.run({.ins = 0xCB, .answer = Answer::many}, "").error().reason, Reason::chipAnswerInvalid);
  EXPECT_EQ(empty.commands().size(), 2u);

  api::Bytes full(256, 0x55);
  full.insert(full.end(), {0x61, 0x00});
  fakes::ScriptedTransport endless(std::vector<api::Bytes>(100, full));
  Channel second(endless, false, no_deadline);
  EXPECT_EQ(second.run({.ins = 0xCB, .answer = Answer::many}, "").error().reason, Reason::chipAnswerInvalid);
  EXPECT_LT(endless.commands().size(), 40u);
}

TEST(channel, goes_back_to_chaining_once_extended_length_is_refused) {
  for (const char* refusal : {"6700", "6883", "6884"}) {
    fakes::ScriptedTransport chip({hex(refusal), hex("9000"), hex("9000"), hex("9000"), hex("9000")});
    Channel channel(chip, true, no_deadline);
    ASSERT_TRUE(channel.run({.ins = 0xDB, .data = api::Bytes(300, 0x22)}, ""));
    ASSERT_TRUE(channel.run({.ins = 0xDB, .data = api::Bytes(300, 0x22)}, ""));
    ASSERT_EQ(chip.commands().size(), 5u);
    EXPECT_EQ(chip.commands()[0].size(), 307u);
    EXPECT_EQ(chip.commands()[1][0], 0x10);
    EXPECT_EQ(chip.commands()[3][0], 0x10);  // no second attempt
  }
}

TEST(channel, does_not_repeat_what_was_refused_for_another_reason) {
  fakes::ScriptedTransport chip({hex("6982"), hex("9000")});
  Channel channel(chip, true, no_deadline);
  EXPECT_EQ(channel.run({.ins = 0xDB, .data = api::Bytes(300, 0x22)}, "").error().reason,
            Reason::chipRefused);
  EXPECT_EQ(chip.commands().size(), 1u);
}

TEST(channel, refuses_an_answer_without_status_word) {
  for (const char* answer : {"", "90"}) {
    fakes::ScriptedTransport chip({hex(answer)});
    Channel channel(chip, false, no_deadline);
    EXPECT_EQ(channel.run({.ins = 0x20}, "").error().reason, Reason::chipAnswerInvalid);
  }
}

TEST(channel, passes_an_unknown_outcome_on_as_it_is) {
  fakes::ScriptedTransport chip({});
  Channel channel(chip, false, no_deadline);
  const auto answer = channel.run({.ins = 0x20}, "VERIFY");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::linkLost);
  EXPECT_EQ(answer.error().certainty, api::Certainty::unknown);
  EXPECT_EQ(answer.error().detail, "the script is at its end");
}

TEST(status, gives_each_word_its_reason) {
  const std::map<unsigned, Reason> expected{
      {0x63C2, Reason::pinRefused},        {0x63C0, Reason::pinRefused},
      {0x6300, Reason::pinRefused},        {0x6581, Reason::chipRefused},
      {0x6700, Reason::chipCommunication}, {0x6982, Reason::chipRefused},
      {0x6983, Reason::tryCounterLow},     {0x6985, Reason::chipRefused},
      {0x6A80, Reason::chipRefused},       {0x6A82, Reason::chipUnsupported},
      {0x6A84, Reason::chipUnsupported},   {0x6A86, Reason::chipUnsupported},
      {0x6C10, Reason::chipCommunication}, {0x6D00, Reason::chipUnsupported},
      {0x6E01, Reason::chipUnsupported},   {0x6F00, Reason::chipRefused},
      {0x0000, Reason::chipRefused},       {0xFFFF, Reason::chipRefused}};
  for (const auto& [word, reason] : expected)
    EXPECT_EQ(piv::failure_of(static_cast<std::uint16_t>(word), "X").reason, reason) << std::hex << word;
  EXPECT_EQ(piv::failure_of(0x6A84, "PUT DATA").detail,
            "PUT DATA: the chip answered 6A84, not enough memory on the chip");
  EXPECT_EQ(piv::failure_of(0x6F42, "PUT DATA").detail, "PUT DATA: the chip answered 6F42");
}

TEST(atr, offers_extended_length_in_its_card_capabilities) {
  EXPECT_TRUE(piv::offers_extended_length(simulator::VirtualCard({}).atr()));
  simulator::CardOptions plain;
  plain.extended_length = false;
  EXPECT_FALSE(piv::offers_extended_length(simulator::VirtualCard(plain).atr()));
  EXPECT_TRUE(
      piv::offers_extended_length(hex("3b8501"
                                      "8073800040"
                                      "00")));  // TD1 only
  EXPECT_TRUE(
      piv::offers_extended_length(hex("3bf5"
                                      "11000081"
                                      "31"
                                      "fe45"
                                      "8073800040"
                                      "00")));  // TA1 to TB3
  EXPECT_TRUE(
      piv::offers_extended_length(hex("3b8801"
                                      "0073800040"
                                      "009000"
                                      "00")));  // with a status at the end
  EXPECT_TRUE(
      piv::offers_extended_length(hex("3b8801"
                                      "803155"
                                      "73800040"
                                      "4100")));  // behind another object
}

TEST(atr, offers_nothing_when_malformed_or_silent) {
  for (const char* atr : {
           "", "3b", "3b00",
           "3b05",            // no historical bytes there
           "3b8f01",          // nor here
           "3bff",            // interface bytes missing
           "3bf711",          // cut short among them
           "3b8f",            // TD1 missing
           "3b0580738000",    // capabilities cut short
           "3b03807380",      // longer than the historical bytes
           "3b0273ff",        // unknown category
           "3b051073800040",  // DIR data reference
           "3b058063800040",  // another object
           "3b058073800080",  // chaining only
           "3b0680"
           "7f80004000"  // longer than what follows
       })
    EXPECT_FALSE(piv::offers_extended_length(hex(atr))) << atr;
}
