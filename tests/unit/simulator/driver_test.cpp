// The driver of a simulated printer over a real socket, against the real server and against worse ones.
#include "drivers/simulated/simulated.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <future>
#include <sstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/simulator/station.hpp"
#include "tools/simulator/server.hpp"

using namespace std::chrono_literals;
using api::Certainty;
using api::Reason;

namespace {
namespace fs = std::filesystem;
constexpr double fast = 10'000;  // a card takes milliseconds

api::Deadline in(std::chrono::milliseconds time) {
  return api::SteadyTime::clock::now() + time;
}
api::Deadline soon() {
  return in(60s);
}

using Folder = fakes::TemporaryFolder;

// The machine behind its control socket.
struct Machine {
  explicit Machine(std::string_view script = {}, double speed = fast)
      : world({}, simulator::parse_script(script, "script").value()),
        server(world, {.socket = folder.path() / "control",
                       .speed = speed,
                       .vpcd = {},
                       .state = folder.path() / "state"}),
        printer(simulated::make_printer(folder.path() / "control")) {}
  Folder folder;
  simulator::World world;
  simulator::Server server;
  std::unique_ptr<api::Printer> printer;
};

int listen_at(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(listener, 4), 0);
  return listener;
}

// Accepts connections one after the other: takes one request from each, answers with these bytes and closes.
struct Liar {
  explicit Liar(std::vector<std::string> answers) : listener(listen_at(folder.path() / "control")) {
    thread = std::thread([this, answers = std::move(answers)] {
      for (const auto& answer : answers) {
        const int client = ::accept(listener, nullptr, nullptr);
        EXPECT_TRUE(simulated::read_message(client, soon()));
        EXPECT_EQ(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(answer.size()));
        ::close(client);
      }
    });
  }
  ~Liar() {
    thread.join();
    ::close(listener);
  }
  Folder folder;
  int listener;
  std::thread thread;
};
}  // namespace

TEST(simulated_driver, makes_a_card) {
  Machine machine;
  auto& printer = *machine.printer;
  EXPECT_EQ(printer.identity(soon())->serial, "SIM-0001");
  const auto can = printer.capabilities(soon()).value();
  EXPECT_EQ(can.image, (api::ImageSpec{1016, 648, 300}));
  EXPECT_TRUE(can.contact_station && can.duplex && can.reject_bin && can.position_known &&
              can.counters_persist && can.magnetic);
  EXPECT_EQ(printer.status(soon())->state, api::PrinterState::ready);
  ASSERT_TRUE(printer.feed({"attempt", true, true, true}, soon()));
  ASSERT_TRUE(printer.to_contact(soon()));
  ASSERT_TRUE(printer.retry_contact(soon()));
  EXPECT_EQ(printer.status(soon())->position, api::CardPosition::contact);
  ASSERT_TRUE(printer.leave_contact(soon()));
  const api::Tracks tracks{"CARD 7", "", "07=7"};
  ASSERT_TRUE(printer.write_stripe(tracks, soon()));
  EXPECT_EQ(printer.read_stripe(soon()), tracks);
  const auto face = Station::white(machine.world);
  ASSERT_TRUE(printer.print({face, face}, soon()));
  ASSERT_TRUE(printer.finish(api::Destination::output, soon()));
  EXPECT_EQ(printer.counters(soon()).value(), (api::Counters{1, 2, 1, 0}));
  EXPECT_EQ(printer.supplies(soon())->hopper_cards, 99u);
  EXPECT_TRUE(printer.recover(api::Recovery::reset, soon()));
}

TEST(simulated_driver, brings_the_machines_failures_unchanged) {
  Machine machine("card 1 contact notReached\ncard 1 print ribbonEnded");
  auto& printer = *machine.printer;
  ASSERT_TRUE(printer.feed({"attempt", true, true, true}, soon()));
  EXPECT_FAILS(printer.to_contact(soon()), Reason::stationNotReached, Certainty::notDone);
  EXPECT_FAILS(printer.print({Station::white(machine.world), {}}, soon()), Reason::ribbonEndedInPrint,
               Certainty::unknown);
  const auto status = printer.status(soon()).value();
  EXPECT_THAT(status.conditions, testing::ElementsAre(Reason::ribbonOut));
  EXPECT_THAT(status.warnings, testing::ElementsAre("ribbonLow"));
}

TEST(simulated_driver, says_gone_when_nobody_listens) {
  const auto printer = simulated::make_printer("/does/not/exist");
  EXPECT_FAILS(printer->status(soon()), Reason::printerGone, Certainty::notDone);
  EXPECT_FAILS(printer->feed({}, soon()), Reason::printerGone, Certainty::notDone);
  const auto far = simulated::make_printer(std::string(200, 'x'))->status(soon());
  EXPECT_FAILS(far, Reason::printerGone, Certainty::notDone);
  EXPECT_THAT(far.error().detail, testing::EndsWith(": File name too long"));
}

