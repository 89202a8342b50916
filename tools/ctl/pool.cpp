#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/pictures.hpp"
#include "tools/ctl/progress.hpp"
#include "tools/ctl/show.hpp"

// The pool of finished cards, and the people who get them.
namespace ctl {
namespace {

namespace json = boost::json;

// What to do with a card whose encoding by hand failed; `again` is the command that was given.
std::string way_out(const std::string& card, const std::string& state, const std::string& again) {
  if (state == "failed")
    return "its chip was touched; `cardwrightctl card " + card +
           "` names its batch or order: make it again there";
  return "put the card into the encoder and try again: `" + again + "`";
}

// Calls a method for which a card may have to be encoded in the encoder, follows that, and says what became
// of the card.
Exit encode(const Session& session, std::string_view method, json::object parameters,
            const std::string& again) {
  const auto card = session.arguments.cards.front();
  std::optional<Progress> progress;
  parameters["card"] = card;
  const auto last = session.call_more(method, std::move(parameters), [&](const json::object& reply) {
    const auto* change = reply.if_contains("change");
    if (session.arguments.json || !change || !change->is_object()) return;
    if (!progress) progress.emplace(session.terminal, "", std::vector{card});
    progress->show(change->get_object());
  });
  if (!last) return session.fail(last.error());
  const bool failed = !text(*last, "reason").empty();
  if (!session.arguments.json) {
    show_outcome(session.terminal, *last);
    if (failed) session.terminal.out << way_out(card, text(*last, "state"), again) << '\n';
  }
  return failed ? Exit::someCardsFailed : Exit::done;
}

bool says_something(const Arguments& said) {
  return said.name || said.active || said.photo || said.upn || said.email;
}

// An empty value takes the member away.
void replace(json::object& holder, std::string_view member, const std::optional<std::string>& value) {
  if (!value) return;
  if (value->empty())
    holder.erase(member);
  else
    holder[member] = *value;
}

// What the station knows of the holder; of a new one only the id.
tl::expected<json::object, ipc::Error> known_holder(const Session& session) {
  const auto& id = session.arguments.holder;
  auto reply = session.station.call("org.cardwright.Production.GetHolder", {{"holder", id}});
  if (reply) return reply->at("holder").as_object();
  if (reply.error().name != "org.cardwright.Production.HolderNotFound") return tl::unexpected(reply.error());
  return json::object{{"id", id}, {"state", "active"}};
}

}  // namespace

namespace run_command {

Exit initialize(const Session& session) {
  return encode(session, "InitializeCard", begin(session.arguments),
                "cardwrightctl initialize " + session.arguments.cards.front());
}

Exit assign(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  parameters["holder"] = said.holder;
  if (said.days) parameters["days"] = *said.days;
  return encode(session, "AssignCard", std::move(parameters),
                "cardwrightctl assign " + said.cards.front() + " " + said.holder);
}

Exit extend(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  if (said.days) parameters["days"] = *said.days;
  return encode(session, "ExtendCard", std::move(parameters), "cardwrightctl extend " + said.cards.front());
}

Exit withdraw(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["card"] = session.arguments.cards.front();
  return session.tell("WithdrawCard", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "card") << " is back in the pool\n";
  });
}

Exit lock(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  parameters["card"] = said.cards.front();
  if (!said.reason.empty()) parameters["reason"] = said.reason;
  if (said.replace) parameters["replace"] = true;
  return session.tell("LockCard", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "card") << " is locked for good\n";
    if (const auto other = text(reply, "replacement"); !other.empty())
      session.terminal.out << other << " is requested in its place: `cardwrightctl issue " << other << "`\n";
  });
}

// The interface takes the whole of a holder: what was not said stays as the station knows it.
Exit holder(const Session& session) {
  const auto& said = session.arguments;
  if (!says_something(said))
    return session.tell("GetHolder", {{"holder", said.holder}},
                        [&](const json::object& reply) { show_holder(session.terminal, reply); });
  auto known = known_holder(session);
  if (!known) return session.fail(known.error());
  replace(*known, "name", said.name);
  replace(*known, "upn", said.upn);
  replace(*known, "email", said.email);
  if (said.active) (*known)["state"] = *said.active ? "active" : "inactive";
  if (!known->contains("name"))
    return session.fail("a holder needs a name: `cardwrightctl holder " + said.holder + " --name NAME`");
  auto photo = said.photo;
  if (photo && !photo->empty()) {
    const auto stored = store_photo(session, *photo);
    if (!stored) return stored.error();
    photo = *stored;
  }
  replace(*known, "photo", photo);
  const auto now = text(*known, "name") + ", " + text(*known, "state");
  auto parameters = begin(said);
  parameters["holder"] = *std::move(known);
  return session.tell("PutHolder", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "holder") << " is " << now << '\n';
  });
}

}  // namespace run_command
}  // namespace ctl
