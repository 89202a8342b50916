// cardwright-vcard: puts one finished chip back into a reader.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "tools/simulator/vpcd.hpp"

namespace {
simulator::Responder responder(simulator::VirtualCard& card) {
  using Kind = simulator::ChipAnswer::Kind;
  return {.atr = [&card] { return card.atr(); },
          .reset = [&card] { card.reset(); },
          .exchange =
              [&card](api::BytesView command) {
                auto answer = card.transmit(command);
                std::this_thread::sleep_for(answer.delay);
                const auto kind = !answer.silent ? Kind::answered : card.dead() ? Kind::gone : Kind::silent;
                return simulator::ChipAnswer{kind, std::move(answer.bytes), answer.delay};
              }};
}

int run(const std::filesystem::path& file, std::uint16_t port, bool write_back) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto card = simulator::VirtualCard::load(file);
  if (!card) throw std::runtime_error(card.error());
  {
    const simulator::VpcdLink link(port, responder(*card));
    int received = 0;
    sigwait(&signals, &received);
  }
  if (!write_back) return 0;
  const auto saved = card->save(file);
  if (!saved) throw std::runtime_error(saved.error());
  return 0;
}
}  // namespace

int main(int count, char** words) {
  CLI::App app("Puts a finished chip into a virtual reader, until SIGTERM");
  std::filesystem::path file;
  std::uint16_t port = 35963;  // vpcd's own default, 0x8C7B
  bool write_back = false;
  app.add_option("--insert", file, "the chip (*.vcard)")->required()->check(CLI::ExistingFile);
  app.add_option("--port", port, "port of vpcd's reader");
  app.add_flag("--write-back", write_back, "save what the reader did to the chip");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  try {
    return run(file, port, write_back);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "cardwright-vcard: {}\n", problem.what());
    return 1;
  }
}
