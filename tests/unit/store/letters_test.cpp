#include "tests/unit/store/sample_rows.hpp"

namespace {

using namespace sample;
using core::CardState;
using core::LetterId;
using core::LetterState;
using core::Phase;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

core::Letter letter(std::int64_t id, std::uint8_t attempt, std::int64_t card, LetterState state) {
  core::Letter letter;
  letter.id = {id};
  letter.attempt = attempt_id(attempt);
  letter.card = {card};
  letter.state = state;
  letter.control = "0000-0000-000" + std::to_string(id);
  letter.made = at(id);
  return letter;
}

struct letters_in_the_journal : testing::Test {
  store::Store journal{":memory:"};

  std::vector<std::int64_t> ids(const store::LetterFilter& filter, std::optional<LetterId> after = {},
                                std::size_t limit = 100) {
    std::vector<std::int64_t> ids;
    for (const auto& one : journal.letters(filter, after, limit)) ids.push_back(one.id.value);
    return ids;
  }
};

TEST_F(letters_in_the_journal, come_back_with_everything_in_them) {
  auto full = letter(3, 1, 1, LetterState::inDoubt);
  full.first_person = 1000;
  full.second_person = 1001;
  full.sent = at(9);
  full.text = "no \"paper\"";
  turn(journal, card(1), full, letter(4, 2, 1, LetterState::waiting));
  EXPECT_TRUE(same(journal.letter({3}).value(), full));
  EXPECT_TRUE(same(journal.letter_of(attempt_id(1)).value(), full));
  EXPECT_TRUE(same(journal.letter({4}).value(), letter(4, 2, 1, LetterState::waiting)));
  EXPECT_FALSE(journal.letter({5}));
  EXPECT_FALSE(journal.letter_of(attempt_id(3)));
}

TEST_F(letters_in_the_journal, are_found_page_by_page) {
  turn(journal, card(1), card(2), letter(1, 1, 1, LetterState::voided), letter(2, 2, 2, LetterState::waiting),
       letter(3, 3, 1, LetterState::waiting), letter(4, 4, 2, LetterState::delivered));
  EXPECT_THAT(ids({}), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ids({}, LetterId{1}, 2), ElementsAre(2, 3));
  EXPECT_THAT(ids({LetterState::waiting, {}}), ElementsAre(2, 3));
  EXPECT_THAT(ids({LetterState::waiting, {}}, LetterId{2}), ElementsAre(3));
  EXPECT_THAT(ids({{}, core::CardId{1}}), ElementsAre(1, 3));
  EXPECT_THAT(ids({LetterState::waiting, core::CardId{1}}), ElementsAre(3));
  std::vector<std::int64_t> of_card, open;
  for (const auto& one : journal.letters_of({2})) of_card.push_back(one.id.value);
  EXPECT_THAT(of_card, ElementsAre(2, 4));
  for (const auto& one : journal.open_letters()) open.push_back(one.id.value);
  EXPECT_THAT(open, ElementsAre(2, 3));
}

TEST_F(letters_in_the_journal, are_one_for_an_attempt_with_a_control_number_of_its_own) {
  turn(journal, card(1), letter(1, 1, 1, LetterState::waiting));
  EXPECT_THAT(failure_of([&] { turn(journal, letter(2, 1, 1, LetterState::waiting)); }),
              HasSubstr("UNIQUE constraint failed: letter.attempt"));
  journal.roll_back();
  auto twin = letter(2, 2, 1, LetterState::waiting);
  twin.control = letter(1, 1, 1, LetterState::waiting).control;
  EXPECT_THAT(failure_of([&] { turn(journal, twin); }),
              HasSubstr("UNIQUE constraint failed: letter.control"));
}

TEST_F(letters_in_the_journal, are_counted_on_until_the_turn_ends) {
  turn(journal, card(1), letter(7, 1, 1, LetterState::waiting));
  journal.begin();
  EXPECT_EQ(journal.next_letter_id(), LetterId{8});
  EXPECT_EQ(journal.next_letter_id(), LetterId{9});
  journal.roll_back();
  EXPECT_EQ(journal.next_letter_id(), LetterId{8});
}

TEST(letters_of_a_file, are_found_through_indexes) {
  Directory directory;
  { store::Store journal(directory.journal()); }
  store::Database database(directory.journal());
  const std::pair<std::string, const char*> plans[] = {
      {store::letters_sql({LetterState::waiting, {}}),
       "SEARCH letter USING INDEX letter_state (state=? AND id>?)"},
      {store::letters_sql({{}, core::CardId{1}}),
       "SEARCH letter USING INDEX letter_card (card=? AND rowid>?)"},
      {store::letters_sql({LetterState::waiting, core::CardId{1}}),
       "SEARCH letter USING INDEX letter_card (card=? AND rowid>?)"},
      {store::letters_sql({}), "SEARCH letter USING INTEGER PRIMARY KEY (rowid>?)"},
      {store::open_letters_sql(), "SEARCH letter USING INDEX letter_state (state=?)"}};
  for (const auto& [sql, plan] : plans) {
    auto query = database.query("EXPLAIN QUERY PLAN " + sql);
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.text(3), plan);
  }
}

TEST_F(letters_in_the_journal, are_owed_where_a_confirmed_card_has_a_pin) {
  auto good = card(1, CardState::unassigned), waiting = card(2, CardState::awaitingConfirmation);
  good.attempt = attempt_id(2);
  waiting.attempt = attempt_id(3);
  turn(journal, batch(1), good, waiting, attempt(1, 1, Phase::spoiled), attempt(2, 1, Phase::done),
       attempt(3, 2, Phase::done), core::SealedSecrets{attempt_id(2), {1}, {2}},
       core::SealedSecrets{attempt_id(3), {1}, {2}});
  EXPECT_THAT(journal.letters_owed(), ElementsAre(attempt_id(2)));
  turn(journal, letter(1, 2, 1, LetterState::waiting));
  EXPECT_THAT(journal.letters_owed(), IsEmpty()) << "it has one";
}

TEST_F(letters_in_the_journal, are_owed_to_a_card_that_was_encoded_again_meanwhile) {
  auto extended = card(1, CardState::assigned);
  extended.attempt = attempt_id(2);
  auto extension = attempt(2, 1, Phase::done);
  extension.kind = core::AttemptKind::reencode;
  turn(journal, batch(1), extended, attempt(1, 1, Phase::done), extension,
       core::SealedSecrets{attempt_id(1), {1}, {2}});
  EXPECT_THAT(journal.letters_owed(), ElementsAre(attempt_id(1)));
}

}  // namespace
