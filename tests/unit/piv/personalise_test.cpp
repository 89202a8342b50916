#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::KeyAlgorithm;
using api::ManagementAlgorithm;
using api::Reason;

namespace {

std::size_t command_data(const api::Bytes& apdu) {
  if (apdu.size() <= 5) return 0;
  return apdu[4] != 0 ? apdu[4] : apdu.size() == 7 ? 0 : static_cast<std::size_t>(apdu[5] << 8 | apdu[6]);
}
std::size_t pieces(std::size_t bytes, std::size_t piece) {
  return bytes == 0 ? 1 : (bytes + piece - 1) / piece;
}

// What the same commands cost with short APDUs: further pieces of the commands and of the answers.
std::size_t short_cost(const fakes::InProcessTransport& chip, std::size_t from) {
  std::size_t cost = 0;
  for (std::size_t i = from; i < chip.log().size(); ++i)
    cost += 1 + pieces(command_data(chip.log()[i].command), 255) - 1 +
            pieces(chip.log()[i].answer.size() - 2, 256) - 1;
  return cost;
}

// CLA INS P1 P2 of every exchange after identification.
std::vector<std::string> headers(const Bench& bench) {
  std::vector<std::string> out;
  for (std::size_t i = bench.identifying; i < bench.chip.log().size(); ++i)
    out.push_back(api::to_hex(api::BytesView(bench.chip.log()[i].command).first(4)));
  return out;
}

simulator::CardOptions short_only() {
  simulator::CardOptions options;
  options.extended_length = false;
  return options;
}

}  // namespace

TEST(personalise, takes_21_apdus_in_this_order_with_extended_length) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(headers(bench),
            (std::vector<std::string>{"00a40400", "0087039b", "0087039b", "00db3fff", "00240081", "00240080",
                                      "00ffffff", "0047009a", "0047009c", "0047009d", "0047009e", "00200080",
                                      "0087119c", "0087119a", "0087119d", "0087119e", "00db3fff", "00db3fff",
                                      "00db3fff", "00db3fff", "00db3fff"}));
  EXPECT_EQ(bench.count(), 21u);
  ASSERT_TRUE(bench.verify());
}

TEST(personalise, takes_29_apdus_with_short_ones_and_certificates_of_500_bytes) {
  Bench bench(short_only());
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(bench.count(), 29u);  // ⌈518 / 255⌉ − 1 = 2 for each certificate
  ASSERT_TRUE(bench.verify());
}

TEST(personalise, costs_with_short_apdus_what_the_pieces_are) {
  const auto mixed =
      four_keys(KeyAlgorithm::rsa2048, KeyAlgorithm::p384, KeyAlgorithm::rsa2048, KeyAlgorithm::p256);
  Bench extended;
  extended.what = personalisation(mixed);
  ASSERT_TRUE(extended.personalise());
  ASSERT_TRUE(extended.write(certificates(900)));
  EXPECT_EQ(extended.count(), 21u);

  Bench chained(short_only());
  chained.what = personalisation(mixed);
  ASSERT_TRUE(chained.personalise());
  ASSERT_TRUE(chained.write(certificates(900)));
  EXPECT_EQ(chained.count(), short_cost(extended.chip, extended.identifying));
  // Two RSA keys: 2 × (public key + proof there and back); four certificates of 918 bytes: 3 more pieces
  // each.
  EXPECT_EQ(chained.count(), 21u + 2 * 3 + 4 * 3);
}

TEST(personalise, uses_short_apdus_where_the_driver_is_told_to) {
  Bench bench({}, {.allow_extended_length = false});
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(bench.count(), 29u);
}

TEST(personalise, falls_back_to_chaining_when_extended_length_is_refused_after_all) {
  Bench bench(short_only());
  bench.identity.extended_length = true;  // as an ATR would say that promises too much
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(bench.count(), 30u);  // one refused APDU, then as with short ones
  ASSERT_TRUE(bench.verify());
}

TEST(personalise, leaves_the_new_pin_and_puk_and_no_factory_value) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_FALSE(takes_pin(bench.card, "123456"));
  EXPECT_TRUE(takes_pin(bench.card, "739205"));
  EXPECT_FALSE(takes_puk(bench.card, "12345678"));
  EXPECT_TRUE(takes_puk(bench.card, "40917263"));
}

TEST(personalise, keeps_the_supplied_management_key_when_the_card_gets_none_of_its_own) {
  simulator::CardOptions options;
  options.vendor_commands = false;
  Bench bench(options);
  bench.what.management_key = {};
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  EXPECT_EQ(bench.count(), 20u);
  EXPECT_TRUE(bench.verify());
}

