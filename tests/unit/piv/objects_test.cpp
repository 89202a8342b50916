#include "drivers/piv/objects.hpp"

#include "drivers/piv/keys.hpp"
#include "drivers/piv/tlv.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/unit/piv/support.hpp"

using namespace piv_test;
using api::Reason;

TEST(chuid, holds_the_guid_and_the_expiry_date) {
  const api::Personalisation what = personalisation();
  EXPECT_EQ(api::to_hex(piv::chuid(what.guid, what.expiry)),
            "3019d4e739da739ced39ce739d836858210842108421c84210c3eb"
            "3410101112131415161718191a1b1c1d1e1f"
            "35083230323730333039"
            "3e00fe00");
  EXPECT_EQ(piv::guid_of(piv::chuid(what.guid, what.expiry)), what.guid);
}

TEST(chuid, gives_no_guid_when_malformed) {
  for (const char* hostile : {"", "34", "3410", "340f000102030405060708090a0b0c0d0e", "3500",
                              "341100112233445566778899aabbccddeeff00",
                              "341000112233445566778899aabbccddeeff"
                              "341000112233445566778899aabbccddeeff"})
    EXPECT_FALSE(piv::guid_of(hex(hostile))) << hostile;
}

TEST(capability_container, follows_from_the_guid) {
  EXPECT_EQ(api::to_hex(piv::capability_container(personalisation().guid)),
            "f015a000000116ff0212131415161718191a1b1c1d1e1f"
            "f10121f20121f300f40100f50110f600f700fa00fb00fc00fd00fe00");
}

TEST(certificate_object, wraps_up_to_1856_bytes) {
  EXPECT_EQ(api::to_hex(piv::certificate_object(hex("3000")).value()),
            "70023000"
            "710100"
            "fe00");
  EXPECT_EQ(piv::certificate_object(api::Bytes(1856)).value().size(), 1856u + 9);
  EXPECT_EQ(piv::certificate_object(api::Bytes(1857)).error().reason, Reason::certificateTooLarge);
}

TEST(get_object, tells_absent_empty_present_and_malformed_apart) {
  const auto read = [](const char* answer) {
    fakes::ScriptedTransport chip({hex(answer)});
    piv::Channel channel(chip, false, no_deadline);
    return piv::get_object(channel, 0x5FC102, "CHUID");
  };
  EXPECT_EQ(read("6a82").value(), std::nullopt);
  EXPECT_EQ(read("9000").value(), std::nullopt);
  EXPECT_EQ(read("53009000").value(), std::nullopt);
  EXPECT_EQ(read("5301079000").value(), hex("07"));
  EXPECT_EQ(read("5302079000").error().reason, Reason::chipAnswerInvalid);
  EXPECT_EQ(read("7001079000").error().reason, Reason::chipAnswerInvalid);
  EXPECT_EQ(read("5301075301079000").error().reason, Reason::chipAnswerInvalid);
  EXPECT_EQ(read("6982").error().reason, Reason::chipRefused);
}

TEST(key_template, takes_only_a_key_of_the_algorithm_asked_for) {
  using enum api::KeyAlgorithm;
  // The base point of P-256 (SEC 2, section 2.4.2) is a point on the curve.
  const std::string point =
      "04"
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
  EXPECT_NE(piv::key_from_template(p256, hex("8641" + point)), nullptr);
  EXPECT_EQ(piv::key_from_template(p384, hex("8641" + point)), nullptr);
  EXPECT_EQ(piv::key_from_template(rsa2048, hex("8641" + point)), nullptr);
  EXPECT_EQ(piv::key_from_template(p256, hex("8641" + point + "8641" + point)), nullptr);
  std::string off = point;
  off.back() = '4';
  EXPECT_EQ(piv::key_from_template(p256, hex("8641" + off)), nullptr);
  EXPECT_EQ(piv::key_from_template(p256, hex("860100")), nullptr);  // the point at infinity
  EXPECT_EQ(piv::key_from_template(p256, {}), nullptr);

  api::Bytes modulus(256, 0xC3);
  const auto rsa = [&](const api::Bytes& n, const char* e) {
    return piv::key_from_template(rsa2048,
                                  piv::joined({piv::make_tlv(0x81, n), piv::make_tlv(0x82, hex(e))}));
  };
  EXPECT_NE(rsa(modulus, "010001"), nullptr);
  EXPECT_EQ(rsa(modulus, "03"), nullptr);
  EXPECT_EQ(rsa(modulus, ""), nullptr);
  EXPECT_EQ(rsa(api::Bytes(128, 0xC3), "010001"), nullptr);
  EXPECT_EQ(rsa({}, "010001"), nullptr);
  modulus[0] = 0x43;  // 2,047 bits
  EXPECT_EQ(rsa(modulus, "010001"), nullptr);
  modulus[0] = 0xC3;
  modulus.back() = 0xC2;
  EXPECT_EQ(rsa(modulus, "010001"), nullptr);  // even
}
