// The encoder over a real pcscd with virtual readers; runs inside tools/private-pcscd.
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <iostream>

#include "drivers/pcsc/pcsc.hpp"
#include "drivers/simulated/simulated.hpp"
#include "tools/simulator/server.hpp"

using namespace std::chrono_literals;
using api::Certainty;
using api::Reason;
using api::Slot;
using simulator::ChipAnswer;

namespace {
constexpr std::uint16_t port = 35963;  // of the first reader, see tools/private-pcscd
constexpr auto* reader = "Cardwright 0 00 00";
const api::Bytes atr{0x3b, 0x80, 0x80, 0x01, 0x01};  // T=1
const api::Bytes hello{0x00, 0x01, 0x00, 0x00};

api::Deadline in(std::chrono::milliseconds time) {
  return api::SteadyTime::clock::now() + time;
}
api::Deadline soon() {
  return in(30s);
}

// A chip that answers every command with the command and 9000, until it is told otherwise.
class EchoCard {
 public:
  EchoCard()
      : link_(port, {.atr = [] { return atr; },
                     .reset = [this] { ++resets; },
                     .exchange = [this](api::BytesView command) { return answer(command); }}) {}
  std::atomic<int> commands{0};
  std::atomic<int> resets{0};
  std::atomic<int> gone_at{0};  // the n-th command, from 1
  std::atomic<int> hang_at{0};

 private:
  ChipAnswer answer(api::BytesView command) {
    const int n = ++commands;
    if (n == gone_at) return {ChipAnswer::Kind::gone, {}};
    if (n == hang_at) return {ChipAnswer::Kind::silent, {}};
    api::Bytes bytes(command.begin(), command.end());
    bytes.insert(bytes.end(), {0x90, 0x00});
    return {ChipAnswer::Kind::answered, std::move(bytes)};
  }
  simulator::VpcdLink link_;
};

api::Bytes echo_of(api::Bytes command) {
  command.insert(command.end(), {0x90, 0x00});
  return command;
}

// Power and reset are told to the chip without an answer that one could wait for.
bool eventually(const std::function<bool()>& holds) {
  for (const auto deadline = soon(); !holds(); std::this_thread::yield())
    if (api::SteadyTime::clock::now() > deadline) return false;
  return true;
}

std::string pcscd_folder() {
  const auto* folder = ::getenv("PRIVATE_PCSCD");
  EXPECT_NE(folder, nullptr) << "run this by tools/private-pcscd";
  return folder ? folder : "";
}
void signal_pcscd(int signal) {
  pid_t pid = 0;
  std::ifstream(pcscd_folder() + "/pid") >> pid;
  ASSERT_GT(pid, 1);
  ASSERT_EQ(::kill(pid, signal), 0);
}
void kill_pcscd() {
  signal_pcscd(SIGKILL);
}
void start_pcscd() {
  ASSERT_EQ(std::system((pcscd_folder() + "/start").c_str()), 0);
}

// Every test begins and ends with an empty slot.
class pcsc_session : public testing::Test {
 protected:
  void SetUp() override { empty(); }
  void TearDown() override {
    card.reset();
    empty();
  }
  void empty() {
    const auto done = encoder->await_empty(soon());
    ASSERT_TRUE(done) << done.error().detail;
  }
  std::unique_ptr<api::Transport> connect() {
    auto session = encoder->connect(soon());
    EXPECT_TRUE(session) << session.error().detail;
    return session ? std::move(*session) : nullptr;
  }
  // One for all tests, as the station has one for all cards.
  static inline const std::unique_ptr<api::Encoder> encoder = pcsc::make_encoder(reader);
  std::optional<EchoCard> card;
};

void expect_failure(const api::Result<api::Bytes>& result, std::initializer_list<Reason> reasons,
                    Certainty certainty) {
  ASSERT_FALSE(result);
  EXPECT_THAT(reasons, testing::Contains(result.error().reason))
      << api::name_of(result.error().reason) << ": " << result.error().detail;
  EXPECT_EQ(result.error().certainty, certainty) << result.error().detail;
}
}  // namespace

