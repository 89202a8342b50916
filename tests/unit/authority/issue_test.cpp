#include <gmock/gmock.h>

#include <set>

#include "tests/unit/authority/workshop.hpp"

namespace authority::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// "critical keyUsage" or "keyUsage", in the order of the certificate.
std::vector<std::string> extension_names(X509* certificate) {
  std::vector<std::string> names;
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(certificate, i);
    std::string name = OBJ_nid2sn(OBJ_obj2nid(X509_EXTENSION_get_object(extension)));
    names.push_back((X509_EXTENSION_get_critical(extension) == 1 ? "critical " : "") + name);
  }
  return names;
}

// OpenSSL's own words for one extension.
std::string printed(X509* certificate, int nid) {
  const int at = X509_get_ext_by_NID(certificate, nid, -1);
  if (at < 0) return "(none)";
  const BioPtr out(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(out.get(), X509_get_ext(certificate, at), 0, 0);
  char* begin = nullptr;
  const long size = BIO_get_mem_data(out.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

std::string subject_of(X509* certificate) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* begin = nullptr;
  const long size = BIO_get_mem_data(out.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

struct Expected {
  const char* profile;
  const char* usage;
  const char* extended_usage;
  const char* alternative;
  bool extended_critical;
};

constexpr std::array<Expected, 4> shipped{{
    {"authentication", "Digital Signature", "TLS Web Client Authentication, Microsoft Smartcard Login",
     "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607, othername: UPN::zoe@corp.example.org", false},
    {"signature", "Digital Signature, Non Repudiation", "E-mail Protection, 1.3.6.1.5.5.7.3.36",
     "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607, email:zoe@example.org", false},
    {"keyManagement", "Key Agreement", "E-mail Protection",
     "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607, email:zoe@example.org", false},
    {"cardAuthentication", "Digital Signature", "2.16.840.1.101.3.6.8",
     "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607", true},
}};

TEST(certificate, says_for_each_purpose_exactly_what_its_profile_says) {
  const Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  for (const auto& expected : shipped) {
    SCOPED_TRACE(expected.profile);
    const auto der = workshop.issue(expected.profile, make_request(key.get()));
    EXPECT_LE(der.size(), 1856U);
    const CertificatePtr certificate = parse(der);
    EXPECT_THAT(
        extension_names(certificate.get()),
        UnorderedElementsAre("authorityKeyIdentifier", "subjectKeyIdentifier", "critical basicConstraints",
                             "critical keyUsage",
                             expected.extended_critical ? "critical extendedKeyUsage" : "extendedKeyUsage",
                             "certificatePolicies", "subjectAltName", "crlDistributionPoints"));
    EXPECT_EQ(printed(certificate.get(), NID_basic_constraints), "CA:FALSE");
    EXPECT_EQ(printed(certificate.get(), NID_key_usage), expected.usage);
    EXPECT_EQ(printed(certificate.get(), NID_ext_key_usage), expected.extended_usage);
    EXPECT_EQ(printed(certificate.get(), NID_subject_alt_name), expected.alternative);
    EXPECT_THAT(printed(certificate.get(), NID_certificate_policies), HasSubstr("1.3.6.1.4.1.32473.1"));
    EXPECT_THAT(printed(certificate.get(), NID_crl_distribution_points),
                HasSubstr(std::string("URI:") + crl_url));
  }
}

TEST(certificate, names_key_issuer_and_subject) {
  const Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  const CertificatePtr authority = parse(workshop.authority.certificate());
  const CertificatePtr certificate = parse(workshop.issue("authentication", make_request(key.get())));
  EXPECT_EQ(X509_get_version(certificate.get()), 2);
  EXPECT_EQ(subject_of(certificate.get()), "O = Cardwright, CN = 0000017");
  EXPECT_EQ(X509_check_issued(authority.get(), certificate.get()), X509_V_OK);
  EXPECT_EQ(EVP_PKEY_eq(X509_get0_pubkey(certificate.get()), key.get()), 1);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(authority.get())), 1);
  std::array<unsigned char, 20> digest{};
  ASSERT_EQ(X509_pubkey_digest(certificate.get(), EVP_sha1(), digest.data(), nullptr), 1);
  const ASN1_OCTET_STRING* const key_id = X509_get0_subject_key_id(certificate.get());
  EXPECT_EQ(api::to_hex({key_id->data, static_cast<std::size_t>(key_id->length)}), api::to_hex(digest));
}

TEST(certificate, takes_names_of_a_holder_and_leaves_them_out_without_one) {
  Workshop workshop;
  workshop.config.profiles[0].subject = {"C=CH", "O=Example", "CN={name}", "serialNumber={number}"};
  const Authority authority(workshop.config, noon);
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  Request request = make_request(key.get());
  const Profile& named = *authority.profile("authentication");
  const auto serial = authority.reserve_serial().value();
  const auto tbs = authority.prepare(named, request, serial, noon).value();
  EXPECT_THAT(authority.lint(tbs, named, request, serial, noon), SizeIs(0));
  EXPECT_EQ(subject_of(parse(authority.sign(tbs).value()).get()),
            "C = CH, O = Example, CN = Zo\u00eb Sample, serialNumber = 0000017");

  request.name = request.upn = "";
  const auto refused = authority.prepare(named, request, serial, noon);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, api::Reason::authorityRefused);
  EXPECT_THAT(refused.error().detail, HasSubstr("CN={name}: the request has no value for {name}"));

  const CertificatePtr pool = parse(workshop.issue("authentication", request));
  EXPECT_EQ(printed(pool.get(), NID_subject_alt_name), "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607");
}

TEST(certificate, is_refused_when_a_value_holds_a_control_character_or_does_not_fit) {
  const Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  const Profile& profile = *workshop.authority.profile("authentication");
  const auto serial = workshop.authority.reserve_serial().value();
  for (const std::string& bad :
       {std::string("a\nb"), std::string("a\0b", 3), std::string(65, 'x'), std::string("\xff")}) {
    Request request = make_request(key.get());
    request.number = bad;
    EXPECT_FALSE(workshop.authority.prepare(profile, request, serial, noon)) << bad.size();
  }
}

TEST(certificate, ends_with_whichever_ends_first) {
  const Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  const auto end_of = [&](api::WallTime card_end, api::WallTime now) {
    Request request = make_request(key.get());
    request.not_after = card_end;
    const Profile& profile = *workshop.authority.profile("authentication");
    const auto serial = workshop.authority.reserve_serial().value();
    const auto tbs = workshop.authority.prepare(profile, request, serial, now).value();
    EXPECT_THAT(workshop.authority.lint(tbs, profile, request, serial, now), SizeIs(0));
    std::tm parts{};
    ASN1_TIME_to_tm(X509_get0_notAfter(parse(workshop.authority.sign(tbs).value()).get()), &parts);
    return api::WallTime(std::chrono::seconds(timegm(&parts)));
  };
  const auto authority_end = noon + std::chrono::days(3650);
  EXPECT_EQ(end_of(noon + std::chrono::days(9), noon), noon + std::chrono::days(9));
  EXPECT_EQ(end_of(noon + std::chrono::days(4000), noon), noon + std::chrono::days(365));
  EXPECT_EQ(end_of(noon + std::chrono::days(4000), authority_end - 24h), authority_end);
  EXPECT_EQ(workshop.authority.not_after(), authority_end);

  Request ended = make_request(key.get());
  ended.not_after = noon;
  const auto serial = workshop.authority.reserve_serial().value();
  EXPECT_FALSE(workshop.authority.prepare(*workshop.authority.profile("signature"), ended, serial, noon));
}

TEST(certificate, is_written_with_a_long_year_from_2050) {
  Workshop workshop;
  workshop.config.profiles[0].validity = std::chrono::days(30 * 365);
  std::filesystem::remove(workshop.config.key);
  std::filesystem::remove(workshop.config.certificate);
  init_authority({workshop.config.key, workshop.config.certificate, {"CN=Old"}, std::chrono::days(40 * 365)},
                 noon);
  const Authority authority(workshop.config, noon);
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  Request request = make_request(key.get());
  request.not_after = noon + std::chrono::days(50 * 365);
  const auto serial = authority.reserve_serial().value();
  const Profile& profile = *authority.profile("authentication");
  const auto tbs = authority.prepare(profile, request, serial, noon).value();
  EXPECT_THAT(authority.lint(tbs, profile, request, serial, noon), SizeIs(0));
  const CertificatePtr certificate = parse(authority.sign(tbs).value());
  EXPECT_EQ(ASN1_STRING_type(X509_get0_notBefore(certificate.get())), V_ASN1_UTCTIME);
  EXPECT_EQ(ASN1_STRING_type(X509_get0_notAfter(certificate.get())), V_ASN1_GENERALIZEDTIME);
}

TEST(certificate, can_be_made_for_every_kind_of_key_by_every_kind_of_authority) {
  for (const auto own : {api::KeyAlgorithm::p256, api::KeyAlgorithm::p384, api::KeyAlgorithm::rsa2048}) {
    for (const auto subjects :
         {api::KeyAlgorithm::p256, api::KeyAlgorithm::p384, api::KeyAlgorithm::rsa2048}) {
      SCOPED_TRACE(std::string(api::name_of(own)) + " for " + std::string(api::name_of(subjects)));
      const Workshop workshop(own, subjects);
      const KeyPtr key = make_key(subjects);
      const CertificatePtr certificate = parse(workshop.issue("keyManagement", make_request(key.get())));
      const CertificatePtr authority = parse(workshop.authority.certificate());
      EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(authority.get())), 1);
      EXPECT_EQ(printed(certificate.get(), NID_key_usage),
                subjects == api::KeyAlgorithm::rsa2048 ? "Key Encipherment" : "Key Agreement");
    }
  }
}

