// The chip itself, as other programs talk to it.
#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using simulator::CardOptions;
using simulator::VirtualCard;

namespace {

VirtualCard selected(CardOptions options = {}) {
  VirtualCard card(std::move(options));
  select_piv(card);
  return card;
}
const std::string right_pin = "0020008008313233343536ffff", wrong_pin = "0020008008393939393939ffff";

// Puts four P-256 keys on the card; its PIN is 739205 then.
void make_keys(VirtualCard& card) {
  fakes::InProcessTransport chip(card);
  const auto family = piv::make_piv();
  const auto identity = family->identify(chip, no_deadline);
  ASSERT_TRUE(identity);
  api::Personalisation what = personalisation(four_keys(api::KeyAlgorithm::p256));
  what.management_key = {};
  ASSERT_TRUE(family->personalise(chip, *identity, what, no_deadline));
}

}  // namespace

TEST(virtual_card, is_selected_by_every_usual_name) {
  for (const char* select :
       {"00a404000ba000000308000010000100", "00a404000ba00000030800001000010000",
        "00a4040009a0000003080000100000", "00a4040005a000000308", "00a4040005a00000030800"}) {
    VirtualCard card({});
    const std::string answer = tell(card, select);
    EXPECT_EQ(answer.substr(0, 4) + answer.substr(4, 16), "61294f06000010000100") << select;
  }
  VirtualCard card({});
  EXPECT_EQ(tell(card, "00a4040006d27600012401"), "6a82");
  EXPECT_EQ(tell(card, "00a4040004a0000003"), "6a82");
}

TEST(virtual_card, offers_t1_in_a_valid_atr) {
  const api::Bytes atr = VirtualCard({}).atr();
  EXPECT_EQ(api::to_hex(atr), "3b8f018073c001c0f9a000000308000010003e");
  std::uint8_t check = 0;
  for (std::size_t i = 1; i < atr.size(); ++i) check ^= atr[i];
  EXPECT_EQ(check, 0);
}

TEST(virtual_card, answers_nothing_of_piv_before_it_is_selected) {
  VirtualCard card({});
  EXPECT_EQ(tell(card, "00200080"), "6d00");
  EXPECT_EQ(tell(card, "00cb3fff055c035fc10200"), "6d00");
  EXPECT_EQ(tell(card, "80ca9f7f00").substr(0, 6), "9f7f2a");
}

TEST(virtual_card, keeps_the_security_status_when_selected_again) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, right_pin), "9000");
  tell(card, "00a4040005a00000030800");
  EXPECT_EQ(tell(card, "00200080"), "9000");
  EXPECT_EQ(tell(card, "00a4040006d27600012401"), "6a82");  // nor by an application that is not there
  EXPECT_EQ(tell(card, "00200080"), "9000");
  card.reset();
  select_piv(card);
  EXPECT_EQ(tell(card, "00200080"), "63c3");
}

TEST(virtual_card, counts_wrong_pins_until_it_is_blocked) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, "0020008000"), "63c3");
  EXPECT_EQ(tell(card, wrong_pin), "63c2");
  EXPECT_EQ(tell(card, "00200080"), "63c2");
  EXPECT_EQ(tell(card, right_pin), "9000");
  EXPECT_EQ(tell(card, "0020ff80"), "9000");
  EXPECT_EQ(tell(card, "00200080"), "63c3");
  EXPECT_EQ(tell(card, wrong_pin), "63c2");
  EXPECT_EQ(tell(card, wrong_pin), "63c1");
  EXPECT_EQ(tell(card, wrong_pin), "63c0");
  EXPECT_EQ(tell(card, right_pin), "6983");
  EXPECT_EQ(tell(card, "00200080"), "6983");
  EXPECT_EQ(tell(card, "002c0080103132333435363738363534333231ffff"), "9000");  // RESET RETRY with the PUK
  EXPECT_EQ(tell(card, "0020008008363534333231ffff"), "9000");
}

TEST(virtual_card, refuses_malformed_pins_without_counting) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, "0020008006313233343536"), "6a80");
  EXPECT_EQ(tell(card, "0024008010313233343536ffff31323334ffffffff"), "6a80");
  EXPECT_EQ(tell(card, "0024008010313233343536ffff313233ff3536ffff"), "6a80");
  EXPECT_EQ(tell(card, "0024008010313233343536ffff3132333435ffffff"), "6a80");
  EXPECT_EQ(tell(card, "0020009908313233343536ffff"), "6a88");
  EXPECT_EQ(tell(card, "00200080"), "63c3");
}

