// cardwright-simulator: the world of one line, as a process that outlives the daemon.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "tools/simulator/server.hpp"

namespace {
struct Arguments {
  simulator::WorldOptions world;
  simulator::ServerOptions server;
  std::string profile = "fast";
  std::string faults;
  std::string management_algorithm = "3DES";
  bool no_magnetic_head = false;
  bool short_apdus = false;
  bool no_vendor_commands = false;
};

void describe(CLI::App& app, Arguments& arguments) {
  std::vector<std::string> profiles, algorithms;
  for (const auto& profile : simulator::profiles) profiles.emplace_back(profile.name);
  for (const auto& row : api::management_algorithm_rows) algorithms.emplace_back(row.name);
  auto& world = arguments.world;
  auto& server = arguments.server;
  app.add_option("--socket", server.socket, "control socket that the printer driver connects to")->required();
  app.add_option("--vpcd-port", server.vpcd, "port of vpcd's reader at the contact station");
  app.add_option("--directory", world.directory, "where tray/, rejected/ and faces/ of finished cards go");
  app.add_option("--state", server.state, "file that keeps the machine over restarts");
  app.add_option("--serial", world.serial, "serial number of the printer");
  app.add_option("--blanks", world.blanks, "blanks in the hopper when there is no state yet");
  app.add_option("--profile", arguments.profile, "how fast the printer is")->check(CLI::IsMember(profiles));
  app.add_option("--speed", server.speed, "world seconds in a second")->check(CLI::Range(0.001, 1e6));
  app.add_option("--seed", world.seed, "of the jitter of 5 % on movements; 0: none");
  app.add_option("--faults", arguments.faults, "script: what goes wrong at which card");
  app.add_option("--card-serial", world.card.serial, "serial number of the first blank's chip");
  app.add_option("--management-key-algorithm", arguments.management_algorithm, "of the blanks' factory key")
      ->check(CLI::IsMember(algorithms));
  app.add_flag("--no-magnetic-head", arguments.no_magnetic_head, "a printer that writes no stripes");
  app.add_flag("--short-apdus", arguments.short_apdus, "chips without extended length");
  app.add_flag("--no-vendor-commands", arguments.no_vendor_commands,
               "chips with the standard's commands only");
}

std::string steps_text(simulator::Steps steps) {
  if (steps == simulator::at_any_movement) return "any step";
  std::string text;
  for (const auto& row : simulator::step_rows)
    if (steps & simulator::at(row.value)) text.append(text.empty() ? "" : " ").append(row.name);
  return text;
}

// The language of scripts and of the control socket, from the tables that read it.
std::string language_help() {
  std::string text =
      "A script has one fault a line: `card N STEP FAULT` or `card N apdu K FAULT`; any step does not mean "
      "apdu. Those with a * may be followed by carriedOut: the chip carried the command out before.\n";
  for (const auto& row : simulator::fault_kind_rows)
    text += fmt::format("  {:14}{:18}{}\n", steps_text(row.steps),
                        fmt::format("{}{}", row.name, row.either_way ? "*" : ""), row.text);
  text += "The control socket takes such a line, also with `card next`, or what somebody does:\n";
  for (const auto& row : simulator::deed_rows)
    text += fmt::format("  {:32}{}\n", fmt::format("{} {}", row.name, row.argument), row.text);
  return text;
}

void restore(simulator::World& world, const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return;  // a new machine
  std::ostringstream text;
  text << in.rdbuf();
  const auto restored = world.restore(text.str());
  if (!restored) throw std::runtime_error(file.string() + ": " + restored.error());
}

int run(Arguments& arguments) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto& options = arguments.world;
  options.profile = simulator::find_profile(arguments.profile);
  options.card.management_algorithm =
      *api::from_name<api::ManagementAlgorithm>(arguments.management_algorithm);
  options.magnetic = !arguments.no_magnetic_head;
  options.card.extended_length = !arguments.short_apdus;
  options.card.vendor_commands = !arguments.no_vendor_commands;
  std::vector<simulator::Fault> faults;
  if (!arguments.faults.empty()) {
    auto script = simulator::read_script(arguments.faults);
    if (!script) throw std::runtime_error(script.error());
    faults = std::move(*script);
  }
  simulator::World world(options, std::move(faults));
  if (!arguments.server.state.empty()) restore(world, arguments.server.state);
  const simulator::Server server(world, arguments.server);
  fmt::print("{} {} listens on {}\n", world.identity().model, world.identity().serial,
             arguments.server.socket.string());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  return 0;
}
}  // namespace

int main(int count, char** words) {
  CLI::App app("A simulated card printer with PIV chips in its blanks");
  Arguments arguments;
  describe(app, arguments);
  app.footer(language_help());
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  try {
    return run(arguments);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "cardwright-simulator: {}\n", problem.what());
    return 1;
  }
}