TEST(personalise, returns_the_public_keys_in_the_order_asked_for) {
  Bench bench;
  using enum api::KeyPurpose;
  bench.what.keys = {{cardAuthentication, KeyAlgorithm::p384}, {authentication, KeyAlgorithm::p256}};
  const auto keys = bench.personalise();
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[0].purpose, cardAuthentication);
  EXPECT_EQ((*keys)[1].purpose, authentication);
  for (const auto& [key, bits] : {std::pair{(*keys)[0], 384}, std::pair{(*keys)[1], 256}}) {
    const unsigned char* der = key.subject_public_key_info.data();
    EVP_PKEY* parsed = d2i_PUBKEY(nullptr, &der, static_cast<long>(key.subject_public_key_info.size()));
    ASSERT_NE(parsed, nullptr);
    EXPECT_EQ(EVP_PKEY_get_bits(parsed), bits);
    EVP_PKEY_free(parsed);
  }
}

class PersonaliseEvery
    : public testing::TestWithParam<std::tuple<ManagementAlgorithm, bool, std::vector<api::KeyRequest>>> {};

TEST_P(PersonaliseEvery, kind_of_card_is_made_and_verified) {
  const auto& [algorithm, extended, keys] = GetParam();
  simulator::CardOptions options;
  options.management_algorithm = algorithm;
  options.extended_length = extended;
  for (const auto& own : api::management_algorithm_rows) {
    if (own.value != algorithm && keys.front().algorithm != KeyAlgorithm::p256)
      continue;  // each pair once is enough
    Bench bench(options);
    bench.what = personalisation(keys, algorithm, own.value);
    const auto made = bench.personalise();
    ASSERT_TRUE(made) << made.error().detail;
    ASSERT_TRUE(bench.write());
    const auto verified = bench.verify();
    ASSERT_TRUE(verified) << verified.error().detail;
  }
}

INSTANTIATE_TEST_SUITE_P(
    personalise, PersonaliseEvery,
    testing::Combine(testing::Values(ManagementAlgorithm::tripleDes, ManagementAlgorithm::aes128,
                                     ManagementAlgorithm::aes192, ManagementAlgorithm::aes256),
                     testing::Bool(),
                     testing::Values(four_keys(KeyAlgorithm::p256), four_keys(KeyAlgorithm::p384),
                                     four_keys(KeyAlgorithm::rsa2048, KeyAlgorithm::p256,
                                               KeyAlgorithm::rsa2048, KeyAlgorithm::p256))));

