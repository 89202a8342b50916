#include <boost/json/serialize.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"

namespace ctl {
namespace {

std::string full_name(std::string_view method) {
  if (method.find('.') != method.npos) return std::string(method);
  return "org.cardwright.Production." + std::string(method);
}

}  // namespace

Exit fail(const Terminal& terminal, bool json, const ipc::Error& error) {
  const auto explained = explain(error);
  if (json && error.kind == ipc::Error::Kind::refused)
    terminal.err << ipc::json::object{{"error", error.name}, {"parameters", error.parameters}} << '\n';
  else
    terminal.err << "cardwrightctl: " << explained.what
                 << (explained.advice.empty() ? "" : "\n" + explained.advice) << '\n';
  return exit_for(error);
}

void Session::print_json(const ipc::json::object& reply) const {
  if (arguments.json) terminal.out << ipc::json::serialize(reply) << '\n' << std::flush;
}

ipc::Client::Result Session::call(std::string_view method, ipc::json::object parameters) const {
  auto reply = station.call(full_name(method), std::move(parameters));
  if (reply) print_json(*reply);
  return reply;
}

Exit Session::tell(std::string_view method, ipc::json::object parameters,
                   const std::function<void(const ipc::json::object&)>& show) const {
  const auto reply = call(method, std::move(parameters));
  if (!reply) return fail(reply.error());
  if (!arguments.json) show(*reply);
  return Exit::done;
}

Exit Session::fail(std::string_view what) const {
  terminal.err << "cardwrightctl: " << printable(what) << '\n';
  return Exit::refused;
}

ipc::Client::Result Session::call_more(std::string_view method, ipc::json::object parameters,
                                       const std::function<void(const ipc::json::object&)>& each) const {
  const auto show = [&](const ipc::json::object& reply) {
    print_json(reply);
    each(reply);
  };
  auto last = station.call_more(full_name(method), std::move(parameters), [&](ipc::json::object reply) {
    show(reply);
    return terminal.out.good();  // nobody reads any more: a closed pipe
  });
  if (last) show(*last);
  return last;
}

}  // namespace ctl
