// Letters on paper: what the driver reports, against the IPP printer of CUPS and against peers that are none.
#include "drivers/ipp/ipp.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include "drivers/ipp/conditions.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/integration/ipp/peers.hpp"

namespace ipp::test {
namespace {

using api::Certainty;
using api::Reason;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr std::string_view letter = "%PDF-1.4\nnot much of a letter\n%%EOF\n";
constexpr Patience impatient{milliseconds(1000), milliseconds(1500), milliseconds(50), milliseconds(600),
                             milliseconds(1500)};

const api::Bytes some_certificate(500, 0x30);

api::Result<> print(const std::string& uri, milliseconds limit = seconds(10),
                    const api::Bytes& certificate = some_certificate) {
  return make_document_printer(uri, certificate, impatient)
      ->print(api::bytes_of(letter), "7Q2K-M0ZD-4XAP", steady_clock::now() + limit);
}

void expect(const api::Result<>& result, Reason reason, Certainty certainty, std::string_view detail = {}) {
  ASSERT_FALSE(result);
  EXPECT_EQ(api::name_of(result.error().reason), api::name_of(reason)) << result.error().detail;
  EXPECT_EQ(result.error().certainty, certainty) << result.error().detail;
  EXPECT_THAT(result.error().detail, HasSubstr(std::string(detail)));
}

// ippeveprinter listens on ::1 as well, and ends where there is none.
bool has_ipv6_loopback() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const int socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool has = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return has;
}

// The printer of CUPS. Its `script` says what the next job does.
struct printer : testing::Test {
  void SetUp() override {
    for (const auto* name : {"spool", "printed", "names", "keys"})
      std::filesystem::create_directory(folder / name);
    play("");
    Listener free;  // its port; ippeveprinter takes no socket
    port = free.port();
    free.close();
    bus.emplace(std::vector<std::string>{"dbus-daemon", "--session", "--nopidfile", "--nofork",
                                         "--address=unix:path=" + (folder / "bus").string()},
                folder / "bus.log");
    if (!has_ipv6_loopback())
      GTEST_SKIP()
          << "NO PRINTER IS TRIED: this machine has no IPv6 loopback, without which ippeveprinter ends";
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder / "bus"); }))
        << "no bus, without which ippeveprinter does not run: apt-get install dbus-daemon";
    start();
    ASSERT_TRUE(eventually([&] { return print_check(); }))
        << "no printer (apt-get install cups-ipp-utils): " << content_of(folder / "printer.log");
  }
  void start() {
    machine.emplace(
        std::vector<std::string>{"/usr/sbin/ippeveprinter", "-r", "off", "-n", "localhost", "-p",
                                 std::to_string(port), "-d", folder / "spool", "-K", folder / "keys", "-f",
                                 formats, "-c", CARDWRIGHT_SOURCE "/tests/integration/ipp/print_command",
                                 "-vv", "Letters"},
        folder / "printer.log",
        std::vector<std::pair<std::string, std::string>>{
            {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + (folder / "bus").string()},
            {"IPP_TEST_FOLDER", folder.path().string()}});
  }
  bool run(const std::string& command) const {
    return std::system((command + " 2>>" + (folder / "commands.log").string()).c_str()) == 0;
  }
  api::Bytes der_of(const std::filesystem::path& pem) const {
    const auto file = folder / "certificate.der";
    EXPECT_TRUE(run("openssl x509 -in " + pem.string() + " -outform DER -out " + file.string()));
    const auto der = content_of(file);
    return {der.begin(), der.end()};
  }
  // The printer has it from the next connection on.
  api::Bytes make_certificate(const std::string& name) const {
    const auto base = (folder / "keys" / name).string();
    EXPECT_TRUE(run("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=" + name + " -keyout " +
                    base + ".key -out " + base + ".crt"));
    return der_of(base + ".crt");
  }
  bool print_check() const { return !http("/").empty(); }
  std::string uri(const std::string& scheme = "ipp") const {
    return scheme + "://localhost:" + std::to_string(port) + "/ipp/print";
  }
  void play(std::string_view script) { put(folder / "script", script); }
  std::size_t printed() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder / "printed"), {}));
  }
  // What its page for people answers.
  std::string http(const std::string& path) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      say(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                      "\r\nConnection: close\r\n\r\n");
      ::shutdown(socket, SHUT_WR);  // else it waits for more questions
      char buffer[4096];
      for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return answer;
  }
  void load(int sheets) {
    http("/media?size1=na_letter_8.5x11in&type1=stationery&level1=" + std::to_string(sheets) +
         "&size3=na_letter_8.5x11in&type3=stationery&level3=-2");
  }

  fakes::TemporaryFolder folder;
  int port = 0;
  std::string formats = "application/pdf,image/pwg-raster";
  std::optional<Process> bus, machine;
};