TEST(virtual_card, takes_its_try_limits_from_the_options) {
  VirtualCard card = selected({.pin_tries = 7, .puk_tries = 1});
  EXPECT_EQ(tell(card, "00200080"), "63c7");
  EXPECT_EQ(tell(card, "002c0080103939393939393939363534333231ffff"), "63c0");
  EXPECT_EQ(tell(card, "002c0080103132333435363738363534333231ffff"), "6983");
}

TEST(virtual_card, guards_writing_with_the_management_key) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, "00db3fff095c035fc10253020102"), "6982");
  EXPECT_EQ(tell(card, "0047009a05ac0380011100"), "6982");
  EXPECT_EQ(tell(card, "00ffffff1b039b18" + std::string(48, '1')), "6982");
  EXPECT_EQ(tell(card, "0087089b047c02800000"), "6a86");
}

TEST(virtual_card, ends_an_authentication_half_done_with_any_other_command) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, "0087039b047c02800000").substr(0, 8), "7c0a8008");
  EXPECT_EQ(tell(card, "00200080"), "63c3");
  EXPECT_EQ(tell(card, "0087039b167c14800801020304050607088108010203040506070800"), "6985");
  EXPECT_EQ(tell(card, "0087039b047c02810000").substr(0, 8), "7c0a8108");
  EXPECT_EQ(tell(card, "0087039b0c7c0a8208010203040506070800"), "6982");
  EXPECT_EQ(tell(card, "0087039b0c7c0a8208010203040506070800"), "6985");  // one try for each challenge
}

TEST(virtual_card, closes_the_management_key_after_a_wrong_answer) {
  VirtualCard card({});
  make_keys(card);
  const std::string empty_an_object = "00db3fff075c035fc1015300";
  EXPECT_EQ(tell(card, empty_an_object), "9000");
  EXPECT_EQ(tell(card, "0087039b047c02810000").substr(0, 8), "7c0a8108");
  EXPECT_EQ(tell(card, "0087039b0c7c0a8208010203040506070800"), "6982");
  EXPECT_EQ(tell(card, empty_an_object), "6982");
}

TEST(virtual_card, asks_for_the_pin_as_each_key_demands) {
  VirtualCard card({});
  make_keys(card);
  const std::string digest = "11223344556677889900aabbccddeeff11223344556677889900aabbccddeeff";
  const auto sign = [&](const char* slot) {
    return tell(card, "008711" + std::string(slot) + "267c2482008120" + digest + "00");
  };
  const auto status = [](const std::string& answer) { return answer.substr(answer.size() - 4); };
  const std::string pin = "0020008008373339323035ffff";
  card.reset();
  select_piv(card);
  EXPECT_EQ(status(sign("9e")), "9000");
  EXPECT_EQ(sign("9a"), "6982");
  EXPECT_EQ(sign("9c"), "6982");
  EXPECT_EQ(tell(card, pin), "9000");
  EXPECT_EQ(status(sign("9c")), "9000");
  EXPECT_EQ(sign("9c"), "6982");  // always
  EXPECT_EQ(status(sign("9a")), "9000");
  EXPECT_EQ(status(sign("9a")), "9000");  // once
  EXPECT_EQ(tell(card, pin), "9000");
  EXPECT_EQ(tell(card, "00200080"), "9000");
  EXPECT_EQ(sign("9c"), "6982");  // VERIFY was not directly before
}

TEST(virtual_card, refuses_wrong_uses_of_a_key) {
  VirtualCard card({});
  make_keys(card);
  EXPECT_EQ(tell(card, "0087079e077c058200810101"), "6a86");  // another algorithm
  EXPECT_EQ(tell(card,
                 "0087119e067c0482008100"
                 "00"),
            "6a80");  // nothing to sign
  EXPECT_EQ(tell(card,
                 "0087119e277c25820081"
                 "21" +
                     std::string(66, '1') + "00"),
            "6a80");  // too much
  EXPECT_EQ(tell(card,
                 "0087119e477c458200"
                 "8541"
                 "04" +
                     std::string(128, '1') + "00"),
            "6a80");                                      // off the curve
  EXPECT_EQ(tell(card, "00871199047c02820000"), "6a86");  // no such key
  EXPECT_EQ(tell(card, "0087119e03010203"), "6a80");
}

