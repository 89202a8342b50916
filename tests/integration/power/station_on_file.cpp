// station-on-file FOLDER: one life of a small station whose journal, letters and revocation list are real
// files, for tests that end its process at any of its writes. The real engine, journal, chip driver and
// authority; the printer and its cards are simulated in virtual time and are in FOLDER too, as they were when
// the process was last about to write: what is outside of it does not end with it. It makes two cards, and
// does for them what an operator would. station-on-file --new FOLDER: makes the keys, and nothing else.
#include <fmt/format.h>

#include <cstdio>
#include <deque>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/runtime/bench.hpp"
#include "daemon/runtime/desk.hpp"
#include "daemon/runtime/post.hpp"
#include "daemon/runtime/records.hpp"
#include "daemon/runtime/runner.hpp"
#include "drivers/piv/piv.hpp"
#include "tests/fakes/plain_letter.hpp"
#include "tools/simulator/in_process.hpp"

namespace {

namespace fs = std::filesystem;
constexpr api::WallTime first_day{std::chrono::sys_days{std::chrono::year{2030} / 1 / 1}};
constexpr std::int64_t amount = 2;
constexpr std::array purposes{api::KeyPurpose::authentication, api::KeyPurpose::signature};

struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string text_of_file(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

authority::NewAuthority authority_in(const fs::path& folder) {
  return {
      folder / "ca.key", folder / "ca.pem", {"CN=Test"}, std::chrono::days(3650), api::KeyAlgorithm::p256};
}

authority::Authority load_authority(const fs::path& folder) {
  const auto made = authority_in(folder);
  authority::Config config{made.key, made.certificate, 1, {}};
  for (const auto purpose : purposes)
    config.profiles.push_back(
        authority::shipped_profile(purpose, api::KeyAlgorithm::p256, "http://crl.example/ca.crl"));
  return authority::Authority(config, first_day);
}

// As many cards are sold: its key is the bytes 1 to 8, three times.
api::Bytes factory_key() {
  api::Bytes key;
  for (std::uint8_t i = 0; i < 24; ++i) key.push_back(1 + i % 8);
  return key;
}

simulator::WorldOptions world_options(const fs::path& folder) {
  simulator::WorldOptions options;
  options.directory = folder;
  options.card.management_key = factory_key();
  return options;
}

// The printer, its cards and the time; kept in a file that is not counted as the station's.
class Outside {
 public:
  explicit Outside(const fs::path& folder)
      : file_(folder / "outside"), clock_(since(text_of_file(file_))), world_(world_options(folder)) {
    const auto kept = text_of_file(file_);
    if (kept.empty()) return;
    const auto restored = world_.restore(std::string_view(kept).substr(kept.find('\n') + 1));
    if (!restored) throw Wrong(restored.error());
  }
  void save() const {
    std::ofstream(file_, std::ios::trunc) << clock_.wall().time_since_epoch().count() << '\n'
                                          << world_.state();
  }
  simulator::VirtualClock& clock() { return clock_; }
  simulator::World& world() { return world_; }

 private:
  static api::WallTime since(const std::string& kept) {
    return kept.empty() ? first_day : api::WallTime(std::chrono::milliseconds(std::stoll(kept)));
  }
  fs::path file_;
  simulator::VirtualClock clock_;
  simulator::World world_;
};

api::Result<api::Faces> blank_faces(const runtime::FacesWanted& wanted, api::Deadline) {
  const auto& image = wanted.image;
  api::Planes planes{image.width, image.height, {}, {}, {}};
  planes.k.assign(static_cast<std::size_t>((image.width + 7) / 8) * image.height, 0);
  return api::Faces{std::move(planes), {}};
}

core::Rules rules_in(const fs::path& folder) {
  core::Product product;
  product.name = "temporary";
  product.title = "Temporary card";
  product.layout_front = folder / "layout.svg";
  for (const auto purpose : purposes)
    product.certificates.push_back({std::string(api::name_of(purpose)), purpose, api::KeyAlgorithm::p256});
  core::Rules rules;
  rules.products[product.name] = product;
  rules.default_product = product.name;
  return rules;
}

class Life {
 public:
  explicit Life(const fs::path& folder)
      : folder_(folder),
        outside_(folder),
        printer_(outside_.world(), outside_.clock(), outside_.clock().passer()),
        encoder_(outside_.world(), outside_.clock(), outside_.clock().passer()),
        store_(folder / "station.db"),
        authority_(load_authority(folder)),
        desk_(blank_faces, shelf_, authority_, outside_.clock(), {folder / "crl.pem", "Test"}),
        post_(fakes::plain_letter, vault_, outside_.clock(), {folder / "letters", "Test"}),
        bench_({printer_, encoder_, *family_, shelf_, authority_, vault_, outside_.clock(), chips_}),
        runner_(rules_in(folder),
                {store_, outside_.clock(), runtime::random_uuid,
                 [this](runtime::Job job) { jobs_.push_back(std::move(job)); }, [] {}, "test", "line"}) {
    runner_.recover();
  }

  // Until the two cards are confirmed and everything is at rest.
  void make_two_cards() {
    core::IssueCards issue;
    issue.cards = once("request", core::RequestCards{amount, {}, {}, {}, {}}).cards;
    const auto batch = once("issue", issue).batch.value();
    for (int rounds = 0; rounds < 20; ++rounds) {
      settle();
      if (store_.batch(batch)->state == core::BatchState::completed) return settle();
      operate(batch);
    }
    throw Wrong("the batch does not end: " + runner_.summary());
  }

  void check() {
    std::set<std::string> good, rejected;
    for (const auto& card : store_.cards({}, {}, 100)) {
      if (card.state != core::CardState::unassigned)
        throw Wrong(fmt::format("{} is {}", card.id.text(), api::name_of(card.state)));
      if (!fs::exists(folder_ / "letters" / (card.id.text() + ".pdf")))
        throw Wrong(card.id.text() + " has no letter");
      for (const auto& attempt : store_.attempts(card.id)) {
        recoveries_ += attempt.recoveries;
        if (attempt.phase == core::Phase::done) good.insert(core::uuid_text(attempt.id) + ".vcard");
        if (attempt.phase == core::Phase::spoiled) rejected.insert(core::uuid_text(attempt.id) + ".vcard");
      }
    }
    if (good.size() != amount) throw Wrong(fmt::format("{} bodies are good", good.size()));
    if (good != names_in("tray")) throw Wrong("the tray holds other bodies than the journal");
    if (rejected != names_in("rejected")) throw Wrong("the reject bin holds other bodies than the journal");
    const auto& counters = outside_.world().counters();
    if (counters.fed != good.size() + rejected.size())
      throw Wrong(fmt::format("{} blanks were fed", counters.fed));
    fmt::print("good {} spoiled {} doubts {} stops {} recoveries {}\n", good.size(), rejected.size(), doubts_,
               stops_, recoveries_);
  }

 private:
  // Under a key: in whichever life it is asked again, it is done once. What was acknowledged before is
  // compared.
  core::Done once(const std::string& key, const core::Command& command) {
    const auto reply = ask(command, key);
    const auto* done = std::get_if<core::Done>(&reply);
    if (!done) throw Wrong(key + ": " + std::string(api::name_of(std::get<core::Refusal>(reply).error)));
    std::string ids = done->batch ? done->batch->text() : "";
    for (const auto& card : done->cards) ids += " " + card.text();
    const auto acknowledged = text_of_file(folder_ / ("acknowledged-" + key));
    if (!acknowledged.empty() && acknowledged != ids)
      throw Wrong(fmt::format("{}: acknowledged was {}, now it is {}", key, acknowledged, ids));
    std::ofstream(folder_ / ("acknowledged-" + key)) << ids;
    return *done;
  }

  core::Reply ask(const core::Command& command, const std::string& key) {
    std::optional<core::Reply> answer;
    runner_.submit(command, {0, "test", key, api::Bytes(key.begin(), key.end())},
                   [&](const core::Reply& reply) { answer = reply; });
    while (!answer) runner_.turn();
    return *answer;
  }

  // What an operator would do next.
  void operate(core::BatchId batch) {
    for (const auto& card : store_.cards({core::CardState::inDoubt, {}}, {}, 100)) {
      ++doubts_;
      return (void)ask(core::ResolveDoubt{card.id, false, {}}, {});
    }
    if (runner_.station().lines.front().state == "stopped") {
      ++stops_;
      return (void)ask(core::Resume{}, {});
    }
    if (store_.count(core::CardState::failed) > 0)
      return (void)ask(core::RepeatProduction{batch, {}, api::Reason::damaged}, {});
    (void)ask(core::CompleteBatch{batch}, {});
  }

  // Until nothing moves any more.
  void settle() {
    const auto give_up = outside_.clock().steady() + std::chrono::minutes(10);
    while (outside_.clock().steady() < give_up) {
      if (runner_.waiting()) {
        runner_.turn();
      } else if (!jobs_.empty()) {
        perform_next();
      } else {
        runner_.timer();
        if (!runner_.waiting()) return;
        outside_.clock().pass(runtime::probe_interval);
      }
    }
  }

  void perform_next() {
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    const auto perform = [&] {
      switch (runtime::place_of(job)) {
        case runtime::Place::desk: return desk_.perform(job);
        case runtime::Place::post: return post_.perform(job);
        case runtime::Place::line:
        case runtime::Place::hand: break;
      }
      return bench_.perform(job);
    };
    runner_.returned({job.step, job.attempt.id, perform()});
    outside_.save();
  }

  std::set<std::string> names_in(const char* name) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / name)) names.insert(entry.path().filename());
    return names;
  }

  fs::path folder_;
  Outside outside_;
  simulator::SimulatedPrinter printer_;
  simulator::InProcessEncoder encoder_;
  std::unique_ptr<api::CardFamily> family_ = piv::make_piv();
  store::Store store_;
  authority::Authority authority_;
  vault::Vault vault_{api::Secret(api::Bytes(32, 1))};
  runtime::ChipSettings chips_{api::ManagementAlgorithm::tripleDes,  api::Secret(factory_key()),
                               api::Secret(api::bytes_of("123456")), api::Secret(api::bytes_of("12345678")),
                               api::ManagementAlgorithm::aes192,     api::Secret(api::Bytes(32, 2))};
  runtime::FaceShelf shelf_;
  runtime::Desk desk_;
  runtime::Post post_;
  runtime::Bench bench_;
  std::deque<runtime::Job> jobs_;
  runtime::Runner runner_;
  unsigned doubts_ = 0, stops_ = 0, recoveries_ = 0;
};

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "--new") {
    const fs::path folder = words[1];
    fs::create_directories(folder / "letters");
    std::ofstream(folder / "layout.svg") << "<svg/>\n";  // nothing reads more of it: faces are blank here
    authority::init_authority(authority_in(folder), first_day);
    return 0;
  }
  if (words.size() != 1) throw Wrong("usage: station-on-file [--new] FOLDER");
  Life life(words[0]);
  life.make_two_cards();
  life.check();
  return 0;
}

}  // namespace

int main(int count, char** words) try {
  return run({words + 1, words + count});
} catch (const std::exception& problem) {
  fmt::print(stderr, "station-on-file: {}\n", problem.what());
  return 1;
}
