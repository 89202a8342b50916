#include "tests/simulation/site.hpp"

#include <fstream>

#include "daemon/store/store.hpp"
#include "tests/unit/bureau/pems.hpp"

namespace simulation {
namespace {

api::Secret key_of(std::uint8_t byte) {
  return api::Secret(api::Bytes(32, byte));
}

authority::Authority make_authority(const std::filesystem::path& folder) {
  const authority::NewAuthority what{folder / "ca.key",
                                     folder / "ca.pem",
                                     {"CN=Simulated CA"},
                                     std::chrono::days(3650),
                                     api::KeyAlgorithm::p256};
  // Older than any time of day that a site's clock may show.
  constexpr auto made = Clock::start - std::chrono::days(30);
  authority::init_authority(what, made);
  authority::Config config{what.key, what.certificate, 1, {}};
  for (const auto& row : api::key_purpose_rows)
    config.profiles.push_back(
        authority::shipped_profile(row.value, api::KeyAlgorithm::p256, "http://crl.example/ca.crl"));
  return authority::Authority(config, Clock::start);
}

// A factory key that everybody knows, where the options say none.
SiteOptions with_key(SiteOptions options) {
  auto& card = options.card;
  if (card.management_key.empty())
    for (std::size_t i = 0; i < api::key_bytes(card.management_algorithm); ++i)
      card.management_key.push_back(static_cast<std::uint8_t>(1 + i % 8));
  return options;
}

constexpr simulator::Profile tiny_printer = [] {
  auto profile = simulator::profiles[0];
  profile.name = "tiny";
  profile.image = {16, 8, 300};
  return profile;
}();

simulator::WorldOptions world_options(const SiteOptions& options) {
  simulator::WorldOptions world;
  if (options.tiny_faces) world.profile = &tiny_printer;
  world.blanks = options.blanks;
  world.seed = options.seed;
  world.card = options.card;
  return world;
}

// A journal with its tables and nothing in them.
const Disk::Image& new_journal() {
  static const auto image = [] {
    Disk disk;
    disk.load({{Site::journal, {}}});
    { const store::Store made(Site::journal, disk.vfs()); }
    return disk.image();
  }();
  return image;
}

Moment moment_of(Disk::Call call) {
  switch (call) {
    case Disk::Call::read: break;
    case Disk::Call::write: return Moment::write;
    case Disk::Call::sync: return Moment::sync;
    case Disk::Call::truncate: return Moment::truncate;
    case Disk::Call::remove: return Moment::remove;
  }
  return Moment::write;
}

}  // namespace

std::filesystem::path memory_folder() {
  const std::filesystem::path shared = "/dev/shm";
  return std::filesystem::is_directory(shared) ? shared : std::filesystem::temp_directory_path();
}

Trust::Trust() : authority(make_authority(folder.path())), vault(key_of(1)) {
  constexpr auto from = Clock::start - std::chrono::days(30), until = Clock::start + std::chrono::days(3650);
  for (const auto* name : {"bureau", "station"})
    bureau::test::write_pair(folder, name, bureau::test::ec_key(), nullptr, from, until);
}

Site::Site(SiteOptions options, std::shared_ptr<const Trust> shared)
    : options_(with_key(std::move(options))),
      seeded_(options_.seed),
      random(options_.seed * 0x9e3779b97f4a7c15U + 1),
      disk(options_.powersafe_overwrite),
      world(world_options(options_), options_.faults),
      trust(shared ? std::move(shared) : std::make_shared<const Trust>()),
      simulated_printer_(world, clock, [this](std::chrono::nanoseconds time) { pass(time); }),
      simulated_encoder_(world, clock, [this](std::chrono::nanoseconds time) { pass(time); }),
      simulated_hand_(clock, [this](std::chrono::nanoseconds time) { pass(time); }),
      printer(simulated_printer_, options_.blind, [this](Moment moment) { reach(moment); }),
      encoder(simulated_encoder_, [this](Moment moment) { reach(moment); }),
      hand_encoder(simulated_hand_, [this](Moment moment) { reach(moment); }) {
  seed_sqlite(options_.seed);
  disk.load(new_journal());
  disk.judge = [this](Disk::Call call) { return judge(call); };
  std::filesystem::create_directory(letters());
  if (options_.paper)
    paper.emplace(
        random,
        [this](std::chrono::nanoseconds time) {
          reach(Moment::post);
          pass(time);
        },
        *options_.paper);
  std::filesystem::create_directory(outbox());
  if (options_.office) {
    const auto& keys = trust->folder;
    bureau_.emplace(
        bureau::Settings{outbox(), keys / "bureau.pem", keys / "station.pem", keys / "station.key"});
  }
  std::ofstream(folder_ / "layout.svg") << "<svg/>\n";  // nothing reads more of it: faces are blank here
}

namespace {

// Orders of the queue are pulled soon: people here have little patience.
void open_office(core::Rules& rules, const std::string& product) {
  constexpr std::chrono::minutes queue(1);
  rules.use_cases = {true, true, true, true, true};
  rules.hand_encoder = true;
  rules.production_types["here"] = {"here", product, core::Producer::station, {}, queue};
  rules.production_types["bureau"] = {"bureau", product, core::Producer::bureau, {}, queue};
}

}  // namespace

core::Rules Site::rules() const {
  core::Product product;
  product.name = "temporary";
  product.title = "Temporary card";
  product.pool_days = options_.pool_days;
  product.layout_front = folder_ / "layout.svg";
  for (const auto& name : options_.certificates)
    product.certificates.push_back({name, *api::from_name<api::KeyPurpose>(name), api::KeyAlgorithm::p256});
  product.operator_may_change = {"pinLength", "encode", "certificates"};
  core::Rules rules;
  rules.products["temporary"] = product;
  product.name = "duplex";
  product.layout_back = product.layout_front;
  rules.products["duplex"] = product;
  product.layout_back.clear();
  product.name = "automatic";
  product.confirm = core::Confirm::automatic;
  rules.products["automatic"] = product;
  product.confirm = core::Confirm::byOperator;
  product.name = "plain";
  product.encode = false;
  product.certificates.clear();
  rules.products["plain"] = product;
  for (const auto* name : {"temporary", "plain"}) {
    auto striped = rules.products.at(name);
    striped.name = name + std::string(" striped");
    striped.tracks = {"CARD^{number}", "", "4711=0"};
    rules.products[striped.name] = striped;
  }
  product.name = "wrong stripe";
  product.tracks = {"", "{number}", ""};  // which is no number
  rules.products["wrong stripe"] = product;
  rules.default_product = options_.product;
  rules.consecutive_failures_max = options_.consecutive_failures_max;
  rules.letter_persons = options_.letter_persons;
  rules.letters_printed = options_.paper.has_value();
  if (options_.office) open_office(rules, options_.product);
  return rules;
}

runtime::ChipSettings Site::chips() const {
  const auto algorithm = options_.card.management_algorithm;
  const auto& key = options_.card.management_key;
  return {algorithm,
          api::Secret(options_.foreign_blanks ? api::Bytes(24, 0x42) : key),
          api::Secret(api::bytes_of("123456")),
          api::Secret(api::bytes_of("12345678")),
          algorithm,
          key_of(2)};
}

void Site::cut_printer_power() {
  // Makers differ in what a machine does at power-up with the card inside.
  constexpr std::array purges{simulator::Purge::keeps, simulator::Purge::keeps, simulator::Purge::toOutput,
                              simulator::Purge::toReject, simulator::Purge::toReject};
  world.advance(clock.steady());
  world.cut_power(purges[random() % purges.size()]);
}

void Site::put_in(simulator::VirtualCard& chip) {
  simulated_hand_.put(std::move(chip));
  put_in_ = &chip;
}

void Site::take_out() {
  if (auto chip = simulated_hand_.take()) *put_in_ = *std::move(chip);
  put_in_ = nullptr;
}

bool Site::cannot_write_files() {
  if (files_to_fail == 0 || random() % 2 == 0) return false;
  --files_to_fail;
  return true;
}

std::optional<Blow> Site::blow_at(Moment moment) {
  const auto blow = hazards.reach(moment);
  if (blow && on_blow) on_blow(*blow);
  return blow;
}

// Errors of the disk fall at its calls only.
void Site::fall(Blow blow) {
  if (blow == Blow::printer || blow == Blow::hostAndPrinter) cut_printer_power();
  if (!ends_life(blow)) return;
  disk.go_dark();
  throw Crash{};
}

void Site::reach(Moment moment) {
  if (const auto blow = blow_at(moment)) fall(*blow);
}

void Site::pass(std::chrono::nanoseconds time) {
  const auto blow = blow_at(Moment::pass);
  if (!blow) return clock.pass(time);
  const auto part = time / 1000 * static_cast<std::int64_t>(random() % 1000);
  clock.pass(part);
  fall(*blow);
  clock.pass(time - part);
}

Disk::Verdict Site::judge(Disk::Call call) {
  if (call == Disk::Call::read) return Disk::Verdict::carriedOut;
  const auto blow = blow_at(moment_of(call));
  if (!blow) return Disk::Verdict::carriedOut;
  switch (*blow) {
    case Blow::stop: break;
    case Blow::printer: cut_printer_power(); return Disk::Verdict::carriedOut;
    case Blow::hostAndPrinter: cut_printer_power(); return Disk::Verdict::dark;
    case Blow::process:
    case Blow::host: return Disk::Verdict::dark;
    case Blow::ioError: return Disk::Verdict::ioError;
    case Blow::diskFull: disk.full = true; return Disk::Verdict::full;
  }
  return Disk::Verdict::carriedOut;
}

}  // namespace simulation
