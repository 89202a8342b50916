#include "tools/ctl/commands.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <stdexcept>

#include "tools/ctl/declare.hpp"

// Which commands there are, and how they are explained.
namespace ctl {
namespace {

using App = CLI::App;

constexpr std::array table{
    Command{"products", "What this station makes, and how orders are carried out", "cardwrightctl products",
            declare::nothing, run_command::products},
    Command{"request", "Ask for cards",
            "cardwrightctl request -n 4\n"
            "cardwrightctl request -n 1 -p temporary --field name='Ada Lovelace' --pin-length 8\n"
            "cardwrightctl request -n 1 -p employee --field name='Ada Lovelace' --photo ada.jpg",
            declare::request, run_command::request},
    Command{"order", "Order cards of a production type",
            "cardwrightctl order -n 2\n"
            "cardwrightctl order -n 2 -t standard --queue --priority 10 --note 'reception'",
            declare::order, run_command::order},
    Command{"orders", "List orders, the newest first; or show one",
            "cardwrightctl orders --state processing\ncardwrightctl orders O5", declare::orders,
            run_command::orders},
    Command{"hold", "Keep an order from being made", "cardwrightctl hold O5", declare::order_id,
            run_command::hold},
    Command{"unhold", "Let a held order be made", "cardwrightctl unhold O5", declare::order_id,
            run_command::unhold},
    Command{"abort", "Withdraw cards or orders before they are made",
            "cardwrightctl abort C17 C18\ncardwrightctl abort O5", declare::abort, run_command::abort},
    Command{"cards", "List cards", "cardwrightctl cards --state failed\ncardwrightctl cards --batch B3",
            declare::cards, run_command::cards},
    Command{"card", "One card with all its attempts", "cardwrightctl card C17", declare::card,
            run_command::card},
    Command{"preview", "Draw a card as it will look, without making it",
            "cardwrightctl preview C17\ncardwrightctl preview C17 --out /tmp --planes", declare::preview,
            run_command::preview},
    Command{"issue", "Make requested cards, as one batch, and follow it",
            "cardwrightctl issue C1 C2\ncardwrightctl issue --all\ncardwrightctl issue --all --check",
            declare::issue, run_command::issue},
    Command{"initialize", "Initialise a produced body that lies in the second reader",
            "cardwrightctl initialize C17", declare::card, run_command::initialize},
    Command{"batches", "List batches, the newest first", "cardwrightctl batches", declare::batches,
            run_command::batches},
    Command{"batch", "One batch with its cards", "cardwrightctl batch B3", declare::batch,
            run_command::batch},
    Command{"complete", "Confirm that the good cards of a batch are right", "cardwrightctl complete B3",
            declare::batch, run_command::complete},
    Command{"repeat", "Make cards of a batch, or of a bureau's order, again",
            "cardwrightctl repeat B3 --failed --reason damaged\n"
            "cardwrightctl repeat B3 C17 --reason misprinted",
            declare::repeat, run_command::repeat},
    Command{"give-up", "Give up cards that failed, or that a bureau never sent", "cardwrightctl give-up C17",
            declare::named_cards, run_command::give_up},
    Command{"cancel", "Stop a batch before its next card", "cardwrightctl cancel B3", declare::batch,
            run_command::cancel},
    Command{"import", "Request the cards of a table",
            "cardwrightctl import cards.csv\n"
            "printf 'product,name\\ntemporary,Ada Lovelace\\n' | cardwrightctl import -",
            declare::table_file, run_command::import_table},
    Command{"manifest", "Take over what a bureau says became of an order",
            "cardwrightctl manifest O5 manifest.csv", declare::manifest, run_command::manifest},
    Command{"export", "One line for each attempt at each card of a batch or order",
            "cardwrightctl export B3 > B3.csv\ncardwrightctl export O5 --format json", declare::export_rows,
            run_command::export_rows},
    Command{"holder", "Show to whom cards are given; or say who that is",
            "cardwrightctl holder ada\ncardwrightctl holder ada --name 'Ada Lovelace' --photo ada.jpg\n"
            "cardwrightctl holder ada --inactive",
            declare::holder, run_command::holder},
    Command{"assign", "Give a card of the pool to a holder",
            "cardwrightctl assign C17 ada\ncardwrightctl assign C17 ada --days 3", declare::assign,
            run_command::assign},
    Command{"extend", "Let a card stay with its holder for longer", "cardwrightctl extend C17 --days 7",
            declare::extend, run_command::extend},
    Command{"withdraw", "Take a card back from its holder", "cardwrightctl withdraw C17", declare::card,
            run_command::withdraw},
    Command{"lock", "Lock a card for good",
            "cardwrightctl lock C17\ncardwrightctl lock C17 --reason lost --replace", declare::lock,
            run_command::lock},
    Command{"watch", "Show every change until interrupted",
            "cardwrightctl watch\ncardwrightctl --json watch --after 120", declare::watch,
            run_command::watch},
    Command{"status", "How the station stands", "cardwrightctl status", declare::nothing,
            run_command::status},
    Command{"stats", "Yield, speed and causes of rejects",
            "cardwrightctl stats\ncardwrightctl stats --by product --since 2026-11-01 --until 2026-12-01",
            declare::stats, run_command::stats},
    Command{"doubts", "Cards of which the machine can tell no more, and what to look at",
            "cardwrightctl doubts", declare::nothing, run_command::doubts},
    Command{"resolve", "Say what became of a card in doubt",
            "cardwrightctl resolve C17 bad --note 'half printed, shredded'\ncardwrightctl resolve C17 good",
            declare::resolve, run_command::resolve},
    Command{"letters", "List PIN letters; let them out; say what became of one in doubt",
            "cardwrightctl letters --state waiting\n"
            "cardwrightctl letters release C17 C18\n"
            "cardwrightctl letters release --all\n"
            "cardwrightctl letters resolve L3 lost --note 'torn in the printer, shredded'",
            declare::letters, run_command::letters},
    Command{"pause", "Stop before the next card", "cardwrightctl pause", declare::nothing,
            run_command::pause},
    Command{"resume", "Go on after a stop", "cardwrightctl resume", declare::nothing, run_command::resume},
};

std::string footer(const Command& command) {
  std::string text = "Examples:\n  ";
  for (const char* at = command.examples; *at != '\0'; ++at) {
    text += *at;
    if (*at == '\n') text += "  ";
  }
  return text;
}

void declare_globals(App& app, Arguments& to) {
  app.add_option("--socket", to.socket, "The station's socket")
      ->envname("CARDWRIGHT_SOCKET")
      ->capture_default_str();
  app.add_flag("--json", to.json, "Print the replies as JSON, one document each");
  app.add_option("--idempotency-key", to.idempotency_key,
                 "Makes a command safe to give again: it takes effect once for a key");
  app.footer(
      "Exit status: 0 done, 1 refused or failed, 2 usage, 3 no daemon, 4 some cards failed.\n"
      "`cardwrightctl COMMAND --help` shows what a command takes, with examples.");
  app.require_subcommand(1);
  app.fallthrough();
}

}  // namespace

std::span<const Command> commands() {
  return table;
}

Exit run(std::vector<std::string> arguments, const Terminal& terminal, const Connect& connect) {
  App app{"Talks to the card production station", "cardwrightctl"};
  Arguments said;
  declare_globals(app, said);
  for (const auto& command : table) {
    auto* sub = app.add_subcommand(command.name, command.summary);
    sub->footer(footer(command));
    command.declare(*sub, said);
  }
  try {
    std::ranges::reverse(arguments);  // as CLI11 takes them
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    // CLI11 asks for a command before it says that there is none of that name.
    const auto unknown = app.get_subcommands().empty() ? app.remaining() : std::vector<std::string>();
    if (dynamic_cast<const CLI::RequiredError*>(&error) && !unknown.empty()) {
      terminal.err << "cardwrightctl: " << printable(unknown.front())
                   << ": there is no such command\n`cardwrightctl --help` lists them\n";
      return Exit::usage;
    }
    return app.exit(error, terminal.out, terminal.err) == 0 ? Exit::done : Exit::usage;
  }
  auto station = connect(said.socket);
  if (!station) return fail(terminal, said.json, station.error());
  const auto command =
      std::ranges::find_if(table, [&](const Command& one) { return app.got_subcommand(one.name); });
  try {
    return command->run(Session{**station, terminal, said});
  } catch (const std::logic_error&) {  // what the accessors of Boost.JSON throw
    terminal.err << "cardwrightctl: the answer is not one of this interface; is this the station's socket?\n";
    return Exit::refused;
  }
}

}  // namespace ctl
