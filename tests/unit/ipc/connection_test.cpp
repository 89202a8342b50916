#include <cstring>

#include "ipc/server.hpp"
#include "tests/unit/ipc/service.hpp"

namespace {

using ipc_test::Service;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* make_three = R"({"method":"org.example.cards.Make","parameters":{"amount":3}})";
constexpr const char* made_three = R"({"parameters":{"cards":["card-3"]}})";
constexpr const char* later = R"({"method":"org.example.cards.Later"})";
constexpr const char* watch = R"({"method":"org.example.cards.Watch","more":true})";

TEST(connection, closes_on_what_cannot_be_a_message) {
  Service service;
  std::string deep = R"({"method":"org.example.cards.Make","parameters":{"extra":)";
  for (int i = 0; i < 10'000; ++i) deep += R"({"a":)";
  for (const std::string& text :
       {std::string("hello"), std::string(), std::string("[]"), std::string("null"), deep}) {
    auto client = service.connect();
    EXPECT_THAT(service.ask(client, text), IsEmpty());
    EXPECT_TRUE(client.ended()) << text;
  }
  EXPECT_EQ(service.server->connections(), 0u);
}

TEST(connection, answers_what_came_before_the_nonsense) {
  Service service;
  auto client = service.connect();
  client.send(make_three);
  client.send("nonsense");
  client.send(make_three);
  service.settle();
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(service.calls.size(), 1u);
}

TEST(connection, closes_when_a_message_is_too_long) {
  Service service({.message_bytes_max = 10'000});
  auto client = service.connect();
  const std::string padding(10'000 - std::strlen(make_three), ' ');
  EXPECT_THAT(service.ask(client, make_three + padding), ElementsAre(made_three));
  client.send_raw(std::string(10'000, ' '));
  service.settle();
  EXPECT_FALSE(client.ended());
  client.send_raw(" ");
  service.settle();
  EXPECT_TRUE(client.ended());
}

TEST(connection, stops_reading_while_a_call_is_answered_and_its_input_is_full) {
  Service service({.message_bytes_max = 10'000});
  auto client = service.connect();
  service.ask(client, later);
  std::string flood;
  while (flood.size() < 4'000'000) flood += std::string(make_three) + '\0';
  std::size_t taken = 0;
  for (std::size_t before = 1; before != taken;) {
    before = taken;
    taken += client.send_raw(std::string_view(flood).substr(taken));
    service.settle();
  }
  EXPECT_LT(taken, flood.size());
  EXPECT_EQ(service.calls.size(), 1u);
  bool gone = false;
  service.kept.at(0).on_close([&] { gone = true; });
  client.close();
  service.settle();
  EXPECT_TRUE(gone) << "a client that goes away is noticed although nobody reads from it";
}

TEST(connection, answers_a_client_that_has_only_finished_sending) {
  Service service;
  auto client = service.connect();
  client.send(later);
  client.send(make_three);
  client.finish_sending();
  service.settle();
  EXPECT_FALSE(client.ended());
  service.kept.at(0).reply();
  service.settle();
  EXPECT_THAT(client.messages(), ElementsAre(R"({"parameters":{}})", made_three));
  EXPECT_TRUE(client.ended());
}

TEST(connection, tells_a_watcher_that_its_client_has_gone) {
  Service service;
  auto client = service.connect();
  service.ask(client, watch);
  int told = 0;
  service.kept.at(0).on_close([&] { ++told; });
  EXPECT_FALSE(service.kept.at(0).closed());
  client.close();
  service.settle();
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(service.kept.at(0).closed());
  EXPECT_EQ(service.server->connections(), 0u);
  service.kept.at(0).reply_continues({{"text", "to nobody"}});
  service.kept.at(0).reply();
}

TEST(connection, tells_no_watcher_whose_call_is_answered) {
  Service service;
  auto client = service.connect();
  service.ask(client, watch);
  int told = 0;
  service.kept.at(0).on_close([&] { ++told; });
  service.kept.at(0).reply({{"text", "end"}});
  client.close();
  service.settle();
  EXPECT_EQ(told, 0);
}

TEST(connection, closes_when_a_reply_is_dropped) {
  Service service;
  auto client = service.connect();
  service.ask(client, later);
  EXPECT_FALSE(client.ended());
  service.kept.clear();
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(service.server->connections(), 0u);
}

TEST(connection, drops_a_slow_reader) {
  Service service({.queued_bytes_max = 300'000});
  auto client = service.connect();
  service.ask(client, watch);
  int told = 0;
  service.kept.at(0).on_close([&] { ++told; });
  const std::string text(10'000, 'x');
  int sent = 0;
  while (!service.kept.at(0).closed() && sent < 1'000) {
    service.kept.at(0).reply_continues({{"text", text}});
    ++sent;
    EXPECT_EQ(told, 0) << "told from inside a function of Reply";
  }
  EXPECT_GT(sent, 30);
  EXPECT_LT(sent, 200);
  service.settle();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(service.server->connections(), 0u);
}

TEST(connection, drops_a_pipelining_client_that_does_not_read) {
  Service service({.queued_bytes_max = 100'000});
  auto client = service.connect();
  std::string calls;
  for (int i = 0; i < 1'000; ++i) calls += std::string(make_three) + '\0';
  for (int i = 0; i < 1'000 && service.server->connections() > 0; ++i) {
    client.send_raw(calls);
    service.settle();
  }
  EXPECT_EQ(service.server->connections(), 0u);
}

TEST(connection, takes_turns_with_the_others) {
  Service service;
  auto busy = service.connect(), modest = service.connect();
  service.ask(busy, later);
  std::string calls;
  for (int i = 0; i < 1'000; ++i) calls += std::string(make_three) + '\0';
  ASSERT_EQ(busy.send_raw(calls), calls.size());
  service.settle();
  modest.send(R"({"method":"org.example.cards.Make","parameters":{"amount":7}})");
  service.kept.at(0).reply();
  std::size_t before = 0;
  while (modest.messages().empty()) {
    before = service.calls.size();
    service.io.restart();
    ASSERT_GT(service.io.poll_one(), 0u);
  }
  EXPECT_LT(before, 500u);
  service.settle();
  EXPECT_EQ(busy.messages().size(), 1'001u);
}

TEST(connection, never_sends_a_message_that_is_too_long) {
  Service service({.message_bytes_max = 10'000});
  auto client = service.connect();
  service.ask(client, later);
  service.kept.at(0).reply({{"text", std::string(10'000, 'x')}});
  service.settle();
  EXPECT_TRUE(client.ended());
  EXPECT_THAT(client.messages(), IsEmpty());
}

TEST(connection, lets_a_long_list_follow_its_reader) {
  Service service({.queued_bytes_max = 100'000});
  auto client = service.connect();
  service.ask(client, watch);
  const std::string text(10'000, 'x');
  int sent = 0;
  std::function<void()> next = [&] {
    for (int i = 0; i < 5; ++i, ++sent) service.kept.at(0).reply_continues({{"text", text}});
    if (sent < 500) service.kept.at(0).when_sent(next);
  };
  next();
  std::size_t received = 0;
  for (std::size_t before = 1; before != received;) {
    before = received;
    service.settle();
    received += client.messages().size();
  }
  EXPECT_EQ(received, 500u);
}

TEST(connection, says_that_everything_is_sent_also_when_nothing_was_queued) {
  Service service;
  auto client = service.connect();
  service.ask(client, watch);
  int told = 0;
  service.kept.at(0).when_sent([&] { ++told; });
  EXPECT_EQ(told, 0);
  service.settle();
  EXPECT_EQ(told, 1);
}

TEST(connection, bounds_the_connections) {
  Service service({.connections_max = 3, .connections_per_uid_max = 10});
  std::vector<ipc_test::RawClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(service.connect());
  EXPECT_FALSE(clients[2].ended());
  EXPECT_TRUE(clients[3].ended());
  clients[0].close();
  service.settle();
  auto next = service.connect();
  EXPECT_THAT(service.ask(next, make_three), ElementsAre(made_three));
}

TEST(connection, bounds_the_connections_of_one_user) {
  Service service({.connections_max = 10, .connections_per_uid_max = 2});
  auto first = service.connect(), second = service.connect(), third = service.connect();
  EXPECT_TRUE(third.ended());
  second.close();
  service.settle();
  auto fourth = service.connect();
  EXPECT_FALSE(fourth.ended());
}

TEST(connection, bounds_what_all_connections_hold_together) {
  Service service({.message_bytes_max = 100'000, .buffered_bytes_total_max = 150'000});
  auto first = service.connect(), second = service.connect();
  first.send_raw(std::string(90'000, ' '));
  service.settle();
  EXPECT_FALSE(first.ended());
  second.send_raw(std::string(90'000, ' '));
  service.settle();
  EXPECT_TRUE(second.ended());
  EXPECT_FALSE(first.ended());
  first.close();
  service.settle();
  auto third = service.connect();
  third.send_raw(std::string(90'000, ' '));
  service.settle();
  EXPECT_FALSE(third.ended()) << "what a closed connection held is free again";
}

TEST(connection, may_die_before_a_reply) {
  std::vector<ipc::Reply> kept;
  {
    Service service;
    auto client = service.connect();
    service.ask(client, later);
    service.kept.at(0).on_close([] {});
    kept = service.kept;
    service.server.reset();
    EXPECT_TRUE(client.ended());
  }
  kept.at(0).reply_continues({});
  kept.at(0).reply();
  EXPECT_TRUE(kept.at(0).closed());
}

}  // namespace
