#pragma once
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <sstream>

#include "embedded/ipc.hpp"
#include "ipc/idl.hpp"
#include "tools/ctl/ctl.hpp"

namespace ctl::test {

namespace json = boost::json;

inline const ipc::Interface& interface_of(const std::string& name) {
  static std::map<std::string, ipc::Interface> parsed;
  if (!parsed.contains(name))
    parsed.emplace(name, ipc::parse_interface(embedded::ipc(name + ".varlink")).value());
  return parsed.at(name);
}

// A station that answers from a script. What it is asked and what it answers has to agree with the interface.
class FakeStation {
 public:
  struct Called {
    std::string method;
    json::object parameters;
  };
  std::vector<Called> calls;
  std::map<std::string, std::deque<std::vector<std::string>>> script;  // the replies to each call, by method
  std::map<std::string, ipc::Error> errors;

  ipc::Client::Result answer(std::string_view method, json::object parameters,
                             const std::function<bool(json::object)>& each) {
    const std::string full(method);
    const auto dot = full.rfind('.');
    const auto& interface = interface_of(full.substr(0, dot));
    const auto name = full.substr(dot + 1);
    const auto* type = interface.find_method(name);
    EXPECT_NE(type, nullptr) << full;
    const auto fault = ipc::check(parameters, type->input, interface);
    EXPECT_FALSE(fault) << full << ": " << fault->field << " " << fault->message;
    calls.push_back({name, std::move(parameters)});
    if (const auto error = errors.find(name); error != errors.end()) return tl::unexpected(error->second);
    auto& answers = script[name];
    if (answers.empty()) {
      ADD_FAILURE() << "no answer to " << name;
      return tl::unexpected(ipc::Error{ipc::Error::Kind::broken, {}, {}, "no answer"});
    }
    const auto replies = answers.front();
    answers.pop_front();
    json::object last;
    for (std::size_t i = 0; i < replies.size(); ++i) {
      last = json::parse(replies[i]).as_object();
      const auto wrong = ipc::check(last, type->output, interface);
      EXPECT_FALSE(wrong) << full << ": " << wrong->field << " " << wrong->message;
      if (i + 1 < replies.size() && !each(last))
        return tl::unexpected(ipc::Error{ipc::Error::Kind::broken, {}, {}, "ended"});
    }
    return last;
  }
};

// What a run of the program did.
struct Outcome {
  Exit exit;
  std::string out, err;
};

class Ctl : public testing::Test {
 protected:
  struct Connection : Station {
    explicit Connection(FakeStation& to) : station(to) {}
    ipc::Client::Result call(std::string_view method, json::object parameters) override {
      return station.answer(method, std::move(parameters), [](const json::object&) { return true; });
    }
    ipc::Client::Result call_more(std::string_view method, json::object parameters,
                                  const std::function<bool(json::object)>& each) override {
      return station.answer(method, std::move(parameters), each);
    }
    FakeStation& station;
  };

  Outcome run(std::vector<std::string> arguments) {
    std::ostringstream out, err;
    std::istringstream in(input);
    const Terminal terminal{out, err, live, colour, width, height, in};
    const auto exit =
        ctl::run(std::move(arguments), terminal,
                 [&](const std::string& address) -> tl::expected<std::unique_ptr<Station>, ipc::Error> {
                   connected_to = address;
                   if (unreachable) return tl::unexpected(*unreachable);
                   return std::make_unique<Connection>(station);
                 });
    return {exit, out.str(), err.str()};
  }
  void answer(const std::string& method, std::vector<std::string> replies) {
    station.script[method].push_back(std::move(replies));
  }
  void refuse(const std::string& method, const std::string& error, std::string_view parameters) {
    station.errors[method] = {ipc::Error::Kind::refused, error, json::parse(parameters).as_object(),
                              "refused"};
  }
  // The parameters of the last call of the method.
  json::object asked(const std::string& method) {
    for (auto call = station.calls.rbegin(); call != station.calls.rend(); ++call)
      if (call->method == method) return call->parameters;
    ADD_FAILURE() << method << " was not called";
    return {};
  }

  FakeStation station;
  bool live = false, colour = false;
  std::size_t width = 0, height = 0;
  std::string connected_to, input;
  std::optional<ipc::Error> unreachable;
};

}  // namespace ctl::test