// A socket that listens and takes no connection: its queue is full.
struct Overrun {
  Overrun() : listener(listen_at(folder.path() / "control")) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (folder.path() / "control").c_str());
    for (;;) {
      const int one = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
      waiting.push_back(one);
      if (::connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) break;
    }
  }
  ~Overrun() {
    for (const int one : waiting) ::close(one);
    ::close(listener);
  }
  Folder folder;
  int listener;
  std::vector<int> waiting;
};

TEST(simulated_driver, waits_until_its_deadline_for_a_simulator_that_takes_no_connection) {
  const Overrun overrun;
  const auto printer = simulated::make_printer(overrun.folder.path() / "control");
  const auto deadline = in(50ms);
  EXPECT_FAILS(printer->status(deadline), Reason::printerGone, Certainty::notDone);
  EXPECT_GE(api::SteadyTime::clock::now(), deadline);
}

TEST(simulated_driver, goes_on_when_the_simulator_takes_connections_again) {
  const Overrun overrun;
  const auto printer = simulated::make_printer(overrun.folder.path() / "control");
  auto asked = std::async(std::launch::async, [&] { return printer->status(soon()); });
  for (std::size_t i = 0; i + 1 < overrun.waiting.size(); ++i)
    ::close(::accept(overrun.listener, nullptr, nullptr));
  const int client = ::accept(overrun.listener, nullptr, nullptr);
  EXPECT_TRUE(simulated::read_message(client, soon()));
  ::close(client);
  EXPECT_FAILS(asked.get(), Reason::linkLost, Certainty::unknown);
}

TEST(simulated_driver, does_not_wait_longer_than_its_deadline_and_the_machine_goes_on) {
  Machine machine("card 1 feed noReply");
  auto& printer = *machine.printer;
  const auto deadline = in(100ms);
  EXPECT_FAILS(printer.feed({"attempt", true, true, true}, deadline), Reason::timedOut, Certainty::unknown);
  EXPECT_GE(api::SteadyTime::clock::now(), deadline);
  EXPECT_EQ(printer.counters(soon())->fed, 1u);
  EXPECT_TRUE(printer.finish(api::Destination::output, soon()));
}

TEST(simulated_driver, never_takes_a_late_reply_for_that_of_the_next_call) {
  Machine machine({}, 20);  // feeding takes half a second
  auto& printer = *machine.printer;
  EXPECT_FAILS(printer.feed({"attempt", true, true, true}, in(50ms)), Reason::timedOut, Certainty::unknown);
  EXPECT_TRUE(printer.counters(soon()));
  while (printer.counters(soon())->fed == 0) std::this_thread::yield();
  EXPECT_EQ(printer.status(soon())->position, api::CardPosition::feeder);
}

TEST(simulated_driver, sees_a_broken_link_as_unknown_and_makes_a_new_one) {
  Machine machine("card 1 feed linkLost");
  auto& printer = *machine.printer;
  EXPECT_FAILS(printer.feed({"attempt", true, true, true}, soon()), Reason::linkLost, Certainty::unknown);
  EXPECT_EQ(printer.counters(soon())->fed, 1u);
}

TEST(simulated_driver, answers_status_while_another_movement_is_under_way) {
  Machine machine({}, 1);
  auto feeding = std::async(std::launch::async, [&] {
    return simulated::make_printer(machine.folder.path() / "control")
        ->feed({"attempt", true, true, true}, in(500ms));
  });
  while (machine.printer->status(soon())->state != api::PrinterState::busy) std::this_thread::yield();
  EXPECT_TRUE(machine.printer->status(soon())->moving);
  EXPECT_FAILS(machine.printer->feed({"attempt", true, true, true}, soon()), Reason::printerBusy,
               Certainty::notDone);
  EXPECT_FAILS(feeding.get(), Reason::timedOut, Certainty::unknown);
}

TEST(simulated_driver, takes_a_status_that_does_not_mention_movement_for_rest) {
  Liar liar(
      {"{\"value\": {\"state\": \"ready\", \"conditions\": [], \"warnings\": [], \"position\": \"none\", "
       "\"restarted\": true}}\n"});
  const auto status = simulated::make_printer(liar.folder.path() / "control")->status(soon()).value();
  EXPECT_TRUE(status.restarted);
  EXPECT_FALSE(status.moving);
}

TEST(simulated_driver, takes_nonsense_for_a_broken_link) {
  const std::vector<std::string> nonsense{
      "",
      "\n",
      "hello\n",
      "[]\n",
      "{}\n",
      "{\"value\": 3}\n",
      "{\"value\": {\"fed\": -1}}\n",
      "{\"value\": {\"fed\": 1, \"printed\": 1, \"ejected\": 1}}\n",
      "{\"failure\": {}}\n",
      "{\"failure\": {\"reason\": \"none\", \"unknown\": true, \"detail\": \"\"}}\n",
      "{\"value\": {}, \"attached\": 99999999999}\n",
      "{\"value\": {}, \"attached\": -1}\n",
      "{\"value\": {}, \"attached\": 10}\nshort",
      std::string(simulated::header_bytes_max + 2000, 'x')};
  Liar liar(nonsense);
  const auto printer = simulated::make_printer(liar.folder.path() / "control");
  for (const auto& answer : nonsense) {
    const auto counters = printer->counters(soon());
    ASSERT_FALSE(counters) << answer;
    EXPECT_EQ(counters.error().reason, Reason::linkLost) << answer << ": " << counters.error().detail;
    EXPECT_EQ(counters.error().certainty, Certainty::unknown) << answer;
  }
}

