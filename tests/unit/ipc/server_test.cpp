#include "ipc/server.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "embedded/ipc.hpp"
#include "tests/unit/ipc/service.hpp"

namespace {

using ipc_test::Service;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* make_three = R"({"method":"org.example.cards.Make","parameters":{"amount":3}})";
constexpr const char* made_three = R"({"parameters":{"cards":["card-3"]}})";
constexpr const char* later = R"({"method":"org.example.cards.Later"})";
constexpr const char* watch = R"({"method":"org.example.cards.Watch","more":true})";

std::string error(std::string_view name, std::string_view parameters = {}) {
  std::string text = R"({"error":"org.varlink.service.)" + std::string(name) + '"';
  if (!parameters.empty()) text += R"(,"parameters":)" + std::string(parameters);
  return text + '}';
}

std::string make(std::string_view parameters) {
  return R"({"method":"org.example.cards.Make","parameters":)" + std::string(parameters) + '}';
}

TEST(server, says_who_it_is_and_what_it_offers) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(
      service.ask(client, R"({"method":"org.varlink.service.GetInfo"})"),
      ElementsAre(
          R"({"parameters":{"vendor":"Cardwright","product":"tests","version":"1",)"
          R"("url":"https://example.org","interfaces":["org.varlink.service","org.example.cards"]}})"));
}

TEST(server, describes_its_interfaces) {
  Service service;
  auto client = service.connect();
  const auto description = [&](const std::string& name) {
    const auto replies = service.ask(
        client, R"({"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":")" +
                    name + "\"}}");
    return ipc::json::parse(replies.at(0)).at("parameters").at("description").as_string();
  };
  EXPECT_EQ(description("org.example.cards"), ipc_test::cards);
  EXPECT_EQ(description("org.varlink.service"), embedded::ipc("org.varlink.service.varlink"));
  EXPECT_THAT(
      service.ask(
          client,
          R"({"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a.b"}})"),
      ElementsAre(error("InterfaceNotFound", R"({"interface":"a.b"})")));
  EXPECT_THAT(service.ask(client, R"({"method":"org.varlink.service.GetInterfaceDescription"})"),
              ElementsAre(error("InvalidParameter", R"({"parameter":"interface"})")));
}

TEST(server, answers_a_call) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, make_three), ElementsAre(made_three));
  EXPECT_THAT(service.ask(client, make(R"({"amount":0})")),
              ElementsAre(R"({"error":"org.example.cards.OutOfCards","parameters":{"left":0}})"));
}

TEST(server, says_what_it_does_not_have) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, R"({"method":"org.example.other.Make"})"),
              ElementsAre(error("InterfaceNotFound", R"({"interface":"org.example.other"})")));
  EXPECT_THAT(service.ask(client, R"({"method":"org.example.cards.Fake"})"),
              ElementsAre(error("MethodNotFound", R"({"method":"org.example.cards.Fake"})")));
  EXPECT_THAT(service.ask(client, R"({"method":"org.example.cards.Future"})"),
              ElementsAre(error("MethodNotImplemented", R"({"method":"org.example.cards.Future"})")));
  EXPECT_THAT(service.ask(client, R"({"method":"Make"})"),
              ElementsAre(error("InvalidParameter", R"({"parameter":"method"})")));
}

TEST(server, names_the_parameter_that_does_not_fit) {
  Service service;
  auto client = service.connect();
  const auto disliked = [&](std::string_view parameters) {
    const auto replies = service.ask(client, make(parameters));
    const auto reply = ipc::json::parse(replies.at(0)).as_object();
    EXPECT_EQ(reply.at("error"), "org.varlink.service.InvalidParameter");
    return std::string(reply.at("parameters").at("parameter").as_string());
  };
  EXPECT_EQ(disliked("{}"), "amount");
  EXPECT_EQ(disliked("null"), "amount");
  EXPECT_EQ(disliked(R"({"amount":100000000000000000000})"), "amount");
  EXPECT_EQ(disliked(R"({"amount":1.5})"), "amount");
  EXPECT_EQ(disliked(R"({"amount":1,"count":1})"), "count");
  EXPECT_EQ(disliked(R"({"amount":1,"holders":[{"name":"Ada"},{"nam":"Bob"}]})"), "holders[1].name");
  EXPECT_THAT(service.calls, IsEmpty());
}