TEST_F(pcsc_session, exchanges_with_the_chip_in_the_reader) {
  EXPECT_EQ(encoder->slot(), Slot::empty);
  card.emplace();
  const auto session = connect();
  ASSERT_TRUE(session);
  EXPECT_EQ(encoder->name(), reader);
  EXPECT_EQ(encoder->slot(), Slot::occupied);
  EXPECT_EQ(api::to_hex(session->atr()), api::to_hex(atr));
  EXPECT_EQ(session->exchange(hello, soon()).value(), echo_of(hello));
  api::Bytes long_command(60'000, 0x55);
  EXPECT_EQ(session->exchange(long_command, soon()).value(), echo_of(long_command));
}

TEST_F(pcsc_session, takes_a_fraction_of_a_millisecond_for_a_command) {
  card.emplace();
  const auto session = connect();
  ASSERT_TRUE(session);
  std::vector<double> times;
  for (int i = 0; i < 500; ++i) {
    const auto start = api::SteadyTime::clock::now();
    ASSERT_TRUE(session->exchange(hello, soon()));
    times.push_back(std::chrono::duration<double, std::milli>(api::SteadyTime::clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  std::cout << "exchange: median " << times[250] << " ms, 99 % " << times[495] << " ms\n";
  EXPECT_LT(times[250], 10) << "delayed acknowledgements: 44 ms";
}

TEST_F(pcsc_session, is_exclusive_and_takes_power_away_at_its_end) {
  card.emplace();
  auto session = connect();
  ASSERT_TRUE(session);
  EXPECT_EQ(pcsc::make_encoder(reader)->connect(soon()).error().reason, Reason::readerBusy);
  const int before = card->resets;
  session.reset();
  EXPECT_TRUE(eventually([&] { return card->resets > before; }));
  EXPECT_TRUE(pcsc::make_encoder(reader)->connect(soon()));
}

TEST_F(pcsc_session, goes_on_after_a_reset) {
  card.emplace();
  const auto session = connect();
  ASSERT_TRUE(session);
  const int before = card->resets;
  ASSERT_TRUE(session->reset(soon()));
  EXPECT_TRUE(eventually([&] { return card->resets > before; }));
  EXPECT_TRUE(session->exchange(hello, soon()));
}

TEST_F(pcsc_session, ends_when_the_card_is_pulled) {
  card.emplace();
  const auto session = connect();
  ASSERT_TRUE(session && session->exchange(hello, soon()));
  card.reset();
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost, Reason::chipCommunication},
                 Certainty::unknown);
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::notDone);
  EXPECT_EQ(session->reset(soon()).error().reason, Reason::chipLost);
}

TEST_F(pcsc_session, ends_when_the_chip_dies_in_a_command) {
  card.emplace();
  card->gone_at = 2;
  const auto session = connect();
  ASSERT_TRUE(session && session->exchange(hello, soon()));
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::unknown);
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::notDone);
}

TEST_F(pcsc_session, never_reaches_the_next_card_under_the_same_handle) {
  card.emplace();
  card->gone_at = 2;
  const auto session = connect();
  ASSERT_TRUE(session && session->exchange(hello, soon()));
  std::optional<EchoCard> next(std::in_place);  // waits on the reader's port already
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost, Reason::chipCommunication},
                 Certainty::unknown);
  // Once pcscd has seen the new card and powered it, the old handle would reach it. It does not always: where
  // it took the slot for empty first, nothing happens and nothing tells. Two of its polls (400 ms) are
  // enough.
  for (const auto end = in(1s); next->resets == 0 && api::SteadyTime::clock::now() < end;)
    std::this_thread::yield();
  for (int i = 0; i < 20; ++i)
    expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::notDone);
  EXPECT_EQ(next->commands, 0);
  // Where pcscd never saw it, only a card that comes to an empty slot is seen again.
  card.reset();
  next.reset();
  ASSERT_TRUE(encoder->await_empty(soon()));
  card.emplace();
  const auto again = connect();
  EXPECT_TRUE(again && again->exchange(hello, soon()));
}

TEST_F(pcsc_session, leaves_a_hanging_chip_at_the_deadline_and_meets_the_next_one) {
  for (int round = 0; round < 2 * pcsc::abandoned_calls_max; ++round) {
    card.emplace();
    card->hang_at = 1;
    const auto session = connect();
    ASSERT_TRUE(session);
    const auto start = api::SteadyTime::clock::now();
    expect_failure(session->exchange(hello, in(100ms)), {Reason::timedOut}, Certainty::unknown);
    EXPECT_LT(api::SteadyTime::clock::now() - start, 300ms);
    expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::notDone);
    card.reset();
    ASSERT_TRUE(encoder->await_empty(soon()));
  }
  card.emplace();
  EXPECT_TRUE(connect());
}

TEST_F(pcsc_session, hangs_a_bounded_number_of_calls) {
  signal_pcscd(SIGSTOP);
  for (int i = 0; i < pcsc::abandoned_calls_max; ++i) {
    const auto hung = encoder->connect(in(50ms));
    ASSERT_FALSE(hung);
    EXPECT_EQ(hung.error().reason, Reason::timedOut) << "call " << i;
    EXPECT_EQ(hung.error().certainty, Certainty::unknown);
  }
  const auto refused = encoder->connect(soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::readerGone);
  EXPECT_EQ(refused.error().certainty, Certainty::notDone);
  signal_pcscd(SIGCONT);
  EXPECT_TRUE(eventually([&] { return encoder->slot() == Slot::empty; }));
}

TEST_F(pcsc_session, ends_while_pcscd_does_not_answer) {
  auto other = pcsc::make_encoder(reader);
  EXPECT_EQ(other->slot(), Slot::empty);
  signal_pcscd(SIGSTOP);
  auto ended = std::async(std::launch::async, [&] { other.reset(); });
  EXPECT_EQ(ended.wait_for(10s), std::future_status::ready) << "its context waits for pcscd";
  signal_pcscd(SIGCONT);
}

