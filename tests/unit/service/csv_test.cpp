#include "daemon/service/csv.hpp"

#include <random>

#include "daemon/service/limits.hpp"
#include "daemon/service/tables.hpp"

namespace service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CsvLimits limits{100, 10};

// "1:a|b" for each row.
std::vector<std::string> rows(std::string_view text, CsvLimits within = limits) {
  const auto parsed = parse_csv(text, within);
  if (!parsed) return {"line " + std::to_string(parsed.error().line) + ": " + parsed.error().text};
  std::vector<std::string> result;
  for (const auto& row : *parsed) {
    auto& shown = result.emplace_back(std::to_string(row.line) + ":");
    for (const auto& cell : row.cells) shown += (shown.ends_with(':') ? "" : "|") + cell;
  }
  return result;
}

TEST(csv, has_a_row_a_line_and_cells_between_commas) {
  EXPECT_THAT(rows("a,b\r\nc,d\r\n"), ElementsAre("1:a|b", "2:c|d"));
  EXPECT_THAT(rows("a,b\nc,d"), ElementsAre("1:a|b", "2:c|d"));
  EXPECT_THAT(rows("a, b ,\n"), ElementsAre("1:a| b |")) << "spaces are part of a cell";
  EXPECT_THAT(rows(""), IsEmpty());
}

TEST(csv, takes_what_stands_in_quotation_marks_as_it_is) {
  EXPECT_THAT(rows("\"a,b\",\"say \"\"x\"\"\",\"\"\n"), ElementsAre("1:a,b|say \"x\"|"));
}

TEST(csv, counts_the_lines_of_the_text_also_inside_of_a_cell) {
  EXPECT_THAT(rows("a\n\"x\r\ny\nz\"\nb\n"), ElementsAre("1:a", "2:x\r\ny\nz", "5:b"));
  EXPECT_THAT(rows("a\n\n\r\nb"), ElementsAre("1:a", "4:b"));
}

TEST(csv, may_begin_with_a_byte_order_mark) {
  EXPECT_THAT(rows("\xEF\xBB\xBF"
                   "a,b\n"),
              ElementsAre("1:a|b"));
}

TEST(csv, is_refused_at_the_line_whose_form_is_wrong) {
  EXPECT_THAT(rows("a\n\"b\nc\n"),
              ElementsAre("line 2: a cell begins with a quotation mark and does not end"));
  EXPECT_THAT(rows("a\n\"b\"c\n"),
              ElementsAre("line 2: there is text behind the quotation mark that ends a cell"));
  EXPECT_THAT(rows("a\nb\"c\n"),
              ElementsAre("line 2: there is a quotation mark inside a cell that has none around it"));
  EXPECT_THAT(rows("a\nb\rc\n"), ElementsAre("line 2: there is a carriage return inside of the line"));
}

TEST(csv, is_refused_when_it_has_too_many_lines_or_columns) {
  EXPECT_THAT(rows("a\nb\n", {2, 2}), ElementsAre("1:a", "2:b"));
  EXPECT_THAT(rows("a\nb\nc\n", {2, 2}), ElementsAre("line 3: there are more than 2 lines"));
  EXPECT_THAT(rows("a,b,c\n", {2, 2}), ElementsAre("line 1: there are more than 2 columns"));
}

// "3 chip: why" for each problem.
template <class Line>
std::vector<std::string> problems(const Table<Line>& table) {
  std::vector<std::string> result;
  if (table) return {"none"};
  for (const auto& problem : table.error())
    result.push_back(std::to_string(problem.line) + " " + problem.column + ": " + problem.text);
  return result;
}

TEST(manifest, says_what_became_of_each_card) {
  const auto table = read_manifest(
      "card,order,result,chip,reason,number\r\nC1,O5,produced,00AbFF,,T1\r\nC2,O5,failed,,\"torn\",\r\n", 10);
  ASSERT_THAT(problems(table), ElementsAre("none"));
  ASSERT_EQ(table->size(), 2U);
  EXPECT_EQ(table->front().line, 2);
  EXPECT_EQ(table->front().card, "C1");
  EXPECT_EQ(table->front().order, "O5");
  EXPECT_EQ(table->front().number, "T1");
  EXPECT_TRUE(table->front().produced);
  EXPECT_EQ(table->front().chip_serial, "00abff");
  EXPECT_FALSE(table->back().produced);
  EXPECT_EQ(table->back().text, "torn");
}

