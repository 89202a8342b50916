#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/terminal.hpp"

// PIN letters: which there are, and who lets them out.
namespace ctl::run_command {

namespace json = boost::json;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Page after page; with --json a document each.
Exit list_letters(const Session& session) {
  const auto& said = session.arguments;
  json::object parameters;
  if (!said.state.empty()) parameters["state"] = said.state;
  if (!said.cards.empty()) parameters["card"] = said.cards.front();
  bool any = false;
  Table table({"LETTER", "CARD", "CONTROL", "STATE", "RELEASED BY", "MADE", "SENT", "WHY"});
  for (bool more = true; more;) {
    const auto reply = session.call("org.cardwright.Custody.ListLetters", parameters);
    if (!reply) return session.fail(reply.error());
    const auto& page = reply->at("letters").as_array();
    more = reply->at("more").as_bool() && !page.empty();
    if (!page.empty()) parameters["after"] = page.back().at("letter");
    any = any || !page.empty();
    if (said.json) continue;
    for (const auto& element : page) {
      const auto& one = element.as_object();
      table.add({text(one, "letter"), text(one, "card"), text(one, "control"), text(one, "state"),
                 text(one, "releasedBy"), text(one, "made"), text(one, "sent"), text(one, "text")});
    }
    if (any) table.print(session.terminal);
  }
  if (!any && !said.json)
    session.terminal.out << (said.state.empty() && said.cards.empty() ? "there are no letters\n"
                                                                      : "there is no such letter\n");
  return Exit::done;
}

Exit release(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  std::vector<std::string> letters, cards;
  for (const auto& id : said.cards) (id.starts_with('L') ? letters : cards).push_back(id);
  if (!letters.empty()) parameters["letters"] = strings(letters);
  if (!cards.empty()) parameters["cards"] = strings(cards);
  if (said.all) parameters["all"] = true;
  return session.tell("org.cardwright.Custody.ReleaseLetters", std::move(parameters),
                      [&](const json::object& reply) {
                        const auto out = list(reply, "letters");
                        const auto awaiting = list(reply, "awaitingSecondPerson");
                        auto& to = session.terminal.out;
                        if (!out.empty()) to << "released: " << joined(out) << '\n';
                        if (!awaiting.empty())
                          to << "noted, and nothing is released yet: " << joined(awaiting)
                             << "\na second person has to release them: `cardwrightctl letters release "
                             << joined(awaiting) << "`\n";
                        if (out.empty() && awaiting.empty()) to << "no letter waits\n";
                      });
}

Exit resolve_letter(const Session& session) {
  const auto& said = session.arguments;
  const bool delivered = said.verdict == "delivered";
  auto parameters = begin(said);
  parameters["letter"] = said.letter;
  parameters["delivered"] = delivered;
  if (!said.note.empty()) parameters["note"] = said.note;
  return session.tell(
      "org.cardwright.Custody.ResolveLetter", std::move(parameters), [&](const json::object& reply) {
        session.terminal.out
            << text(reply, "letter")
            << (delivered ? " is delivered, and its PIN erased\n"
                          : " is printed anew, with another control number, as soon as it is released\n");
      });
}

}  // namespace

Exit letters(const Session& session) {
  if (session.arguments.action == "release") return release(session);
  if (session.arguments.action == "resolve") return resolve_letter(session);
  return list_letters(session);
}

}  // namespace ctl::run_command
