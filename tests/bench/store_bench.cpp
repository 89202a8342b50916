// How fast a turn becomes durable, against what the disk can do, whether the next card is found as fast among
// many cards as among few, and how long it takes to read what is on a revocation list: store_bench
// [DIRECTORY] [TURNS] [CARDS]
//
// The floor is 4 KiB and fdatasync: appended, as to a log that grows, and over what is there already, as to a
// log that begins again. All take turns, so that they see the same disk; medians are compared, with the
// faster floor.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "daemon/store/store.hpp"

namespace {

constexpr int rounds = 9;

template <class Work>
double per_second(int times, Work work) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) work(i);
  return times / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> figures) {
  std::ranges::sort(figures);
  return figures[figures.size() / 2];
}

// The step of an attempt: one row of it, as the engine commits before each movement.
void intent(store::Store& journal, core::Attempt attempt, int i) {
  attempt.text = std::to_string(i);
  core::Row row = attempt;
  journal.begin();
  journal.write(row);
  journal.commit();
}

// The same with what usually goes with it: card, change and audit record.
void whole_turn(store::Store& journal, const core::Card& card, const core::Attempt& attempt, int i) {
  core::Row rows[] = {card, attempt, core::Change{}, core::AuditRecord{}};
  std::get<core::Attempt>(rows[1]).text = std::to_string(i);
  journal.begin();
  for (auto& row : rows) journal.write(row);
  journal.commit();
}

void remove_journal(const std::filesystem::path& path) {
  for (const auto* suffix : {"", "-wal"}) std::filesystem::remove(path.string() + suffix);
}

// Cards of the pool, and a hundred that wait, spread among them.
void fill(store::Store& journal, int cards) {
  for (int id = 1; id <= cards;) {
    journal.begin();
    for (const int end = std::min(id + 10'000, cards + 1); id < end; ++id) {
      core::Card card;
      card.id = {id};
      card.number = "T" + std::to_string(id);
      card.product = "temporary";
      card.state = id % (cards / 100) == 0 ? core::CardState::requested : core::CardState::unassigned;
      core::Row row = card;
      journal.write(row);
    }
    journal.commit();
  }
}

// Microseconds.
double next_card(const std::filesystem::path& path, int cards) {
  remove_journal(path);
  store::Store journal(path);
  fill(journal, cards);
  std::vector<double> figures;
  for (int round = 0; round < rounds; ++round)
    figures.push_back(1e6 / per_second(2'000, [&](int) {
                        if (journal.cards({core::CardState::requested, {}}, {}, 1).size() != 1) std::abort();
                      }));
  return median(figures);
}

void compare_sizes(const std::filesystem::path& path, int many) {
  const double few = next_card(path, 1'000), lots = next_card(path, many);
  remove_journal(path);
  std::printf("next card             %8.2f us among 1000, %.2f us among %d  ratio %.2f\n", few, lots, many,
              lots / few);
}

// Certificates of which every tenth is on the list, and as large as real ones.
void fill_list(store::Store& journal, int entries) {
  core::Card card;
  card.id = {1};
  core::Batch batch;
  batch.id = {1};
  core::Attempt attempt;
  attempt.card = card.id;
  attempt.batch = batch.id;
  journal.begin();
  for (core::Row row : {core::Row(card), core::Row(batch), core::Row(attempt)}) journal.write(row);
  for (int i = 0; i < 10 * entries; ++i) {
    core::Certificate certificate;
    certificate.serial.resize(18);
    for (std::size_t at = 0; at < 4; ++at)  // in no order
      certificate.serial[at] =
          static_cast<std::uint8_t>(static_cast<unsigned>(i) * 2'654'435'761U >> (8 * at));
    certificate.to_be_signed.resize(560);
    certificate.der.resize(640);
    certificate.state = i % 10 == 0 ? core::CertificateState::revoked : core::CertificateState::released;
    core::Row row = certificate;
    journal.write(row);
  }
  journal.commit();
}

void read_list(const std::filesystem::path& path, int entries) {
  remove_journal(path);
  {
    store::Store journal(path);
    fill_list(journal, entries);
    std::vector<double> figures;
    for (int round = 0; round < rounds; ++round)
      figures.push_back(1e3 / per_second(1, [&](int) {
                          if (journal.list_entries().size() != static_cast<std::size_t>(entries))
                            std::abort();
                        }));
    std::printf("list of %6d         %8.2f ms, among %d certificates\n", entries, median(figures),
                10 * entries);
  }
  remove_journal(path);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path directory = argc > 1 ? argv[1] : ".";
  const int turns = argc > 2 ? std::atoi(argv[2]) : 300;
  const auto raw_path = directory / "store_bench.raw", journal_path = directory / "store_bench.db";
  const int raw = ::open(raw_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (raw < 0) return std::perror(raw_path.c_str()), 1;
  remove_journal(journal_path);

  core::Batch batch;
  batch.id = {1};
  core::Card card;
  card.id = {1};
  core::Attempt attempt;
  attempt.card = card.id;
  attempt.batch = batch.id;
  std::vector<double> append, overwrite, single, whole;
  {
    store::Store journal(journal_path);
    journal.begin();
    for (core::Row row : {core::Row(batch), core::Row(card), core::Row(attempt)}) journal.write(row);
    journal.commit();
    const std::vector<char> page(4096, 'x');
    for (int round = 0; round < rounds; ++round) {
      append.push_back(per_second(turns, [&](int) {
        if (::write(raw, page.data(), page.size()) != 4096 || ::fdatasync(raw) != 0) std::abort();
      }));
      overwrite.push_back(per_second(turns, [&](int i) {
        if (::pwrite(raw, page.data(), page.size(), i * 4096L) != 4096 || ::fdatasync(raw) != 0) std::abort();
      }));
      single.push_back(per_second(turns, [&](int i) { intent(journal, attempt, i); }));
      whole.push_back(per_second(turns, [&](int i) { whole_turn(journal, card, attempt, i); }));
    }
  }
  ::close(raw);
  std::filesystem::remove(raw_path);
  remove_journal(journal_path);
  const double floor = std::max(median(append), median(overwrite));
  std::printf("append, fdatasync     %8.0f /s\n", median(append));
  std::printf("overwrite, fdatasync  %8.0f /s\n", median(overwrite));
  std::printf("turn of one row       %8.0f /s  ratio %.2f\n", median(single), median(single) / floor);
  std::printf("turn of four rows     %8.0f /s  ratio %.2f\n", median(whole), median(whole) / floor);
  compare_sizes(journal_path, argc > 3 ? std::atoi(argv[3]) : 100'000);
  for (const int entries : {10'000, 100'000}) read_list(journal_path, entries);
}