TEST(server, names_the_member_of_the_call_that_does_not_belong) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, "{}"), ElementsAre(error("InvalidParameter", R"({"parameter":"method"})")));
  EXPECT_THAT(service.ask(client, R"({"method":"org.example.cards.Make","paramters":{"amount":1}})"),
              ElementsAre(error("InvalidParameter", R"({"parameter":"paramters"})")));
  EXPECT_THAT(service.ask(client, make("[]")),
              ElementsAre(error("InvalidParameter", R"({"parameter":"parameters"})")));
}

TEST(server, refuses_an_upgrade_and_goes_on) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(
      service.ask(client, R"({"method":"org.example.cards.Make","parameters":{"amount":3},"upgrade":true})"),
      ElementsAre(error("InvalidParameter", R"({"parameter":"upgrade"})")));
  EXPECT_THAT(service.calls, IsEmpty());
  EXPECT_THAT(service.ask(client, make_three), ElementsAre(made_three));
}

TEST(server, asks_who_may_call_before_it_looks_at_parameters) {
  Service service;
  std::vector<std::string> asked;
  service.may = [&](const ipc::Peer& peer, std::string_view method) {
    EXPECT_EQ(peer.uid, ::getuid());
    EXPECT_EQ(peer.gid, ::getgid());
    EXPECT_EQ(peer.pid, ::getpid());
    asked.emplace_back(method);
    return false;
  };
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, make("{}")), ElementsAre(error("PermissionDenied")));
  EXPECT_THAT(service.ask(client, R"({"method":"org.varlink.service.GetInfo"})"), testing::SizeIs(1));
  EXPECT_THAT(asked, ElementsAre("org.example.cards.Make"));
  EXPECT_THAT(service.calls, IsEmpty());
}

TEST(server, allows_nothing_when_nobody_says_who_may) {
  boost::asio::io_context io(1);
  ipc::Server server(io, {}, nullptr);
  server.add(ipc_test::cards, {{"Make", {[](const ipc::Call&, ipc::Reply reply) { reply.reply(); }}}});
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  server.serve(ends[0]);
  ipc_test::RawClient client(ends[1]);
  client.send(make_three);
  while (io.poll() > 0) {
  }
  EXPECT_THAT(client.messages(), ElementsAre(error("PermissionDenied")));
}

TEST(server, answers_pipelined_calls_in_order) {
  Service service;
  auto client = service.connect();
  client.send(make(R"({"amount":1})"));
  client.send(later);
  client.send(make(R"({"amount":2})"));
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(R"({"parameters":{"cards":["card-1"]}})"));
  EXPECT_EQ(service.calls.size(), 2u);
  service.kept.at(0).reply({{"text", "now"}});
  EXPECT_EQ(service.calls.size(), 2u) << "the next call ran inside of reply()";
  service.settle();
  EXPECT_THAT(client.messages(),
              ElementsAre(R"({"parameters":{"text":"now"}})", R"({"parameters":{"cards":["card-2"]}})"));
}

TEST(server, takes_a_call_that_comes_byte_by_byte) {
  Service service;
  auto client = service.connect();
  for (const char* c = make_three; *c; ++c) {
    client.send_raw({c, 1});
    service.settle();
  }
  client.send_raw(std::string_view("\0", 1));
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(made_three));
}

TEST(server, sends_several_replies_to_a_call_with_more) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, watch), IsEmpty());
  service.kept.at(0).reply_continues({{"text", "a"}});
  service.kept.at(0).reply_continues({{"text", "b"}});
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(R"({"parameters":{"text":"a"},"continues":true})",
                                             R"({"parameters":{"text":"b"},"continues":true})"));
  service.kept.at(0).reply({{"text", "c"}});
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(R"({"parameters":{"text":"c"}})"));
  service.kept.at(0).reply_continues({{"text", "d"}});
  service.kept.at(0).error("a.b.C");
  service.settle();
  EXPECT_THAT(client.messages(), IsEmpty());
  EXPECT_THAT(service.ask(client, make_three), ElementsAre(made_three));
}

