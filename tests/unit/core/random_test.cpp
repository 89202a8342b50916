#include <random>

#include "daemon/core/recovery.hpp"
#include "tests/unit/core/plant.hpp"

// Long lives at random: commands in any state, steps that fail in any way, devices that come and go,
// restarts. The plant checks itself after each decision; in the end, when all is mended, nothing may be left
// hanging.
namespace {

using namespace plant;

class Life {
 public:
  explicit Life(std::uint32_t seed) : random_(seed) {
    plant_.devices = [this](const Effect& effect) { return perform(effect); };
  }

  void live(int moments) {
    for (int i = 0; i < moments; ++i) moment();
  }

  void end_well() {
    failing_ = false;
    plant_.status.printer.conditions.clear();
    plant_.status.slot = api::Slot::empty;
    for (int i = 0; i < 3; ++i) {
      plant_.settle();
      const auto& block = plant_.production.line.block;
      if (block && block->shutdown) plant_.restart();  // nothing else ends that
      if (block && block->reason == api::Reason::cardInside)
        plant_.status.printer.position = api::CardPosition::none;
      resolve_doubts();
      plant_.ask(Resume{});
    }
    plant_.settle();
    expect_at_rest();
  }

 private:
  unsigned roll(unsigned sides) { return static_cast<unsigned>(random_() % sides); }

  Plant::Result perform(const Effect& effect) {
    if (!failing_ || roll(12) != 0) return plant_.well(effect);
    const auto& row = api::reason_rows[roll(static_cast<unsigned>(api::reason_rows.size()))];
    if (roll(2) == 0) return tl::unexpected(api::Failure{row.value, api::Certainty::notDone, "at random"});
    if (roll(2) == 0) plant_.move_body(effect.step);
    if (roll(8) == 0 && effect.step != Step::check) plant_.status.printer.position = api::CardPosition::none;
    return tl::unexpected(api::Failure{row.value, api::Certainty::unknown, "at random"});
  }

  void moment() {
    switch (roll(20)) {
      case 0: return request();
      case 1: return issue();
      case 2: return (void)plant_.ask(CompleteBatch{some_batch()});
      case 3: return (void)plant_.ask(RepeatProduction{some_batch(), {}, api::Reason::damaged});
      case 4: return (void)plant_.ask(RepeatProduction{some_batch(), {some_card()}, api::Reason::misprinted});
      case 5: return (void)plant_.ask(GiveUpCards{{some_card()}});
      case 6: return (void)plant_.ask(Pause{roll(4) == 0});
      case 7: return (void)plant_.ask(Resume{});
      case 8: return roll(3) == 0 ? resolve_doubts() : mend_or_break();
      case 9: return plant_.tick();
      case 10:
        if (roll(6) == 0) plant_.restart();
        return;
      default: plant_.finish_one();
    }
  }

  void request() {
    if (cards_ > 12) return;
    constexpr std::array products{"encoded", "automatic", "printed"};
    const auto reply = plant_.ask(RequestCards{1 + roll(3), products[roll(3)], {}, {}, {}});
    cards_ += static_cast<unsigned>(std::get<Done>(reply).cards.size());
  }
  void issue() {
    IssueCards all;
    all.all = true;
    plant_.ask(all);
  }
  void mend_or_break() {
    auto& conditions = plant_.status.printer.conditions;
    conditions.clear();
    if (roll(3) == 0) conditions.push_back(api::Reason::hopperEmpty);
    plant_.status.slot = roll(4) == 0 ? api::Slot::absent : api::Slot::empty;
  }
  void resolve_doubts() {
    for (const auto& [id, card] : plant_.records.cards)
      if (card.state == CardState::inDoubt)
        plant_.ask(ResolveDoubt{id, may_be_good(plant_.records.attempts.at(*card.attempt)), "looked at"});
  }
  BatchId some_batch() { return {1 + roll(6)}; }
  CardId some_card() { return {1 + roll(15)}; }

  void expect_at_rest() {
    EXPECT_TRUE(plant_.effects.empty());
    const auto& line = plant_.production.line;
    EXPECT_FALSE(line.block || line.in_machine || line.claimed || line.running);
    EXPECT_LE(plant_.production.list.wanted, plant_.production.list.written.number);
    for (const auto& [id, card] : plant_.records.cards)
      EXPECT_NE(card.state, CardState::inProduction) << id.text();
    for (const auto& [id, batch] : plant_.records.batches)
      EXPECT_TRUE(batch.state == BatchState::awaitingConfirmation || batch.state == BatchState::completed)
          << id.text();
    for (const auto& [id, attempt] : plant_.records.attempts) {
      EXPECT_TRUE(is_over(attempt.phase));
      const bool bad = attempt.phase == Phase::spoiled || attempt.phase == Phase::condemned;
      for (const auto& certificate : plant_.records.certificates(id))
        EXPECT_TRUE(!bad || certificate.state == CertificateState::revoked);
      EXPECT_TRUE(!bad || !plant_.records.sealed.contains(id));
    }
  }

  std::mt19937 random_;
  Plant plant_;
  bool failing_ = true;
  unsigned cards_ = 0;
};

TEST(station, comes_to_rest_after_any_life) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Life life(seed);
    life.live(400);
    life.end_well();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
