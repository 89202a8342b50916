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

struct Wishes {
  std::filesystem::path insert, fresh;
  std::uint16_t port = 35963;  // vpcd's own default, 0x8C7B
  bool write_back = false;
  std::uint32_t serial = 1;
};

void save(const simulator::VirtualCard& card, const std::filesystem::path& file) {
  const auto saved = card.save(file);
  if (!saved) throw std::runtime_error(saved.error());
}

void make(const Wishes& wishes) {
  if (std::filesystem::exists(wishes.fresh))
    throw std::runtime_error(fmt::format("{} exists already", wishes.fresh.string()));
  save(simulator::VirtualCard({.serial = wishes.serial}), wishes.fresh);
}

void insert(const Wishes& wishes) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto card = simulator::VirtualCard::load(wishes.insert);
  if (!card) throw std::runtime_error(card.error());
  {
    auto answers = responder(*card);
    // Whenever the chip loses power: nobody may know when this process ends.
    if (wishes.write_back)
      answers.reset = [reset = answers.reset, &card, &wishes] {
        reset();
        if (const auto saved = card->save(wishes.insert); !saved)
          fmt::print(stderr, "cardwright-vcard: {}\n", saved.error());
      };
    const simulator::VpcdLink link(wishes.port, std::move(answers));
    int received = 0;
    sigwait(&signals, &received);
  }
  if (wishes.write_back) save(*card, wishes.insert);
}

void run(const Wishes& wishes) {
  if (!wishes.fresh.empty()) make(wishes);
  if (!wishes.insert.empty()) insert(wishes);
}
}  // namespace

int main(int count, char** words) {
  CLI::App app(
      "Puts a chip into a virtual reader until SIGTERM, as a person puts a card into an encoder; or makes a "
      "fresh one.");
  app.footer(
      "Examples, in tools/private-pcscd --readers 2, with the line's encoder at port 35963:\n"
      "  cardwright-vcard --new blank.vcard --serial 7001\n"
      "  cardwright-vcard --insert blank.vcard --write-back --port 35964\n"
      "  cardwright-vcard --insert tray/ATTEMPT.vcard --write-back --port 35964");
  Wishes wishes;
  app.add_option("--insert", wishes.insert, "the chip (*.vcard), of a finished body or fresh");
  app.add_option("--port", wishes.port, "port of vpcd's reader")->capture_default_str();
  app.add_flag("--write-back", wishes.write_back,
               "keep what the reader did to the chip in its file, whenever the chip loses power");
  app.add_option("--new", wishes.fresh, "makes a chip as it leaves the factory; the file must not exist");
  app.add_option("--serial", wishes.serial, "its serial number")->capture_default_str();
  try {
    app.parse(count, words);
    if (wishes.insert.empty() && wishes.fresh.empty()) throw CLI::RequiredError("--insert or --new");
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  try {
    run(wishes);
    return 0;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "cardwright-vcard: {}\n", problem.what());
    return 1;
  }
}
