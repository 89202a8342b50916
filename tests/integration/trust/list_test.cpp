#include <fmt/format.h>

#include <fstream>
#include <regex>

#include "tests/integration/trust/openssl.hpp"
#include "tests/simulation/life.hpp"

// What the `openssl` command says of the certificates of a whole station, by the list that it publishes.
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class openssl_command : public testing::Test {
 protected:
  openssl_command() {
    std::ofstream(file("ca.pem")) << authority::to_pem("CERTIFICATE", site.trust->authority.certificate());
    start();
  }

  // The daemon starts, for the first time or after it was killed.
  void start() {
    life.reset();
    life = std::make_unique<simulation::Life>(site, [](const core::Change&) {});
    life->settle();
  }
  core::Done done(core::Command command) {
    auto done = std::get<core::Done>(life->ask(std::move(command)));
    life->settle();
    return done;
  }
  core::BatchId make(std::int64_t amount) {
    core::IssueCards issue;
    issue.cards = done(core::RequestCards{amount, {}, {}, {}, {}}).cards;
    return done(issue).batch.value();
  }
  // Whether or not anything comes to rest.
  void wait_some_minutes() {
    for (int moment = 0; moment < 100; ++moment) {
      while (life->step()) {
      }
      life->tick();
      site.pass(runtime::probe_interval);
    }
  }
  std::string file(std::string_view name) const { return (site.folder() / name).string(); }

  std::string list(const std::string& options) const {
    return trust::openssl("crl -noout -in " + site.crl().string() + " -CAfile " + file("ca.pem") + options)
        .text;
  }
  std::int64_t number() const {
    const auto text = list(" -crlnumber");
    std::smatch found;
    return std::regex_search(text, found, std::regex("crlNumber=(?:0x)?([0-9A-F]+)"))
               ? std::stoll(found[1], nullptr, 16)
               : -1;
  }
  // A verdict on each certificate of an attempt of the card: "OK", or what is wrong.
  std::vector<std::string> verdicts(std::int64_t card, std::size_t attempt = 0) {
    const auto now = std::chrono::floor<std::chrono::seconds>(site.clock.wall()).time_since_epoch().count();
    std::vector<std::string> all;
    for (const auto& one : life->store().certificates(life->store().attempts({card}).at(attempt).id)) {
      std::ofstream(file("one.pem")) << authority::to_pem("CERTIFICATE", one.der);
      all.push_back(trust::openssl(fmt::format("verify -crl_check -attime {} -CAfile {} -CRLfile {} {}", now,
                                               file("ca.pem"), site.crl().string(), file("one.pem")))
                        .text);
    }
    return all;
  }

  simulation::Site site{{}};
  std::unique_ptr<simulation::Life> life;
};

const auto good = AllOf(SizeIs(4), Each(HasSubstr("one.pem: OK")));
const auto revoked = AllOf(SizeIs(4), Each(HasSubstr("certificate revoked")));

TEST_F(openssl_command, trusts_a_card_only_when_it_is_confirmed) {
  const auto batch = make(2);
  for (const auto card : {1, 2}) EXPECT_THAT(verdicts(card), revoked);
  EXPECT_THAT(list(" -text"), AllOf(HasSubstr("verify OK"), HasSubstr("Certificate Hold")));
  done(core::CompleteBatch{batch});
  for (const auto card : {1, 2}) EXPECT_THAT(verdicts(card), good);
  EXPECT_THAT(list(" -text"), AllOf(HasSubstr("verify OK"), HasSubstr("No Revoked Certificates")));
}

TEST_F(openssl_command, never_again_trusts_a_card_that_was_condemned) {
  const auto batch = make(2);
  done(core::RepeatProduction{batch, {{1}}, api::Reason::misprinted});
  EXPECT_THAT(list(" -text"), AllOf(HasSubstr("Superseded"), Not(HasSubstr("Key Compromise"))));
  done(core::RepeatProduction{batch, {{2}}, api::Reason::lost});
  done(core::CompleteBatch{batch});
  for (const auto card : {1, 2}) {
    EXPECT_THAT(verdicts(card, 0), revoked);
    EXPECT_THAT(verdicts(card, 1), good);
  }
  EXPECT_THAT(list(" -text"), AllOf(HasSubstr("Superseded"), HasSubstr("Key Compromise"),
                                    Not(HasSubstr("Certificate Hold"))));
}

TEST_F(openssl_command, sees_numbers_that_grow_and_when_the_next_list_comes) {
  auto before = number();
  EXPECT_EQ(before, 1);
  const auto grows = [&](const char* when) {
    const auto now = number();
    EXPECT_GT(now, before) << when;
    before = now;
  };
  const auto batch = make(1);
  grows("with a hold");
  done(core::CompleteBatch{batch});
  grows("with a release");
  start();
  grows("with a start");
  const auto dates = list(" -lastupdate -nextupdate");
  site.pass(site.rules().crl_validity / 2);
  life->settle();
  grows("with the time");
  EXPECT_NE(list(" -lastupdate -nextupdate"), dates);
  EXPECT_THAT(dates, AllOf(HasSubstr("lastUpdate="), HasSubstr("nextUpdate=")));
}

TEST_F(openssl_command, never_meets_a_card_that_the_list_does_not_hold) {
  std::filesystem::remove(site.crl());
  std::filesystem::create_directory(site.crl());  // so the file cannot be written
  core::IssueCards issue;
  issue.cards = std::get<core::Done>(life->ask(core::RequestCards{1, {}, {}, {}, {}})).cards;
  const auto batch = std::get<core::Done>(life->ask(issue)).batch.value();
  wait_some_minutes();
  EXPECT_TRUE(site.world.finished().empty());
  const auto line = life->runner().station().lines.front();
  EXPECT_EQ(line.state, "waiting");
  EXPECT_EQ(line.reason, api::Reason::fileNotWritten);
  EXPECT_THAT(line.text, HasSubstr("crl.pem"));
  std::filesystem::remove(site.crl());
  life->settle();
  EXPECT_EQ(site.world.finished().size(), 1U) << "it goes on by itself";
  EXPECT_THAT(verdicts(1), revoked);
  done(core::CompleteBatch{batch});
  EXPECT_THAT(verdicts(1), good);
}

TEST_F(openssl_command, distrusts_what_a_crash_left_behind) {
  core::IssueCards issue;
  issue.cards = done(core::RequestCards{1, {}, {}, {}, {}}).cards;
  life->ask(issue);
  const auto issued = [&] {
    const auto attempts = life->store().attempts({1});
    if (attempts.empty()) return false;
    const auto certificates = life->store().certificates(attempts.front().id);
    return !certificates.empty() && certificates.front().state == core::CertificateState::issued;
  };
  while (!issued()) ASSERT_TRUE(life->step());
  start();
  EXPECT_THAT(verdicts(1), revoked);
}

}  // namespace
