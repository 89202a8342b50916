#include <unistd.h>

#include "tests/unit/config/written.hpp"

// What the configuration names: files with secrets, files to be made, the roles file.
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(configuration, takes_secrets_from_files_and_never_shows_them) {
  write("pin", "876543\n");
  write("key", std::string(32, 'a') + "\n");
  auto text = with("factory_pin = \"123456\"", "factory_pin = \"@pin\"\nfactory_algorithm = \"AES-128\"");
  text.replace(text.find("\"default\""), 9, "\"key\"");
  const auto loaded = load(text);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  EXPECT_EQ(api::text_of(loaded->card.factory_pin.reveal()), "876543");
  EXPECT_EQ(api::to_hex(loaded->card.factory_management_key.reveal()), std::string(32, 'a'));
  write("pin", "8765x3");
  write("key", "8765x3");
  const auto refused = load(text);
  ASSERT_FALSE(refused);
  for (const auto& problem : refused.error())
    EXPECT_THAT(problem.message(), testing::Not(HasSubstr("8765x3")));
}

TEST_F(configuration, takes_no_secrets_from_files_that_others_may_read) {
  auto text = with("factory_pin = \"123456\"", "factory_pin = \"@pin\"\nfactory_algorithm = \"AES-128\"");
  text.replace(text.find("\"default\""), 9, "\"key\"");
  write("pin", "876543\n");
  write("key", std::string(32, 'a') + "\n");
  ASSERT_TRUE(load(text));
  for (const auto* file : {"pin", "key"}) {
    set_mode(file, 0640);
    const auto loaded = load(text);
    ASSERT_FALSE(loaded) << file;
    EXPECT_THAT(loaded.error().front().message(), HasSubstr(std::string(file) + ": is open to others"));
    set_mode(file, 0600);
  }
}

// As openssl s_client -showcerts writes it, with the chain behind it.
TEST_F(configuration, takes_the_first_certificate_of_the_printer_s_file) {
  const auto text = with("folder = \"letters\"",
                         "printer = \"ipps://letters/print\"\nprinter_certificate = \"printer.pem\"");
  const auto alone = load(text);
  ASSERT_TRUE(alone) << alone.error().front().message();
  std::string pem(certificate);
  std::erase(pem, '\n');
  const std::string_view head = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  EXPECT_EQ(api::to_base64(alone->letters.printer_certificate),
            pem.substr(head.size(), pem.size() - head.size() - end.size()));
  write("printer.pem", "CONNECTED(00000003)\n 0 s:CN = letters.example.org\n" + std::string(certificate) +
                           " 1 s:CN = other\n" + std::string(head) + "\nAAAA\n" + std::string(end) + "\n");
  const auto chain = load(text);
  ASSERT_TRUE(chain) << chain.error().front().message();
  EXPECT_EQ(chain->letters.printer_certificate, alone->letters.printer_certificate);
}

TEST_F(configuration, lets_letters_go_in_clear_where_somebody_writes_that) {
  const auto loaded = load(with("folder = \"letters\"", "printer = \"ipp://letters/print\""));
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  EXPECT_THAT(loaded->letters.printer_certificate, testing::IsEmpty());
}

TEST_F(configuration, does_without_the_files_that_are_still_to_be_made) {
  for (const auto* file : {"ca.pem", "ca.key", "vault.key", "master.key"})
    std::filesystem::remove(directory / file);
  const auto refused = load(good);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().size(), 4u);
  for (const auto& problem : refused.error())
    EXPECT_THAT(problem.message(), HasSubstr("; run cardwrightd --init-authority, which makes it"));
  EXPECT_TRUE(config::load(directory / "station.toml", config::Files::toBeMade));
}

TEST_F(configuration, gives_root_every_role_when_there_is_no_roles_file) {
  const auto loaded = load(good);
  EXPECT_EQ(loaded->roles.size(), config::role_names.size());
  for (const auto& [role, members] : loaded->roles) {
    EXPECT_THAT(members.uids, ElementsAre(0u)) << role;
    EXPECT_THAT(members.gids, ElementsAre()) << role;
  }
}

TEST_F(configuration, reads_the_roles_file) {
  const auto text = with("[station]\n", "[station]\nroles = \"roles.toml\"\n");
  write("roles.toml", "[operator]\nuids = [1000, 4294967294]\ngids = [27]\n");
  const auto loaded = load(text);
  ASSERT_TRUE(loaded) << loaded.error().front().message();
  EXPECT_THAT(loaded->roles.at("operator").uids, ElementsAre(1000u, 4294967294u));
  EXPECT_THAT(loaded->roles.at("operator").gids, ElementsAre(27u));
  EXPECT_THAT(loaded->roles.at("administrator").uids, ElementsAre());
}

TEST_F(configuration, refuses_a_roles_file_that_others_may_write) {
  const auto text = with("[station]\n", "[station]\nroles = \"roles.toml\"\n");
  write("roles.toml", "[operator]\nuids = [1000]\n");
  const auto file = directory / "roles.toml";
  for (const mode_t mode : {0664, 0646}) {
    set_mode("roles.toml", mode);
    const auto loaded = load(text);
    ASSERT_FALSE(loaded);
    ASSERT_EQ(loaded.error().size(), 1u);
    EXPECT_EQ(loaded.error().front().message(), place(text, "roles =") + "roles: " + file.string() +
                                                    " can be written by others; close it: chmod go-w " +
                                                    file.string());
  }
  set_mode("roles.toml", 0644);
  EXPECT_TRUE(load(text));
  // Only root can give a file away.
  if (::geteuid() != 0 || ::chown(file.c_str(), 4242, 0) != 0) return;
  const auto loaded = load(text);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().message(), HasSubstr("belongs to another user; give it to root"));
}

TEST_F(configuration, refuses_what_is_wrong_with_the_roles) {
  const auto text = with("[station]\n", "[station]\nroles = \"roles.toml\"\n");
  write("roles.toml", "[operatr]\nuids = []\n[auditor]\nuids = [\"root\"]\ngids = [-1]\nids = []\n");
  const auto loaded = load(text);
  const auto& problems = loaded.error();
  ASSERT_EQ(problems.size(), 4u);
  const auto file = (directory / "roles.toml").string();
  EXPECT_EQ(problems[0].message(), file + ":1: unknown role \"operatr\"; did you mean \"operator\"?");
  EXPECT_THAT(problems[1].message(),
              StartsWith(file + ":4: uids has something that is no numeric id; write uids = [0, 1000"));
  EXPECT_THAT(problems[2].message(), StartsWith(file + ":5: gids has something"));
  EXPECT_EQ(problems[3].message(), file + ":6: unknown key \"ids\"; did you mean \"uids\"?");
}

}  // namespace