TEST_F(printer, prints_a_letter_once_under_its_control_number) {
  const auto done = print(uri());
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(printed(), 1U);
  EXPECT_EQ(content_of(folder / "printed/1"), letter);
  EXPECT_EQ(content_of(folder / "names/1"), "7Q2K-M0ZD-4XAP cardwright\n");
}

TEST_F(printer, with_the_certificate_that_it_should_have_prints_what_nobody_could_read_on_its_way) {
  const auto own = make_certificate("localhost");
  const auto done = print(uri("ipps"), seconds(10), own);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(content_of(folder / "printed/1"), letter);
  EXPECT_THAT(content_of(folder / "printer.log"), HasSubstr("Connection now encrypted"));
}

TEST_F(printer, prints_a_long_letter_whole) {
  const auto own = make_certificate("localhost");
  const std::string pages = std::string(letter) + std::string(700'000, 'x');
  for (const auto* scheme : {"ipp", "ipps"})
    ASSERT_TRUE(make_document_printer(uri(scheme), own, impatient)
                    ->print(api::bytes_of(pages), "7Q2K-M0ZD-4XAP", steady_clock::now() + seconds(10)));
  EXPECT_TRUE(content_of(folder / "printed/1") == pages);
  EXPECT_TRUE(content_of(folder / "printed/2") == pages);
}

// For the same name, from the same maker.
TEST_F(printer, with_another_certificate_gets_nothing) {
  auto other = make_certificate("localhost");
  const auto own = make_certificate("localhost");
  ASSERT_NE(own, other);
  auto shorter = own, longer = own;
  shorter.pop_back();
  longer.push_back(0);
  for (const auto& wrong : {other, shorter, longer})
    expect(print(uri("ipps"), seconds(10), wrong), Reason::printerFault, Certainty::notDone,
           "openssl s_client -connect localhost:" + std::to_string(port));
  EXPECT_EQ(printed(), 0U);
  const auto log = content_of(folder / "printer.log");
  EXPECT_THAT(log, HasSubstr("Connection now encrypted"));
  EXPECT_THAT(log, Not(HasSubstr("POST"))) << "a stranger is not asked anything either";
  EXPECT_TRUE(print(uri("ipps"), seconds(10), own));
}

TEST_F(printer, shows_openssl_the_certificate_that_it_should_have) {
  const auto own = make_certificate("localhost");
  const auto shown = folder / "shown.pem";
  ASSERT_TRUE(run("openssl s_client -connect localhost:" + std::to_string(port) + " -showcerts </dev/null >" +
                  shown.string()));
  EXPECT_EQ(der_of(shown), own);
}

TEST_F(printer, gets_nothing_while_it_has_no_paper) {
  load(0);
  expect(print(uri()), Reason::paperOut, Certainty::notDone, "media-empty");
  EXPECT_EQ(printed(), 0U);
  load(250);
  EXPECT_TRUE(print(uri()));
  EXPECT_EQ(printed(), 1U);
}

TEST_F(printer, that_is_filled_up_in_the_middle_of_a_job_prints_it) {
  play("STATE: +media-empty\nsleep 0.3\nSTATE: -media-empty\n");
  EXPECT_TRUE(print(uri()));
  EXPECT_EQ(printed(), 1U);
}

TEST_F(printer, that_gives_a_job_up_before_a_page_came_out_did_not_print) {
  play("exit 3\n");
  expect(print(uri()), Reason::printerFault, Certainty::notDone, "aborted-by-system");
}

TEST_F(printer, that_gives_a_job_up_after_a_page_came_out_leaves_doubt) {
  play("ATTR: job-impressions-completed=1\nexit 3\n");
  expect(print(uri()), Reason::printerFault, Certainty::unknown, "aborted-by-system");
}

TEST_F(printer, that_hangs_is_called_back_and_has_printed_nothing) {
  play("STATE: +cover-open\nsleep 1\nSTATE: -cover-open\n");
  expect(print(uri(), seconds(2)), Reason::coverOpen, Certainty::notDone, "called back");
}

TEST_F(printer, that_does_not_let_itself_be_called_back_leaves_doubt) {
  play("await the end\n");
  const auto begun = steady_clock::now();
  expect(print(uri(), seconds(2)), Reason::timedOut, Certainty::unknown);
  EXPECT_LT(steady_clock::now() - begun, seconds(4));
  put(folder / "the end", "");
}

TEST_F(printer, that_dies_in_the_middle_of_a_job_leaves_doubt) {
  play("await the end\n");
  std::thread death([&] {
    eventually([&] { return printed() > 0; });
    machine->end();
  });
  expect(print(uri()), Reason::linkLost, Certainty::unknown, "had the document");
  death.join();
  put(folder / "the end", "");
}

TEST_F(printer, that_is_gone_got_nothing) {
  machine->end();
  expect(print(uri()), Reason::printerGone, Certainty::notDone);
  EXPECT_EQ(printed(), 0U);
}

TEST_F(printer, that_takes_no_pdf_is_none_for_letters) {
  machine->end();
  formats = "image/pwg-raster";
  start();
  ASSERT_TRUE(eventually([&] { return print_check(); }));
  expect(print(uri()), Reason::printerFault, Certainty::notDone, "application/pdf");
  EXPECT_EQ(printed(), 0U);
}

TEST(peer, that_is_silent_got_nothing) {
  const Server silent([](int, int, const auto& stopping) { wait_for(stopping); });
  const auto begun = steady_clock::now();
  expect(print(silent.uri()), Reason::timedOut, Certainty::notDone);
  EXPECT_LT(steady_clock::now() - begun, seconds(4));
}

// libcups gives a handshake ten seconds.
TEST(peer, that_is_silent_where_tls_begins_got_nothing) {
  const Server silent([](int, int, const auto& stopping) { wait_for(stopping); });
  const auto begun = steady_clock::now();
  expect(print(silent.uri("ipps")), Reason::printerGone, Certainty::notDone, "no TLS");
  EXPECT_LT(steady_clock::now() - begun, seconds(14));
}

TEST(peer, that_answers_with_garbage_got_nothing) {
  for (const std::string_view garbage :
       {std::string_view("SSH-2.0-OpenSSH_9.2\r\n"), std::string_view("HTTP/1.1 200 OK\r\n\r\n"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<html>no IPP</html>\n"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x01",
                         49),
        std::string_view("\0\0\0\0", 4), std::string_view()}) {
    const Server server([&](int connection, int, const auto&) {
      if (take_request(connection)) say(connection, garbage);
    });
    expect(print(server.uri()), Reason::linkLost, Certainty::notDone);
  }
}

TEST(peer, that_wants_a_password_or_has_no_such_place_got_nothing) {
  for (const std::string_view refusal :
       {"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}) {
    const Server server([&](int connection, int, const auto&) {
      if (take_request(connection)) say(connection, refusal);
    });
    expect(print(server.uri()), Reason::printerFault, Certainty::notDone, "HTTP 40");
  }
}

// Neither silent for a second nor ever at an end.
TEST(peer, that_drips_is_given_up_at_the_deadline) {
  const Server dripping([](int connection, int, const auto& stopping) {
    if (!take_request(connection)) return;
    say(connection, "HTTP/1.1 200 OK\r\n");
    while (!stopping && ::send(connection, "X: y\r\n", 6, MSG_NOSIGNAL) > 0)
      std::this_thread::sleep_for(milliseconds(20));
  });
  const auto begun = steady_clock::now();
  expect(print(dripping.uri()), Reason::timedOut, Certainty::notDone);
  EXPECT_LT(steady_clock::now() - begun, seconds(4));
}

TEST(peer, that_pours_is_not_listened_to_for_ever) {
  const Server pouring([](int connection, int, const auto& stopping) {
    if (!take_request(connection)) return;
    say(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 2000000000\r\n\r\n");
    say(connection, std::string_view("\x02\x00\x00\x00\x00\x00\x00\x01\x04", 9));
    std::string attribute("\x44\x00\x01x\x10\x00", 6);
    attribute.append(0x1000, 'y');
    while (!stopping && ::send(connection, attribute.data(), attribute.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  expect(print(pouring.uri()), Reason::linkLost, Certainty::notDone);
}

TEST(peer, that_takes_the_document_and_says_nothing_leaves_doubt) {
  const Server silent(after_ready([](int connection, int, const auto& stopping) {
    take_request(connection);
    wait_for(stopping);
  }));
  const auto begun = steady_clock::now();
  expect(print(silent.uri(), seconds(2)), Reason::timedOut, Certainty::unknown);
  EXPECT_LT(steady_clock::now() - begun, seconds(4));
}

TEST(peer, that_takes_the_document_and_goes_away_leaves_doubt) {
  std::atomic<int> documents = 0;
  {
    const Server leaving(
        after_ready([&](int connection, int, const auto&) { documents += take_request(connection); }));
    expect(print(leaving.uri()), Reason::linkLost, Certainty::unknown);
  }
  EXPECT_EQ(documents, 1) << "a document is never sent twice";
}

TEST(peer, that_answers_a_document_with_garbage_leaves_doubt) {
  const Server server(after_ready([](int connection, int, const auto&) {
    if (take_request(connection)) say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHuh?");
  }));
  expect(print(server.uri()), Reason::linkLost, Certainty::unknown);
}

TEST(peer, that_answers_a_document_with_a_fault_of_its_own_leaves_doubt) {
  const Server server(after_ready([](int connection, int, const auto&) {
    if (take_request(connection)) say(connection, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
  }));
  expect(print(server.uri()), Reason::linkLost, Certainty::unknown);
}

TEST(peer, that_refuses_a_document_has_not_printed_it_unless_the_fault_is_its_own) {
  for (const auto& [status, certainty] : {std::pair{IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS, Certainty::notDone},
                                          std::pair{IPP_STATUS_ERROR_INTERNAL, Certainty::unknown},
                                          std::pair{IPP_STATUS_ERROR_DEVICE, Certainty::unknown}}) {
    const Server server(after_ready([status = status](int connection, int, const auto&) {
      if (take_request(connection)) say(connection, ready_answer("none", status));
    }));
    expect(print(server.uri()), Reason::printerFault, certainty);
  }
}

TEST(peer, that_speaks_in_riddles_is_quoted_in_letters_that_everybody_can_read) {
  const Server server([](int connection, int, const auto&) {
    if (take_request(connection)) say(connection, ready_answer("f\xfcr\n\x1b[2J-error"));
  });
  expect(print(server.uri()), Reason::printerFault, Certainty::notDone, "f?r??[2J-error");
}

TEST(address, is_of_an_ipp_printer) {
  for (const auto* wrong :
       {"", "http://host/", "ipp://", "ipp:///print", "ipp://me:secret@host/print", "lpd://host/"})
    EXPECT_THROW(make_document_printer(wrong, some_certificate), std::invalid_argument) << wrong;
  EXPECT_NO_THROW(make_document_printer("ipps://printer.example.org/ipp/print", some_certificate));
}

TEST(address, of_a_printer_with_tls_needs_its_certificate) {
  EXPECT_THROW(make_document_printer("ipps://printer.example.org/ipp/print", {}), std::invalid_argument);
  EXPECT_NO_THROW(make_document_printer("ipp://printer.example.org/ipp/print", {}));
}

TEST(conditions, keep_a_letter_back_however_severe_a_printer_finds_them) {
  const auto reason_of = [](std::vector<std::string> reasons) -> std::optional<Reason> {
    const auto found = obstacle(reasons);
    return found ? std::optional(found->reason) : std::nullopt;
  };
  EXPECT_EQ(reason_of({"none"}), std::nullopt);
  EXPECT_EQ(reason_of({"toner-low-warning", "media-low-report"}), std::nullopt);
  EXPECT_EQ(reason_of({"toner-low-warning", "media-empty"}), Reason::paperOut);
  EXPECT_EQ(reason_of({"media-needed-error"}), Reason::paperOut);
  EXPECT_EQ(reason_of({"door-open-report"}), Reason::coverOpen);
  EXPECT_EQ(reason_of({"com.example-fuser-error"}), Reason::printerFault);
  EXPECT_EQ(reason_of({"com.example-dusty-warning"}), std::nullopt);
}

}  // namespace
}  // namespace ipp::test