TEST(personalise, refuses_what_the_chip_cannot_do_before_touching_it) {
  const auto refused = [](auto change) {
    Bench bench;
    change(bench);
    const auto made = bench.personalise();
    EXPECT_FALSE(made);
    EXPECT_EQ(bench.count(), 0u);
    return made ? Reason::jam : made.error().reason;
  };
  EXPECT_EQ(refused([](Bench& b) { b.what.pin = secret("12345"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.pin = secret("123456789"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.pin = secret("12345a"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.puk = secret("1234567"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.pin = secret("123456"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.puk = secret("12345678"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.management_key = secret("short"); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.factory_management_key = {}; }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.what.keys.push_back(b.what.keys[0]); }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.identity.vendor_commands = false; }), Reason::chipUnsupported);
  EXPECT_EQ(refused([](Bench& b) { b.identity.fresh = false; }), Reason::chipNotFresh);
  EXPECT_EQ(refused([](Bench& b) { b.identity.pin_tries = 1; }), Reason::tryCounterLow);
  EXPECT_EQ(refused([](Bench& b) { b.identity.puk_tries = 0; }), Reason::tryCounterLow);
}

TEST(personalise, tries_a_wrong_management_key_once_only) {
  simulator::CardOptions options;
  options.management_key = own_key(ManagementAlgorithm::tripleDes);
  Bench bench(options);
  const auto made = bench.personalise();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(made.error().certainty, api::Certainty::notDone);
  EXPECT_EQ(bench.count(), 3u);  // SELECT and the two steps
}

TEST(personalise, says_refused_for_a_management_key_of_another_algorithm) {
  simulator::CardOptions options;
  options.management_algorithm = ManagementAlgorithm::aes256;
  Bench bench(options);
  const auto made = bench.personalise();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(bench.count(), 2u);
}

TEST(personalise, refuses_a_chip_that_does_not_prove_the_management_key) {
  Bench bench;
  bench.chip.tamper = [&](std::size_t number, api::Bytes& answer) {
    if (number == bench.identifying + 3) answer[4] ^= 1;
  };
  const auto made = bench.personalise();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(bench.count(), 3u);
}

TEST(personalise, stops_when_the_pin_is_not_the_factory_one) {
  simulator::CardOptions options;
  options.pin = "654321";
  Bench bench(options);
  const auto made = bench.personalise();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::pinRefused);
  EXPECT_EQ(bench.count(), 6u);
  EXPECT_EQ(made.error().detail.find("123456"), std::string::npos);
}

TEST(personalise, refuses_a_key_that_does_not_prove_itself) {
  for (const auto algorithm : {KeyAlgorithm::p256, KeyAlgorithm::p384, KeyAlgorithm::rsa2048})
    for (std::size_t proof = 13; proof <= 16; ++proof) {
      if (algorithm == KeyAlgorithm::rsa2048 && proof < 14) continue;  // as 14, and slow to make
      Bench bench;
      bench.what = personalisation(four_keys(algorithm));
      bench.chip.tamper = [&](std::size_t number, api::Bytes& answer) {
        if (number == bench.identifying + proof) answer[answer.size() - 5] ^= 0x10;
      };
      const auto made = bench.personalise();
      ASSERT_FALSE(made);
      EXPECT_EQ(made.error().reason, Reason::keyProofFailed) << proof;
      EXPECT_EQ(bench.count(), proof);
    }
}

TEST(personalise, refuses_a_generated_key_that_is_none) {
  Bench bench;
  bench.chip.tamper = [&](std::size_t number, api::Bytes& answer) {
    if (number == bench.identifying + 8) answer[20] ^= 0x10;  // no longer on the curve
  };
  const auto made = bench.personalise();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::chipAnswerInvalid);
}

TEST(write_certificates, refuses_one_that_is_too_large_before_writing_any) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  const std::size_t before = bench.chip.count();
  auto list = certificates(1856);
  list.back().der.push_back(0);
  const auto written = bench.write(list);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::certificateTooLarge);
  EXPECT_EQ(bench.chip.count(), before);
}

TEST(write_certificates, takes_the_largest) {
  for (const bool extended : {true, false}) {
    simulator::CardOptions options;
    options.extended_length = extended;
    Bench bench(options);
    ASSERT_TRUE(bench.personalise());
    ASSERT_TRUE(bench.write(certificates(1856)));
    EXPECT_TRUE(bench.verify(certificates(1856)));
  }
}

TEST(verify, finds_every_object_that_is_not_what_was_written) {
  const auto judged = [](auto change) {
    Bench bench;
    EXPECT_TRUE(bench.personalise());
    EXPECT_TRUE(bench.write());
    auto list = certificates();
    change(bench, list);
    const auto verified = bench.verify(list);
    EXPECT_FALSE(verified);
    return verified ? std::string("right")
                    : std::string(name_of(verified.error().reason)) + ": " + verified.error().detail;
  };
  EXPECT_EQ(judged([](auto&, auto& list) { list[2].der[17] ^= 1; }),
            "verificationMismatch: certificate 9D: differs");
  EXPECT_EQ(judged([](auto& bench, auto&) { bench.what.expiry += std::chrono::months(1); }),
            "verificationMismatch: CHUID: differs");
  EXPECT_EQ(judged([](auto& bench, auto&) { bench.what.guid[0] ^= 1; }),
            "verificationMismatch: CHUID: differs");
  EXPECT_EQ(
      judged([](auto& bench, auto&) {
        api::Personalisation other = personalisation();
        other.guid[15] ^= 1;
        EXPECT_TRUE(bench.family->write_certificates(bench.chip, bench.identity, other, {}, no_deadline));
      }),
      "verificationMismatch: capability container: differs");
}

TEST(verify, finds_a_missing_certificate) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  auto three = certificates();
  three.pop_back();
  ASSERT_TRUE(bench.write(three));
  const auto verified = bench.verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().detail, "certificate 9E: not on the chip");
}

TEST(verify, resets_the_chip_and_needs_the_new_management_key) {
  Bench bench;
  ASSERT_TRUE(bench.personalise());
  ASSERT_TRUE(bench.write());
  bench.what.management_key = api::Secret(factory_key(ManagementAlgorithm::aes192));
  const auto verified = bench.verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(bench.chip.resets(), 1u);
}
