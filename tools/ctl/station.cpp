#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/show.hpp"

// The station itself, and its cards in doubt.
namespace ctl::run_command {

namespace json = boost::json;

Exit status(const Session& session) {
  return session.tell("org.cardwright.Maintenance.GetStation", {},
                      [&](const json::object& reply) { show_station(session.terminal, reply); });
}

// Page after page; with --json a document each.
Exit doubts(const Session& session) {
  json::object parameters;
  for (bool more = true, any = false; more;) {
    const auto reply = session.call("org.cardwright.Maintenance.ListDoubts", parameters);
    if (!reply) return session.fail(reply.error());
    const auto& page = reply->at("doubts").as_array();
    more = reply->at("more").as_bool() && !page.empty();
    if (!page.empty()) parameters["after"] = page.back().at("card");
    if (session.arguments.json) continue;
    for (const auto& doubt : page) {
      if (std::exchange(any, true)) session.terminal.out << '\n';
      show_doubt(session.terminal, doubt.as_object());
    }
    if (!any) session.terminal.out << "no card is in doubt\n";
  }
  return Exit::done;
}

Exit resolve(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  parameters["card"] = said.cards.front();
  parameters["verdict"] = said.verdict;
  if (!said.note.empty()) parameters["note"] = said.note;
  const auto reply = session.call("org.cardwright.Maintenance.ResolveDoubt", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  if (said.json) return Exit::done;
  session.terminal.out << text(*reply, "card") << " is settled as " << said.verdict << '\n';
  const auto batch = text(*reply, "batch");
  if (batch.empty()) return Exit::done;
  const auto now = session.station.call("org.cardwright.Production.GetBatch", {{"batch", batch}});
  if (!now) return session.fail(now.error());
  if (const auto advice = next_step(now->at("batch").as_object()); !advice.empty())
    session.terminal.out << advice << '\n';
  return Exit::done;
}

Exit pause(const Session& session) {
  return session.tell("org.cardwright.Maintenance.Pause", {}, [&](const json::object&) {
    session.terminal.out << "stops before the next card; `cardwrightctl resume` goes on\n";
  });
}

Exit resume(const Session& session) {
  return session.tell("org.cardwright.Maintenance.Resume", {},
                      [&](const json::object&) { session.terminal.out << "goes on\n"; });
}

}  // namespace ctl::run_command
