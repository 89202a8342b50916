#include "tools/ctl/terminal.hpp"

#include <boost/json/parse.hpp>
#include <sstream>

#include "tools/ctl/progress.hpp"

namespace ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string printed(Table table, std::size_t width, bool colour = false) {
  std::ostringstream out;
  table.print(Terminal{out, out, false, colour, width, 0});
  return out.str();
}

Table sample() {
  Table table({"CARD", "STATE", "WHY"});
  table.add({"C1", "failed", "the chip does not answer to reset"});
  table.add({"C200", "requested", ""});
  return table;
}

TEST(tables, are_as_wide_as_it_takes_where_nobody_limits_them) {
  EXPECT_EQ(printed(sample(), 0),
            "CARD  STATE      WHY\n"
            "C1    failed     the chip does not answer to reset\n"
            "C200  requested\n");
}

TEST(tables, fit_the_terminal_by_cutting_the_last_column_and_then_the_widest) {
  EXPECT_EQ(printed(sample(), 30),
            "CARD  STATE      WHY\n"
            "C1    failed     the chip doe…\n"
            "C200  requested\n");
  EXPECT_EQ(printed(sample(), 22),
            "CARD  STATE    WHY\n"
            "C1    failed   the ch…\n"
            "C200  reques…\n");
}

TEST(tables, count_characters_not_bytes) {
  Table table({"A", "B"});
  table.add({"äöü", "x"});
  table.add({"abc", "y"});
  EXPECT_EQ(printed(table, 0), "A    B\näöü  x\nabc  y\n");
}

TEST(tables, colour_states_only_where_colours_are_wanted) {
  EXPECT_THAT(printed(sample(), 0, true), HasSubstr("\x1b[31mfailed\x1b[0m     the"));
  EXPECT_THAT(printed(sample(), 0, false), Not(HasSubstr("\x1b")));
}

TEST(texts, are_cut_between_characters) {
  EXPECT_EQ(cut("äöü", 3), "äöü");
  EXPECT_EQ(cut("äöüß", 3), "äö…");
  EXPECT_EQ(cut("äöüß", 1), "…");
  EXPECT_EQ(cut("äöüß", 0), "");
}

boost::json::object change(std::string_view text) {
  return boost::json::parse(text).as_object();
}

TEST(texts, are_wrapped_at_spaces_and_indented) {
  EXPECT_EQ(wrapped("one two three", 2, 0), "one two three");
  EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three");
  EXPECT_EQ(wrapped("one two three", 2, 8), "one\n  two\n  three");
  EXPECT_EQ(wrapped("ä ö ü", 1, 4), "ä ö\n ü");
  EXPECT_EQ(wrapped("everything", 2, 5), "everything") << "a word is not cut";
  EXPECT_EQ(wrapped("", 2, 5), "");
}

TEST(progress, redraws_one_line_a_card_in_place_on_a_terminal) {
  std::ostringstream out;
  const Terminal terminal{out, out, true, false, 80, 24};
  Progress progress(terminal, "B1", {"C9", "C10"});
  EXPECT_EQ(out.str(),
            "\x1b[2KB1 producing\n"
            "\x1b[2KC9   [                ] waits\n"
            "\x1b[2KC10  [                ] waits\n");
  out.str("");
  progress.show(change(R"({"subject": "attempt", "card": "C9", "state": "keyed"})"));
  EXPECT_EQ(out.str(),
            "\x1b[3A\x1b[2KB1 producing\n"
            "\x1b[2KC9   [=======         ] keyed\n"
            "\x1b[2KC10  [                ] waits\n");
  out.str("");
  progress.show(change(R"({"subject": "card", "card": "C9", "state": "failed", "reason": "chipMute"})"));
  progress.show(change(R"({"subject": "batch", "batch": "B1", "state": "paused", "text": "load blanks"})"));
  EXPECT_THAT(out.str(), HasSubstr("\x1b[2KB1 paused: load blanks\n\x1b[2KC9   failed: chipMute\n"));
}

TEST(progress, never_draws_a_line_that_would_wrap) {
  std::ostringstream out;
  const Terminal terminal{out, out, true, false, 20, 24};
  Progress progress(terminal, "B1", {"C1"});
  out.str("");
  progress.show(
      change(R"({"subject": "card", "card": "C1", "state": "failed", "text": "a very long story"})"));
  EXPECT_THAT(out.str(), HasSubstr("\x1b[2KC1  failed: a very …\n"));
}

TEST(progress, is_plain_where_the_cards_do_not_fit_onto_the_terminal) {
  std::ostringstream out;
  const Terminal terminal{out, out, true, false, 80, 4};
  Progress progress(terminal, "B1", {"C1", "C2", "C3"});
  progress.show(change(R"({"subject": "attempt", "card": "C3", "state": "keyed"})"));
  EXPECT_EQ(out.str(), "B1: 3 cards\nC3 keyed\n");
}

TEST(progress, colours_what_went_wrong) {
  std::ostringstream out;
  const Terminal terminal{out, out, false, true, 0, 0};
  EXPECT_EQ(change_line(terminal, change(R"({"subject": "card", "card": "C1", "state": "failed"})")),
            "C1 \x1b[31mfailed\x1b[0m");
}

}  // namespace
}  // namespace ctl
