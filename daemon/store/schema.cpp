#include "daemon/store/schema.hpp"

#include <array>

#include "daemon/store/store.hpp"

namespace store {
namespace {

// Step n leads from version n to n + 1. A step that was ever shipped is never changed: a database in the
// field has it. Times are milliseconds since 1970 UTC; states, phases and reasons are wire names; options,
// fields and counters are JSON. Foreign keys wait for the commit: the rows of one turn come in any order.
//
// card_open holds the cards somebody waits for and stays small and in memory; card_closed holds the rest.
// Sequences are row ids, and the newest row is never deleted: SQLite gives the largest plus one, so no number
// comes twice, and there are no gaps, not even after a roll-back.
constexpr std::array steps{
    R"sql(
CREATE TABLE batch (
  id INTEGER PRIMARY KEY, state TEXT NOT NULL, origin TEXT NOT NULL, created INTEGER NOT NULL,
  reason TEXT, text TEXT NOT NULL, consecutive_failures INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_open ON batch(id) WHERE state IN ('producing','paused','awaitingConfirmation');

CREATE TABLE card (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, product TEXT NOT NULL, state TEXT NOT NULL,
  batch INTEGER REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  options TEXT NOT NULL, fields TEXT NOT NULL, note TEXT NOT NULL, created INTEGER NOT NULL,
  attempt BLOB REFERENCES attempt(id) DEFERRABLE INITIALLY DEFERRED,
  reason TEXT, text TEXT NOT NULL
) STRICT;
CREATE INDEX card_open ON card(state, id) WHERE state IN
  ('requested','processing','ordered','inProduction','produced','awaitingConfirmation','failed','inDoubt');
CREATE INDEX card_closed ON card(state, id) WHERE state NOT IN
  ('requested','processing','ordered','inProduction','produced','awaitingConfirmation','failed','inDoubt');
CREATE INDEX card_batch ON card(batch, id) WHERE batch IS NOT NULL;

CREATE TABLE batch_card (
  batch INTEGER NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  card INTEGER NOT NULL REFERENCES card DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (batch, position), UNIQUE (batch, card)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  made INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  card INTEGER NOT NULL REFERENCES card DEFERRABLE INITIALLY DEFERRED,
  batch INTEGER NOT NULL REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL, phase TEXT NOT NULL, reached TEXT, reason TEXT, text TEXT NOT NULL,
  started INTEGER NOT NULL, ended INTEGER,
  printer_serial TEXT NOT NULL, baseline TEXT, chip_serial TEXT NOT NULL,
  check_code TEXT NOT NULL, invalidation TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_card ON attempt(card, made);
CREATE INDEX attempt_open ON attempt(made)
  WHERE phase NOT IN ('done','spoiled','void','inDoubt','condemned');
CREATE INDEX attempt_chip ON attempt(chip_serial) WHERE chip_serial <> '';
CREATE UNIQUE INDEX one_good_body ON attempt(card) WHERE phase = 'done' AND kind IN ('produce','body');
CREATE TRIGGER attempt_is_over BEFORE UPDATE ON attempt
  WHEN NEW.phase <> OLD.phase AND (OLD.phase IN ('spoiled','void','condemned')
                                   OR OLD.phase = 'done' AND NEW.phase <> 'condemned')
BEGIN SELECT RAISE(ABORT, 'attempt: it is over, its phase stays'); END;
CREATE TRIGGER attempt_is_of_its_card BEFORE UPDATE ON attempt
  WHEN NEW.card <> OLD.card OR NEW.batch <> OLD.batch OR NEW.kind <> OLD.kind
BEGIN SELECT RAISE(ABORT, 'attempt: its card, batch and kind stay'); END;

CREATE TABLE certificate (
  serial BLOB PRIMARY KEY,
  attempt BLOB NOT NULL REFERENCES attempt(id) DEFERRABLE INITIALLY DEFERRED,
  purpose TEXT NOT NULL, state TEXT NOT NULL, to_be_signed BLOB NOT NULL, der BLOB NOT NULL, revoked INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_attempt ON certificate(attempt);
CREATE INDEX certificate_revoked ON certificate(revoked) WHERE state = 'revoked';
CREATE TRIGGER certificate_serial_is_taken BEFORE UPDATE ON certificate
  WHEN NEW.attempt <> OLD.attempt OR NEW.purpose <> OLD.purpose
BEGIN SELECT RAISE(ABORT, 'certificate: the serial number is taken'); END;

CREATE TABLE sealed (
  attempt BLOB PRIMARY KEY REFERENCES attempt(id) DEFERRABLE INITIALLY DEFERRED,
  pin BLOB NOT NULL, puk BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
  sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, subject TEXT NOT NULL,
  batch INTEGER, card INTEGER, attempt BLOB, state TEXT NOT NULL, reason TEXT, text TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, uid INTEGER NOT NULL,
  action TEXT NOT NULL, object TEXT NOT NULL, outcome TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: records are never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit: records are never deleted'); END;

CREATE TABLE remembered (
  uid INTEGER NOT NULL, method TEXT NOT NULL, idempotency_key TEXT NOT NULL,
  digest BLOB NOT NULL, batch INTEGER, cards TEXT NOT NULL, skipped TEXT NOT NULL,
  PRIMARY KEY (uid, method, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('crl', 0);
)sql",
    // Recovery: what became of the blanks of each attempt, and the running sums of each printer. An attempt
    // of before has one body, unless nothing physical happened.
    R"sql(
ALTER TABLE attempt ADD COLUMN bodies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN recoveries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN whereabouts TEXT;
UPDATE attempt SET bodies=1 WHERE phase IN ('done','spoiled','inDoubt','condemned');
CREATE TABLE printer (
  serial TEXT PRIMARY KEY, model TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
  good INTEGER NOT NULL, rejected INTEGER NOT NULL, condemned INTEGER NOT NULL, in_doubt INTEGER NOT NULL,
  samples INTEGER NOT NULL, foreign_bodies INTEGER NOT NULL, used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), newest INTEGER NOT NULL) STRICT;
INSERT INTO clock SELECT 1, max(time) FROM change HAVING max(time) IS NOT NULL;
)sql",
    // Certificates are on hold until their card is confirmed. Which list shows what is known from here on:
    // whatever is on hold or revoked is owed to the next list, those of confirmed cards are not on any. The
    // numbers of lists go on.
    R"sql(
CREATE TABLE revocation_list (
  number INTEGER PRIMARY KEY, this_update INTEGER NOT NULL, next_update INTEGER NOT NULL,
  written INTEGER, entries INTEGER NOT NULL
) STRICT;
INSERT INTO revocation_list SELECT value,0,0,NULL,0 FROM counter WHERE name='crl' AND value>0;
DROP INDEX certificate_revoked;
ALTER TABLE certificate RENAME COLUMN revoked TO held;
ALTER TABLE certificate ADD COLUMN reason TEXT;
ALTER TABLE certificate ADD COLUMN entered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
UPDATE certificate SET reason='cessationOfOperation' WHERE state='revoked';
UPDATE certificate SET held=(SELECT started FROM attempt WHERE id=certificate.attempt) WHERE held IS NULL;
UPDATE certificate SET state='released' WHERE state='issued' AND attempt IN (SELECT attempt.id FROM attempt
  JOIN card ON card.attempt=attempt.id WHERE attempt.phase='done'
  AND card.state IN ('unassigned','assigned','expired','locked'));
UPDATE certificate SET entered=value+1, listed=value+1 FROM counter WHERE name='crl' AND state<>'released';
DROP TABLE counter;
CREATE TRIGGER certificate_stays_revoked BEFORE UPDATE ON certificate
  WHEN OLD.state='revoked' AND NEW.state<>'revoked'
BEGIN SELECT RAISE(ABORT, 'certificate: it is revoked for good'); END;
CREATE INDEX certificate_on_list ON certificate(serial, held, reason, state) WHERE state<>'released';
CREATE INDEX certificate_listed ON certificate(listed);
)sql",
    // Orders, holders, and the life of a card in the pool. An attempt by hand is in no batch: its table is
    // made anew, since SQLite cannot let a column be empty afterwards. Chips that were made before lived a
    // year as shipped.
    R"sql(
CREATE TABLE card_order (
  id INTEGER PRIMARY KEY, state TEXT NOT NULL, production_type TEXT NOT NULL, product TEXT NOT NULL,
  producer TEXT NOT NULL, priority INTEGER NOT NULL, held INTEGER NOT NULL, holder TEXT NOT NULL,
  note TEXT NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL, cards TEXT NOT NULL,
  batch INTEGER REFERENCES batch DEFERRABLE INITIALLY DEFERRED, sent INTEGER
) STRICT;
CREATE INDEX order_open ON card_order(state, id) WHERE state IN ('processing','ordered','inProduction');
CREATE INDEX order_noted ON card_order(id) WHERE note<>'';
CREATE TABLE holder (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, name TEXT NOT NULL, upn TEXT NOT NULL, email TEXT NOT NULL,
  photo TEXT NOT NULL, changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX holder_photo ON holder(photo) WHERE photo<>'';
CREATE TABLE photo (digest TEXT PRIMARY KEY, image BLOB NOT NULL, stored INTEGER NOT NULL) STRICT;
CREATE INDEX photo_stored ON photo(stored);

ALTER TABLE card ADD COLUMN order_id INTEGER REFERENCES card_order DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE card ADD COLUMN guid BLOB;
ALTER TABLE card ADD COLUMN chip_serial TEXT NOT NULL DEFAULT '';
ALTER TABLE card ADD COLUMN chip_until INTEGER;
ALTER TABLE card ADD COLUMN encoding_due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE card ADD COLUMN valid_until INTEGER;
UPDATE card SET guid=attempt, chip_until=attempt.started+365*86400000 FROM attempt
  WHERE attempt.id=card.attempt AND attempt.phase='done' AND attempt.kind='produce';
CREATE INDEX card_ordered ON card(order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX card_expiring ON card(valid_until) WHERE state='assigned';
CREATE INDEX card_holder ON card(holder, id) WHERE holder<>'';
CREATE INDEX card_personal ON card(id) WHERE fields<>'{}' OR note<>'';

CREATE TABLE new_attempt (
  made INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  card INTEGER NOT NULL REFERENCES card DEFERRABLE INITIALLY DEFERRED,
  batch INTEGER REFERENCES batch DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL, phase TEXT NOT NULL, reached TEXT, reason TEXT, text TEXT NOT NULL,
  started INTEGER NOT NULL, ended INTEGER,
  printer_serial TEXT NOT NULL, baseline TEXT, chip_serial TEXT NOT NULL,
  check_code TEXT NOT NULL, invalidation TEXT NOT NULL,
  bodies INTEGER NOT NULL, recoveries INTEGER NOT NULL, whereabouts TEXT,
  then_verb TEXT, holder TEXT NOT NULL DEFAULT '', valid_until INTEGER
) STRICT;
INSERT INTO new_attempt SELECT made,id,card,batch,kind,phase,reached,reason,text,started,ended,
  printer_serial,baseline,chip_serial,check_code,invalidation,bodies,recoveries,whereabouts,NULL,'',NULL FROM attempt;
DROP TABLE attempt;
ALTER TABLE new_attempt RENAME TO attempt;
CREATE INDEX attempt_card ON attempt(card, made);
CREATE INDEX attempt_open ON attempt(made)
  WHERE phase NOT IN ('done','spoiled','void','inDoubt','condemned');
CREATE INDEX attempt_ended ON attempt(ended) WHERE ended IS NOT NULL;
CREATE INDEX attempt_chip ON attempt(chip_serial) WHERE chip_serial <> '';
CREATE UNIQUE INDEX one_good_body ON attempt(card) WHERE phase = 'done' AND kind IN ('produce','body');
CREATE TRIGGER attempt_is_over BEFORE UPDATE ON attempt
  WHEN NEW.phase <> OLD.phase AND (OLD.phase IN ('spoiled','void','condemned')
                                   OR OLD.phase = 'done' AND NEW.phase <> 'condemned')
BEGIN SELECT RAISE(ABORT, 'attempt: it is over, its phase stays'); END;
CREATE TRIGGER attempt_is_of_its_card BEFORE UPDATE ON attempt
  WHEN NEW.card <> OLD.card OR NEW.batch IS NOT OLD.batch OR NEW.kind <> OLD.kind
BEGIN SELECT RAISE(ABORT, 'attempt: its card, batch and kind stay'); END;

ALTER TABLE change ADD COLUMN order_id INTEGER;
ALTER TABLE remembered ADD COLUMN order_id INTEGER;
ALTER TABLE remembered ADD COLUMN attempt BLOB;
)sql",
    // Changes and remembered answers are not kept for ever. How old the answers of before are is not known:
    // their time begins now.
    R"sql(
ALTER TABLE remembered ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
UPDATE remembered SET time=coalesce((SELECT newest FROM clock), 1000*unixepoch());
CREATE INDEX remembered_time ON remembered(time);
)sql",
    R"sql(
CREATE INDEX card_chip ON card(chip_serial) WHERE chip_serial<>'';
)sql",
    // Letters are followed one by one. Those that are owed to attempts of before are made at the next start.
    R"sql(
CREATE TABLE letter (
  id INTEGER PRIMARY KEY, attempt BLOB NOT NULL UNIQUE,
  card INTEGER NOT NULL REFERENCES card DEFERRABLE INITIALLY DEFERRED,
  state TEXT NOT NULL, control TEXT NOT NULL UNIQUE,
  first_person INTEGER NOT NULL, second_person INTEGER NOT NULL,
  made INTEGER NOT NULL, sent INTEGER, on_paper INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX letter_card ON letter(card);
CREATE INDEX letter_state ON letter(state, id);
ALTER TABLE attempt ADD COLUMN stripe INTEGER NOT NULL DEFAULT 0;
ALTER TABLE remembered ADD COLUMN letters TEXT NOT NULL DEFAULT '[]';
ALTER TABLE remembered ADD COLUMN awaiting TEXT NOT NULL DEFAULT '[]';
)sql",
};

}  // namespace

std::int64_t newest_schema() {
  return static_cast<std::int64_t>(steps.size());
}

void check_origin(Database& database) {
  const auto origin = database.integer("PRAGMA application_id");
  const auto version = database.integer("PRAGMA user_version");
  const bool empty = database.integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (empty && origin == 0 && version == 0) return;
  if (origin != application_id) throw StoreFailed("the file is a database of another program");
  if (version > newest_schema())
    throw StoreFailed("the journal has schema " + std::to_string(version) + ", this program knows " +
                      std::to_string(newest_schema()) + ": install the newer cardwrightd again");
}

void bring_up_to_date(Database& database, std::int64_t end) {
  // A table that is made anew must not take what refers to it along; afterwards everything refers to
  // something.
  database.run("PRAGMA foreign_keys=OFF");
  for (auto version = database.integer("PRAGMA user_version"); version < end; ++version) {
    database.run("BEGIN EXCLUSIVE");
    database.run(steps[static_cast<std::size_t>(version)]);
    database.run(("PRAGMA application_id=" + std::to_string(application_id)).c_str());
    database.run(("PRAGMA user_version=" + std::to_string(version + 1)).c_str());
    if (database.integer("SELECT count(*) FROM pragma_foreign_key_check") != 0)
      throw StoreFailed("the journal is damaged: a row refers to one that is not there");
    database.run("COMMIT");
  }
  database.run("PRAGMA foreign_keys=ON");
}

}  // namespace store
