#pragma once
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/service/roles.hpp"
#include "daemon/service/service.hpp"
#include "tests/fakes/fake_engine.hpp"

// A service with a fake engine behind it and one client's connection before it, all on the test's thread.
namespace service::test {

namespace json = boost::json;
constexpr std::string_view production = "org.cardwright.Production.";

// A client that never blocks: it lets the server run until nothing is left to do.
class Connection {
 public:
  Connection(boost::asio::io_context& io, ipc::Server& server) : io_(io), server_(server) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    socket_ = ends[0];
    server.serve(ends[1]);
  }
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    settle();
  }

  void send(std::string_view method, const json::object& parameters, bool more = false) {
    method_ = method;
    auto text = json::serialize(json::object{{"method", method}, {"parameters", parameters}, {"more", more}});
    text += '\0';
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }

  // The next message as it came: `parameters`, `error`, `continues`. Nothing when none is there.
  std::optional<json::object> next() {
    settle();
    const auto end = received_.find('\0');
    if (end == received_.npos) return std::nullopt;
    auto message = json::parse(received_.substr(0, end)).as_object();
    received_.erase(0, end + 1);
    check_against_interface(message);
    return message;
  }

  // The one reply, or the last of several.
  json::object call(std::string_view method, const json::object& parameters, bool more = false) {
    send(method, parameters, more);
    json::object last;
    while (auto message = next()) last = *std::move(message);
    return last;
  }

 private:
  void settle() {
    io_.restart();
    std::size_t done = 0;
    do {
      done = io_.poll();
      char buffer[65536];
      while (socket_ >= 0) {
        const auto size = ::recv(socket_, buffer, sizeof buffer, 0);
        if (size <= 0) break;
        received_.append(buffer, static_cast<std::size_t>(size));
        ++done;
      }
    } while (done != 0);
  }

  void check_against_interface(const json::object& message) {
    const auto dot = method_.rfind('.');
    const auto* interface = server_.find_interface(method_.substr(0, dot));
    ASSERT_NE(interface, nullptr);
    const auto parameters =
        message.contains("parameters") ? message.at("parameters").as_object() : json::object{};
    const ipc::Type* type = &interface->find_method(method_.substr(dot + 1))->output;
    if (const auto* error = message.if_contains("error")) {
      const std::string name(error->get_string());
      if (name.starts_with("org.varlink.service.")) return;
      ASSERT_TRUE(name.starts_with(production)) << name;
      interface = server_.find_interface("org.cardwright.Production");  // declares the errors of both
      const auto* declared = interface->find_error(name.substr(production.size()));
      ASSERT_NE(declared, nullptr) << name;
      type = &declared->type;
    }
    const auto fault = ipc::check(parameters, *type, *interface);
    EXPECT_FALSE(fault) << method_ << ": " << fault->field << " " << fault->message;
  }

  boost::asio::io_context& io_;
  ipc::Server& server_;
  int socket_ = -1;
  std::string method_;
  std::string received_;
};

class Station : public ::testing::Test {
 protected:
  Station() {
    for (const auto& row : role_rows) roles.grant(row.value, {::getuid()}, {});
    core::Product product;
    product.name = "staff";
    product.title = "Staff card";
    product.certificates = {{"authentication", api::KeyPurpose::authentication, api::KeyAlgorithm::p256}};
    product.operator_may_change = {"pinLength"};
    engine.known_rules.products.emplace("staff", product);
    engine.known_rules.default_product = "staff";
    service.add_to(server);
  }

  static json::object object(std::string_view text) { return json::parse(text).as_object(); }
  json::object call(std::string_view method, std::string_view parameters = "{}", bool more = false) {
    return client.call(std::string(production).append(method), object(parameters), more);
  }
  void send(std::string_view method, std::string_view parameters, bool more = true) {
    client.send(std::string(production).append(method), object(parameters), more);
  }

  static core::Card card(std::int64_t id, core::CardState state, std::int64_t batch = 0) {
    core::Card card;
    card.id = {id};
    card.number = "T000000" + std::to_string(id);
    card.product = "staff";
    card.state = state;
    if (batch != 0) card.batch = core::BatchId{batch};
    return card;
  }
  static core::Batch batch(std::int64_t id, core::BatchState state, std::vector<core::CardId> cards) {
    core::Batch batch;
    batch.id = {id};
    batch.state = state;
    batch.cards = std::move(cards);
    return batch;
  }
  static core::Change change(std::string subject, std::int64_t of_batch, std::string state) {
    core::Change change;
    change.subject = std::move(subject);
    if (of_batch != 0) change.batch = core::BatchId{of_batch};
    change.state = std::move(state);
    return change;
  }

  boost::asio::io_context io{1};
  store::Store store{":memory:"};
  fakes::FakeEngine engine{store};
  Roles roles;
  // Cards that were asked to be drawn, and whom to hand their pictures.
  std::vector<std::pair<CardToDraw, std::function<void(api::Result<DrawnCard>)>>> to_draw;
  Service service{engine, store, "1.2.3",
                  [this](CardToDraw card, auto then) { to_draw.emplace_back(std::move(card), then); }};
  ipc::Server server{
      io, {"vendor", "product", "version", "url"}, [this](const ipc::Peer& peer, std::string_view method) {
        return roles.may(peer, method);
      }};
  Connection client{io, server};
};

}  // namespace service::test
