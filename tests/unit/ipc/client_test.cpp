#include "ipc/client.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <system_error>
#include <thread>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/ipc/service.hpp"

namespace {

using ipc::Client;
using Kind = ipc::Error::Kind;
using std::chrono::milliseconds;

struct Folder : fakes::TemporaryFolder {
  std::string socket() const { return *this / "socket"; }
};

// The service in a thread of its own, on a socket file.
struct Running {
  explicit Running(ipc::Limits limits = {}) : service(limits) {
    service.server->listen(folder.socket());
    thread = std::thread([this] { service.io.run(); });
  }
  ~Running() {
    service.io.stop();
    thread.join();
  }
  Client client(ipc::Limits limits = {}) {
    auto connected = Client::connect(folder.socket(), limits);
    EXPECT_TRUE(connected) << connected.error().text;
    return *std::move(connected);
  }
  // In the thread of the service.
  void run(std::function<void()> work) { boost::asio::post(service.io, std::move(work)); }

  Folder folder;
  ipc_test::Service service;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{service.io.get_executor()};
  std::thread thread;
};

TEST(client, calls) {
  Running running;
  auto client = running.client();
  const auto result = client.call("org.example.cards.Make", {{"amount", 3}});
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(*result, (ipc::json::object{{"cards", {"card-3"}}}));
  EXPECT_TRUE(client.call("org.varlink.service.GetInfo"));
}

TEST(client, takes_an_address_of_varlink) {
  Running running;
  auto client = Client::connect("unix:" + running.folder.socket());
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_TRUE(client->call("org.varlink.service.GetInfo"));
}

TEST(client, returns_the_error_of_the_service_and_goes_on) {
  Running running;
  auto client = running.client();
  const auto result = client.call("org.example.cards.Make", {{"amount", 0}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::refused);
  EXPECT_EQ(result.error().name, "org.example.cards.OutOfCards");
  EXPECT_EQ(result.error().parameters, (ipc::json::object{{"left", 0}}));
  EXPECT_TRUE(client.call("org.example.cards.Make", {{"amount", 1}}));
}

TEST(client, takes_every_reply_of_a_stream) {
  Running running;
  running.run([&] {
    running.service.server->add("interface a.b\nmethod Count() -> (number: int)\n",
                                {{"Count", {[](const ipc::Call&, ipc::Reply reply) {
                                    for (int i = 0; i < 5; ++i) reply.reply_continues({{"number", i}});
                                    reply.reply({{"number", 5}});
                                  }}}});
  });
  auto client = running.client();
  std::vector<std::int64_t> numbers;
  const auto last = client.call_more("a.b.Count", {}, [&](ipc::json::object reply) {
    numbers.push_back(reply.at("number").as_int64());
    return true;
  });
  ASSERT_TRUE(last) << last.error().text;
  EXPECT_THAT(numbers, testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(last->at("number"), 5);
  EXPECT_TRUE(client.call("org.varlink.service.GetInfo"));
}

TEST(client, may_leave_a_stream) {
  Running running;
  running.run([&] {
    running.service.server->add("interface a.b\nmethod Count() -> (number: int)\n",
                                {{"Count", {[](const ipc::Call&, ipc::Reply reply) {
                                    for (int i = 0; i < 5; ++i) reply.reply_continues({{"number", i}});
                                  }}}});
  });
  auto client = running.client();
  int seen = 0;
  EXPECT_TRUE(client.call_more("a.b.Count", {}, [&](const ipc::json::object&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(client.call("a.b.Count").error().kind, Kind::broken);
}

TEST(client, sends_oneway_calls) {
  Running running;
  auto client = running.client();
  EXPECT_TRUE(client.call_oneway("org.example.cards.Make", {{"amount", 0}}));
  const auto result = client.call("org.example.cards.Make", {{"amount", 3}});
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->at("cards"), ipc::json::array{"card-3"});
}

TEST(client, sends_and_receives_long_messages) {
  Running running;
  running.run([&] {
    running.service.server->add(
        "interface a.b\nmethod Echo(text: string) -> (text: string)\n",
        {{"Echo", {[](const ipc::Call& call, ipc::Reply reply) { reply.reply(call.parameters); }}}});
  });
  auto client = running.client();
  const std::string text(2'000'000, 'x');
  const auto result = client.call("a.b.Echo", {{"text", text}});
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_TRUE(result->at("text").as_string() == text);
}

TEST(client, knows_that_there_is_no_service) {
  Folder folder;
  EXPECT_EQ(Client::connect(folder.socket()).error().kind, Kind::unreachable);
  EXPECT_EQ(Client::connect("").error().kind, Kind::unreachable);
  EXPECT_EQ(Client::connect("unix:@abstract").error().kind, Kind::unreachable);
  EXPECT_EQ(Client::connect(std::string(200, 'x')).error().kind, Kind::unreachable);
  EXPECT_NE(Client::connect(folder.socket()).error().text.find(folder.socket()), std::string::npos);
}

TEST(client, does_not_wait_longer_than_it_is_told) {
  Running running;
  auto client = running.client();
  EXPECT_EQ(client.call("org.example.cards.Later", {}, milliseconds(20)).error().kind, Kind::timedOut);
  EXPECT_EQ(client.call("org.varlink.service.GetInfo").error().kind, Kind::broken)
      << "the late answer would be taken for that of the next call";
}

TEST(client, knows_that_the_service_has_hung_up) {
  Running running;
  auto client = running.client();
  running.run([&] { running.service.server.reset(); });
  EXPECT_EQ(client.call("org.example.cards.Later").error().kind, Kind::broken);
}

// What a client makes of a service that answers with these bytes.
Kind kind_after(std::string_view bytes, ipc::Limits limits = {}) {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ipc_test::RawClient service(ends[1]);
  Client client(ends[0], limits);
  service.send_raw(bytes);
  const auto result = client.call("a.b.C", {}, milliseconds(100));
  EXPECT_FALSE(result);
  return result ? Kind::refused : result.error().kind;
}

TEST(client, takes_no_nonsense) {
  EXPECT_EQ(kind_after(std::string_view("nonsense\0", 9)), Kind::broken);
  EXPECT_EQ(kind_after(std::string_view("[]\0", 3)), Kind::broken);
  EXPECT_EQ(kind_after(std::string_view("{\"error\":1}\0", 12)), Kind::broken);
  EXPECT_EQ(kind_after(std::string_view("{\"continues\":true}\0", 19)), Kind::broken);
  EXPECT_EQ(kind_after(std::string(1001, ' '), {.message_bytes_max = 1000}), Kind::broken);
}

TEST(listening, gives_the_socket_its_mode_and_removes_it) {
  Folder folder;
  {
    ipc_test::Service service;
    service.server->listen(folder.socket(), 0600);
    struct stat status {};
    ASSERT_EQ(::stat(folder.socket().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode, static_cast<mode_t>(S_IFSOCK | 0600));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.socket()));
}

TEST(listening, gives_the_socket_its_mode_whatever_the_umask) {
  Folder folder;
  const auto before = ::umask(0077);
  ipc_test::Service service;
  service.server->listen(folder.socket());
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(folder.socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660u);
}

TEST(listening, replaces_a_dead_socket_but_nothing_else) {
  Folder folder;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{AF_UNIX, {}};
  folder.socket().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);

  ipc_test::Service first, second;
  first.server->listen(folder.socket());
  EXPECT_THROW(second.server->listen(folder.socket()), std::system_error);
  EXPECT_TRUE(Client::connect(folder.socket()));
  EXPECT_THROW(second.server->listen(folder.path() / std::string(200, 'x')), std::system_error);
  std::filesystem::create_directory(folder.path() / "folder");
  EXPECT_THROW(second.server->listen(folder.path() / "folder"), std::system_error);
}

TEST(listening, takes_over_a_socket_that_listens_already) {
  Folder folder;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{AF_UNIX, {}};
  folder.socket().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 5), 0);
  auto early = Client::connect(folder.socket());
  ASSERT_TRUE(early);
  ipc_test::Service service;
  service.server->adopt(fd);
  service.settle();
  EXPECT_EQ(service.server->connections(), 1u);
  service.server.reset();
  EXPECT_TRUE(std::filesystem::exists(folder.socket())) << "it belongs to who made it";
}

}  // namespace