TEST(certificate, made_again_from_the_stored_bytes_says_the_same) {
  const Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  const Request request = make_request(key.get());
  const auto serial = workshop.authority.reserve_serial().value();
  const Profile& profile = *workshop.authority.profile("signature");
  const auto tbs = workshop.authority.prepare(profile, request, serial, noon).value();
  const Authority restarted(workshop.config, noon + 1h);
  for (const auto* authority : std::initializer_list<const Authority*>{&workshop.authority, &restarted}) {
    const CertificatePtr certificate = parse(authority->sign(tbs).value());
    EXPECT_EQ(der_of(i2d_re_X509_tbs, certificate.get()), tbs);
    const ASN1_INTEGER* const number = X509_get0_serialNumber(certificate.get());
    EXPECT_EQ(api::to_hex({number->data, static_cast<std::size_t>(number->length)}), to_hex(serial));
  }
}

TEST(serial, has_the_station_first_and_136_random_bits) {
  const Workshop workshop;
  std::set<Serial> seen;
  std::array<unsigned, 136> ones{};
  constexpr unsigned rounds = 4000;
  for (unsigned i = 0; i < rounds; ++i) {
    const auto serial = workshop.authority.reserve_serial().value();
    EXPECT_EQ(serial[0], 7);
    seen.insert(serial);
    for (std::size_t bit = 0; bit < ones.size(); ++bit) ones[bit] += serial[1 + bit / 8] >> bit % 8 & 1;
  }
  EXPECT_EQ(seen.size(), rounds);
  // ten standard deviations (sqrt(4000)/2 = 32): once in 10^20 runs by chance
  for (const auto count : ones) EXPECT_NEAR(count, rounds / 2, 320);
}

TEST(serial, is_read_back_from_hexadecimal) {
  const Workshop workshop;
  const auto serial = workshop.authority.reserve_serial().value();
  EXPECT_EQ(serial_from_hex(to_hex(serial)), serial);
  EXPECT_EQ(serial_from_hex("07"), std::nullopt);
  EXPECT_EQ(serial_from_hex(std::string(36, 'x')), std::nullopt);
}

}  // namespace
}  // namespace authority::test