TEST(virtual_card, gives_long_answers_in_pieces_of_256) {
  Bench bench({.extended_length = false});
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write(certificates(600)));
  select_piv(bench.card);
  const std::string first = tell(bench.card, "00cb3fff055c035fc105");  // without Le, as some programs do
  EXPECT_EQ(first.size(), 2 * 258u);
  EXPECT_EQ(first.substr(512), "6100");
  EXPECT_EQ(tell(bench.card, "00c0000000").substr(512), "6165");
  EXPECT_EQ(tell(bench.card, "00c0000065").substr(2 * 0x65), "9000");
  EXPECT_EQ(tell(bench.card, "00c0000000"), "6985");
}

TEST(virtual_card, forgets_a_pending_answer_with_the_next_command) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write(certificates(600)));
  select_piv(bench.card);
  tell(bench.card, "00cb3fff055c035fc10500");
  tell(bench.card, "00200080");
  EXPECT_EQ(tell(bench.card, "00c0000000"), "6985");
}

TEST(virtual_card, takes_extended_apdus_only_where_its_atr_offers_them) {
  VirtualCard card = selected();
  EXPECT_EQ(tell(card, "00cb3fff0000055c035fc1020000"), "6a82");
  VirtualCard short_only = selected({.extended_length = false});
  EXPECT_EQ(tell(short_only, "00cb3fff0000055c035fc1020000"), "6700");
}

TEST(virtual_card, answers_malformed_apdus_with_a_status_word) {
  VirtualCard card = selected();
  for (const char* apdu :
       {"", "00", "00cb3f", "00cb3fff05", "00cb3fff055c", "00cb3fff055c035fc1020000", "00cb3fff000000",
        "00cb3fff0000", "00cb3fff00000a5c03", "00db3fff0000", "00cb3fff0000055c035fc10200"})
    EXPECT_EQ(tell(card, apdu).size() % 4, 0u) << apdu;
  EXPECT_EQ(tell(card, ""), "6700");
  EXPECT_EQ(tell(card, "00cb3fff055c"), "6700");
  EXPECT_EQ(tell(card, "00550000"), "6d00");
  EXPECT_EQ(tell(card, "80cb3fff055c035fc10200"), "6e00");
  EXPECT_EQ(tell(card, "00cb3fff055c035fc1ff00"), "6a82");
  EXPECT_EQ(tell(card, "00cb3fff035c017e00"), "7e124f0ba0000003080000100001005f2f0240009000");
}

TEST(virtual_card, bounds_a_chain) {
  VirtualCard card = selected();
  const std::string piece = "10db3fffff" + std::string(510, '0');
  std::string answer;
  for (int i = 0; i < 40 && answer != "6700"; ++i) answer = tell(card, piece);
  EXPECT_EQ(answer, "6700");
}

TEST(virtual_card, has_vendor_commands_that_can_be_switched_off) {
  VirtualCard card = selected({.serial = 0x01020304});
  EXPECT_EQ(tell(card, "00fd000000"), "0504039000");
  EXPECT_EQ(tell(card, "00f8000000"), "010203049000");
  EXPECT_EQ(tell(card, "00f7009b00"),
            "01010302020001"
            "050101"
            "9000");
  EXPECT_EQ(tell(card, "00f7008000"),
            "0101ff"
            "050101"
            "06020303"
            "9000");
  EXPECT_EQ(tell(card, wrong_pin), "63c2");
  EXPECT_EQ(tell(card, "00f7008000"),
            "0101ff"
            "050101"
            "06020302"
            "9000");
  EXPECT_EQ(tell(card, "00f7009a00"), "6a88");
  VirtualCard plain = selected({.vendor_commands = false});
  for (const char* command : {"00fd000000", "00f8000000", "00f7009b00", "00ffffff1b039b18"})
    EXPECT_EQ(tell(plain, std::string(command).substr(0, 8) + "00"), "6d00");
  VirtualCard older = selected({.metadata = false});
  EXPECT_EQ(tell(older, "00fd000000"), "0504039000");
  EXPECT_EQ(tell(older, "00f7009b00"), "6d00");
}

TEST(virtual_card, reports_the_delay_of_each_command) {
  VirtualCard card({.delay_per_command = std::chrono::milliseconds(7)});
  EXPECT_EQ(card.transmit(hex("00200080")).delay, std::chrono::milliseconds(7));
}

