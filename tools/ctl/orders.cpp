#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tools/ctl/commands.hpp"
#include "tools/ctl/explain.hpp"
#include "tools/ctl/parameters.hpp"
#include "tools/ctl/show.hpp"

// Orders, and the tables that requests and bureaus come in.
namespace ctl {
namespace {

namespace json = boost::json;

// So that the whole call is a message that the station takes: in JSON every line end and quotation mark is
// two characters.
constexpr std::size_t table_bytes_max = ipc::Limits{}.message_bytes_max * 3 / 4;

bool fits(const json::object& parameters) {
  constexpr std::size_t around_it = 256;
  return json::serialize(parameters).size() + around_it <= ipc::Limits{}.message_bytes_max;
}

// Puts the file into the parameters; else says what is wrong with it.
std::optional<std::string> add_file(const Session& session, json::object& parameters,
                                    std::string_view member) {
  const auto& path = session.arguments.file;
  auto content = read_file(session.terminal, path, table_bytes_max);
  if (!content) return content.error();
  parameters[member] = *std::move(content);
  if (!fits(parameters)) return path + " is larger than a message to the station; cut it into several";
  return std::nullopt;
}

Exit change_order(const Session& session, std::string_view method, std::string_view then) {
  auto parameters = begin(session.arguments);
  parameters["order"] = session.arguments.order;
  return session.tell(method, std::move(parameters), [&](const json::object& reply) {
    const auto order = text(reply, "order");
    session.terminal.out << order << then << order << "`\n";
  });
}

// How to follow what was ordered, for those who sit at the terminal.
void say_what_next(const Terminal& terminal, const std::string& order) {
  if (terminal.live) terminal.err << "see how it stands: `cardwrightctl orders " << order << "`\n";
}

void add_order(Table& table, const json::object& order) {
  table.add({text(order, "id"), text(order, "state"), is_true(order, "held") ? "held" : "",
             text(order, "productionType"), text(order, "priority"), text(order, "batch"),
             show_counts(order)});
}

// The newest ones; with a limit page after page, since a reply may have fewer than were asked for.
Exit list_orders(const Session& session, json::object parameters) {
  Table table({"ORDER", "STATE", "HELD", "TYPE", "PRIORITY", "BATCH", "CARDS"});
  auto left = session.arguments.limit;
  for (bool more = true; more;) {
    if (left) parameters["limit"] = *left;
    const auto reply = session.call("ListOrders", parameters);
    if (!reply) return session.fail(reply.error());
    const auto& page = reply->at("orders").as_array();
    for (const auto& order : page) add_order(table, order.as_object());
    if (!session.arguments.json) table.print(session.terminal);
    if (left) *left -= static_cast<std::int64_t>(page.size());
    more = left.value_or(0) > 0 && !page.empty();
    if (more) parameters["after"] = page.back().at("id");
  }
  return Exit::done;
}

}  // namespace

namespace run_command {

Exit order(const Session& session) {
  const auto& said = session.arguments;
  auto parameters = begin(said);
  if (const auto wrong = add_wishes(parameters, session)) return *wrong;
  if (!said.production_type.empty()) parameters["productionType"] = said.production_type;
  if (!said.holder.empty()) parameters["holder"] = said.holder;
  if (said.queue) parameters["queue"] = *said.queue;
  if (said.priority) parameters["priority"] = *said.priority;
  return session.tell("OrderCards", std::move(parameters), [&](const json::object& reply) {
    session.terminal.out << text(reply, "order") << ": " << text(reply, "cards") << '\n';
    say_what_next(session.terminal, text(reply, "order"));
  });
}

Exit orders(const Session& session) {
  const auto& said = session.arguments;
  if (!said.order.empty())
    return session.tell("GetOrder", {{"order", said.order}}, [&](const json::object& reply) {
      show_order(session.terminal, reply.at("order").as_object());
    });
  json::object parameters;
  if (!said.state.empty()) parameters["state"] = said.state;
  if (said.held) parameters["held"] = *said.held;
  if (!said.after_id.empty()) parameters["after"] = said.after_id;
  return list_orders(session, std::move(parameters));
}

Exit hold(const Session& session) {
  return change_order(session, "HoldOrder", " is held; let it be made: `cardwrightctl unhold ");
}

Exit unhold(const Session& session) {
  return change_order(session, "ReleaseOrder", " is made in its turn; see when: `cardwrightctl orders ");
}

// One call takes cards and one order; of several orders each is a call of its own.
Exit abort(const Session& session) {
  std::vector<std::string> cards, orders;
  for (const auto& id : session.arguments.cards) (id.starts_with('O') ? orders : cards).push_back(id);
  const bool several = orders.size() > 1;
  if (orders.empty()) orders.emplace_back();
  for (const auto& order : orders) {
    auto parameters = begin(session.arguments);
    // A key stands for one call. Each call gets its own, and the same one when the command is given again.
    if (several && parameters.contains("idempotencyKey"))
      parameters["idempotencyKey"] = session.arguments.idempotency_key + "/" + order;
    if (!cards.empty()) parameters["cards"] = strings(cards);
    if (!order.empty()) parameters["order"] = order;
    const auto exit = session.tell("AbortCards", std::move(parameters), [&](const json::object& reply) {
      session.terminal.out << "aborted: " << text(reply, "cards") << '\n';
    });
    if (exit != Exit::done) return exit;
    cards.clear();
  }
  return Exit::done;
}

Exit import_table(const Session& session) {
  auto parameters = begin(session.arguments);
  if (const auto wrong = add_file(session, parameters, "table")) return session.fail(*wrong);
  return session.tell("ImportBatch", std::move(parameters), [&](const json::object& reply) {
    const auto cards = text(reply, "cards");
    session.terminal.out << cards << '\n';
    if (session.terminal.live) session.terminal.err << "make them: `cardwrightctl issue " << cards << "`\n";
  });
}

Exit manifest(const Session& session) {
  auto parameters = begin(session.arguments);
  parameters["order"] = session.arguments.order;
  if (const auto wrong = add_file(session, parameters, "manifest")) return session.fail(*wrong);
  const auto reply = session.call("ImportManifest", std::move(parameters));
  if (!reply) return session.fail(reply.error());
  const auto produced = text(*reply, "produced");
  const auto failed = text(*reply, "failed");
  if (!session.arguments.json && !produced.empty()) session.terminal.out << "produced: " << produced << '\n';
  if (!session.arguments.json && !failed.empty())
    session.terminal.out << "failed: " << failed << "\nhave them made again: `cardwrightctl repeat "
                         << session.arguments.order << " --failed --reason damaged`\n";
  return failed.empty() ? Exit::done : Exit::someCardsFailed;
}

}  // namespace run_command
}  // namespace ctl
