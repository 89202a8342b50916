#include <algorithm>
#include <array>
#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/show.hpp"

// The station itself, and its cards in doubt.
namespace ctl::run_command {

namespace json = boost::json;

namespace {

// A day is the time at which it begins.
std::string time_of(const std::string& day_or_time) {
  constexpr std::string_view day = "2026-11-20";
  return day_or_time.size() == day.size() ? day_or_time + "T00:00:00Z" : day_or_time;
}

struct Figure {
  const char* heading;
  std::string_view member;
  bool always;  // else only where something other than 0 is to be told: the table shall fit a terminal
};
constexpr std::array figures{
    Figure{"PRODUCT", "product", false},
    Figure{"ATTEMPTS", "attempts", true},
    Figure{"GOOD", "good", true},
    Figure{"SPOILED", "spoiled", false},
    Figure{"CONDEMNED", "condemned", false},
    Figure{"NOTHING", "nothing", false},
    Figure{"IN DOUBT", "inDoubt", false},
    Figure{"YIELD", "yield", true},
    Figure{"CARDS/H", "cardsPerHour", true},
    Figure{"INIT", "initialized", false},
    Figure{"ENCODED", "reencoded", false},
    Figure{"HAND BAD", "byHandFailed", false},
};

// "2026-11-20", or "2026-11-20 06:00" where it does not begin with a day (UTC).
std::string beginning(const std::string& start) {
  constexpr std::size_t day = 10, minute = 16;
  if (start.size() < minute || start.substr(day, minute - day) == "T00:00") return start.substr(0, day);
  return start.substr(0, day) + " " + start.substr(day + 1, minute - day - 1);
}

void show_statistics(const Terminal& terminal, const json::object& reply) {
  const auto& statistics = reply.at("statistics").as_array();
  std::vector<Figure> shown;
  for (const auto& figure : figures)
    if (figure.always || std::ranges::any_of(statistics, [&](const auto& one) {
          const auto said = text(one.as_object(), figure.member);
          return !said.empty() && said != "0";
        }))
      shown.push_back(figure);
  std::vector<std::string> headings{"FROM"};
  for (const auto& figure : shown) headings.emplace_back(figure.heading);
  headings.emplace_back("CAUSES");
  Table table(std::move(headings));
  for (const auto& element : statistics) {
    const auto& one = element.as_object();
    std::vector<std::string> cells{beginning(text(one, "start"))};
    for (const auto& figure : shown) cells.push_back(text(one, figure.member));
    cells.push_back(show_numbers(one, "reasons"));
    table.add(std::move(cells));
  }
  table.print(terminal);
}

}  // namespace

Exit status(const Session& session) {
  return session.tell("org.cardwright.Maintenance.GetStation", {},
                      [&](const json::object& reply) { show_station(session.terminal, reply); });
}

Exit stats(const Session& session) {
  const auto& said = session.arguments;
  json::object parameters;
  if (!said.by.empty()) parameters["by"] = said.by;
  if (!said.since.empty()) parameters["since"] = time_of(said.since);
  if (!said.until.empty()) parameters["until"] = time_of(said.until);
  return session.tell("org.cardwright.Maintenance.GetStatistics", std::move(parameters),
                      [&](const json::object& reply) { show_statistics(session.terminal, reply); });
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
