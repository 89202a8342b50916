#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "tools/ctl/ctl.hpp"

namespace CLI {
class App;
}

namespace ctl {

// What the command line said, for all commands together.
struct Arguments {
  std::string socket = "/run/cardwright/station";
  bool json = false;
  std::string idempotency_key;

  std::int64_t amount = 0;
  std::string product, production_type, note, state, reason, verdict, file;
  std::string by, since, until;
  std::string batch, order, holder, after_id, letter;
  std::string action;  // of a command that has several
  std::string format = "csv";
  std::vector<std::string> fields;  // NAME=VALUE
  std::vector<std::string> cards, certificates;
  std::optional<std::string> name, photo, upn, email;
  std::optional<std::int64_t> pin_length, puk_length, after, limit, priority, days;
  std::optional<bool> encode, queue, held, active;
  std::string folder = ".";
  bool all = false, check = false, failed = false, replace = false, planes = false;
};

// Tells about the error and returns the status to end with.
Exit fail(const Terminal& terminal, bool json, const ipc::Error& error);

// What a command runs with: one connection, and where its answers go.
struct Session {
  Station& station;
  const Terminal& terminal;
  const Arguments& arguments;

  // Calls the method of org.cardwright.Production; with --json the reply is printed as it is.
  ipc::Client::Result call(std::string_view method, ipc::json::object parameters = {}) const;
  // With `more`: every reply, the last one too, goes to `each`.
  ipc::Client::Result call_more(std::string_view method, ipc::json::object parameters,
                                const std::function<void(const ipc::json::object&)>& each) const;
  // Calls the method and shows its reply, unless it was printed as JSON.
  Exit tell(std::string_view method, ipc::json::object parameters,
            const std::function<void(const ipc::json::object&)>& show) const;
  Exit fail(const ipc::Error& error) const { return ctl::fail(terminal, arguments.json, error); }
  // What is wrong is on this side of the socket.
  Exit fail(std::string_view what) const;
  void print_json(const ipc::json::object& reply) const;
};

struct Command {
  const char* name;
  const char* summary;
  const char* examples;
  void (*declare)(CLI::App& command, Arguments& arguments);
  Exit (*run)(const Session& session);
};

std::span<const Command> commands();

// The commands by what they are about.
namespace run_command {
Exit products(const Session& session);
Exit request(const Session& session);
Exit order(const Session& session);
Exit orders(const Session& session);
Exit hold(const Session& session);
Exit unhold(const Session& session);
Exit abort(const Session& session);
Exit cards(const Session& session);
Exit card(const Session& session);
Exit preview(const Session& session);
Exit issue(const Session& session);
Exit initialize(const Session& session);
Exit batches(const Session& session);
Exit batch(const Session& session);
Exit complete(const Session& session);
Exit repeat(const Session& session);
Exit give_up(const Session& session);
Exit cancel(const Session& session);
Exit import_table(const Session& session);
Exit manifest(const Session& session);
Exit export_rows(const Session& session);
Exit holder(const Session& session);
Exit assign(const Session& session);
Exit extend(const Session& session);
Exit withdraw(const Session& session);
Exit lock(const Session& session);
Exit watch(const Session& session);
Exit status(const Session& session);
Exit stats(const Session& session);
Exit pause(const Session& session);
Exit resume(const Session& session);
Exit doubts(const Session& session);
Exit resolve(const Session& session);
Exit letters(const Session& session);
}  // namespace run_command

}  // namespace ctl
