#pragma once
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/model.hpp"

namespace store {

// The disk did not take what it was given, or the database is not what it was. The process has to stop: what
// is durable is known again only after a restart (reliability: a retried fsync may lie).
struct StoreFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What was open when the daemon stopped.
struct Open {
  std::vector<core::Batch> batches;  // producing, paused or awaiting confirmation
  std::vector<core::Card> cards;     // of those batches, and of attempts that are not over
  std::vector<core::Attempt>
      attempts;                     // of those cards: the last one of each, and every one that is not over
  std::vector<core::Order> orders;  // neither completed nor aborted
};

struct CardFilter {
  std::optional<core::CardState> state;
  std::optional<core::BatchId> batch;
  std::optional<core::OrderId> order{};
  std::optional<std::string> holder{};
};

// What `prune` leaves alone.
struct Kept {
  std::int64_t changes = 100'000;      // the newest; at least one
  std::chrono::days changes_age{30};   // and all that are younger
  std::chrono::days answers_age{30};   // of calls with an idempotency key
  std::size_t rows_per_turn_max = 32;  // of each kind: no turn takes longer for it
};

// An attempt that is over, as far as statistics need it.
struct EndedAttempt {
  std::int64_t made = 0;  // where it stands among all attempts
  api::WallTime started{}, ended{};
  core::AttemptKind kind = core::AttemptKind::produce;
  core::Phase phase = core::Phase::done;
  std::optional<api::Reason> reason;
  std::string product;
};

// Blanks that were fed for a batch; `fed` is the sum of the others.
struct Bodies {
  std::int64_t fed = 0, good = 0, rejected = 0, condemned = 0, in_doubt = 0, in_machine = 0;
  friend bool operator==(const Bodies&, const Bodies&) = default;
};

struct OrderFilter {
  std::optional<core::OrderState> state;
  std::optional<bool> held;
};

struct LetterFilter {
  std::optional<core::LetterState> state;
  std::optional<core::CardId> card;
};

// The journal: SQLite, one connection, WAL, synchronous=FULL, used on the io thread only. Every call throws
// StoreFailed when SQLite fails; nothing is left half done. Reads see what the open turn has written.
class Store {
 public:
  // Opens or creates the database (mode 0600, exclusive), brings its schema up to date, checks it and
  // checkpoints (TRUNCATE) before anything is written. ":memory:" for tests. `vfs`: on which of SQLite's file
  // systems, where it is not the one of the host; the file is there already.
  explicit Store(const std::string& path, const char* vfs = nullptr);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // One turn of the engine: begin, any number of writes and reads, commit. `commit` is durable when it
  // returns. Changes and audit records get their sequence numbers when they are written; `write` puts them
  // into the row it was given.
  void begin();
  void write(core::Row& row);
  // A few rows that nobody needs any more, within a turn.
  void prune(api::WallTime now, const Kept& kept = {});
  void commit();
  void roll_back() noexcept;  // also when SQLite has rolled back by itself

  // Reads.
  Open load_open();
  std::optional<core::Card> card(core::CardId id);
  std::vector<core::Card> cards(const CardFilter& filter, std::optional<core::CardId> after,
                                std::size_t limit);  // by id
  std::size_t count(core::CardState state);
  std::optional<core::Batch> batch(core::BatchId id);
  std::vector<core::Batch> batches(std::optional<core::BatchId> before, std::size_t limit);  // newest first
  std::optional<core::Order> order(core::OrderId id);
  std::vector<core::Order> orders(const OrderFilter& filter, std::optional<core::OrderId> before,
                                  std::size_t limit);  // newest first
  // These as core::Records says.
  std::optional<core::Holder> holder(std::string_view id);
  std::optional<core::Photo> photo(std::string_view digest);
  std::vector<core::Card> assigned_to(std::string_view holder);
  std::vector<core::Card> expiring(api::WallTime now, std::size_t limit);
  std::vector<core::Card> to_erase(api::WallTime before, std::size_t limit);
  std::vector<core::Order> orders_to_erase(api::WallTime before, std::size_t limit);
  std::vector<std::string> photos_to_erase(api::WallTime before, std::size_t limit);
  std::optional<api::WallTime> next_expiry();              // of core::Production
  std::vector<core::Attempt> attempts(core::CardId card);  // in the order they were made
  std::optional<core::Attempt> attempt(const core::AttemptId& id);
  std::vector<core::Certificate> certificates(const core::AttemptId& attempt);
  // What is on the revocation list by now. There may be many.
  std::vector<core::ListEntry> list_entries();
  std::vector<core::Certificate> unlisted(
      std::int64_t list);               // that no list up to this number shows as they are
  core::RevocationList newest_list();   // begun last; number 0: none yet
  core::RevocationList written_list();  // the newest that is out; likewise
  std::optional<core::SealedSecrets> sealed(const core::AttemptId& attempt);
  std::optional<core::Letter> letter(core::LetterId id);
  std::optional<core::Letter> letter_of(const core::AttemptId& attempt);
  std::vector<core::Letter> letters_of(core::CardId card);
  std::vector<core::Letter> open_letters();
  std::vector<core::Letter> letters(const LetterFilter& filter, std::optional<core::LetterId> after,
                                    std::size_t limit);  // by id
  std::vector<core::AttemptId> letters_owed();           // oldest first
  std::optional<core::Remembered> remembered(std::int64_t uid, std::string_view method, std::string_view key);
  bool chip_known(std::string_view chip_serial,
                  const core::AttemptId& except);  // by another attempt, or of another card of a bureau
  std::vector<core::Change> changes(std::int64_t after, std::size_t limit);
  std::vector<core::PrinterAccount> printers();  // the one used last comes last
  // Attempts that ended in [since, until), by end; those behind `after`, which was got before.
  std::vector<EndedAttempt> ended(api::WallTime since, api::WallTime until,
                                  const std::optional<EndedAttempt>& after, std::size_t limit);
  Bodies bodies(core::BatchId batch);
  std::map<core::CardState, std::int64_t> counts(core::BatchId batch);  // of its cards
  std::vector<core::Batch> open_batches(std::size_t limit);             // by id, without their cards
  std::int64_t newest_change();                                         // 0: none yet
  std::optional<api::WallTime> newest_time();                           // of the clock mark
  std::int64_t oldest_change();                                         // likewise

  // The next unused ids; they count on in memory until the turn is committed or rolled back.
  core::CardId next_card_id();
  core::BatchId next_batch_id();
  core::OrderId next_order_id();
  core::LetterId next_letter_id();

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace store
