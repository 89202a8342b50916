#pragma once
#include <memory>
#include <random>

#include "daemon/authority/authority.hpp"
#include "daemon/bureau/outbox.hpp"
#include "daemon/core/product.hpp"
#include "daemon/runtime/bench.hpp"
#include "daemon/vault/vault.hpp"
#include "drivers/piv/piv.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/simulation/clock.hpp"
#include "tests/simulation/devices.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/paper.hpp"
#include "tests/simulation/seeded_random.hpp"
#include "tools/simulator/in_process.hpp"

namespace simulation {

struct SiteOptions {
  std::uint64_t seed = 1;
  unsigned blanks = 60;
  std::vector<simulator::Fault> faults;
  simulator::CardOptions card;
  unsigned consecutive_failures_max = 3;
  unsigned pool_days = 365;
  bool foreign_blanks = false;  // their management key is not the one that the station was told
  std::vector<std::string> certificates{"authentication", "signature", "keyManagement", "cardAuthentication"};
  std::string product = "temporary";  // that cards are requested of; "plain": not encoded; "duplex": two
                                      // sides; "automatic": nobody confirms; "temporary striped"
                                      // and "plain striped": with a magnetic stripe
  bool powersafe_overwrite = true;    // of the disk
  bool tiny_faces = false;            // a printer of a few pixels: nobody looks at them here
  Blindness blind;                    // of the printer
  unsigned letter_persons = 0;        // who have to release a letter
  std::optional<unsigned> paper;      // letters are printed, by a printer that has so many troubles
  bool office = false;                // cards are ordered too, here and of a bureau, assigned, put in by hand
};

// Where files cost nothing: in memory, if the host offers that.
std::filesystem::path memory_folder();

// The authority, and what station and bureau know each other by, made once in a folder of its own. Many sites
// may share one: what they do leaves no trace in it.
struct Trust {
  fakes::TemporaryFolder folder{memory_folder()};
  authority::Authority authority;
  vault::Vault vault;
  Trust();
};

// What the end of a daemon, or of its host, leaves standing: the printer with its cards, the disk, the clock,
// the keys, the folder of letters. The journal on the disk is new.
class Site {
 public:
  explicit Site(SiteOptions options, std::shared_ptr<const Trust> trust = nullptr);

  const SiteOptions& options() const { return options_; }
  core::Rules rules() const;
  runtime::ChipSettings chips() const;
  std::filesystem::path letters() const { return folder_ / "letters"; }
  std::filesystem::path crl() const { return folder_ / "crl.pem"; }
  std::filesystem::path outbox() const { return folder_ / "outbox"; }
  const bureau::Outbox* bureau() const { return bureau_ ? &*bureau_ : nullptr; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  static constexpr const char* journal = "station.db";

  // A blow may fall now: throws Crash, or cuts the printer's power.
  void reach(Moment moment);
  // Lets time go by; the blow may fall in the middle.
  void pass(std::chrono::nanoseconds time);
  // The same at a call of the disk.
  Disk::Verdict judge(Disk::Call call);
  void cut_printer_power();
  const simulator::CardOptions& blank() const {
    return options_.card;
  }  // a chip as it comes from its factory
  // A person puts a card into the encoder, and takes it out again: the chip lies there meanwhile, and not
  // where it is taken from.
  void put_in(simulator::VirtualCard& chip);
  void take_out();
  bool put_in() const { return put_in_ != nullptr; }
  bool keeps_counters() const { return !options_.blind.counters; }
  // Whether there is no room for a letter or a list this time.
  bool cannot_write_files();
  unsigned files_to_fail = 0;  // so many more, one of two
  // Told of each blow that falls, before it does.
  std::function<void(Blow)> on_blow;
  // Told the control number of each letter that is about to go out.
  std::function<void(const std::string&)> on_letter;

 private:
  std::optional<Blow> blow_at(Moment moment);
  void fall(Blow blow);

  SiteOptions options_;
  SeededRandom seeded_;
  fakes::TemporaryFolder folder_{memory_folder()};
  std::optional<bureau::Outbox> bureau_;
  simulator::VirtualCard* put_in_ = nullptr;

 public:
  std::mt19937_64 random;  // for what happens to the site; not for what the daemon draws
  Clock clock;
  Hazards hazards;
  Disk disk;
  simulator::World world;
  std::unique_ptr<api::CardFamily> family = piv::make_piv();
  std::shared_ptr<const Trust> trust;
  std::optional<Paper> paper;

 private:
  simulator::SimulatedPrinter simulated_printer_;
  simulator::InProcessEncoder simulated_encoder_;
  simulator::HandEncoder simulated_hand_;

 public:
  HazardousPrinter printer;
  HazardousEncoder encoder, hand_encoder;
};

}  // namespace simulation
