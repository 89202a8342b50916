#pragma once
#include <gmock/gmock.h>

#include "daemon/core/revocation.hpp"
#include "tests/unit/core/plant.hpp"

// What the tests of the pool share.
namespace plant {

using std::chrono::days;

inline Rules pool_rules() {
  auto changed = rules();
  changed.use_cases = {true, true, true, true, true};
  changed.hand_encoder = true;
  return changed;
}

// A station with holders H1 and H2 and a second encoder.
struct Pool : Plant {
  Pool() {
    production.rules = pool_rules();
    for (const auto* id : {"H1", "H2"})
      done(PutHolder{{id, HolderState::active, "Somebody", "", "", "", {}}});
  }
  // A card of the pool that was never assigned.
  CardId made(const std::string& product = "automatic") {
    const auto batch = produce(1, product);
    settle();
    if (product != "automatic") done(CompleteBatch{batch});
    settle();
    return records.batches.at(batch).cards.front();
  }
  CardId assigned(std::int64_t for_days = 14) {
    const auto card = made();
    done(AssignCard{card, "H1", for_days});
    return card;
  }
  CardId withdrawn() {
    const auto card = assigned();
    done(WithdrawCard{card});
    settle();
    return card;
  }
  // Another one, that was with nobody meanwhile.
  CardId withdrawn_of_second() {
    const auto card = made();
    done(AssignCard{card, "H2", 1});
    done(WithdrawCard{card});
    settle();
    return card;
  }
  // That step, which is under way, ends in nobody knows what.
  void fail_by_hand(Step step) {
    const auto working = devices;
    devices = [=](const Effect& effect) -> Result {
      if (effect.step == step) return api::fail_unknown(api::Reason::linkLost, "on purpose");
      return working(effect);
    };
    finish_one();
    devices = working;
  }
  // A body that came from a bureau.
  CardId body(const std::string& chip_serial = "") {
    const auto id = done(RequestCards{1, "encoded", {}, {}, {}}).cards.front();
    card(id.value).state = CardState::produced;
    card(id.value).chip_serial = chip_serial;
    return id;
  }
  Attempt last(CardId id) { return attempts_of(id.value).back(); }
  std::vector<Certificate> certificates(CardId id, std::size_t attempt) {
    return records.certificates(attempts_of(id.value).at(attempt).id);
  }
  void restart() { Plant::restart(pool_rules()); }
};

inline auto all_in(CertificateState state) {
  return testing::AllOf(testing::SizeIs(2), testing::Each(testing::Field(&Certificate::state, state)));
}
inline auto all_revoked(api::RevocationReason reason) {
  return testing::AllOf(all_in(CertificateState::revoked),
                        testing::Each(testing::Field(&Certificate::reason, testing::Optional(reason))));
}

}  // namespace plant
