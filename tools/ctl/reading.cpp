#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/progress.hpp"
#include "tools/ctl/show.hpp"

// Lists of products, cards and batches, and their changes.
namespace ctl::run_command {

namespace json = boost::json;

Exit products(const Session& session) {
  return session.tell("ListProducts", {}, [&](const json::object& reply) {
    Table table({"PRODUCT", "TITLE", "PIN", "PUK", "CHIP", "CERTIFICATES", "CONFIRM", "MAY CHANGE"});
    for (const auto& element : reply.at("products").as_array()) {
      const auto& product = element.as_object();
      table.add({text(product, "name") + (text(product, "isDefault") == "true" ? " (default)" : ""),
                 text(product, "title"), text(product, "pinLength"), text(product, "pukLength"),
                 text(product, "encode") == "true" ? "encoded" : "printed only",
                 text(product, "certificates"), text(product, "confirm"),
                 text(product, "operatorMayChange")});
    }
    table.print(session.terminal);
    session.terminal.out << '\n';
    Table types({"PRODUCTION TYPE", "PRODUCT", "PRODUCER", "QUEUE"});
    for (const auto& element : reply.at("productionTypes").as_array()) {
      const auto& type = element.as_object();
      const auto queue = text(type, "queue");
      types.add({text(type, "name") + (is_true(type, "isDefault") ? " (default)" : ""), text(type, "product"),
                 text(type, "producer"),
                 queue.empty()     ? "as ordered"
                 : queue == "true" ? "always"
                                   : "never"});
    }
    types.print(session.terminal);
  });
}

Exit cards(const Session& session) {
  const auto& said = session.arguments;
  json::object parameters;
  if (!said.state.empty()) parameters["state"] = said.state;
  if (!said.batch.empty()) parameters["batch"] = said.batch;
  if (!said.order.empty()) parameters["order"] = said.order;
  if (!said.holder.empty()) parameters["holder"] = said.holder;
  if (said.limit) parameters["limit"] = *said.limit;
  auto table = card_table();
  const auto last = session.call_more("ListCards", std::move(parameters), [&](const json::object& page) {
    if (said.json) return;
    for (const auto& card : page.at("cards").as_array()) add_card(table, card.as_object());
    table.print(session.terminal);
  });
  return last ? Exit::done : session.fail(last.error());
}

Exit card(const Session& session) {
  return session.tell("GetCard", {{"card", session.arguments.cards.front()}}, [&](const json::object& reply) {
    show_card(session.terminal, reply.at("card").as_object());
  });
}

Exit batches(const Session& session) {
  json::object parameters;
  if (session.arguments.limit) parameters["limit"] = *session.arguments.limit;
  return session.tell("ListBatches", std::move(parameters), [&](const json::object& reply) {
    Table table({"BATCH", "STATE", "CREATED", "CARDS", "WHY"});
    for (const auto& element : reply.at("batches").as_array()) {
      const auto& batch = element.as_object();
      table.add({text(batch, "id"), text(batch, "state"), text(batch, "created"), show_counts(batch),
                 text(batch, "reason")});
    }
    table.print(session.terminal);
  });
}

Exit batch(const Session& session) {
  return session.tell("GetBatch", {{"batch", session.arguments.batch}}, [&](const json::object& reply) {
    show_batch(session.terminal, reply.at("batch").as_object());
  });
}

Exit watch(const Session& session) {
  json::object parameters;
  if (session.arguments.after) parameters["after"] = *session.arguments.after;
  const auto last = session.call_more("Watch", std::move(parameters), [&](const json::object& reply) {
    if (session.arguments.json) return;
    const auto& out = session.terminal;
    if (const auto* lines = reply.if_contains("lines"); lines && lines->is_array())
      for (const auto& line : lines->get_array()) out.out << line_head(out, line.as_object()) << '\n';
    if (const auto* batches = reply.if_contains("batches"); batches && batches->is_array())
      for (const auto& element : batches->get_array()) {
        const auto& open = element.as_object();
        out.out << text(open, "id") << " " << coloured(out, mood_of(text(open, "state")), text(open, "state"))
                << ": " << show_counts(open) << '\n';
      }
    if (is_true(reply, "moreBatches")) out.out << "other batches are open: `cardwrightctl batches`\n";
    if (const auto* change = reply.if_contains("change"); change && change->is_object())
      out.out << text(change->get_object(), "time") << "  " << change_line(out, change->get_object()) << '\n';
    out.out << std::flush;
  });
  return last ? Exit::done : session.fail(last.error());
}

}  // namespace ctl::run_command
