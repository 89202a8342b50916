#include <gmock/gmock.h>
#include <openssl/conf.h>
#include <openssl/objects.h>

#include "tests/unit/authority/workshop.hpp"

namespace authority::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

struct Mutation {
  const char* name;
  Check check;
  void (*mutate)(X509*);
};

void replace_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)));
  const std::unique_ptr<CONF, Freed<NCONF_free>> empty(
      NCONF_new(nullptr));  // policies want one, though unused
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509V3_set_nconf(&context, empty.get());
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void drop_extension(X509* certificate, int nid) {
  X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)));
}

void make_critical(X509* certificate, int nid, int critical) {
  X509_EXTENSION_set_critical(X509_get_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)), critical);
}

void set_time(ASN1_TIME* time, api::WallTime when) {
  ASN1_TIME_adj(time, std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count(), 0,
                0);
}

void add_name(X509_NAME* name, const char* type, const char* value) {
  X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value), -1, -1,
                             0);
}

const Mutation mutations[] = {
    {"version_2", Check::version, [](X509* it) { X509_set_version(it, 1); }},
    {"another_serial", Check::serial, [](X509* it) { X509_get_serialNumber(it)->data[5] ^= 1; }},
    {"negative_serial", Check::serial,
     [](X509* it) { X509_get_serialNumber(it)->type = V_ASN1_NEG_INTEGER; }},
    {"short_serial", Check::serial, [](X509* it) { ASN1_INTEGER_set(X509_get_serialNumber(it), 7); }},
    {"other_digest", Check::signatureAlgorithm,
     [](X509* it) {
       auto* const algorithm = const_cast<X509_ALGOR*>(X509_get0_tbs_sigalg(it));
       X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA1), V_ASN1_UNDEF, nullptr);
     }},
    {"parameters_for_ecdsa", Check::signatureAlgorithm,
     [](X509* it) {
       auto* const algorithm = const_cast<X509_ALGOR*>(X509_get0_tbs_sigalg(it));
       X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_NULL, nullptr);
     }},
    {"another_issuer", Check::issuer, [](X509* it) { X509_set_issuer_name(it, X509_get_subject_name(it)); }},
    {"ends_after_the_card", Check::validity,
     [](X509* it) { set_time(X509_getm_notAfter(it), noon + std::chrono::days(401)); }},
    {"longer_than_the_profile", Check::validity,
     [](X509* it) { set_time(X509_getm_notAfter(it), noon + std::chrono::days(366)); }},
    {"begins_before_the_authority", Check::validity,
     [](X509* it) { set_time(X509_getm_notBefore(it), noon - 61min); }},
    {"begins_later", Check::validity, [](X509* it) { set_time(X509_getm_notBefore(it), noon + 1min); }},
    {"ended", Check::validity, [](X509* it) { set_time(X509_getm_notAfter(it), noon); }},
    {"long_year_too_early", Check::validity,
     [](X509* it) { ASN1_TIME_set_string(X509_getm_notAfter(it), "20260401120000Z"); }},
    {"another_subject", Check::subject, [](X509* it) { add_name(X509_get_subject_name(it), "OU", "Extra"); }},
    {"empty_subject", Check::subject,
     [](X509* it) {
       X509_NAME* const empty = X509_NAME_new();
       X509_set_subject_name(it, empty);
       X509_NAME_free(empty);
     }},
    {"another_key", Check::publicKey,
     [](X509* it) { X509_set_pubkey(it, make_key(api::KeyAlgorithm::p256).get()); }},
    {"key_of_another_kind", Check::publicKey,
     [](X509* it) { X509_set_pubkey(it, make_key(api::KeyAlgorithm::p384).get()); }},
    {"another_key_with_the_old_identifier", Check::subjectKeyIdentifier,
     [](X509* it) { X509_set_pubkey(it, make_key(api::KeyAlgorithm::p256).get()); }},
    {"without_policies", Check::extensions, [](X509* it) { drop_extension(it, NID_certificate_policies); }},
    {"without_key_usage", Check::extensions, [](X509* it) { drop_extension(it, NID_key_usage); }},
    {"without_alternative_name", Check::extensions,
     [](X509* it) { drop_extension(it, NID_subject_alt_name); }},
    {"one_more_extension", Check::extensions,
     [](X509* it) { replace_extension(it, NID_netscape_comment, "hello"); }},
    {"the_same_twice", Check::extensions,
     [](X509* it) { X509_add_ext(it, X509_get_ext(it, X509_get_ext_by_NID(it, NID_key_usage, -1)), -1); }},
    {"key_usage_not_critical", Check::criticality, [](X509* it) { make_critical(it, NID_key_usage, 0); }},
    {"constraints_not_critical", Check::criticality,
     [](X509* it) { make_critical(it, NID_basic_constraints, 0); }},
    {"alternative_name_critical", Check::criticality,
     [](X509* it) { make_critical(it, NID_subject_alt_name, 1); }},
    {"an_authority", Check::basicConstraints,
     [](X509* it) { replace_extension(it, NID_basic_constraints, "critical,CA:TRUE"); }},
    {"signs_certificates", Check::keyUsage,
     [](X509* it) { replace_extension(it, NID_key_usage, "critical,digitalSignature,keyCertSign"); }},
    {"signs_nothing", Check::keyUsage,
     [](X509* it) { replace_extension(it, NID_key_usage, "critical,keyEncipherment"); }},
    {"any_extended_usage", Check::extendedKeyUsage,
     [](X509* it) { replace_extension(it, NID_ext_key_usage, "anyExtendedKeyUsage"); }},
    {"fewer_extended_usages", Check::extendedKeyUsage,
     [](X509* it) { replace_extension(it, NID_ext_key_usage, "clientAuth"); }},
    {"another_policy", Check::policies,
     [](X509* it) { replace_extension(it, NID_certificate_policies, "1.2.3.4"); }},
    {"another_holder", Check::alternativeName,
     [](X509* it) {
       replace_extension(it, NID_subject_alt_name,
                         "URI:urn:uuid:01234567-89ab-4cde-8f01-020304050607,"
                         "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:root@corp.example.org");
     }},
    {"another_chip", Check::alternativeName,
     [](X509* it) {
       replace_extension(it, NID_subject_alt_name,
                         "URI:urn:uuid:ffffffff-89ab-4cde-8f01-020304050607,"
                         "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:zoe@corp.example.org");
     }},
    {"another_key_identifier", Check::subjectKeyIdentifier,
     [](X509* it) {
       replace_extension(it, NID_subject_key_identifier, "0102030405060708090a0b0c0d0e0f1011121314");
     }},
    {"another_authority", Check::authorityKeyIdentifier,
     [](X509* it) { replace_extension(it, NID_authority_key_identifier, "keyid:always"); }},
    {"another_list", Check::distributionPoint,
     [](X509* it) { replace_extension(it, NID_crl_distribution_points, "URI:http://evil.example/x.crl"); }},
    {"two_lists", Check::distributionPoint,
     [](X509* it) {
       replace_extension(it, NID_crl_distribution_points,
                         "URI:http://crl.example.org/station.crl,URI:http://evil.example/x.crl");
     }},
    {"information_not_asked_for", Check::authorityInformation,
     [](X509* it) { replace_extension(it, NID_info_access, "caIssuers;URI:http://evil.example/ca.crt"); }},
};

