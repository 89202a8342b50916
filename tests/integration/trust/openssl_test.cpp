#include <gmock/gmock.h>

#include <fstream>

#include "tests/integration/trust/openssl.hpp"
#include "tests/unit/authority/workshop.hpp"

// The `openssl` command judges what the authority makes: another program, in another process.
namespace authority::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using trust::openssl;
using trust::Verdict;

class openssl_command : public testing::TestWithParam<api::KeyAlgorithm> {
 protected:
  Workshop workshop{GetParam(), GetParam()};
  KeyPtr key = make_key(GetParam());

  std::string file(std::string_view name) const { return (workshop.folder / name).string(); }
  void put(std::string_view name, const std::string& pem) const { std::ofstream(file(name)) << pem; }
  void put_certificate(std::string_view profile) const {
    put(profile, to_pem("CERTIFICATE", workshop.issue(profile, make_request(key.get()))));
  }
  Verdict verify(std::string_view profile, const std::string& options) const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(noon.time_since_epoch()).count();
    return openssl("verify -x509_strict -check_ss_sig -attime " + std::to_string(now) + " -CAfile " +
                   workshop.config.certificate.string() + " " + options + " " + file(profile));
  }
};

TEST_P(openssl_command, verifies_every_certificate_strictly_and_for_its_purpose) {
  struct Row {
    const char* profile;
    const char* purpose;
  };
  for (const auto& row : {Row{"authentication", "-purpose sslclient"}, Row{"signature", "-purpose smimesign"},
                          Row{"keyManagement", "-purpose smimeencrypt"}, Row{"cardAuthentication", ""}}) {
    // RSA decrypts mail keys; with elliptic curves they are agreed on, which this purpose does not know
    const bool agreement =
        GetParam() != api::KeyAlgorithm::rsa2048 && std::string_view(row.profile) == "keyManagement";
    put_certificate(row.profile);
    const auto verdict = verify(row.profile, agreement ? "" : row.purpose);
    EXPECT_TRUE(verdict.good) << verdict.text;
  }
}

TEST_P(openssl_command, refuses_a_purpose_that_a_certificate_is_not_for) {
  put_certificate("cardAuthentication");
  EXPECT_FALSE(verify("cardAuthentication", "-purpose smimesign").good);
}

TEST_P(openssl_command, shows_what_the_profile_says) {
  put_certificate("signature");
  const auto verdict = openssl("x509 -noout -text -in " + file("signature"));
  ASSERT_TRUE(verdict.good) << verdict.text;
  EXPECT_THAT(
      verdict.text,
      AllOf(HasSubstr("Version: 3 (0x2)"), HasSubstr("Issuer: O = Test, CN = Test CA"),
            HasSubstr("Not Before: Mar  1 11:00:00 2026 GMT"),
            HasSubstr("Not After : Mar  1 12:00:00 2027 GMT"),
            HasSubstr("Subject: O = Cardwright, CN = 0000017"),
            HasSubstr("X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n"),
            HasSubstr("X509v3 Basic Constraints: critical\n                CA:FALSE\n"),
            HasSubstr("email:zoe@example.org")));
}

TEST_P(openssl_command, sees_a_hold_on_the_list_and_its_release) {
  put_certificate("signature");
  const CertificatePtr certificate = parse(workshop.issue("authentication", make_request(key.get())));
  const ASN1_INTEGER* const number = X509_get0_serialNumber(certificate.get());
  Revocation hold{{}, noon, RevocationReason::certificateHold};
  std::copy(number->data, number->data + number->length, hold.serial.begin());
  put("held", to_pem("CERTIFICATE", der_of(i2d_X509, certificate.get())));

  put("crl.pem", to_pem("X509 CRL", workshop.authority.make_crl({&hold, 1}, 1, noon, noon + 24h).value()));
  const auto list =
      openssl("crl -noout -text -in " + file("crl.pem") + " -CAfile " + workshop.config.certificate.string());
  EXPECT_TRUE(list.good);
  EXPECT_THAT(list.text,
              AllOf(HasSubstr("verify OK"), HasSubstr("Certificate Hold"), HasSubstr("X509v3 CRL Number")));
  const auto held = verify("held", "-crl_check -CRLfile " + file("crl.pem"));
  EXPECT_FALSE(held.good);
  EXPECT_THAT(held.text, HasSubstr("certificate revoked"));
  EXPECT_TRUE(verify("signature", "-crl_check -CRLfile " + file("crl.pem")).good);

  put("crl.pem", to_pem("X509 CRL", workshop.authority.make_crl({}, 2, noon, noon + 24h).value()));
  const auto released = verify("held", "-crl_check -CRLfile " + file("crl.pem"));
  EXPECT_TRUE(released.good) << released.text;
}

INSTANTIATE_TEST_SUITE_P(with, openssl_command,
                         testing::Values(api::KeyAlgorithm::p256, api::KeyAlgorithm::p384,
                                         api::KeyAlgorithm::rsa2048),
                         [](const auto& tested) {
                           switch (tested.param) {
                             case api::KeyAlgorithm::p256: return "p256";
                             case api::KeyAlgorithm::p384: return "p384";
                             case api::KeyAlgorithm::rsa2048: return "rsa2048";
                           }
                           return "";
                         });

}  // namespace
}  // namespace authority::test
