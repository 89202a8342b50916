#include "tests/simulation/statistics.hpp"

#include <boost/json.hpp>
#include <set>

namespace simulation {
namespace {

template <class Counts>
void add_all(Counts& to, const Counts& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

double per_cent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

template <class Row>
std::string line(std::string_view name, const Row& value, std::string_view note = {}) {
  return fmt::format("  {:<40} {:>10}  {}\n", name, value, note);
}

std::string share(const Statistics::OfBlow& sums) {
  if (sums.fell_alone == 0) return {};
  return fmt::format("; a person was needed in {} of {}: {:.2f} %", sums.asked_person, sums.fell_alone,
                     per_cent(sums.asked_person, sums.fell_alone));
}

// What became of the attempts that were under way.
std::string ends_of(const Statistics::OfBlow& sums) {
  std::string text;
  for (const auto& row : core::phase_rows)
    if (const auto count = sums.ends[static_cast<std::size_t>(row.value)]; count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, row.name);
  return fmt::format("{}{}{} idle", text, text.empty() ? "" : ", ", sums.idle);
}

// Where a command stands among all of them.
template <class What, class... All>
constexpr std::size_t index_in(std::type_identity<std::variant<All...>>) {
  std::size_t index = 0;
  bool found = false;
  ((found = found || std::is_same_v<What, All>, index += found ? 0 : 1), ...);
  return index;
}
template <class What>
constexpr std::size_t index_of = index_in<What>(std::type_identity<core::Command>());

struct Asked {
  std::size_t index;
  std::string_view text;
};
constexpr std::array shown{
    Asked{index_of<core::OrderCards>, "orders"},
    Asked{index_of<core::HoldOrder>, "orders held"},
    Asked{index_of<core::AbortCards>, "aborts before production"},
    Asked{index_of<core::CancelBatch>, "batches cancelled"},
    Asked{index_of<core::ImportBatch>, "batches imported"},
    Asked{index_of<core::ImportManifest>, "manifests of the bureau"},
    Asked{index_of<core::ReorderCards>, "orders asked for again"},
    Asked{index_of<core::InitializeCard>, "bodies put in to be initialised"},
    Asked{index_of<core::AssignCard>, "assignments"},
    Asked{index_of<core::ExtendCard>, "extensions"},
    Asked{index_of<core::WithdrawCard>, "withdrawals"},
    Asked{index_of<core::LockCard>, "cards locked"},
    Asked{index_of<core::ReleaseLetters>, "releases of letters"},
    Asked{index_of<core::ResolveLetter>, "words on letters in doubt"},
};

}  // namespace

void Statistics::add(const Outcome& outcome) {
  ++runs;
  with_faults += outcome.faults;
  lives += outcome.lives;
  cards += outcome.cards;
  blanks += outcome.blanks;
  for (const auto& fall : outcome.falls) {
    auto& sums = blows[static_cast<std::size_t>(fall.blow)];
    ++sums.fell;
    sums.in_recovery += fall.in_recovery;
    if (!outcome.faults) {
      ++sums.fell_alone;
      sums.asked_person += fall.asked_person;
    }
    if (fall.end)
      ++sums.ends[static_cast<std::size_t>(*fall.end)];
    else
      ++sums.idle;
  }
  doubts += outcome.help.doubts.size();
  removed += outcome.help.removed.size();
  good += outcome.help.good;
  bad += outcome.help.bad;
  supplies += outcome.help.supplies;
  resumed += outcome.help.resumed;
  for (const auto index : outcome.asked) ++acknowledged[index];
  expired += outcome.expired;
  encoded += outcome.encoded;
  anew += outcome.anew;
  spoiled += outcome.spoiled;
  sheets += outcome.sheets;
  sheets_lost += outcome.sheets_lost;
  std::set<Wrong> seen;
  for (const auto& found : outcome.wrong) seen.insert(found.what);
  for (const auto what : seen) ++wrong[static_cast<std::size_t>(what)];
  wrong_runs += !seen.empty();
  virtual_seconds += std::chrono::duration<double>(outcome.time).count();
}

void Statistics::add(const Statistics& other) {
  runs += other.runs;
  with_faults += other.with_faults;
  lives += other.lives;
  cards += other.cards;
  blanks += other.blanks;
  for (std::size_t i = 0; i < blows.size(); ++i) {
    auto& sums = blows[i];
    const auto& more = other.blows[i];
    sums.fell += more.fell;
    sums.in_recovery += more.in_recovery;
    sums.fell_alone += more.fell_alone;
    sums.asked_person += more.asked_person;
    add_all(sums.ends, more.ends);
    sums.idle += more.idle;
  }
  doubts += other.doubts;
  good += other.good;
  bad += other.bad;
  removed += other.removed;
  supplies += other.supplies;
  resumed += other.resumed;
  add_all(acknowledged, other.acknowledged);
  expired += other.expired;
  encoded += other.encoded;
  anew += other.anew;
  spoiled += other.spoiled;
  sheets += other.sheets;
  sheets_lost += other.sheets_lost;
  add_all(wrong, other.wrong);
  wrong_runs += other.wrong_runs;
  virtual_seconds += other.virtual_seconds;
}

double Statistics::share_of_hosts() const {
  std::uint64_t asked = 0, fell = 0;
  for (const auto blow : {Blow::process, Blow::host, Blow::ioError, Blow::diskFull}) {
    asked += of(blow).asked_person;
    fell += of(blow).fell_alone;
  }
  return per_cent(asked, fell);
}

double Statistics::share_of_printers() const {
  const auto &both = of(Blow::hostAndPrinter), &alone = of(Blow::printer);
  return per_cent(both.asked_person + alone.asked_person, both.fell_alone + alone.fell_alone);
}

std::string table(const Statistics& sums, double seconds) {
  std::string text = "What happened\n";
  text += line("runs", sums.runs,
               fmt::format("{} of them with devices that misbehave or cannot tell", sums.with_faults));
  text += line("lives of the daemon", sums.lives);
  text += line("cards", sums.cards, fmt::format("{} blanks were fed", sums.blanks));
  for (const auto& row : blow_rows) {
    const auto& blow = sums.of(row.value);
    text += line(row.text, blow.fell, fmt::format("{} in recovery{}", blow.in_recovery, share(blow)));
    text += line("", "", ends_of(blow));
  }
  text += "\nWhat people did\n";
  text += line("doubts looked at", sums.doubts, fmt::format("good {}, bad {}", sums.good, sums.bad));
  text += line("cards taken out of the machine", sums.removed);
  text += line("supplies, bins, cover", sums.supplies);
  text += line("lines resumed", sums.resumed);
  text += line("needed after crashes of the host", fmt::format("{:.2f} %", sums.share_of_hosts()));
  text += line("needed after losses of the printer", fmt::format("{:.2f} %", sums.share_of_printers()));
  text += "\nWhat the office asked for and got\n";
  for (const auto& row : shown) text += line(row.text, sums.acknowledged[row.index]);
  text += line("assignments that expired", sums.expired);
  text += line("encoded by hand", sums.encoded,
               fmt::format("{} of them again; {} more spoiled", sums.anew, sums.spoiled));
  text +=
      line("letters on paper", sums.sheets, fmt::format("{} sheets lost, or not printed", sums.sheets_lost));
  text += "\nWhat must never be: runs\n";
  for (const auto& row : wrong_rows)
    text += line(row.name, sums.wrong[static_cast<std::size_t>(row.value)], row.text);
  const auto rate = seconds > 0 ? static_cast<double>(sums.runs) / seconds : 0;
  const auto times = seconds > 0 ? sums.virtual_seconds / seconds : 0;
  return text + fmt::format("\n{:.0f} s, {:.0f} runs a second, {:.0f} times as fast as the world\n", seconds,
                            rate, times);
}

std::string json(const Statistics& sums, double seconds) {
  namespace json = boost::json;
  json::object blows, wrong;
  for (const auto& row : blow_rows) {
    const auto& blow = sums.of(row.value);
    json::object ends;
    for (const auto& phase : core::phase_rows)
      if (const auto count = blow.ends[static_cast<std::size_t>(phase.value)]; count > 0)
        ends[phase.name] = count;
    blows[row.name] = {{"fell", blow.fell},
                       {"inRecovery", blow.in_recovery},
                       {"withoutFaults", blow.fell_alone},
                       {"askedPerson", blow.asked_person},
                       {"ends", ends},
                       {"idle", blow.idle}};
  }
  json::object office;
  for (const auto& row : shown) office[row.text] = sums.acknowledged[row.index];
  for (const auto& row : wrong_rows) wrong[row.name] = sums.wrong[static_cast<std::size_t>(row.value)];
  const json::object all{{"runs", sums.runs},
                         {"withFaults", sums.with_faults},
                         {"lives", sums.lives},
                         {"cards", sums.cards},
                         {"blanks", sums.blanks},
                         {"blows", blows},
                         {"doubts", sums.doubts},
                         {"good", sums.good},
                         {"bad", sums.bad},
                         {"removed", sums.removed},
                         {"supplies", sums.supplies},
                         {"resumed", sums.resumed},
                         {"hostPerCent", sums.share_of_hosts()},
                         {"printerPerCent", sums.share_of_printers()},
                         {"office", office},
                         {"expired", sums.expired},
                         {"encoded", sums.encoded},
                         {"encodedAgain", sums.anew},
                         {"spoiledByHand", sums.spoiled},
                         {"sheets", sums.sheets},
                         {"sheetsLost", sums.sheets_lost},
                         {"wrong", wrong},
                         {"seconds", seconds},
                         {"virtualSeconds", sums.virtual_seconds}};
  return json::serialize(all) + "\n";
}

}  // namespace simulation