// Some chips say decimal digits, an odd number of them too; others bytes.
TEST(manifest, has_serials_of_chips_as_the_chips_say_them) {
  const auto table =
      read_manifest("order,card,result,chip\nO5,C1,produced,7001\nO5,C2,produced,12345\nO5,C3,produced," +
                        std::string(64, 'F') + "\n",
                    10);
  ASSERT_THAT(problems(table), ElementsAre("none"));
  EXPECT_EQ((*table)[0].chip_serial, "7001");
  EXPECT_EQ((*table)[1].chip_serial, "12345");
  EXPECT_EQ((*table)[2].chip_serial, std::string(64, 'f'));
  EXPECT_THAT(
      problems(read_manifest("order,card,result,chip\nO5,C1,produced," + std::string(65, '1') + "\n", 10)),
      ElementsAre(testing::StartsWith("2 chip: the serial number")));
}

TEST(manifest, may_leave_columns_out_that_no_line_needs) {
  EXPECT_THAT(problems(read_manifest("order,card,result\nO5,C1,failed\n", 10)), ElementsAre("none"));
  EXPECT_THAT(problems(read_manifest("order,card,result\nO5,C1,produced\n", 10)),
              ElementsAre("2 chip: the serial number of a produced card's chip is missing, or has other "
                          "characters than 0-9 and a-f"));
}

TEST(manifest, has_the_columns_that_are_known_and_no_others) {
  EXPECT_THAT(problems(read_manifest("order,card,result,colour,order\nO5,C1,failed,red,O5\n", 10)),
              ElementsAre("1 colour: there is no such column", "1 order: this column is there twice"));
  EXPECT_THAT(problems(read_manifest("card,result\nC1,failed\n", 10)),
              ElementsAre("1 order: this column is missing"));
  EXPECT_THAT(problems(read_manifest("", 10)), ElementsAre("1 : there is no header"));
  EXPECT_THAT(problems(read_manifest("order,card,result\n", 10)),
              ElementsAre("1 : no line follows the header"));
}

TEST(manifest, names_every_line_that_is_wrong) {
  const auto* text =
      "order,card,result,chip,reason\n"
      "O5,C1,produced,abg,\n"
      "O5,C2,lost,,\n"
      "5,17,failed,,\n"
      "O5,C3,failed,cd,\n"
      "O5,C4,produced,ab,torn\n"
      "O5,C4,produced,AB,\n"
      "O5,C5,failed\n"
      "O5,C6,failed,,\"a\nb\"\n";
  EXPECT_THAT(problems(read_manifest(text, 10)),
              ElementsAre("2 chip: the serial number of a produced card's chip is missing, or has other "
                          "characters than 0-9 and a-f",
                          "3 result: neither \"produced\" nor \"failed\"", "4 order: no id of an order",
                          "4 card: no id of a card", "5 chip: a failed card has none",
                          "6 reason: a produced card has none", "7 card: stands in line 6 already",
                          "7 chip: stands in line 6 already", "8 : has 3 cells, and the header 5",
                          "9 reason: there is a control character in it"));
}

TEST(manifest, of_many_wrong_lines_names_the_first) {
  std::string text = "order,card,result\n";
  for (int i = 0; i < 500; ++i) text += "x,y,z\n";
  const auto table = read_manifest(text, 1000);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().size(), line_problems_max);
  EXPECT_EQ(table.error().front().line, 2);
}

