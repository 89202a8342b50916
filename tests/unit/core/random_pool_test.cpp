#include <random>

#include "tests/unit/core/pool.hpp"

// Long lives of cards at random after they are made: with holders, in the encoder by hand, over restarts,
// expiries and new rules. In the end certificates and secrets have to be as the states of the cards say.
namespace {

using namespace plant;

class PoolLife {
 public:
  explicit PoolLife(std::uint32_t seed) : random_(seed) {
    plant_.devices = [this](const Effect& effect) -> Plant::Result {
      if (failing_ && roll(15) == 0)
        return tl::unexpected(api::Failure{roll(2) == 0 ? api::Reason::linkLost : api::Reason::fileNotWritten,
                                           roll(2) == 0 ? api::Certainty::unknown : api::Certainty::notDone,
                                           "at random"});
      return plant_.well(effect);
    };
  }

  void live(int moments) {
    for (int i = 0; i < moments; ++i) {
      moment();
      forget_begun(plant_.production);
      if (testing::Test::HasFailure()) return;
    }
    failing_ = false;
    take_rules(plant_.production, pool_rules());
    for (int i = 0; i < 3; ++i) {
      plant_.settle();
      plant_.ask(Resume{});
    }
    plant_.settle();
    for (const auto& [id, card] : plant_.records.cards) expect_right(card);
  }

 private:
  unsigned roll(unsigned sides) { return static_cast<unsigned>(random_() % sides); }
  CardId some_card() { return {1 + roll(8)}; }
  std::string some_holder() { return roll(2) == 0 ? "H1" : "H2"; }

  void moment() {
    switch (roll(28)) {
      case 0: return make();
      case 1: return (void)plant_.ask(AssignCard{some_card(), some_holder(), 1 + roll(40)});
      case 2: return (void)plant_.ask(AssignCard{some_card(), some_holder(), {}});
      case 3: return (void)plant_.ask(ExtendCard{some_card(), 1 + roll(400)});
      case 4: return (void)plant_.ask(WithdrawCard{some_card()});
      case 5: return lock();
      case 6: return (void)plant_.ask(InitializeCard{some_card()});
      case 7: return (void)(plant_.now += days(roll(30)));
      case 8: return plant_.tick();
      case 9:
        if (roll(4) == 0) plant_.restart();
        return;
      case 10: return reload();
      case 11: return (void)plant_.ask(CompleteBatch{{1 + roll(9)}});
      case 12: return (void)plant_.ask(RepeatProduction{{1 + roll(9)}, {}, api::Reason::damaged});
      case 13: return (void)plant_.ask(GiveUpCards{{some_card()}});
      case 14: return (void)plant_.ask(Resume{});
      default: plant_.finish_one();
    }
  }

  void make() {
    if (plant_.records.cards.size() >= 8) return;
    const auto& products = plant_.production.rules.products;
    const auto product = std::next(products.begin(), roll(static_cast<unsigned>(products.size())))->first;
    const auto type = roll(3);
    if (type == 0 && products.contains("encoded")) return (void)plant_.body();
    plant_.produce(1 + roll(2), product);
  }
  void lock() {
    if (roll(3) != 0) return;
    LockCard command;
    command.card = some_card();
    if (roll(2) == 0) command.reason = roll(2) == 0 ? api::Reason::lost : api::Reason::damaged;
    plant_.ask(command);
  }
  // Products come and go.
  void reload() {
    auto rules = pool_rules();
    if (roll(2) == 0) rules.products.erase(roll(2) == 0 ? "automatic" : "encoded");
    take_rules(plant_.production, rules);
  }

  void expect_right(const Card& card) {
    SCOPED_TRACE(describe(card));
    const bool pool = card.state == CardState::unassigned || card.state == CardState::assigned;
    const bool over = card.state == CardState::expired || card.state == CardState::locked ||
                      card.state == CardState::failed || card.state == CardState::aborted;
    EXPECT_EQ(card.state == CardState::assigned || card.state == CardState::expired,
              !card.holder.empty() && card.state != CardState::locked);
    EXPECT_FALSE(card.state == CardState::assigned && *card.valid_until <= plant_.now);
    std::optional<AttemptId> chip;
    for (const auto& attempt : plant_.attempts_of(card.id.value)) {
      EXPECT_TRUE(is_over(attempt.phase));
      if (attempt.phase == Phase::done && attempt.kind != AttemptKind::body) chip = attempt.id;
    }
    for (const auto& attempt : plant_.attempts_of(card.id.value)) {
      const bool good = chip == attempt.id && pool && !card.encoding_due;
      for (const auto& certificate : plant_.records.certificates(attempt.id)) {
        // Keys that were made anew on the same chip took the place of others.
        const bool right = certificate.state == CertificateState::released ||
                           certificate.reason == api::RevocationReason::superseded;
        EXPECT_TRUE(!good || right);
        const bool bad = over || (pool && chip != attempt.id) ||
                         (card.state == CardState::unassigned && card.encoding_due);
        EXPECT_TRUE(!bad || certificate.state == CertificateState::revoked);
      }
      if (!pool && !over) continue;
      const auto sealed = plant_.records.sealed.find(attempt.id);
      const bool there = sealed != plant_.records.sealed.end();
      EXPECT_TRUE(!there || sealed->second.pin.empty()) << "every letter is out, or void";
      EXPECT_EQ(there && !sealed->second.puk.empty(),
                card.guid == attempt.id && card.state != CardState::locked);
    }
  }

  std::mt19937 random_;
  Pool plant_;
  bool failing_ = true;
};

TEST(pool, is_in_order_after_any_life) {
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    PoolLife life(seed);
    life.live(400);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
