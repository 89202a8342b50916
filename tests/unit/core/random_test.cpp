#include <fmt/format.h>

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
    switch (roll(32)) {
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
      case 11: return order();
      case 12: return hold_or_release();
      case 13: return (void)plant_.ask(CancelBatch{some_batch()});
      case 14:
        return (void)plant_.ask(roll(2) == 0 ? AbortCards{{some_card()}, {}} : AbortCards{{}, some_order()});
      case 15: return import_manifest();
      case 16: return (void)plant_.ask(ReorderCards{some_order(), {}, api::Reason::damaged});
      case 17: plant_.now += std::chrono::minutes(roll(30)); return;
      default: plant_.finish_one();
    }
  }

  void request() {
    if (cards_ > 12) return;
    constexpr std::array products{"encoded", "automatic", "printed"};
    const auto reply = plant_.ask(RequestCards{1 + roll(3), products[roll(3)], {}, {}, {}});
    cards_ += static_cast<unsigned>(std::get<Done>(reply).cards.size());
  }
  void order() {
    if (cards_ > 24) return;
    const auto& types = plant_.production.rules.production_types;
    const auto type = std::next(types.begin(), roll(static_cast<unsigned>(types.size())));
    OrderCards command;
    command.amount = 1 + roll(3);
    command.production_type = type->first;
    command.priority = roll(3);
    const auto reply = plant_.ask(command);
    cards_ += static_cast<unsigned>(std::get<Done>(reply).cards.size());
  }
  void hold_or_release() {
    if (roll(2) == 0) return (void)plant_.ask(HoldOrder{some_order()});
    plant_.ask(ReleaseOrder{some_order()});
  }
  // Of some of the cards that the bureau has.
  void import_manifest() {
    const auto order = some_order();
    ImportManifest manifest{order, {}};
    for (const auto& [id, card] : plant_.records.cards) {
      if (card.order != order || card.state != CardState::ordered || roll(2) == 0) continue;
      const bool good = roll(3) != 0;
      auto chip = fmt::format("{:04x}", ++chips_);
      manifest.lines.push_back({2, order.text(), id.text(), {}, good, good ? chip : "", {}});
    }
    plant_.ask(manifest);
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
  BatchId some_batch() { return {1 + roll(9)}; }
  CardId some_card() { return {1 + roll(30)}; }
  OrderId some_order() { return {1 + roll(8)}; }

  void expect_at_rest() {
    EXPECT_TRUE(plant_.effects.empty());
    const auto& line = plant_.production.line;
    EXPECT_FALSE(line.block || line.in_machine || line.claimed || line.running);
    EXPECT_LE(plant_.production.list.wanted, plant_.production.list.written.number);
    for (const auto& [id, card] : plant_.records.cards)
      EXPECT_NE(card.state, CardState::inProduction) << id.text();
    for (const auto& [id, batch] : plant_.records.batches)
      EXPECT_TRUE(batch.state != BatchState::producing && batch.state != BatchState::paused) << id.text();
    expect_orders_at_rest();
    for (const auto& [id, attempt] : plant_.records.attempts) {
      EXPECT_TRUE(is_over(attempt.phase));
      const bool bad = attempt.phase == Phase::spoiled || attempt.phase == Phase::condemned;
      for (const auto& certificate : plant_.records.certificates(id))
        EXPECT_TRUE(!bad || certificate.state == CertificateState::revoked);
      EXPECT_TRUE(!bad || !plant_.records.sealed.contains(id));
    }
  }

  // What is still open waits for a person, for the bureau or for its time.
  void expect_orders_at_rest() {
    for (const auto& [id, order] : plant_.records.orders) {
      const bool closed = order.state == OrderState::completed || order.state == OrderState::aborted;
      EXPECT_EQ(plant_.production.orders.contains(id), !closed) << id.text();
      bool open = false, waits = false;
      for (const auto card_id : order.cards) {
        const auto& card = plant_.records.cards.at(card_id);
        if (card.order != id) continue;
        waits |= card.state == CardState::processing || card.state == CardState::ordered;
        open |= card.state == CardState::awaitingConfirmation || card.state == CardState::inDoubt;
      }
      EXPECT_FALSE(closed && (open || waits)) << id.text();
      const bool here = order.producer == Producer::station && order.due <= plant_.now;
      EXPECT_FALSE(here && waits && !order.held) << id.text();
      const bool sent = order.sent || order.state == OrderState::processing || closed;
      EXPECT_TRUE(order.producer == Producer::station || sent) << id.text();
    }
  }

  std::mt19937 random_;
  Plant plant_;
  bool failing_ = true;
  unsigned cards_ = 0;
  unsigned chips_ = 0;
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
