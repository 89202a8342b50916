#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/unit/bureau/pems.hpp"

namespace bureau {
namespace {

using test::noon;
using testing::ElementsAre;
using testing::HasSubstr;

struct outbox : testing::Test {
  outbox() {
    std::filesystem::create_directory(folder / "outbox");
    test::write_pair(folder, "bureau", test::ec_key());
    test::write_pair(folder, "station", test::ec_key());
  }
  // What a start says; empty: it goes.
  std::string start() const {
    try {
      const Outbox made(settings);
      return {};
    } catch (const std::runtime_error& refused) {
      return refused.what();
    }
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(settings.outbox))
      all.push_back(entry.path().filename());
    return all;
  }
  std::string content(const std::string& name) const {
    std::ifstream file(settings.outbox / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fakes::TemporaryFolder folder;
  const Settings settings = test::settings_in(folder);
};

TEST_F(outbox, has_one_file_for_an_order_that_is_for_the_daemon_alone) {
  const Outbox made(settings);
  ASSERT_TRUE(made.write(test::two_cards(), noon));
  EXPECT_THAT(files(), ElementsAre("O5.p7m"));
  struct stat status {};
  ASSERT_EQ(::stat((settings.outbox / "O5.p7m").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(outbox, has_what_the_bureau_reads_as_it_was_written) {
  ASSERT_TRUE(Outbox(settings).write(test::two_cards(), noon));
  EXPECT_EQ(test::opened(folder, "outbox/O5.p7m"), to_json(test::two_cards()));
}

TEST_F(outbox, shows_nothing_of_the_order_to_who_has_no_key) {
  ASSERT_TRUE(Outbox(settings).write(test::two_cards(), noon));
  const auto sealed = content("O5.p7m");
  for (const auto* text : {"O5", "temporary", "T0000017", "Zo"})
    EXPECT_EQ(sealed.find(text), std::string::npos) << text;
}

TEST_F(outbox, replaces_what_an_earlier_try_left) {
  const Outbox made(settings);
  ASSERT_TRUE(made.write(test::two_cards(), noon));
  const auto before = content("O5.p7m");
  ASSERT_TRUE(made.write(test::two_cards(), noon));
  EXPECT_NE(content("O5.p7m"), before) << "a key of its own each time";
  EXPECT_THAT(files(), ElementsAre("O5.p7m"));
}

TEST_F(outbox, says_that_its_folder_is_not_there_and_writes_when_it_is) {
  const Outbox made(settings);
  std::filesystem::remove(settings.outbox);
  const auto written = made.write(test::two_cards(), noon);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error(), HasSubstr(settings.outbox.string()));
  std::filesystem::create_directory(settings.outbox);
  EXPECT_TRUE(made.write(test::two_cards(), noon));
}

// A limit on the size of files stands for the disk that is full in the middle of one.
TEST_F(outbox, has_no_half_file_when_the_disk_is_full) {
  const Outbox made(settings);
  ASSERT_TRUE(made.write(test::two_cards(), noon));
  const auto before = content("O5.p7m");
  auto larger = test::two_cards();
  for (int i = 0; i < 1000; ++i) larger.cards.push_back({"C1", "T00000013", {{"name", "somebody"}}});
  const auto on_excess = std::signal(SIGXFSZ, SIG_IGN);
  rlimit normal{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &normal), 0);
  const rlimit small{4096, normal.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = made.write(larger, noon);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &normal), 0);
  std::signal(SIGXFSZ, on_excess);
  EXPECT_FALSE(written);
  EXPECT_THAT(files(), ElementsAre("O5.p7m"));
  EXPECT_EQ(content("O5.p7m"), before);
  EXPECT_TRUE(made.write(larger, noon));
}

TEST_F(outbox, writes_nothing_with_a_certificate_that_is_not_valid_now) {
  for (const auto* name : {"bureau", "station"}) {
    const auto key = test::ec_key();
    for (const auto& [from, until] : {std::pair{noon + std::chrono::hours(1), noon + std::chrono::hours(2)},
                                      {noon - std::chrono::hours(2), noon - std::chrono::hours(1)}}) {
      test::write_pair(folder, name, key, nullptr, from, until);
      const auto written = Outbox(settings).write(test::two_cards(), noon);
      ASSERT_FALSE(written) << name;
      EXPECT_EQ(written.error(),
                (folder / (std::string(name) + ".pem")).string() + ": the certificate is not valid now");
      EXPECT_THAT(files(), ElementsAre());
    }
    test::write_pair(folder, name, key);
  }
}

TEST_F(outbox, refuses_keys_and_certificates_that_do_not_fit) {
  EXPECT_EQ(start(), "");
  const auto refused = [this](std::string_view file, std::string_view text) {
    EXPECT_THAT(start(), HasSubstr((folder / file).string() + ": " + std::string(text)));
    test::write_pair(folder, "bureau", test::ec_key());
    test::write_pair(folder, "station", test::ec_key());
    EXPECT_EQ(start(), "");
  };
  test::write_pair(folder, "bureau", test::rsa_key(1024));
  refused("bureau.pem", "is not for a key on a curve of NIST, or RSA from 2048 bits");
  test::write_pair(folder, "bureau", test::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")));
  refused("bureau.pem", "is not for a key on a curve");
  test::write_pair(folder, "bureau", test::ec_key(), "digitalSignature");
  refused("bureau.pem", "does not allow what it is used for here (keyUsage)");
  test::write_pair(folder, "station", test::ec_key(), "keyAgreement");
  refused("station.pem", "does not allow what it is used for here (keyUsage)");
  std::filesystem::copy_file(folder / "bureau.pem", folder / "station.pem",
                             std::filesystem::copy_options::overwrite_existing);
  refused("station.key", "is not the key of the certificate ");
  std::ofstream(folder / "bureau.pem") << "nothing";
  refused("bureau.pem", "is not a certificate in PEM");
  std::ofstream(folder / "station.key") << "nothing";
  refused("station.key", "is not a private key in PEM without a pass phrase");
  std::filesystem::permissions(folder / "station.key", std::filesystem::perms(0644));
  refused("station.key", "is open to others");
  std::filesystem::remove(folder / "station.pem");
  refused("station.pem", "cannot be read");
}

}  // namespace
}  // namespace bureau
