#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/pictures.hpp"
#include "tools/ctl/progress.hpp"
#include "tools/ctl/show.hpp"

// From requested cards to a confirmed batch.
namespace ctl {
namespace {

namespace json = boost::json;

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
  if (!session.arguments.json) {
    const auto cards = text(*reply, "cards");
    session.terminal.out << "would be issued: " << (cards.empty() ? "no card" : cards) << '\n';
    show_skipped(session.terminal, *reply);
  }
  return check_drawing(session, list(*reply, "cards"));
}

}  // namespace

namespace run_command {

Exit request(const Session& session) {
  auto parameters = begin(session.arguments);
  if (const auto wrong = add_wishes(parameters, session)) return *wrong;
  if (!session.arguments.product.empty()) parameters["product"] = session.arguments.product;
  return session.tell("RequestCards", std::move(parameters), [&](const json::object& reply) {
    const auto cards = text(reply, "cards");
    session.terminal.out << cards << '\n';
    if (session.terminal.live) session.terminal.err << "make them: `cardwrightctl issue " << cards << "`\n";
  });
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

// Of a batch: like issue. Of a bureau's order: its failed cards are ordered anew.
Exit repeat(const Session& session) {
  const auto& said = session.arguments;
  const bool of_order = said.batch.starts_with('O');
  auto parameters = begin(said);
  parameters[of_order ? "order" : "batch"] = said.batch;
  if (!said.cards.empty()) parameters["cards"] = strings(said.cards);
  parameters["reason"] = said.reason;
  if (!of_order) return produce(session, "RepeatProduction", std::move(parameters));
  return session.tell("RepeatProduction", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "order") << ": " << text(reply, "cards") << '\n';
    show_skipped(session.terminal, reply);
  });
}

Exit complete(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["batch"] = session.arguments.batch;
  return session.tell("CompleteBatch", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "batch") << " completed: " << text(reply, "cards") << '\n';
  });
}

Exit give_up(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["cards"] = strings(session.arguments.cards);
  return session.tell("GiveUpCards", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << "given up: " << text(reply, "cards") << '\n';
  });
}

Exit cancel(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["batch"] = session.arguments.batch;
  return session.tell("CancelBatch", std::move(parameters), [&](const json::object& reply) {
    const auto batch = text(reply, "batch");
    const auto cards = text(reply, "cards");
    session.terminal.out << batch << " stops; not begun: " << (cards.empty() ? "no card" : cards)
                         << "\nwhat was begun: `cardwrightctl batch " << batch << "`\n";
  });
}

}  // namespace run_command
}  // namespace ctl