class lint : public testing::Test {
 protected:
  Workshop workshop;
  KeyPtr key = make_key(api::KeyAlgorithm::p256);
  Request request = make_request(key.get());
  Serial serial = workshop.authority.reserve_serial().value();
  const Profile& profile = *workshop.authority.profile("authentication");
  api::Bytes tbs = workshop.authority.prepare(profile, request, serial, noon).value();

  std::vector<Finding> findings(api::BytesView bytes) const {
    return workshop.authority.lint(bytes, profile, request, serial, noon);
  }
};

TEST_F(lint, has_nothing_to_say_about_what_was_prepared) {
  EXPECT_THAT(findings(tbs), SizeIs(0));
  EXPECT_TRUE(verdict({}));
}

TEST_F(lint, names_every_kind_of_fault) {
  const auto der = workshop.authority.sign(tbs).value();
  for (const auto& mutation : mutations) {
    SCOPED_TRACE(mutation.name);
    const CertificatePtr certificate = parse(der);
    mutation.mutate(certificate.get());
    const auto found = findings(der_of(i2d_re_X509_tbs, certificate.get()));
    EXPECT_THAT(found, Contains(Field(&Finding::check, mutation.check)));
    const auto judged = verdict(found);
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().reason, api::Reason::authorityRefused);
    EXPECT_THAT(judged.error().detail, HasSubstr(std::string(api::name_of(mutation.check)) + ": "));
  }
}