TEST(virtual_card, dies_for_ever_and_hangs_until_reset) {
  VirtualCard card({.faults = {{.at = 2, .kind = simulator::CardFaultKind::hang}, {.at = 4}}});
  select_piv(card);
  EXPECT_TRUE(card.transmit(hex("00200080")).silent);
  EXPECT_TRUE(card.transmit(hex("00200080")).silent);
  EXPECT_FALSE(card.atr().empty());
  card.reset();
  select_piv(card);
  EXPECT_TRUE(card.transmit(hex("00200080")).silent);
  card.reset();
  EXPECT_TRUE(card.dead());
  EXPECT_TRUE(card.atr().empty());
  EXPECT_TRUE(card.transmit(hex("00200080")).silent);
  EXPECT_EQ(card.commands_seen(), 4u);
}

TEST(card_file, brings_a_finished_chip_back_whole) {
  const auto file =
      std::filesystem::temp_directory_path() / ("cardwright-" + std::to_string(::getpid()) + ".vcard");
  Bench bench({.serial = 77, .extended_length = false, .pin_tries = 5});
  using enum api::KeyAlgorithm;
  bench.what = personalisation(four_keys(p256, rsa2048, p384, p256));
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  ASSERT_TRUE(bench.card.save(file));
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  auto card = VirtualCard::load(file);
  std::filesystem::remove(file);
  ASSERT_TRUE(card) << card.error();
  EXPECT_EQ(card->to_json(), bench.card.to_json());
  fakes::InProcessTransport chip(*card);
  const auto found = bench.family->identify(chip, no_deadline);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->serial, "77");
  EXPECT_EQ(found->pin_tries, 5u);
  EXPECT_TRUE(bench.family->verify(chip, *found, bench.what, certificates(), no_deadline));
  EXPECT_TRUE(takes_pin(*card, "739205"));
}

TEST(card_file, keeps_counters_faults_and_death) {
  VirtualCard card =
      selected({.faults = {{.at = 4, .carried_out = true},
                           {.at = 9, .kind = simulator::CardFaultKind::statusWord, .status_word = 0x6581}}});
  EXPECT_EQ(tell(card, wrong_pin), "63c2");
  auto again = VirtualCard::from_json(card.to_json());
  ASSERT_TRUE(again);
  select_piv(*again);
  EXPECT_EQ(again->options().faults[1].status_word, 0x6581);
  EXPECT_TRUE(again->transmit(hex(wrong_pin)).silent);
  auto dead = VirtualCard::from_json(again->to_json());
  ASSERT_TRUE(dead);
  EXPECT_TRUE(dead->dead());
  EXPECT_NE(dead->to_json().find(R"("pin":{"value":"123456","left":1})"), std::string::npos);
}

TEST(card_file, refuses_what_is_no_card_and_says_why) {
  const std::string good = VirtualCard({}).to_json();
  const auto error = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    const auto card = VirtualCard::from_json(text);
    return card ? std::string("taken") : card.error();
  };
  EXPECT_NE(VirtualCard::from_json("").has_value(), true);
  EXPECT_NE(VirtualCard::from_json("[]").has_value(), true);
  EXPECT_NE(VirtualCard::from_json(good.substr(0, good.size() / 2)).has_value(), true);
  EXPECT_EQ(error("cardwright-vcard-1", "cardwright-vcard-9"),
            "not a virtual card: not a cardwright-vcard-1");
  EXPECT_EQ(error(R"("3DES")", R"("2DES")"), "not a virtual card: unknown name \"2DES\"");
  EXPECT_EQ(error(R"("pinTries":3)", R"("pinTries":16)"), "not a virtual card: tries must be 1 to 15");
  EXPECT_EQ(error(R"("left":3)", R"("left":4)"), "not a virtual card: a PIN or PUK that cannot be");
  EXPECT_EQ(error("0102030405060708", "01020304"),
            "not a virtual card: the management key has not the length of its algorithm");
  EXPECT_EQ(error(R"("keys":{})", R"("keys":{"9a":{"algorithm":"P-256","pem":"x"}})"),
            "not a virtual card: the private key of 9a is none");
  EXPECT_EQ(error(R"("keys":{})", R"("keys":{"99":{"algorithm":"P-256","pem":"x"}})"),
            "not a virtual card: unknown key reference 99");
  EXPECT_EQ(VirtualCard::load("/nonexistent/x.vcard").error(),
            "/nonexistent/x.vcard: cannot open: No such file or directory");
}
