// Walks through org.varlink.certification of other people's servers with our client library.
// Usage: certification-client SOCKET. Waits up to ten seconds for the service; exit status 0 when it
// certifies us.
#include <poll.h>

#include <cstdio>

#include "embedded/certification_client.hpp"
#include "ipc/client.hpp"
#include "ipc/idl.hpp"

namespace {

namespace json = ipc::json;
using std::chrono::steady_clock;

tl::expected<ipc::Client, ipc::Error> connect(const char* address) {
  const auto deadline = steady_clock::now() + std::chrono::seconds(10);
  for (;;) {
    auto client = ipc::Client::connect(address);
    if (client || client.error().kind != ipc::Error::Kind::unreachable || steady_clock::now() > deadline)
      return client;
    ::poll(nullptr, 0, 5);  // ms
  }
}

// Calls one method after the other; each gets what the one before returned, and the id of `Start`.
class Walk {
 public:
  explicit Walk(ipc::Client client) : client_(std::move(client)) {}

  bool step(std::string_view method) {
    auto result = client_.call(full_name(method), with_id());
    return result ? take(method, *std::move(result)) : report(method, result.error());
  }

  bool stream(std::string_view method) {
    json::array all;
    const auto each = [&](json::object reply) {
      all.push_back(reply.at("string"));
      return true;
    };
    auto last = client_.call_more(full_name(method), with_id(), each);
    if (!last) return report(method, last.error());
    all.push_back(last->at("string"));
    values_ = {{"last_more_replies", std::move(all)}};
    return true;
  }

  bool oneway(std::string_view method) {
    const auto sent = client_.call_oneway(full_name(method), with_id());
    values_.clear();
    return sent || report(method, sent.error());
  }

  bool all_ok() const { return values_.contains("all_ok") && values_.at("all_ok") == true; }

 private:
  static std::string full_name(std::string_view method) {
    return "org.varlink.certification." + std::string(method);
  }

  json::object with_id() const {
    auto parameters = values_;
    if (!id_.empty()) parameters["client_id"] = id_;
    return parameters;
  }

  bool take(std::string_view method, json::object result) {
    if (const auto fault = check(result, interface_.find_method(method)->output, interface_)) {
      std::printf("%s: %s %s\n", std::string(method).c_str(), fault->field.c_str(), fault->message.c_str());
      return false;
    }
    if (const auto* id = result.if_contains("client_id")) {
      id_ = id->as_string();
      result.erase("client_id");
    }
    values_ = std::move(result);
    return true;
  }

  static bool report(std::string_view method, const ipc::Error& error) {
    std::printf("%s: %s\n", std::string(method).c_str(), error.text.c_str());
    return false;
  }

  ipc::Client client_;
  const ipc::Interface interface_ =
      *ipc::parse_interface(embedded::certification_client("org.varlink.certification.varlink"));
  std::string id_;
  json::object values_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto client = connect(arguments[1]);
  if (!client) {
    std::puts(client.error().text.c_str());
    return 1;
  }
  Walk walk(*std::move(client));
  for (const char* method :
       {"Start", "Test01", "Test02", "Test03", "Test04", "Test05", "Test06", "Test07", "Test08", "Test09"})
    if (!walk.step(method)) return 1;
  if (!walk.stream("Test10") || !walk.oneway("Test11") || !walk.step("End")) return 1;
  std::puts(walk.all_ok() ? "certified" : "not certified");
  return walk.all_ok() ? 0 : 1;
}
