#include <gmock/gmock.h>

#include <fstream>

#include "tests/integration/trust/openssl.hpp"
#include "tests/unit/bureau/pems.hpp"

// What docs/bureau.md tells a bureau to do, with the openssl program.
namespace bureau {
namespace {

using trust::openssl;

struct bureau_of_rsa_and_ec : testing::TestWithParam<bool> {
  bureau_of_rsa_and_ec() {
    std::filesystem::create_directory(folder / "outbox");
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    for (const auto* name : {"bureau", "station", "stranger"})
      test::write_pair(folder, name, GetParam() ? test::rsa_key() : test::ec_key(), nullptr,
                       now - std::chrono::hours(1), now + std::chrono::hours(1));
    const auto written = Outbox(test::settings_in(folder)).write(test::two_cards(), now);
    EXPECT_TRUE(written) << written.error();
  }

  trust::Verdict decrypt(const std::string& who = "bureau") const {
    return openssl("cms -decrypt -binary -inform DER -in " + path("outbox/O5.p7m") + " -recip " +
                   path(who + ".pem") + " -inkey " + path(who + ".key") + " -out " + path("job.p7s"));
  }
  trust::Verdict verify(const std::string& who = "station") const {
    return openssl("cms -verify -binary -inform DER -in " + path("job.p7s") + " -CAfile " +
                   path(who + ".pem") + " -partial_chain -purpose any -out " + path("job.json"));
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string read(const std::string& name) const {
    std::ifstream file(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }

  fakes::TemporaryFolder folder;
};
INSTANTIATE_TEST_SUITE_P(keys, bureau_of_rsa_and_ec, testing::Bool(),
                         [](const auto& is_rsa) { return is_rsa.param ? "rsa" : "ec"; });

TEST_P(bureau_of_rsa_and_ec, opens_and_verifies_a_job_file) {
  const auto decrypted = decrypt();
  ASSERT_TRUE(decrypted.good) << decrypted.text;
  const auto verified = verify();
  ASSERT_TRUE(verified.good) << verified.text;
  EXPECT_EQ(read("job.json"), to_json(test::two_cards()));
}

TEST_P(bureau_of_rsa_and_ec, is_the_only_one_that_can) {
  EXPECT_FALSE(decrypt("stranger").good);
}

TEST_P(bureau_of_rsa_and_ec, knows_another_signer) {
  ASSERT_TRUE(decrypt().good);
  EXPECT_FALSE(verify("stranger").good);
}

TEST_P(bureau_of_rsa_and_ec, notices_every_change_of_what_is_encrypted) {
  const auto sealed = read("outbox/O5.p7m");
  for (const auto back : {1U, 17U, 100U, 400U}) {
    auto changed = sealed;
    changed[changed.size() - back] ^= 1;
    write("outbox/O5.p7m", changed);
    EXPECT_FALSE(decrypt().good) << back;
  }
  write("outbox/O5.p7m", sealed.substr(0, sealed.size() - 1));
  EXPECT_FALSE(decrypt().good);
}

TEST_P(bureau_of_rsa_and_ec, notices_a_change_of_what_is_signed) {
  ASSERT_TRUE(decrypt().good);
  auto job = read("job.p7s");
  job[job.find("T00000170") + 8] = '1';
  write("job.p7s", job);
  EXPECT_FALSE(verify().good);
}

TEST_P(bureau_of_rsa_and_ec, gets_what_is_documented_and_no_older_algorithm) {
  const auto outer = openssl("cms -cmsout -print -inform DER -in " + path("outbox/O5.p7m"));
  EXPECT_THAT(outer.text, testing::HasSubstr("id-smime-ct-authEnvelopedData"));
  EXPECT_THAT(outer.text, testing::HasSubstr("aes-256-gcm"));
  EXPECT_THAT(outer.text,
              testing::HasSubstr(GetParam() ? "rsaesOaep" : "dhSinglePass-stdDH-sha256kdf-scheme"));
  EXPECT_THAT(outer.text, testing::Not(testing::ContainsRegex("algorithm: sha1")));
}

}  // namespace
}  // namespace bureau
