#include "tools/ctl/commands.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <stdexcept>

// Which commands there are, what they take and how they are explained.
namespace ctl {
namespace {

using App = CLI::App;

// CLI11 2.1 takes a number beyond the range for the largest one.
const CLI::Validator whole_number{[](const std::string& text) {
                                    std::int64_t value = 0;
                                    const auto* end = text.data() + text.size();
                                    const auto [at, error] = std::from_chars(text.data(), end, value);
                                    return at == end && error == std::errc{} ? ""
                                                                             : text + " is no whole number";
                                  },
                                  ""};

void nothing(App&, Arguments&) {}

void options(App& app, Arguments& to) {
  app.add_option("--pin-length", to.pin_length, "Digits of the PIN")->type_name("N")->check(whole_number);
  app.add_option("--puk-length", to.puk_length, "Digits of the PUK")->type_name("N")->check(whole_number);
  auto* encode = app.add_flag_callback(
      "--encode", [&to] { to.encode = true; }, "Encode the chip");
  app.add_flag_callback(
         "--no-encode", [&to] { to.encode = false; }, "Only print")
      ->excludes(encode);
  app.add_option("--certificate", to.certificates, "Certificate profile to issue; may be given several times")
      ->type_name("PROFILE")
      ->allow_extra_args(false);
}

void request(App& app, Arguments& to) {
  app.add_option("-n,--amount", to.amount, "How many cards")->required()->type_name("N")->check(whole_number);
  app.add_option("-p,--product", to.product, "Product; the station's default when absent");
  options(app, to);
  app.add_option("--field", to.fields, "What the layout prints; may be given several times")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->check([](const std::string& field) {
        return field.find('=') == field.npos || field.front() == '=' ? "write NAME=VALUE" : std::string();
      });
  app.add_option("--note", to.note, "For people; not printed");
}

void cards(App& app, Arguments& to) {
  app.add_option("--state", to.state, "Only cards in this state");
  app.add_option("--batch", to.batch, "Only cards of this batch");
  app.add_option("--limit", to.limit, "At most so many")->type_name("N")->check(whole_number);
}

void named_cards(App& app, Arguments& to) {
  app.add_option("CARD", to.cards, "Cards, as C17")->required();
}

void card(App& app, Arguments& to) {
  app.add_option("CARD", to.cards, "The card, as C17")->required()->expected(1);
}

void issue(App& app, Arguments& to) {
  auto* named = app.add_option("CARD", to.cards, "Cards, in the order in which they are to be made");
  app.add_flag("--all", to.all, "All that are requested")->excludes(named);
  options(app, to);
  app.add_flag("--check", to.check, "Only say what would be issued");
  app.callback([&to] {
    if (to.cards.empty() && !to.all) throw CLI::RequiredError("CARD or --all");
  });
}

void batches(App& app, Arguments& to) {
  app.add_option("--limit", to.limit, "At most so many")->type_name("N")->check(whole_number);
}

void batch(App& app, Arguments& to) {
  app.add_option("BATCH", to.batch, "The batch, as B3")->required();
}

void repeat(App& app, Arguments& to) {
  batch(app, to);
  auto* named = app.add_option("CARD", to.cards, "Cards of the batch; a finished body is condemned");
  app.add_flag("--failed", to.failed, "All that failed; what happens when no card is named")->excludes(named);
  app.add_option("--reason", to.reason, "misprinted, damaged, wrongData, lost, or another reason")
      ->required();
}

void resolve(App& app, Arguments& to) {
  // A list takes every word that follows, however many it expects.
  app.add_option_function<std::string>(
         "CARD", [&to](const std::string& one) { to.cards = {one}; }, "The card, as C17")
      ->required();
  app.add_option("VERDICT", to.verdict,
                 "good: it passed every check, is whole, and in your hands; bad: it is destroyed or lost")
      ->required()
      ->type_name("good|bad")
      ->check(CLI::IsMember({"good", "bad"}));
  app.add_option("--note", to.note, "What was found; kept in the audit trail");
}

void watch(App& app, Arguments& to) {
  app.add_option("--after", to.after, "Begin behind this change instead of now")
      ->type_name("")
      ->check(whole_number);
}

constexpr std::array table{
    Command{"products", "What this station makes", "cardwrightctl products", nothing, run_command::products},
    Command{"request", "Ask for cards",
            "cardwrightctl request -n 4\n"
            "cardwrightctl request -n 1 -p staff --field name='Ada Lovelace' --pin-length 8",
            request, run_command::request},
    Command{"cards", "List cards", "cardwrightctl cards --state failed\ncardwrightctl cards --batch B3",
            cards, run_command::cards},
    Command{"card", "One card with all its attempts", "cardwrightctl card C17", card, run_command::card},
    Command{"issue", "Make requested cards, as one batch, and follow it",
            "cardwrightctl issue C1 C2\ncardwrightctl issue --all\ncardwrightctl issue --all --check", issue,
            run_command::issue},
    Command{"batches", "List batches, the newest first", "cardwrightctl batches", batches,
            run_command::batches},
    Command{"batch", "One batch with its cards", "cardwrightctl batch B3", batch, run_command::batch},
    Command{"complete", "Confirm that the good cards of a batch are right", "cardwrightctl complete B3",
            batch, run_command::complete},
    Command{
        "repeat", "Make cards of a batch again",
        "cardwrightctl repeat B3 --failed --reason damaged\ncardwrightctl repeat B3 C17 --reason misprinted",
        repeat, run_command::repeat},
    Command{"give-up", "Give up failed cards", "cardwrightctl give-up C17", named_cards,
            run_command::give_up},
    Command{"watch", "Show every change until interrupted",
            "cardwrightctl watch\ncardwrightctl --json watch --after 120", watch, run_command::watch},
    Command{"status", "How the station stands", "cardwrightctl status", nothing, run_command::status},
    Command{"doubts", "Cards of which the machine can tell no more, and what to look at",
            "cardwrightctl doubts", nothing, run_command::doubts},
    Command{"resolve", "Say what became of a card in doubt",
            "cardwrightctl resolve C17 bad --note 'half printed, shredded'\ncardwrightctl resolve C17 good",
            resolve, run_command::resolve},
    Command{"pause", "Stop before the next card", "cardwrightctl pause", nothing, run_command::pause},
    Command{"resume", "Go on after a stop", "cardwrightctl resume", nothing, run_command::resume},
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
