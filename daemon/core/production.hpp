#pragma once
#include <set>

#include "daemon/core/engine.hpp"
#include "daemon/core/plan.hpp"

// Decides. Everything here is a function of what is in `Production`, of the event, of the time and of what
// `Records` answers; it touches no device, no disk and no clock. What it decides is made durable before
// anything of it happens.
namespace core {

// What a decision may look up. The runner answers from the journal, a test from maps. Reads see the rows of
// this turn.
class Records {
 public:
  virtual ~Records() = default;
  virtual std::optional<Card> card(CardId id) = 0;
  virtual std::optional<Batch> batch(BatchId id) = 0;
  virtual std::vector<Card> requested(std::size_t limit) = 0;
  virtual std::optional<Order> order(OrderId id) = 0;
  virtual std::optional<Holder> holder(std::string_view id) = 0;
  virtual bool photo_known(std::string_view digest) = 0;
  virtual std::vector<Card> assigned_to(std::string_view holder) = 0;
  virtual std::vector<Card> expiring(api::WallTime now,
                                     std::size_t limit) = 0;  // assigned, and that time is over
  // Cards made before that time that still have fields or a note and are not being produced.
  virtual std::vector<Card> to_erase(api::WallTime before, std::size_t limit) = 0;
  // Orders made before that time that are over and still have a note; none of their cards was made later.
  virtual std::vector<Order> orders_to_erase(api::WallTime before, std::size_t limit) = 0;
  // Photos stored before that time that no active holder has, and no card that is still to be made.
  virtual std::vector<std::string> photos_to_erase(api::WallTime before, std::size_t limit) = 0;
  virtual std::optional<Attempt> attempt(const AttemptId& id) = 0;
  virtual std::vector<Attempt> attempts_of(CardId card) = 0;  // in the order in which they were made
  virtual std::optional<SealedSecrets> sealed_secrets(const AttemptId& attempt) = 0;
  virtual std::vector<Certificate> certificates(const AttemptId& attempt) = 0;
  virtual std::vector<Certificate> unlisted(std::int64_t list) = 0;  // no list up to that shows them
  virtual RevocationList newest_list() = 0;                          // begun last; number 0: none
  virtual RevocationList written_list() = 0;                         // the newest that is out; likewise
  virtual std::optional<Letter> letter(LetterId id) = 0;
  virtual std::optional<Letter> letter_of(const AttemptId& attempt) = 0;
  virtual std::vector<Letter> letters_of(CardId card) = 0;  // in the order in which they were made
  virtual std::vector<Letter> open_letters() = 0;           // neither delivered nor void
  // Confirmed attempts whose PIN is still sealed and that have no letter: of before letters were rows.
  virtual std::vector<AttemptId> letters_owed() = 0;
  virtual std::vector<PrinterAccount> printers() = 0;
  virtual std::optional<api::WallTime> newest_time() = 0;  // of the clock mark
  virtual bool chip_known(std::string_view chip_serial, const AttemptId& except) = 0;
  virtual CardId next_card_id() = 0;
  virtual BatchId next_batch_id() = 0;
  virtual OrderId next_order_id() = 0;
  virtual LetterId next_letter_id() = 0;
  virtual api::Uuid new_uuid() = 0;  // random
};

struct Block {
  api::Reason reason;
  std::string text;
  bool until_resumed = false;  // a person has to say Resume; else it ends when the devices say they are well
  bool shutdown = false;       // the daemon is about to end: no reason to pause a batch
};

struct Line {
  std::optional<AttemptId> in_machine;  // from `check` to its end
  std::optional<AttemptId> claimed;     // the one after it; its faces are rendered ahead
  bool rendered = false;                // those faces are ready
  std::optional<Step> running;          // a step on the devices that has not returned
  unsigned tries = 0;                   // of the step that waits
  std::optional<Block> block;
  std::optional<LineStatus> status;
  // Why nobody knows how far the attempt in the machine is; recovery decides, and nothing else happens to it.
  std::optional<api::Failure> unsettled;
  std::optional<api::Counters> reading;  // since then; recovery wants the same twice
};

// The revocation list that the world sees, against the one that the journal holds. Number 0: none.
struct ListOutbox {
  RevocationList begun;               // the newest that was begun
  RevocationList written;             // the newest that is out
  std::int64_t wanted = 0;            // number of the first list that shows everything as it is now
  bool under_way = false;             // one at a time: what changes meanwhile is on the next
  std::optional<std::string> failed;  // why the last try did not get it out
};

// A job file that an order owes. While it cannot be written it is tried again.
struct OwedFile {
  bool under_way = false;
  bool failed = false;  // and that was said
};

// A letter that is neither out nor void.
struct OpenLetter {
  Letter letter;
  std::string failure{};    // why its last try failed: the next is with the timer; empty: none has
  bool undrawable = false;  // and that was for its layout: somebody has to change that first
};

// A card that a person has put into the encoder for it. Its attempt is in `Production::attempts`, and its
// card, which is in no open batch, in `Production::cards`.
struct ByHand {
  AttemptId attempt{};
  std::optional<Step> running;
};

// So many batches are open at most when an order is pulled: what nobody confirms does not pile up for ever.
inline constexpr std::size_t open_batches_max = 100;

// What recovery found when it found nothing.
inline constexpr std::string_view nothing_under_way = "nothing was under way";

// The working set: open batches, their cards, the last attempt of each. What is settled leaves it.
struct Production {
  Rules rules;
  std::map<BatchId, Batch> batches;
  std::map<CardId, Card> cards;
  std::map<AttemptId, Attempt> attempts;
  std::map<OrderId, Order> orders;  // that are neither completed nor aborted
  Line line;
  std::map<std::string, PrinterAccount> printers;  // by serial number; all that ever worked here
  api::WallTime newest{};                          // as in the clock mark
  std::string recovered;                           // what the last recovery found and did, in one line
  ListOutbox list;
  std::map<LetterId, OpenLetter> letters;
  std::map<OrderId, OwedFile> dispatches;  // job files that the bureau's outbox is owed
  std::optional<ByHand> by_hand;
  // When the next assignment ends, or ended and nothing followed yet; the runner looks after every turn.
  std::optional<api::WallTime> next_expiry;
  std::optional<api::WallTime> erased;  // when nothing was left of personal data that is to be erased
};

struct Decision {
  std::vector<Row> rows;
  std::vector<Effect> effects;
};

// A command either does all of what it says or is refused and changes nothing.
Reply decide(Production& production, const Command& command, const Caller& caller, api::WallTime now,
             Records& records, Decision& decision);
void decide(Production& production, const Returned& returned, api::WallTime now, Records& records,
            Decision& decision);
// Regularly while `waits`: asks the devices whether they are mended, and tries again what could not be
// written.
void decide(Production& production, const Timer& timer, api::WallTime now, Records& records,
            Decision& decision);
bool waits(const Production& production, api::WallTime now);
// Once, after the working set was loaded.
void decide(Production& production, const Recovered& recovered, api::WallTime now, Records& records,
            Decision& decision);

// From now on these rules count; attempts that are under way go on with the products that they began with.
void take_rules(Production& production, Rules rules);
// Forgets those of attempts that have ended meanwhile.
void forget_begun(Production& production);

// The product as this card's options make it; nothing when the configuration does not have it any more.
std::optional<Product> product_of(const Rules& rules, const Card& card);
// The same for this attempt of it, which may be another than the card's last: one by hand is that only when
// it is done.
std::optional<Product> product_of(const Rules& rules, const Card& card, const AttemptId& attempt);

// The end of the chip and the certificates that this attempt makes: a card that is encoded anew for another
// holder lives no longer than before.
api::WallTime chip_end(const Product& product, const Card& card, const Attempt& attempt);

// Prefix, seven digits, and a check digit (ISO/IEC 7812-1 annex B, Luhn) over the digits.
std::string card_number(std::string_view prefix, CardId id);

// Six characters (Crockford's base 32, no I L O U) from the first 30 bits of the attempt's id: ties body and
// chip together.
std::string check_code(const AttemptId& attempt);

}  // namespace core