TEST(simulated_driver, survives_a_restart_of_the_machine_between_two_calls) {
  const Folder folder;
  const auto path = folder.path() / "control";
  const auto printer = simulated::make_printer(path);
  for (int run = 0; run < 2; ++run) {
    simulator::World world({});
    const simulator::Server server(world, {.socket = path, .speed = fast, .vpcd = {}, .state = {}});
    EXPECT_TRUE(printer->feed({"attempt", true, true, true}, soon())) << "run " << run;
  }
  EXPECT_FAILS(printer->status(soon()), Reason::printerGone, Certainty::notDone);
}

TEST(simulated_driver, takes_a_garbled_reply_for_a_broken_link_and_makes_a_new_one) {
  Machine machine("card 1 feed garbled");
  const auto fed = machine.printer->feed({"attempt", true, true, true}, soon());
  EXPECT_FAILS(fed, Reason::linkLost, Certainty::unknown);
  EXPECT_THAT(fed.error().detail, testing::StartsWith("not a reply"));
  EXPECT_EQ(machine.printer->counters(soon())->fed, 1u);
}

namespace {
// Whoever talks to the control socket besides the driver.
class Visitor {
 public:
  explicit Visitor(const Machine& machine) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (machine.folder.path() / "control").c_str());
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Visitor() { ::close(socket_); }
  boost::json::object say(boost::json::object header) {
    EXPECT_TRUE(simulated::write_message(socket_, {std::move(header), {}}, soon()));
    return simulated::read_message(socket_, soon()).value().header;
  }
  bool tell(std::string_view line) { return say({{"op", "tell"}, {"line", line}}).contains("value"); }

 private:
  int socket_;
};
}  // namespace

TEST(control_socket, ends_a_movement_at_once_when_power_is_cut) {
  Machine machine({}, 1);  // feeding would take ten seconds, and succeed
  auto feeding = std::async(std::launch::async, [&] {
    return simulated::make_printer(machine.folder.path() / "control")
        ->feed({"attempt", true, true, true}, soon());
  });
  while (machine.printer->status(soon())->state != api::PrinterState::busy) std::this_thread::yield();
  EXPECT_TRUE(Visitor(machine).tell("cut power output"));
  EXPECT_FAILS(feeding.get(), Reason::linkLost, Certainty::unknown);
  EXPECT_FAILS(machine.printer->counters(soon()), Reason::printerGone, Certainty::notDone);
}

TEST(control_socket, puts_another_printer_there) {
  Machine machine;
  ASSERT_TRUE(machine.printer->feed({"attempt", true, true, true}, soon()));
  EXPECT_TRUE(Visitor(machine).tell("swap printer SIM-0002"));
  EXPECT_EQ(machine.printer->identity(soon())->serial, "SIM-0002");
  EXPECT_EQ(machine.printer->counters(soon())->fed, 0u);
}

TEST(control_socket, takes_faults_and_operators) {
  Machine machine;
  Visitor visitor(machine);
  EXPECT_TRUE(visitor.tell("card next feed noCard"));
  EXPECT_FAILS(machine.printer->feed({"attempt", true, true, true}, soon()), Reason::feedFailed,
               Certainty::notDone);
  EXPECT_TRUE(visitor.tell("load 5"));
  EXPECT_EQ(machine.printer->supplies(soon())->hopper_cards, 105u);
  for (const auto& wrong :
       std::vector<boost::json::object>{{{"op", "tell"}, {"line", "dance"}},
                                        {{"op", "tell"}},
                                        {{"op", "dance"}},
                                        {{"op", 1}},
                                        {{"op", "feed"}},
                                        {{"op", "print"}, {"front", 1}, {"back", nullptr}},
                                        {}})
    EXPECT_TRUE(visitor.say(wrong).contains("error")) << wrong;
}

TEST(control_socket, keeps_the_machine_in_its_state_file) {
  Machine machine;
  ASSERT_TRUE(machine.printer->feed({"attempt", true, true, true}, soon()));
  std::ifstream file(machine.folder.path() / "state");
  std::ostringstream text;
  text << file.rdbuf();
  simulator::World again({});
  ASSERT_TRUE(again.restore(text.str()));
  EXPECT_EQ(again.counters().fed, 1u);
  EXPECT_EQ(again.inside()->plan, "attempt");
}