TEST_F(pcsc_session, survives_that_pcscd_is_killed_and_started_again) {
  card.emplace();
  auto session = connect();
  ASSERT_TRUE(session && session->exchange(hello, soon()));
  kill_pcscd();
  expect_failure(session->exchange(hello, soon()), {Reason::smartCardServiceGone}, Certainty::unknown);
  expect_failure(session->exchange(hello, soon()), {Reason::chipLost}, Certainty::notDone);
  session.reset();
  EXPECT_EQ(encoder->slot(), Slot::absent);
  const auto none = encoder->connect(soon());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, Reason::smartCardServiceGone);
  EXPECT_EQ(none.error().certainty, Certainty::notDone);
  start_pcscd();
  session = connect();
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->exchange(hello, soon()));
}

TEST_F(pcsc_session, makes_a_new_context_for_a_pcscd_that_was_restarted_unseen) {
  EXPECT_EQ(encoder->slot(), Slot::empty);
  kill_pcscd();
  start_pcscd();
  EXPECT_EQ(encoder->slot(), Slot::empty);
}

TEST_F(pcsc_session, stops_waiting_for_a_card_when_pcscd_is_killed) {
  auto waiting = std::async(std::launch::async, [&] { return encoder->connect(soon()); });
  EXPECT_EQ(waiting.wait_for(300ms), std::future_status::timeout);
  kill_pcscd();
  const auto session = waiting.get();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().reason, Reason::smartCardServiceGone);
  start_pcscd();
}

TEST_F(pcsc_session, waits_for_a_card_until_the_deadline) {
  const auto deadline = in(200ms);
  const auto session = encoder->connect(deadline);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().reason, Reason::chipMute);
  EXPECT_GE(api::SteadyTime::clock::now(), deadline);
  EXPECT_EQ(pcsc::make_encoder("No such reader")->connect(soon()).error().reason, Reason::readerGone);
}

TEST_F(pcsc_session, waits_until_the_slot_is_really_empty) {
  for (int round = 0; round < 10; ++round) {
    card.emplace();
    {
      const auto session = connect();
      ASSERT_TRUE(session && session->exchange(hello, soon()));
    }
    EXPECT_EQ(encoder->await_empty(in(1ms)).error().reason, Reason::timedOut);
    card.reset();
    ASSERT_TRUE(encoder->await_empty(soon()));
    EXPECT_EQ(encoder->slot(), Slot::empty);
  }
}

TEST_F(pcsc_session, meets_one_chip_after_the_other_of_a_simulated_printer) {
  const auto folder = std::filesystem::path(pcscd_folder());
  simulator::World world({});
  const simulator::Server server(world,
                                 {.socket = folder / "printer", .speed = 1000, .vpcd = port, .state = {}});
  const auto printer = simulated::make_printer(folder / "printer");
  const api::Bytes select{0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00};
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(printer->feed({"attempt", true, false, false}, soon()));
    ASSERT_TRUE(printer->to_contact(soon()));
    {
      const auto session = connect();
      ASSERT_TRUE(session);
      const auto answer = session->exchange(select, soon());
      ASSERT_TRUE(answer) << answer.error().detail;
      ASSERT_TRUE(printer->leave_contact(soon()));
      expect_failure(session->exchange(select, soon()), {Reason::chipLost, Reason::chipCommunication},
                     Certainty::unknown);
    }
    ASSERT_TRUE(encoder->await_empty(soon()));
    ASSERT_TRUE(printer->finish(api::Destination::output, soon()));
    EXPECT_EQ(world.finished().back().body.chip->commands_seen(), 1u);
  }
}

TEST_F(pcsc_session, comes_back_when_the_printer_lifts_the_contacts_of_a_hanging_chip) {
  const auto folder = std::filesystem::path(pcscd_folder());
  simulator::World world({}, simulator::parse_script("card 1 apdu 2 hang", "script").value());
  const simulator::Server server(world,
                                 {.socket = folder / "printer", .speed = 1000, .vpcd = port, .state = {}});
  const auto printer = simulated::make_printer(folder / "printer");
  ASSERT_TRUE(printer->feed({"attempt", true, false, false}, soon()));
  ASSERT_TRUE(printer->to_contact(soon()));
  {
    const auto session = connect();
    ASSERT_TRUE(session && session->exchange(hello, soon()));
    expect_failure(session->exchange(hello, in(100ms)), {Reason::timedOut}, Certainty::unknown);
  }
  ASSERT_TRUE(printer->leave_contact(soon()));
  empty();
  ASSERT_TRUE(printer->to_contact(soon()));
  {
    const auto session = connect();
    ASSERT_TRUE(session && session->exchange(hello, soon()));
  }
  ASSERT_TRUE(printer->finish(api::Destination::output, soon()));
}
