#include <sys/stat.h>

#include "daemon/store/schema.hpp"
#include "tests/unit/store/sample_rows.hpp"

namespace {

using namespace sample;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string opening(const std::string& path) {
  return failure_of([&] { store::Store journal(path); });
}

void sql(const std::string& path, const char* statements) {
  store::Database(path).run(statements);
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path) << content;
  ::chmod(path.c_str(), 0600);
}

TEST(journal_file, keeps_what_was_committed) {
  Directory directory;
  {
    store::Store journal(directory.journal());
    turn(journal, batch(1, {{7}}), full_card(), full_attempt());
  }
  store::Store journal(directory.journal());
  EXPECT_TRUE(same(journal.card({7}).value(), full_card()));
}

TEST(journal_file, is_for_its_owner_alone) {
  Directory directory;
  const auto before = ::umask(0);
  {
    store::Store journal(directory.journal());
    turn(journal, card(1));
    for (const auto* suffix : {"", "-wal"}) {
      struct stat info {};
      ASSERT_EQ(::stat((directory.journal() + suffix).c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
    }
  }
  ::umask(before);
  ::chmod(directory.journal().c_str(), 0640);
  EXPECT_THAT(opening(directory.journal()), HasSubstr("others may read or write it: chmod 600 "));
}

TEST(journal_file, is_used_by_one_process_only) {
  Directory directory;
  store::Store journal(directory.journal());
  EXPECT_THAT(opening(directory.journal()), HasSubstr("is cardwrightd running already?"));
  turn(journal, card(1));  // the refused one did no harm
  EXPECT_THAT(opening(directory.journal()), HasSubstr("is cardwrightd running already?"));
}

TEST(journal_file, is_refused_when_it_is_no_database) {
  Directory directory;
  write_file(directory.journal(), std::string(8192, 'x'));
  EXPECT_THAT(opening(directory.journal()), HasSubstr("the file is no SQLite database"));
}

TEST(journal_file, is_refused_when_it_belongs_to_another_program) {
  Directory directory;
  write_file(directory.journal(), "");
  sql(directory.journal(), "CREATE TABLE theirs (x)");
  EXPECT_THAT(opening(directory.journal()), HasSubstr("a database of another program"));
  store::Database theirs(directory.journal());
  EXPECT_EQ(theirs.text("PRAGMA journal_mode"), "delete");  // nothing was changed
}

TEST(journal_file, is_refused_when_it_is_newer_than_the_program) {
  Directory directory;
  { store::Store journal(directory.journal()); }
  sql(directory.journal(), "PRAGMA user_version=99");
  EXPECT_THAT(opening(directory.journal()), HasSubstr("has schema 99"));
}

TEST(journal_file, is_refused_when_it_is_cut_short) {
  Directory directory;
  { store::Store journal(directory.journal()); }
  std::filesystem::resize_file(directory.journal(), 4096);
  EXPECT_THAT(opening(directory.journal()), HasSubstr("malformed"));
}

TEST(journal_file, is_refused_when_it_cannot_be_a_file) {
  Directory directory;
  EXPECT_THAT(opening(directory.journal() + "/below"), HasSubstr("No such file or directory"));
  std::filesystem::create_directory(directory.journal());
  EXPECT_THAT(opening(directory.journal()), HasSubstr("is no regular file"));
}

TEST(journal_file, keeps_its_audit_records) {
  Directory directory;
  {
    store::Store journal(directory.journal());
    turn(journal, core::AuditRecord{0, at(1), 0, "issue", "C1", "done"});
  }
  for (const auto* statement :
       {"UPDATE audit SET uid=7", "DELETE FROM audit",
        "PRAGMA recursive_triggers=ON; INSERT OR REPLACE INTO audit SELECT * FROM audit"})
    EXPECT_THAT(failure_of([&] { sql(directory.journal(), statement); }), HasSubstr("records are never"));
}

// What stands in the database, written by somebody else, and what the message has to name.
struct Damage {
  const char* statement;
  const char* column;
};

TEST(journal_file, names_table_and_column_of_what_it_cannot_read) {
  const Damage damages[] = {{"UPDATE card SET state='canceled7'", "table card, column state"},
                            {"UPDATE card SET options='{\"pinLength\":-7}'", "table card, column options"},
                            {"UPDATE card SET fields='canceled7'", "table card, column fields"},
                            {"UPDATE card SET reason='canceled7'", "table card, column reason"},
                            {"UPDATE card SET attempt=x'07'", "table card, column attempt"}};
  for (const auto& damage : damages) {
    Directory directory;
    {
      store::Store journal(directory.journal());
      turn(journal, batch(1, {{7}}), full_card(), full_attempt());
    }
    sql(directory.journal(), damage.statement);
    store::Store journal(directory.journal());
    EXPECT_THAT(failure_of([&] { journal.card({7}); }),
                AllOf(HasSubstr(damage.column), Not(HasSubstr("canceled7"))));
  }
}

TEST(journal_file, makes_a_list_from_an_index_alone) {
  Directory directory;
  { store::Store journal(directory.journal()); }
  store::Database database(directory.journal());
  auto list = database.query("EXPLAIN QUERY PLAN " + std::string(store::list_entries_sql));
  ASSERT_TRUE(list.step());
  EXPECT_EQ(list.text(3), "SCAN certificate USING COVERING INDEX certificate_on_list");
  EXPECT_FALSE(list.step()) << list.text(3);  // no sorting
  auto owed = database.query("EXPLAIN QUERY PLAN SELECT * FROM certificate WHERE listed>7");
  ASSERT_TRUE(owed.step());
  EXPECT_EQ(owed.text(3), "SEARCH certificate USING INDEX certificate_listed (listed>?)");
}

// A journal of before there were holds: what it issued for cards that are not confirmed is held from now on.
TEST(journal_file, of_an_older_version_is_brought_up_to_date) {
  Directory directory;
  write_file(directory.journal(), "");
  {
    store::Database database(directory.journal());
    store::bring_up_to_date(database, 2);
    database.run(R"sql(
      PRAGMA foreign_keys=OFF;
      INSERT INTO batch VALUES(1,'producing','request',0,NULL,'',0);
      INSERT INTO card(id,number,product,state,options,fields,note,created,attempt,text)
        VALUES(1,'T1','p','unassigned','{}','{}','',0,x'01010101010101010101010101010101',''), (2,'T2','p','inProduction','{}','{}','',0,x'02020202020202020202020202020202','');
      INSERT INTO attempt(id,card,batch,kind,phase,text,started,printer_serial,chip_serial,check_code,invalidation)
        VALUES(x'01010101010101010101010101010101',1,1,'produce','done','',7,'','','',''), (x'02020202020202020202020202020202',2,1,'produce','printed','',8,'','','','');
      INSERT INTO certificate VALUES(x'0a',x'01010101010101010101010101010101','signature','issued',x'30',x'30',NULL),
        (x'0b',x'02020202020202020202020202020202','signature','issued',x'30',x'30',NULL), (x'0c',x'02020202020202020202020202020202','signature','revoked',x'30',x'30',9);
      UPDATE counter SET value=41 WHERE name='crl')sql");
  }
  store::Store journal(directory.journal());
  EXPECT_EQ(journal.newest_list().number, 41);
  EXPECT_EQ(journal.written_list().number, 0);
  const auto list = journal.list_entries();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].serial, api::Bytes{0x0b});
  EXPECT_EQ(list[0].held, at(8));
  EXPECT_EQ(list[0].reason, api::RevocationReason::certificateHold);
  EXPECT_EQ(list[1].held, at(9));
  EXPECT_EQ(list[1].reason, api::RevocationReason::cessationOfOperation);
  EXPECT_EQ(journal.unlisted(41).size(), 2u);
  EXPECT_EQ(journal.unlisted(42).size(), 0u);
}

TEST(journal_file, finds_the_next_card_through_an_index) {
  Directory directory;
  { store::Store journal(directory.journal()); }
  store::Database database(directory.journal());
  const std::pair<store::CardFilter, const char*> plans[] = {
      {{core::CardState::requested, {}}, "SEARCH card USING INDEX card_open (state=? AND id>?)"},
      {{core::CardState::inDoubt, {}}, "SEARCH card USING INDEX card_open (state=? AND id>?)"},
      {{core::CardState::unassigned, {}}, "SEARCH card USING INDEX card_closed (state=? AND id>?)"},
      {{{}, core::BatchId{1}}, "SEARCH card USING INDEX card_batch (batch=? AND id>?)"},
      {{}, "SEARCH card USING INTEGER PRIMARY KEY (rowid>?)"}};
  for (const auto& [filter, plan] : plans) {
    auto query = database.query("EXPLAIN QUERY PLAN " + store::cards_sql(filter));
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.text(3), plan);
    EXPECT_FALSE(query.step()) << query.text(3);  // no sorting
  }
}

}  // namespace