TEST_F(lint, notices_any_single_changed_byte) {
  for (std::size_t at = 0; at < tbs.size(); ++at) {
    api::Bytes changed = tbs;
    changed[at] ^= 0x01;
    // the times may move by a second without being wrong; everything else is fixed by the request
    const auto found = findings(changed);
    const auto text = api::text_of(api::BytesView(tbs).subspan(0, at + 1));
    const bool in_time = at >= text.rfind("\x17\x0d") && at - text.rfind("\x17\x0d") < 15;
    if (!in_time) {
      EXPECT_THAT(found, testing::Not(SizeIs(0))) << at;
    }
  }
}

TEST_F(lint, refuses_what_is_not_one_body_in_der) {
  api::Bytes longer = tbs;
  longer.push_back(0);
  api::Bytes loose = tbs;  // the same length in one byte more than needed: BER, not DER
  ASSERT_EQ(loose[1], 0x82);
  loose[1] = 0x83;
  loose.insert(loose.begin() + 2, 0x00);
  for (const api::BytesView bad : {api::BytesView(longer), api::BytesView(loose),
                                   api::BytesView(tbs).first(tbs.size() - 1), api::BytesView(tbs).first(0)})
    EXPECT_THAT(findings(bad), Each(Field(&Finding::check, Check::structure)));
}

TEST_F(lint, refuses_points_off_the_curve_and_other_forms_of_a_key) {
  const auto refused = [&](const api::Bytes& spki) {
    Request bad = request;
    bad.subject_public_key_info = spki;
    const auto body = workshop.authority.prepare(profile, bad, serial, noon);
    if (!body) return body.error().reason == api::Reason::authorityRefused;
    const auto found = workshop.authority.lint(*body, profile, bad, serial, noon);
    return !found.empty() && found[0].check == Check::publicKey;
  };
  api::Bytes off_curve = request.subject_public_key_info;
  off_curve.back() ^= 1;
  EXPECT_TRUE(refused(off_curve));
  api::Bytes too_large = request.subject_public_key_info;
  std::fill(too_large.end() - 64, too_large.end(), 0xff);
  EXPECT_TRUE(refused(too_large));
  api::Bytes compressed = request.subject_public_key_info;
  compressed[26] = 0x02;
  EXPECT_TRUE(refused(compressed));
  EXPECT_TRUE(refused(spki_of(make_key(api::KeyAlgorithm::p384).get())));
  EXPECT_TRUE(refused({}));
}

TEST(lint_of_rsa, refuses_a_modulus_that_is_none_and_another_exponent) {
  const Workshop workshop(api::KeyAlgorithm::p256, api::KeyAlgorithm::rsa2048);
  const KeyPtr key = make_key(api::KeyAlgorithm::rsa2048);
  const Profile& profile = *workshop.authority.profile("signature");
  const auto serial = workshop.authority.reserve_serial().value();
  const auto findings = [&](const Request& request) -> std::vector<Finding> {
    const auto tbs = workshop.authority.prepare(profile, request, serial, noon);
    if (!tbs) return {{Check::publicKey, tbs.error().detail}};
    return workshop.authority.lint(*tbs, profile, request, serial, noon);
  };
  const Request good = make_request(key.get());
  EXPECT_THAT(findings(good), SizeIs(0));
  Request even = good;  // the last byte of the modulus stands before 02 03 01 00 01
  even.subject_public_key_info[even.subject_public_key_info.size() - 6] &= 0xfe;
  EXPECT_THAT(findings(even), Contains(Field(&Finding::check, Check::publicKey)));
  Request three = good;
  three.subject_public_key_info.back() = 3;
  EXPECT_THAT(findings(three), Contains(Field(&Finding::check, Check::publicKey)));
}

TEST_F(lint, says_so_when_the_chip_could_not_hold_the_certificate) {
  workshop.config.profiles[0].crl_url += std::string(1500, 'x');
  const Authority authority(workshop.config, noon);
  const Profile& large = *authority.profile("authentication");
  const auto body = authority.prepare(large, request, serial, noon).value();
  const auto judged = verdict(authority.lint(body, large, request, serial, noon));
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().reason, api::Reason::certificateTooLarge);
}

TEST_F(lint, takes_the_address_of_the_issuer_where_the_profile_gives_one) {
  workshop.config.profiles[0].issuer_url = "http://ca.example.org/ca.crt";
  const Authority authority(workshop.config, noon);
  const Profile& linked = *authority.profile("authentication");
  const auto body = authority.prepare(linked, request, serial, noon).value();
  EXPECT_THAT(authority.lint(body, linked, request, serial, noon), SizeIs(0));
  EXPECT_THAT(authority.lint(tbs, linked, request, serial, noon),
              Contains(Field(&Finding::check, Check::authorityInformation)));
}

}  // namespace
}  // namespace authority::test
