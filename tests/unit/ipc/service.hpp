#pragma once
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include "ipc/server.hpp"
#include "tests/unit/ipc/cards_interface.hpp"
#include "tests/unit/ipc/raw_client.hpp"

namespace ipc_test {

// A service of org.example.cards in this thread: Make answers at once, Later and Watch keep the replies in
// `kept`, Future has no handler.
struct Service {
  explicit Service(ipc::Limits limits = {}) { restart(limits); }

  void restart(ipc::Limits limits) {
    server.reset();
    server = std::make_unique<ipc::Server>(
        io, ipc::Identity{"Cardwright", "tests", "1", "https://example.org"},
        [this](const ipc::Peer& peer, std::string_view method) { return may(peer, method); }, limits);
    const auto keep = [this](ipc::Call call, ipc::Reply reply) {
      kept.push_back(std::move(reply));
      calls.push_back(std::string(call.method) + ipc::json::serialize(call.parameters));
    };
    const auto make = [this](const ipc::Call& call, ipc::Reply reply) {
      calls.push_back(std::string(call.method));
      if (call.parameters.at("amount") == 0)
        return reply.error("org.example.cards.OutOfCards", {{"left", 0}});
      reply.reply(
          {{"cards", ipc::json::array{"card-" + ipc::json::serialize(call.parameters.at("amount"))}}});
    };
    server->add(cards, {{"Make", {make}}, {"Later", {keep}}, {"Watch", {keep, true}}});
  }

  RawClient connect() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    server->serve(ends[0]);
    settle();
    return RawClient(ends[1]);
  }

  // Runs until nothing is left to do.
  void settle() {
    io.restart();
    while (io.poll() > 0) io.restart();
  }

  // Sends, lets the service do its work, and returns what has come back.
  std::vector<std::string> ask(RawClient& client, std::string_view message) {
    client.send(message);
    settle();
    return client.messages();
  }

  boost::asio::io_context io{1};
  std::function<bool(const ipc::Peer&, std::string_view)> may = [](const auto&, auto) { return true; };
  std::vector<ipc::Reply> kept;
  std::vector<std::string> calls;
  std::unique_ptr<ipc::Server> server;
};

}  // namespace ipc_test
