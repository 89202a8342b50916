#include "tests/simulation/run.hpp"

#include <fstream>

#include "tests/simulation/mutant.hpp"

namespace simulation {
namespace {

constexpr unsigned lives_max = 20, rounds_max = 200, idle_max = 10;
// A reader comes back after 20 s; a hot head needs three of these.
constexpr std::chrono::seconds patience(21);

SiteOptions site_options(const Scenario& scenario) {
  SiteOptions options;
  options.seed = scenario.seed;
  options.faults = scenario.faults;
  options.certificates = scenario.certificates;
  options.product = scenario.product;
  options.tiny_faces = true;
  options.blind = scenario.blind;
  options.office = !scenario.errands.empty();
  options.pool_days = scenario.pool_days;
  options.letter_persons = scenario.letter_persons;
  options.paper = scenario.paper;
  options.powersafe_overwrite = scenario.powersafe_overwrite;
  return options;
}

bool has_fault(const Scenario& scenario, simulator::FaultKind kind) {
  return std::ranges::find(scenario.faults, kind, &simulator::Fault::kind) != scenario.faults.end();
}

// The figures are wrong, or a card in doubt may be inside unseen and leave: the line is right to say so.
bool figures_are_wrong(const Scenario& scenario) {
  return scenario.blind.position || has_fault(scenario, simulator::FaultKind::wrongCounters) ||
         has_fault(scenario, simulator::FaultKind::swapped);
}

// As a crash may leave it in the middle of api::write_durably.
void leave_half_written(const std::filesystem::path& file) {
  std::ofstream(file) << "half";
}

}  // namespace

std::shared_ptr<const Trust> shared_trust() {
  static const auto trust = [] {
    const SeededRandom seeded(1);
    return std::make_shared<const Trust>();
  }();
  return trust;
}

Run::Run(Scenario scenario, std::shared_ptr<const Trust> trust, bool with_story)
    : scenario_(std::move(scenario)),
      habits_(scenario_.checkpoint_pages, scenario_.mutant == Mutant::synchronousNormal),
      order_(scenario_.seed + 0x51ed2701),
      site_(site_options(scenario_), std::move(trust)),
      story_(site_.clock, with_story),
      truth_(site_, site_.rules().products.at(scenario_.product), scenario_.faults),
      client_(scenario_, site_.clock, truth_, story_),
      office_(scenario_, site_, truth_, story_),
      custodians_(site_, truth_, story_),
      operator_(site_, truth_, story_) {
  for (const auto& fault : scenario_.faults)
    story_.say("planned: card {} {} {} {}{}", fault.card, api::name_of(fault.step), fault.apdu,
               api::name_of(fault.kind), fault.carried_out ? " carriedOut" : "");
  if (scenario_.blind.counters) story_.say("planned: the printer forgets its counters");
  if (scenario_.blind.position) story_.say("planned: the printer has no sensors for the card");
  site_.files_to_fail = scenario_.files_to_fail;
  site_.on_blow = [this](Blow blow) { fell(blow); };
  site_.on_letter = [this](const std::string& control) {
    story_.say("a letter goes out");
    truth_.letter_goes(life_->store(), control, outcome_.wrong);
  };
  outcome_.faults = !scenario_.faults.empty() || scenario_.blind.counters || scenario_.blind.position;
  for (const auto amount : scenario_.orders) outcome_.cards += amount;
}

// --- what falls --------------------------------------------------------------------------------------------

void Run::fell(Blow blow) {
  story_.say("*** {}, at {}", api::text_of(blow), api::text_of(site_.hazards.struck_at()));
  struck_ = true;
  if (blow == Blow::stop) asked_to_stop_ = true;
  outcome_.falls.push_back({blow, to_settle_.has_value(), truth_.open_attempt(), {}, false});
}

// Besides the disk that is gone dark, only one that is full or says an error may stop a life.
bool Run::explained(const store::StoreFailed& failed) {
  story_.say("the daemon stops: {}", failed.what());
  if (struck_ || site_.disk.full) return true;
  outcome_.wrong.push_back({Wrong::journalLost, failed.what()});
  return false;
}

// The time between two lives.
void Run::pick_up() {
  life_.reset();
  site_.hazards.arm(std::nullopt);
  const bool power =
      !outcome_.falls.empty() && struck_ &&
      (outcome_.falls.back().blow == Blow::host || outcome_.falls.back().blow == Blow::hostAndPrinter);
  if (power) site_.disk.lose_unsynced(site_.random);
  leave_half_written(site_.letters() / ".C1.pdf.new");
  leave_half_written(site_.folder() / ".crl.pem.new");
  leave_half_written(site_.outbox() / ".O1.p7m.new");
  constexpr std::array pauses{std::chrono::seconds(1), std::chrono::seconds(6), std::chrono::seconds(40),
                              std::chrono::seconds(300)};
  site_.clock.pass(pauses[site_.random() % pauses.size()]);
  office_.between_lives();
  if (scenario_.clock_jumps)
    site_.clock.set(std::chrono::minutes(100) - std::chrono::minutes(site_.random() % 400));
  if (site_.random() % 2 == 0) site_.disk.full = false;
  site_.world.advance(site_.clock.steady());
  if (scenario_.mutant != Mutant::none) mutate(scenario_.mutant, site_);
}

// --- a life ------------------------------------------------------------------------------------------------

void Run::told(const core::Change& change) {
  const auto attempt = change.attempt ? core::uuid_text(*change.attempt) : std::string();
  const auto known = truth_.attempts().find(attempt);
  // One in doubt was put into the output by the printer, unasked.
  const bool doubted = known != truth_.attempts().end() && known->second.phase == core::Phase::inDoubt;
  truth_.told(change, life_->store(), outcome_.wrong);
  if (change.subject == "batch" && change.state == api::name_of(core::BatchState::completed))
    truth_.check_completed(life_->store(), *change.batch, outcome_.wrong);
  const bool by_hand = change.subject == "attempt" && !change.batch;
  if (by_hand && change.state == api::name_of(core::Phase::done)) {
    ++outcome_.encoded;
    outcome_.anew += life_->store().attempt(*change.attempt)->kind == core::AttemptKind::reencode;
  }
  if (by_hand && change.state == api::name_of(core::Phase::spoiled)) ++outcome_.spoiled;
  if (change.subject == "card" && change.state == api::name_of(core::CardState::expired)) ++outcome_.expired;
  if (change.subject == "attempt" && change.state == api::name_of(core::Phase::done) && !doubted && !by_hand)
    truth_.check_left(life_->store(), *change.attempt, outcome_.wrong);
  // Recovery tells what it found, and then moves the attempt.
  if (attempt == to_settle_ && change.text.find(" was at ") == std::string::npos) to_settle_.reset();
  story_.say("{} {} {} {}{}{}{}{}", change.subject,
             change.card    ? change.card->text()
             : change.order ? change.order->text()
             : change.batch ? change.batch->text()
                            : "-",
             attempt.substr(0, 8), change.state, change.reason ? " " : "",
             change.reason ? api::name_of(*change.reason) : "", change.text.empty() ? "" : ": ", change.text);
}

void Run::begin_life() {
  struck_ = false;
  asked_to_stop_ = false;
  stop_begun_.reset();
  const auto number = outcome_.lives++;
  site_.hazards.arm(number < scenario_.strikes.size() ? std::optional(scenario_.strikes[number])
                                                      : std::nullopt);
  story_.say("--- life {}", outcome_.lives);
  life_.emplace(
      site_, [this](const core::Change& change) { told(change); }, &order_);
  truth_.learn(life_->store(), outcome_.wrong);
  to_settle_ = truth_.open_attempt();
  if (number > 0 && !outcome_.falls.empty() && to_settle_) outcome_.falls.back().attempt = to_settle_;
}

// A mutant is let go on until it has done what it is made for.
void Run::stop_if_wrong() {
  auto& wrong = outcome_.wrong;
  const auto same = [](const Violation& violation) { return std::tie(violation.what, violation.text); };
  std::ranges::stable_sort(wrong, {}, same);
  const auto repeated = std::ranges::unique(wrong, {}, same);
  wrong.erase(repeated.begin(), repeated.end());
  const bool shown = std::ranges::find(wrong, shown_by(scenario_.mutant), &Violation::what) != wrong.end();
  if (shown || (scenario_.mutant == Mutant::none && !wrong.empty())) throw Found{};
}

// As the daemon does: the card in the machine is finished, if that does not take too long.
void Run::stop_when_idle() {
  constexpr std::chrono::seconds stop_limit(80);
  if (!asked_to_stop_) return;
  if (!stop_begun_) {
    stop_begun_ = site_.clock.steady();
    life_->submit(core::Pause{.shutdown = true}, {}, [](const core::Reply&) {});
    return;
  }
  if (!life_->runner().idle() && site_.clock.steady() - *stop_begun_ < stop_limit) return;
  story_.say("the daemon ends");
  throw Stopped{};
}

void Run::work() {
  life_->settle(patience, [this] {
    truth_.check_now(outcome_.wrong);
    stop_if_wrong();
    stop_when_idle();
    // People do not wait until nothing moves.
    if (order_() % (scenario_.errands.empty() ? 64 : 12) == 0) let_people_act(false);
  });
  if (asked_to_stop_) {
    stop_when_idle();
    life_->settle(patience);
    throw Stopped{};
  }
  truth_.check_still(*life_, outcome_.wrong);
  stop_if_wrong();
}

// False: there is nothing for anybody to do.
bool Run::let_people_act(bool still) {
  const bool acted = custodians_.act(*life_, false) || client_.act(*life_) || office_.act(*life_, still) ||
                     operator_.act(*life_) || (still && custodians_.act(*life_, true));
  tally(operator_.take_help());
  stop_if_wrong();
  return acted;
}

void Run::live() {
  client_.ask_again(*life_, outcome_.wrong);
  office_.ask_again(*life_, outcome_.wrong);
  custodians_.ask_again(*life_, outcome_.wrong);
  stop_if_wrong();
  for (unsigned round = 0, idle = 0;
       !client_.finished() || !office_.finished() || !custodians_.finished(*life_); ++round) {
    work();
    const bool acted = let_people_act(true);
    if (!acted) site_.pass(runtime::probe_interval);
    if (acted ? round < rounds_max : ++idle < idle_max) continue;
    const auto line = life_->runner().station().lines.front();
    outcome_.wrong.push_back({Wrong::waitsForEver, fmt::format("the line is {}: {}", line.state, line.text)});
    throw Found{};
  }
  work();
  while (operator_.act(*life_) || custodians_.act(*life_, true)) work();
  tally(operator_.take_help());
  truth_.check_end(*life_, outcome_.cards + office_.cards(), outcome_.wrong);
  stop_if_wrong();
}

// Nothing is left to do, and a start does nothing.
void Run::restart_when_all_is_done() {
  if (scenario_.seed % 8 != 0) return;
  story_.say("--- once more");
  const auto before = site_.world.counters();
  life_.reset();
  begin_life();
  client_.ask_again(*life_, outcome_.wrong);
  office_.ask_again(*life_, outcome_.wrong);
  custodians_.ask_again(*life_, outcome_.wrong);
  work();
  if (site_.world.counters() != before)
    outcome_.wrong.push_back({Wrong::unaccounted, "a start did something though all was done"});
  truth_.check_end(*life_, outcome_.cards + office_.cards(), outcome_.wrong);
  stop_if_wrong();
}

// --- what it cost, and the end -----------------------------------------------------------------------------

// The last loss of power of the printer that hit the attempt is to blame, or the last blow at all.
void Run::blame(const std::string& attempt) {
  Fall* guilty = nullptr;
  for (auto& fall : outcome_.falls) {
    if (fall.attempt != attempt) continue;
    const bool printer = fall.blow == Blow::printer || fall.blow == Blow::hostAndPrinter;
    const bool before = guilty && (guilty->blow == Blow::printer || guilty->blow == Blow::hostAndPrinter);
    if (!guilty || printer || !before) guilty = &fall;
  }
  if (guilty)
    guilty->asked_person = true;
  else if (!outcome_.faults)
    outcome_.wrong.push_back({Wrong::doubtWithoutCause, "attempt " + attempt.substr(0, 8)});
}

void Run::tally(Operator::Help help) {
  for (const auto& attempt : help.doubts) blame(attempt);
  for (const auto& attempt : help.removed) blame(attempt);
  auto& all = outcome_.help;
  std::ranges::move(help.doubts, std::back_inserter(all.doubts));
  std::ranges::move(help.removed, std::back_inserter(all.removed));
  all.good += help.good;
  all.bad += help.bad;
  all.supplies += help.supplies;
  all.resumed += help.resumed;
  if (help.figures && !figures_are_wrong(scenario_))
    outcome_.wrong.push_back({Wrong::countersDisagree, "and nothing had happened to them"});
}

void Run::finish() {
  for (const auto& found : outcome_.wrong) story_.say("WRONG: {}: {}", api::text_of(found.what), found.text);
  for (auto& fall : outcome_.falls) {
    if (!fall.attempt) continue;
    const auto known = truth_.attempts().find(*fall.attempt);
    if (known != truth_.attempts().end()) fall.end = known->second.phase;
  }
  site_.disk.go_dark();
  life_.reset();
  outcome_.cards += office_.cards();
  for (const auto& call : office_.calls().all())
    if (call.done) outcome_.asked.push_back(call.command.index());
  for (const auto& calls : custodians_.calls())
    for (const auto& call : calls.all())
      if (call.done) outcome_.asked.push_back(call.command.index());
  if (site_.paper) outcome_.sheets = site_.paper->tray().size();
  outcome_.sheets_lost = truth_.sheets_lost();
  outcome_.blanks = site_.world.counters().fed;
  outcome_.time = site_.clock.steady().time_since_epoch();
  outcome_.hash = story_.hash();
  outcome_.story = story_.text();
}

Outcome Run::go() {
  for (;;) {
    try {
      begin_life();
      live();
      restart_when_all_is_done();
      break;
    } catch (const Stopped&) {
    } catch (const Crash&) {
      site_.disk.go_dark();
    } catch (const Found&) {
      break;
    } catch (const store::StoreFailed& failed) {
      site_.disk.go_dark();
      if (!explained(failed)) break;
    }
    if (outcome_.lives == lives_max) {
      outcome_.wrong.push_back({Wrong::waitsForEver, "the daemon is started again and again"});
      break;
    }
    pick_up();
  }
  finish();
  return std::move(outcome_);
}

}  // namespace simulation