TEST(requests, have_a_card_a_line_with_options_and_fields) {
  const auto table = read_requests(
      "product,name,pinLength,encode,certificates,note,room\n"
      "staff,Ada,8,true,authentication signing,\"first\nsecond\",1\n"
      ",Bob,,,,,\n",
      10);
  ASSERT_THAT(problems(table), ElementsAre("none"));
  const auto& [ada, bob] = std::pair(table->front(), table->back());
  EXPECT_EQ(ada.product, "staff");
  EXPECT_EQ(ada.note, "first\nsecond");
  EXPECT_EQ(ada.fields, (std::map<std::string, std::string>{{"name", "Ada"}, {"room", "1"}}));
  EXPECT_EQ(ada.options,
            (core::Options{8U, {}, true, std::vector<std::string>{"authentication", "signing"}}));
  EXPECT_EQ(bob.line, 4) << "the line of the text";
  EXPECT_EQ(bob.product, "");
  EXPECT_EQ(bob.options, core::Options{});
  EXPECT_EQ(bob.fields, (std::map<std::string, std::string>{{"name", "Bob"}, {"room", ""}}));
}

TEST(requests, name_every_line_that_is_wrong) {
  const std::string longer(field_value_length_max + 1, 'x');
  const auto text = "name,pinLength,encode,product,certificates\nA,six,,,\nB,-1,,,\nC,,yes,,\n" + longer +
                    ",99999999999,,,\nD,,," + std::string(name_length_max + 1, 'p') + "," +
                    std::string(name_length_max + 1, 'c') + "\n";
  EXPECT_THAT(problems(read_requests(text, 10)),
              ElementsAre("2 pinLength: no number", "3 pinLength: no number",
                          "4 encode: neither \"true\" nor \"false\"", "5 pinLength: no number",
                          "5 name: more than 500 characters", "6 product: more than 64 characters",
                          "6 certificates: more than 64 characters"));
}

TEST(requests, have_at_most_so_many_fields_lines_and_names) {
  std::string header = "product", row;
  for (std::size_t i = 0; i < fields_max; ++i) header += ",f" + std::to_string(i), row += ",x";
  EXPECT_THAT(problems(read_requests(header + "\n" + row + "\n", 1)), ElementsAre("none"));
  EXPECT_THAT(problems(read_requests(header + ",one\n" + row + ",x\n", 1)),
              ElementsAre("1 one: there are more than 32 fields"));
  EXPECT_THAT(problems(read_requests("a\nb\nc\n", 1)), ElementsAre("3 : there are more than 2 lines"));
  std::string names;
  for (std::size_t i = 0; i <= certificates_max; ++i) names += "x ";
  EXPECT_THAT(problems(read_requests("a,certificates\nb," + names + "\n", 1)),
              ElementsAre("2 certificates: more than 16 names"));
  EXPECT_THAT(problems(read_requests("a,,a\nb,,c\n", 1)),
              ElementsAre("1 : a column has no name", "1 a: this column is there twice"));
  EXPECT_THAT(problems(read_requests(std::string(field_name_length_max + 1, 'n') + "\nb\n", 1)),
              ElementsAre(testing::EndsWith("a column's name has more than 64 characters")));
}

// Bytes that a table is made of, more often than others.
std::string random_text(std::mt19937& random) {
  static constexpr std::string_view likely = ",,,\n\n\r\"\"aO1C1\xEF\xBB\xBF";
  std::string text(random() % 200, '\0');
  for (auto& byte : text)
    byte = random() % 8 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
  return text;
}

TEST(tables, are_read_or_refused_with_a_line_of_theirs_whatever_they_hold) {
  std::mt19937 random(20261120);
  std::size_t taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto body = random_text(random);
    const auto lines = std::ranges::count(body, '\n') + 2;
    auto judge = [&](const auto& table) {
      if (table) return void(++taken);
      ASSERT_FALSE(table.error().empty());
      ASSERT_LE(table.error().size(), line_problems_max);
      for (const auto& problem : table.error()) {
        EXPECT_GE(problem.line, 1);
        EXPECT_LE(problem.line, lines);
        EXPECT_LT(problem.text.size(), 200U);
        EXPECT_LE(problem.column.size(), 4 * field_name_length_max);
      }
    };
    judge(read_requests(body, 50));
    judge(read_requests("name\n" + body, 50));
    judge(read_manifest(body, 50));
    judge(read_manifest("order,card,result\n" + body, 50));
  }
  EXPECT_GT(taken, 100U) << "else only refusals were tried";
}

}  // namespace
}  // namespace service