TEST(server, sends_only_the_last_reply_to_a_call_without_more) {
  Service service;
  auto client = service.connect();
  service.ask(client, later);
  service.kept.at(0).reply_continues({{"text", "a"}});
  service.kept.at(0).reply({{"text", "b"}});
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(R"({"parameters":{"text":"b"}})"));
}

TEST(server, demands_more_where_only_a_stream_makes_sense) {
  Service service;
  auto client = service.connect();
  EXPECT_THAT(service.ask(client, R"({"method":"org.example.cards.Watch"})"),
              ElementsAre(error("ExpectedMore")));
  EXPECT_THAT(service.calls, IsEmpty());
}

TEST(server, sends_nothing_to_a_oneway_call) {
  Service service;
  auto client = service.connect();
  client.send(R"({"method":"org.example.cards.Make","parameters":{"amount":3},"oneway":true})");
  client.send(R"({"method":"org.example.cards.Make","parameters":{"amount":0},"oneway":true})");
  client.send(R"({"method":"org.example.cards.Make","oneway":true})");
  client.send(R"({"method":"org.example.none.Make","oneway":true})");
  client.send(R"({"method":"org.example.cards.Later","oneway":true,"more":true})");
  client.send(make_three);
  service.settle();
  EXPECT_THAT(client.messages(), IsEmpty());
  EXPECT_EQ(service.calls.size(), 3u);
  service.kept.at(0).reply_continues({});
  service.kept.at(0).reply();
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(made_three));
}

TEST(server, goes_on_when_a_oneway_call_is_not_answered) {
  Service service;
  auto client = service.connect();
  service.ask(client, R"({"method":"org.example.cards.Later","oneway":true})");
  service.kept.clear();
  EXPECT_THAT(service.ask(client, make_three), ElementsAre(made_three));
}

// How many connected sockets of this process a program that it starts would inherit.
int inherited_connections() {
  int count = 0;
  for (int fd = 0; fd < 256; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (flags == -1 || (flags & FD_CLOEXEC) != 0) continue;
    count += ::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? 1 : 0;
  }
  return count;
}

TEST(server, leaves_no_connection_to_programs_that_are_started_later) {
  Service service;
  const int before = inherited_connections();
  auto client = service.connect();
  service.ask(client, make_three);
  EXPECT_EQ(inherited_connections(), before);
}

TEST(server, refuses_faulty_interfaces_at_the_start) {
  Service service;
  const auto handler = [](const ipc::Call&, ipc::Reply reply) { reply.reply(); };
  EXPECT_THROW(service.server->add("interface x", {}), std::invalid_argument);
  EXPECT_THROW(service.server->add(ipc_test::cards, {}), std::invalid_argument);
  EXPECT_THROW(service.server->add("interface a.b\nmethod A() -> ()\n", {{"B", {handler}}}),
               std::invalid_argument);
}

TEST(server, reports_replies_that_are_not_in_the_interface) {
  Service service;
  std::vector<std::string> reports;
  service.server->check_replies([&](const std::string& report) { reports.push_back(report); });
  auto client = service.connect();
  service.ask(client, make_three);
  service.ask(client, make(R"({"amount":0})"));
  service.ask(client, make("{}"));
  EXPECT_THAT(reports, IsEmpty());
  service.ask(client, later);
  service.kept.back().reply_continues({{"text", 1}});
  service.kept.back().reply({{"txt", "a"}});
  service.ask(client, later);
  service.kept.back().error("org.example.cards.OutOfCards", {{"left", "none"}});
  service.ask(client, later);
  service.kept.back().error("org.example.cards.Unheard");
  EXPECT_THAT(reports,
              ElementsAre("reply of org.example.cards.Later: text: 1 is not a string",
                          "reply of org.example.cards.Later: txt: is not known here",
                          "error org.example.cards.OutOfCards: left: \"none\" is not an integer of 64 bits",
                          "error org.example.cards.Unheard is in no interface"));
}

TEST(server, lends_its_interfaces) {
  Service service;
  ASSERT_NE(service.server->find_interface("org.example.cards"), nullptr);
  EXPECT_EQ(service.server->find_interface("org.example.cards")->name, "org.example.cards");
  EXPECT_EQ(service.server->find_interface("org.example.none"), nullptr);
}

}  // namespace
