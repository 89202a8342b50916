#pragma once
#include "daemon/core/letters.hpp"
#include "tests/unit/core/pool.hpp"

// What the tests of letters share.
namespace plant {

// A station that asks so many persons for each letter, and prints them or not.
struct Office : Pool {
  explicit Office(unsigned persons = 0, bool printed = false) {
    production.rules.letter_persons = persons;
    production.rules.letters_printed = printed;
  }
  void restart() {
    auto kept = production.rules;
    Plant::restart(std::move(kept));
  }
  // From now on letters end like this.
  void letters_end(std::function<Result(const Effect&)> end) {
    devices = [this, end = std::move(end)](const Effect& effect) {
      return effect.step == Step::letter ? end(effect) : well(effect);
    };
  }
  void letters_fail(api::Reason reason, api::Certainty certainty = api::Certainty::notDone) {
    letters_end([=](const Effect&) -> Result {
      return tl::unexpected(api::Failure{reason, certainty, "on purpose"});
    });
  }
  void letters_go_out() {
    letters_end([this](const Effect& effect) { return well(effect); });
  }
  // A confirmed card whose letter is under way.
  CardId on_its_way() {
    produce(1, "automatic");
    EXPECT_TRUE(finish_until(Step::letter));
    return records.letters.rbegin()->second.card;
  }
  // A letter of which nobody knows whether it was printed.
  LetterId in_doubt() {
    letters_fail(api::Reason::timedOut, api::Certainty::unknown);
    made();
    letters_go_out();
    EXPECT_EQ(newest().state, LetterState::inDoubt);
    return newest().id;
  }
  const Letter& letter(std::int64_t id) { return records.letters.at({id}); }
  const Letter& newest() { return records.letters.rbegin()->second; }
  Done release(std::int64_t uid, ReleaseLetters command) {
    const auto reply = ask(command, {uid, "ReleaseLetters", {}, {}});
    EXPECT_TRUE(std::holds_alternative<Done>(reply));
    return std::get<Done>(reply);
  }
  bool pin_is_kept(const Letter& letter) {
    const auto sealed = records.sealed_secrets(letter.attempt);
    return sealed && !sealed->pin.empty();
  }
  std::vector<std::string> said_of(const std::string& letter) {
    std::vector<std::string> said;
    for (const auto& record : records.audits)
      if (record.object == letter) said.push_back(record.outcome);
    return said;
  }
};

}  // namespace plant
