#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/unit/authority/workshop.hpp"

namespace authority::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string complaint(const auto& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "(nothing)";
}

std::string complaint_of(const Config& config, api::WallTime now = noon) {
  return complaint([&] { const Authority authority(config, now); });
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 07777;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(init_authority, makes_a_key_for_its_owner_and_a_complete_certificate) {
  const Workshop workshop;
  EXPECT_EQ(mode_of(workshop.config.key), 0600U);
  EXPECT_EQ(mode_of(workshop.config.certificate), 0644U);
  const CertificatePtr certificate = parse(workshop.authority.certificate());
  EXPECT_EQ(X509_check_ca(certificate.get()), 1);
  EXPECT_EQ(X509_get_pathlen(certificate.get()), 0);
  EXPECT_EQ(X509_get_key_usage(certificate.get()),
            static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  EXPECT_NE(X509_get0_subject_key_id(certificate.get()), nullptr);
  EXPECT_EQ(X509_self_signed(certificate.get(), 1), 1);
  for (const int nid : {NID_basic_constraints, NID_key_usage}) {
    X509_EXTENSION* const it =
        X509_get_ext(certificate.get(), X509_get_ext_by_NID(certificate.get(), nid, -1));
    EXPECT_EQ(X509_EXTENSION_get_critical(it), 1);
  }
}

TEST(init_authority, never_overwrites) {
  const Workshop workshop;
  const std::string key = content_of(workshop.config.key);
  const NewAuthority again{workshop.config.key, workshop.config.certificate, {"CN=Again"}};
  EXPECT_THAT(complaint([&] { init_authority(again, noon); }),
              HasSubstr("ca.key: exists already; an authority is never overwritten"));
  fs::rename(workshop.config.key, workshop.folder / "away");
  EXPECT_THAT(complaint([&] { init_authority(again, noon); }), HasSubstr("ca.pem: exists already"));
  EXPECT_FALSE(fs::exists(workshop.config.key));
  EXPECT_EQ(content_of(workshop.folder / "away"), key);
}

TEST(init_authority, says_what_is_wrong_with_the_subject) {
  const Folder folder;
  for (const char* const subject : {"CN", "Nonsense=x", "C=Germany", "CN={number}"}) {
    const NewAuthority what{folder / "k", folder / "c", {subject}};
    EXPECT_THAT(complaint([&] { init_authority(what, noon); }), HasSubstr(std::string(subject) + ": "));
    EXPECT_TRUE(fs::is_empty(folder.path()));
  }
}

TEST(authority, does_not_start_with_the_key_of_another) {
  Workshop workshop;
  const Workshop other;
  workshop.config.key = other.config.key;
  EXPECT_THAT(complaint_of(workshop.config), HasSubstr("is not the key of the certificate"));
}

TEST(authority, does_not_start_before_or_after_its_time) {
  const Workshop workshop;
  EXPECT_THAT(complaint_of(workshop.config, noon - 2h), HasSubstr("begins only on 2026-03-01"));
  EXPECT_THAT(complaint_of(workshop.config, noon + std::chrono::days(3650)),
              HasSubstr("ended on 2036-02-27"));
}

TEST(authority, does_not_start_with_a_certificate_of_a_card) {
  Workshop workshop;
  const KeyPtr key = make_key(api::KeyAlgorithm::p256);
  const auto der = workshop.issue("signature", make_request(key.get()));
  std::ofstream(workshop.config.certificate) << to_pem("CERTIFICATE", der);
  EXPECT_THAT(complaint_of(workshop.config), HasSubstr("is not the certificate of an authority"));
}

TEST(authority, does_not_start_with_a_key_that_others_may_read) {
  const Workshop workshop;
  ::chmod(workshop.config.key.c_str(), 0640);
  EXPECT_THAT(complaint_of(workshop.config), HasSubstr("is open to others"));
}

TEST(authority, does_not_start_without_sound_files) {
  const Workshop workshop;
  Config config = workshop.config;
  config.key = workshop.folder / "none";
  EXPECT_THAT(complaint_of(config), HasSubstr("none: No such file"));
  config = workshop.config;
  config.certificate = workshop.folder / "none";
  EXPECT_THAT(complaint_of(config), HasSubstr("none: cannot be read"));
  config.certificate = workshop.config.key;
  EXPECT_THAT(complaint_of(config), HasSubstr("is not a certificate in PEM"));
  config = workshop.config;
  config.key = workshop.folder / "key";
  std::ofstream(config.key) << "nonsense";
  ::chmod(config.key.c_str(), 0600);
  EXPECT_THAT(complaint_of(config), HasSubstr("is not a private key in PEM"));
  config = workshop.config;
  config.station = 128;
  EXPECT_THAT(complaint_of(config), HasSubstr("must be 1 to 127, not 128"));
}

TEST(authority, does_not_start_with_a_profile_that_is_wrong) {
  struct Row {
    void (*spoil)(Profile&);
    const char* says;
  };
  const Row rows[] = {
      {[](Profile& it) { it.crl_url.clear(); }, "crl_url must say"},
      {[](Profile& it) { it.crl_url = "no url"; }, "\"no url\" is no URL"},
      {[](Profile& it) { it.policies = {"policy"}; }, "\"policy\" is no object identifier"},
      {[](Profile& it) { it.extended_key_usage = {"1.x"}; }, "\"1.x\" is no object identifier"},
      {[](Profile& it) { it.key_usage.clear(); }, "key_usage must not be empty"},
      {[](Profile& it) { it.subject = {"CN={nummer}"}; }, "{nummer} is no placeholder; there are {number}"},
      {[](Profile& it) { it.subject = {"CN={number"}; }, "a { is never closed"},
      {[](Profile& it) { it.subject.clear(); }, "a subject needs an entry"},
      {[](Profile& it) { it.alternative_names = {"DNS=x"}; }, "DNS is no kind of alternative name"},
      {[](Profile& it) { it.alternative_names = {"email=\xc3\xab"}; }, "holds more than ASCII"},
      {[](Profile& it) { it.validity = std::chrono::days(0); }, "validity must be at least one day"},
      {[](Profile& it) { it.name = "signature"; }, "two certificate profiles are called signature"},
  };
  const Workshop workshop;
  for (const auto& row : rows) {
    Config config = workshop.config;
    row.spoil(config.profiles[0]);
    EXPECT_THAT(complaint_of(config), HasSubstr(row.says));
  }
}

TEST(authority, knows_its_profiles_by_name) {
  const Workshop workshop;
  EXPECT_EQ(workshop.authority.profile("keyManagement")->purpose, api::KeyPurpose::keyManagement);
  EXPECT_EQ(workshop.authority.profile("nothing"), nullptr);
}

}  // namespace
}  // namespace authority::test
