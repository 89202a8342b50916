#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/store/store.hpp"
#include "daemon/store/tables.hpp"
#include "tests/fakes/temporary_folder.hpp"

// Rows with everything in them and with as little as they may have, and a place for a journal on disk.
namespace sample {

using namespace std::chrono_literals;

inline api::WallTime at(std::int64_t milliseconds) {
  return api::WallTime(std::chrono::milliseconds(milliseconds));
}

inline core::AttemptId attempt_id(std::uint8_t last) {
  core::AttemptId id{};
  id.front() = 0xa0;
  id.back() = last;
  return id;
}

inline core::Card card(std::int64_t id, core::CardState state = core::CardState::requested) {
  core::Card card;
  card.id = {id};
  card.number = "T" + std::to_string(id);
  card.product = "temporary";
  card.state = state;
  card.created = at(1'000 + id);
  return card;
}

inline core::Batch batch(std::int64_t id, std::vector<core::CardId> cards = {},
                         core::BatchState state = core::BatchState::producing) {
  core::Batch batch;
  batch.id = {id};
  batch.state = state;
  batch.created = at(2'000 + id);
  batch.cards = std::move(cards);
  return batch;
}

inline core::Attempt attempt(std::uint8_t last, std::int64_t card, core::Phase phase = core::Phase::claimed,
                             std::int64_t batch = 1) {
  core::Attempt attempt;
  attempt.id = attempt_id(last);
  attempt.card = {card};
  attempt.batch = {batch};
  attempt.phase = phase;
  attempt.started = at(3'000 + last);
  return attempt;
}

inline core::Card full_card() {
  auto full = card(7, core::CardState::failed);
  full.batch = core::BatchId{1};
  full.options = {8, 8, true, std::vector<std::string>{"authentication", "signature"}};
  full.fields = {{"name", "Ren\u00e9 \"Q\" O'Neil"}, {"empty", ""}, {std::string("nul\0key", 7), "x"}};
  full.note = "second floor";
  full.attempt = attempt_id(1);
  full.reason = api::Reason::chipMute;
  full.text = "the chip does not answer";
  return full;
}

inline core::Attempt full_attempt() {
  auto full = attempt(1, 7, core::Phase::spoiled);
  full.kind = core::AttemptKind::body;
  full.reached = core::Phase::identified;
  full.reason = api::Reason::chipMute;
  full.text = "no ATR";
  full.ended = at(9'999);
  full.printer_serial = "SIM-1";
  full.baseline = api::Counters{~std::uint64_t{0}, 2, 3, 4};
  full.chip_serial = "00ff";
  full.check_code = "8W3K2Z";
  full.invalidation = "unreachable";
  return full;
}

template <class Row>
bool same(const Row& left, const Row& right) {
  bool equal = true;
  store::for_each_column<Row>(
      [&](const auto& column, int) { equal = equal && left.*column.member == right.*column.member; });
  if constexpr (std::is_same_v<Row, core::Batch>) equal = equal && left.cards == right.cards;
  return equal;
}

// One turn with these rows.
template <class... Rows>
void turn(store::Store& journal, const Rows&... rows) {
  journal.begin();
  const auto write = [&](core::Row row) { journal.write(row); };
  (write(rows), ...);
  journal.commit();
}

template <class Function>
std::string failure_of(Function function) {
  try {
    function();
  } catch (const store::StoreFailed& failed) {
    return failed.what();
  }
  return "nothing failed";
}

// Where a journal lies.
struct Directory : fakes::TemporaryFolder {
  std::string journal() const { return *this / "journal.db"; }
};

}  // namespace sample
