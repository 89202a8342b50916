#include "tools/simulator/fault.hpp"

#include <fmt/format.h>

using simulator::FaultKind;
using simulator::parse_script;
using simulator::Step;

TEST(script, names_card_step_and_fault) {
  const auto faults = parse_script(
                          "card 2 print ribbonEnded\n\n# nothing\ncard 3 apdu 14 die # dies\n"
                          "card 1 apdu 2 statusWord 6A82\ncard 1 finish jam\n",
                          "f")
                          .value();
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_EQ(faults[0].card, 2u);
  EXPECT_EQ(faults[0].step, Step::print);
  EXPECT_EQ(faults[0].kind, FaultKind::ribbonEnded);
  EXPECT_EQ(faults[1].apdu, 14u);
  EXPECT_EQ(faults[2].status_word, 0x6a82);
  EXPECT_EQ(faults[3].kind, FaultKind::jam);
}

TEST(script, takes_each_fault_at_its_steps_only) {
  for (const auto& row : simulator::fault_kind_rows)
    for (const auto& step : simulator::step_rows) {
      const auto line = fmt::format("card 1 {}{} {}{}", step.name, step.value == Step::apdu ? " 1" : "",
                                    row.name, row.value == FaultKind::statusWord ? " 6A82" : "");
      EXPECT_EQ(parse_script(line, "f").has_value(), (row.steps & simulator::at(step.value)) != 0) << line;
      EXPECT_EQ(parse_script(line + " carriedOut", "f").has_value(),
                row.either_way && step.value == Step::apdu)
          << line;
    }
  EXPECT_FALSE(parse_script("card 1 apdu 1 die", "f")->at(0).carried_out);
  EXPECT_TRUE(parse_script("card 1 apdu 1 die carriedOut", "f")->at(0).carried_out);
}

TEST(script, counts_next_from_the_card_that_comes) {
  EXPECT_EQ(simulator::parse_fault("card next feed noCard", 7).value()->card, 7u);
}

TEST(script, names_file_and_line_of_what_it_does_not_understand) {
  const std::map<std::string, std::string> wrong{
      {"crad 1 feed jam", "f:2: expected `card N STEP FAULT`, as in `card 2 print ribbonEnded`"},
      {"card 0 feed jam", "f:2: '0' is no card: a number from 1, or next"},
      {"card next feed jam", "f:2: 'next' is no card: a number from 1, or next"},
      {"card -1 feed jam", "f:2: '-1' is no card: a number from 1, or next"},
      {"card 1 fed jam", "f:2: 'fed' is no step: feed, contact, apdu, leave, stripe, print, finish"},
      {"card 1 feed ribbonEnded", "f:2: 'ribbonEnded' cannot happen at step feed"},
      {"card 1 apdu 4 jam", "f:2: 'jam' cannot happen at step apdu"},
      {"card 1 apdu die", "f:2: expected `card N apdu K FAULT` with K from 1, as in `card 3 apdu 14 die`"},
      {"card 1 apdu 0 die", "f:2: expected `card N apdu K FAULT` with K from 1, as in `card 3 apdu 14 die`"},
      {"card 1 apdu 3 statusWord",
       "f:2: expected four hexadecimal digits after statusWord, as in `statusWord 6A82`"},
      {"card 1 apdu 3 statusWord 6A8",
       "f:2: expected four hexadecimal digits after statusWord, as in `statusWord 6A82`"},
      {"card 1 feed jam twice", "f:2: 'twice' is too much"},
  };
  for (const auto& [line, message] : wrong) EXPECT_EQ(parse_script("\n" + line + "\n", "f").error(), message);
  EXPECT_TRUE(
      parse_script("card 1 feed jammed", "f").error().starts_with("f:1: 'jammed' is no fault: hopperEmpty"));
}

TEST(script, that_cannot_be_read_is_named) {
  EXPECT_EQ(simulator::read_script("/does/not/exist").error(), "/does/not/exist: cannot be read");
}
