// A person puts cards into a second reader: cardwright-vcard as a process, a real pcscd, and the drivers as
// the daemon uses them. Runs inside tools/private-pcscd.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "drivers/pcsc/pcsc.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/piv/support.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto* reader = "Cardwright 0 00 01";  // see tools/private-pcscd
constexpr auto* port = "35964";

api::Deadline soon() {
  return api::SteadyTime::clock::now() + 30s;
}

std::string program() {
  const char* folder = std::getenv("BIN");
  return std::string(folder ? folder : "build/dev/bin") + "/cardwright-vcard";
}

pid_t start(std::vector<std::string> words) {
  words.insert(words.begin(), program());
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  pid_t process = 0;
  if (::posix_spawn(&process, raw[0], nullptr, nullptr, raw.data(), environ) != 0)
    throw std::runtime_error("cardwright-vcard cannot be started");
  return process;
}
int end_of(pid_t process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

// The card is in the reader as long as this lives; then it is torn out, without a word to the process.
struct Inserted {
  explicit Inserted(const std::filesystem::path& file)
      : process(start({"--insert", file, "--write-back", "--port", port})) {}
  ~Inserted() {
    ::kill(process, SIGKILL);
    end_of(process);
  }
  Inserted(const Inserted&) = delete;
  Inserted& operator=(const Inserted&) = delete;
  pid_t process;
};

// A session with whatever is in the reader.
struct Session {
  explicit Session(api::Encoder& encoder) : chip(encoder.connect(soon()).value()) {
    identity = family->identify(*chip, soon()).value();
  }
  api::Result<> finish(const api::Personalisation& what) {
    TRY(family->write_certificates(*chip, identity, what, piv_test::certificates(), soon()));
    return family->verify(*chip, identity, what, piv_test::certificates(), soon());
  }
  std::unique_ptr<api::CardFamily> family = piv::make_piv();
  std::unique_ptr<api::Transport> chip;
  api::ChipIdentity identity;
};

// The chip's file has this in it, now or soon: pcscd takes the power off a while after the session.
bool comes_to_have(const std::filesystem::path& file, std::string_view text) {
  for (const auto limit = soon(); api::SteadyTime::clock::now() < limit;) {
    const auto card = simulator::VirtualCard::load(file);
    if (card && card->to_json().find(text) != std::string::npos) return true;
    ::usleep(20'000);
  }
  return false;
}

TEST(second_reader, takes_a_blank_through_its_life_as_cards_do) {
  const fakes::TemporaryFolder folder;
  const auto file = folder / "card.vcard";
  const std::vector<std::string> fresh{"--new", file, "--serial", "7001"};
  ASSERT_EQ(end_of(start(fresh)), 0);
  EXPECT_NE(end_of(start(fresh)), 0) << "a chip is never overwritten";
  const auto encoder = pcsc::make_encoder(reader);
  auto what = piv_test::personalisation();
  {
    const Inserted inserted(file);
    {
      Session session(*encoder);
      EXPECT_EQ(session.identity.serial, "7001");
      EXPECT_TRUE(session.identity.fresh);
      ASSERT_TRUE(session.family->personalise(*session.chip, session.identity, what, soon()));
      const auto finished = session.finish(what);
      EXPECT_TRUE(finished) << finished.error().detail;
    }
    EXPECT_TRUE(comes_to_have(file, R"("pin":{"value":"739205")"));
  }
  ASSERT_TRUE(encoder->await_empty(soon()));
  {
    const Inserted inserted(file);
    what.pin = piv_test::secret("628413");
    what.expiry += std::chrono::years(1);
    {
      Session session(*encoder);
      EXPECT_EQ(session.identity.guid, what.guid);
      const auto keys = session.family->reencode(*session.chip, session.identity, what, soon());
      ASSERT_TRUE(keys) << keys.error().detail;
      const auto finished = session.finish(what);
      EXPECT_TRUE(finished) << finished.error().detail;
    }
    EXPECT_TRUE(comes_to_have(file, R"("pin":{"value":"628413")"));
  }
  ASSERT_TRUE(encoder->await_empty(soon()));
  const Inserted inserted(file);
  Session session(*encoder);
  const auto verified =
      session.family->verify(*session.chip, session.identity, what, piv_test::certificates(), soon());
  EXPECT_TRUE(verified) << verified.error().detail;
}

}  // namespace
