// Serves org.varlink.certification with our library, so that other people's clients can certify it.
// Usage: certification-server SOCKET. Writes "ready" when it listens.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>

#include "embedded/certification_server.hpp"
#include "ipc/server.hpp"

namespace {

namespace json = ipc::json;

constexpr int replies = 10;  // of Test10

std::string reply_text(int number) {
  return "Reply number " + std::to_string(number);
}

const json::object numbers{{"bool", false}, {"int", 2}, {"float", 3.25}, {"string", "a lot of string"}};
const json::object names{{"foo", "Foo"}, {"bar", "Bar"}};
const json::object set{{"one", json::object()}, {"two", json::object()}, {"three", json::object()}};
const json::object my_type{
    {"object", {{"method", "org.varlink.certification.Test09"}, {"parameters", {{"map", names}}}}},
    {"enum", "two"},
    {"struct", {{"first", 1}, {"second", "2"}}},
    {"array", {"one", "two", "three"}},
    {"dictionary", names},
    {"stringset", set},
    {"interface",
     {{"foo",
       json::array{nullptr, {{"foo", "foo"}, {"bar", "bar"}}, nullptr, {{"one", "foo"}, {"two", "bar"}}}},
      {"anon", {{"foo", true}, {"bar", false}}}}}};

// What each test expects to get besides the client's id, and what it answers.
struct Step {
  const char* method;
  json::object wants;
  json::object answers;
};

std::vector<Step> steps() {
  json::array more_replies;
  for (int i = 1; i <= replies; ++i) more_replies.emplace_back(reply_text(i));
  return {{"Test01", {}, {{"bool", true}}},
          {"Test02", {{"bool", true}}, {{"int", 1}}},
          {"Test03", {{"int", 1}}, {{"float", 1.0}}},
          {"Test04", {{"float", 1.0}}, {{"string", "ping"}}},
          {"Test05", {{"string", "ping"}}, numbers},
          {"Test06", numbers, {{"struct", numbers}}},
          {"Test07", {{"struct", numbers}}, {{"map", names}}},
          {"Test08", {{"map", names}}, {{"set", set}}},
          {"Test09", {{"set", set}}, {{"mytype", my_type}}},
          {"Test10", {{"mytype", my_type}}, {{"string", reply_text(replies)}}},
          {"Test11", {{"last_more_replies", more_replies}}, {}},
          {"End", {}, {{"all_ok", true}}}};
}

// An absent nullable field is as good as null: what a client sends back may have gained such.
json::value without_nulls(const json::value& value) {
  if (!value.is_object()) return value;
  json::object result;
  for (const auto& [key, member] : value.get_object())
    if (!member.is_null()) result[key] = without_nulls(member);
  return result;
}

bool same_number(const json::value& a, const json::value& b) {
  return a.is_number() && b.is_number() && a.to_number<double>() == b.to_number<double>();
}

bool agrees(const json::value& wants, const json::value& got) {
  if (!wants.is_object() || !got.is_object()) return same_number(wants, got) || wants == got;
  if (wants.get_object().size() != got.get_object().size()) return false;
  for (const auto& [key, value] : wants.get_object()) {
    const auto* other = got.get_object().if_contains(key);
    if (!other || !agrees(value, *other)) return false;
  }
  return true;
}

class Certification {
 public:
  std::map<std::string, ipc::Method> methods() {
    std::map<std::string, ipc::Method> methods;
    methods["Start"] = {[](const ipc::Call&, ipc::Reply reply) {
      reply.reply({{"client_id", "the-client"}});
    }};
    for (Step& step : steps()) {
      const bool streams = step.method == std::string_view("Test10");
      methods[step.method] = {
          [this, step = std::move(step)](const ipc::Call& call, ipc::Reply reply) { run(step, call, reply); },
          streams};
    }
    return methods;
  }

 private:
  void run(const Step& step, const ipc::Call& call, ipc::Reply& reply) {
    auto got = call.parameters;
    if (got["client_id"] != "the-client") return reply.error("org.varlink.certification.ClientIdError");
    got.erase("client_id");
    if (!agrees(step.wants, without_nulls(got))) {
      all_ok_ = false;
      return reply.error("org.varlink.certification.CertificationError",
                         {{"wants", step.wants}, {"got", got}});
    }
    ++passed_;
    const bool last = step.method == std::string_view("End");
    if (step.method == std::string_view("Test10"))
      for (int i = 1; i < replies; ++i) reply.reply_continues({{"string", reply_text(i)}});
    if (step.method == std::string_view("Test11")) oneway_seen_ = call.oneway;
    if (!last) return reply.reply(step.answers);
    reply.reply({{"all_ok", all_ok_ && oneway_seen_ && passed_ == steps().size()}});
  }

  std::size_t passed_ = 0;
  bool all_ok_ = true;
  bool oneway_seen_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGTERM);
  signals.async_wait([&io](const auto&, int) { io.stop(); });
  Certification certification;
  ipc::Server server(io, {"Cardwright", "certification", "1", "https://varlink.org"},
                     [](const ipc::Peer&, std::string_view) { return true; });
  server.add(embedded::certification_server("org.varlink.certification.varlink"), certification.methods());
  server.listen(arguments[1]);
  std::puts("ready");
  std::fflush(stdout);
  io.run();
}
