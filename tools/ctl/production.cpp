#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/progress.hpp"
#include "tools/ctl/show.hpp"

// Commands that change something.
namespace ctl {
namespace {

namespace json = boost::json;

json::array strings(const std::vector<std::string>& texts) {
  json::array result;
  for (const auto& one : texts) result.emplace_back(one);
  return result;
}

std::vector<std::string> list(const json::object& reply, std::string_view member) {
  std::vector<std::string> result;
  const auto* value = reply.if_contains(member);
  if (!value || !value->is_array()) return result;
  for (const auto& element : value->get_array())
    if (element.is_string()) result.push_back(printable(element.get_string()));
  return result;
}

// The parameters that every changing command may have.
json::object begin(const Arguments& arguments) {
  json::object parameters;
  if (!arguments.idempotency_key.empty()) parameters["idempotencyKey"] = arguments.idempotency_key;
  return parameters;
}

void add_options(json::object& parameters, const Arguments& arguments) {
  json::object options;
  if (arguments.pin_length) options["pinLength"] = *arguments.pin_length;
  if (arguments.puk_length) options["pukLength"] = *arguments.puk_length;
  if (arguments.encode) options["encode"] = *arguments.encode;
  if (!arguments.certificates.empty()) options["certificates"] = strings(arguments.certificates);
  if (!options.empty()) parameters["options"] = std::move(options);
}

// The cards of a batch that came without them: they were too many for one reply.
tl::expected<json::array, ipc::Error> cards_of(const Session& session, const std::string& batch) {
  json::array cards;
  const auto take = [&cards](const json::object& page) {
    for (const auto& card : page.at("cards").as_array()) cards.push_back(card);
    return true;
  };
  const auto last =
      session.station.call_more("org.cardwright.Production.ListCards", {{"batch", batch}}, take);
  if (!last) return tl::unexpected(last.error());
  take(*last);
  return cards;
}

// Says what became of the cards and what a person does next; 4 when one of them is no good.
Exit conclude(const Session& session, const std::string& batch, const std::vector<std::string>& cards) {
  auto reply = session.station.call("org.cardwright.Production.GetBatch", {{"batch", batch}});
  if (!reply) return session.fail(reply.error());
  auto& shown = reply->at("batch").as_object();
  if (const auto* all = shown.if_contains("cards"); !all || !all->is_array()) {
    auto listed = cards_of(session, batch);
    if (!listed) return session.fail(listed.error());
    shown["cards"] = *std::move(listed);
  }
  const auto is_bad = [&](const json::value& card) {
    const auto state = text(card.as_object(), "state");
    return (state == "failed" || state == "inDoubt") &&
           std::ranges::find(cards, text(card.as_object(), "id")) != cards.end();
  };
  const bool all_good = std::ranges::none_of(shown.at("cards").as_array(), is_bad);
  if (!session.arguments.json) {
    if (!session.terminal.live) session.terminal.out << '\n';
    show_batch(session.terminal, shown);
  }
  return all_good ? Exit::done : Exit::someCardsFailed;
}

// Calls a method that starts production and follows its batch to the end.
Exit produce(const Session& session, std::string_view method, json::object parameters) {
  std::optional<Progress> progress;
  std::string batch;
  std::vector<std::string> cards;
  const auto last = session.call_more(method, std::move(parameters), [&](const json::object& reply) {
    if (batch.empty()) {
      batch = text(reply, "batch");
      cards = list(reply, "cards");
      if (!session.arguments.json) show_skipped(session.terminal, reply);
      if (!session.arguments.json && !batch.empty()) progress.emplace(session.terminal, batch, cards);
    }
    const auto* change = reply.if_contains("change");
    if (change && change->is_object() && progress) progress->show(change->get_object());
  });
  if (!last) return session.fail(last.error());
  return conclude(session, batch, cards);
}

Exit check(const Session& session, json::object parameters) {
  const auto reply = session.call("IssueCards", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  if (session.arguments.json) return Exit::done;
  const auto cards = text(*reply, "cards");
  session.terminal.out << "would be issued: " << (cards.empty() ? "no card" : cards) << '\n';
  show_skipped(session.terminal, *reply);
  return Exit::done;
}

}  // namespace

namespace run_command {

Exit request(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  parameters["amount"] = said.amount;
  if (!said.product.empty()) parameters["product"] = said.product;
  if (!said.note.empty()) parameters["note"] = said.note;
  add_options(parameters, said);
  json::object fields;
  for (const auto& field : said.fields) {
    const auto equals = field.find('=');
    fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  if (!fields.empty()) parameters["fields"] = std::move(fields);
  const auto reply = session.call("RequestCards", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  if (said.json) return Exit::done;
  const auto cards = text(*reply, "cards");
  session.terminal.out << cards << '\n';
  if (session.terminal.live) session.terminal.err << "make them: `cardwrightctl issue " << cards << "`\n";
  return Exit::done;
}

Exit issue(const Session& session) {
  auto parameters = begin(session.arguments);
  if (session.arguments.all)
    parameters["all"] = true;
  else
    parameters["cards"] = strings(session.arguments.cards);
  add_options(parameters, session.arguments);
  if (!session.arguments.check) return produce(session, "IssueCards", std::move(parameters));
  parameters["checkOnly"] = true;
  return check(session, std::move(parameters));
}

Exit repeat(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["batch"] = session.arguments.batch;
  if (!session.arguments.cards.empty()) parameters["cards"] = strings(session.arguments.cards);
  parameters["reason"] = session.arguments.reason;
  return produce(session, "RepeatProduction", std::move(parameters));
}

Exit complete(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["batch"] = session.arguments.batch;
  const auto reply = session.call("CompleteBatch", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  if (!session.arguments.json)
    session.terminal.out << text(*reply, "batch") << " completed: " << text(*reply, "cards") << '\n';
  return Exit::done;
}

Exit give_up(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["cards"] = strings(session.arguments.cards);
  const auto reply = session.call("GiveUpCards", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  if (!session.arguments.json) session.terminal.out << "given up: " << text(*reply, "cards") << '\n';
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
  const auto reply = session.call("org.cardwright.Maintenance.Pause");
  if (!reply) return session.fail(reply.error());
  if (!session.arguments.json)
    session.terminal.out << "stops before the next card; `cardwrightctl resume` goes on\n";
  return Exit::done;
}

Exit resume(const Session& session) {
  const auto reply = session.call("org.cardwright.Maintenance.Resume");
  if (!reply) return session.fail(reply.error());
  if (!session.arguments.json) session.terminal.out << "goes on\n";
  return Exit::done;
}

}  // namespace run_command
}  // namespace ctl
