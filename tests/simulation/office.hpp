#pragma once
#include "tests/simulation/calls.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/truth.hpp"

namespace simulation {

// Those who order cards, here and of a bureau, import requests, and look after the cards of the pool. What
// they do next they see from what the station says; each errand is done step by step. Survives the daemon.
class Office {
 public:
  Office(const Scenario& scenario, Site& site, Truth& truth, Story& story);

  // As Client::ask_again.
  void ask_again(Life& life, Violations& wrong);
  // The next thing that makes sense now; false when there is none. `still`: nothing moves, so that one may
  // wait for another day.
  bool act(Life& life, bool still);
  // While the daemon is off: days go by, where an errand waits for that.
  void between_lives();
  bool finished() const;
  unsigned cards() const { return cards_; }  // ever asked for
  const Calls& calls() const { return calls_; }

 private:
  struct Matter {
    Errand errand;
    std::string holder;
    std::vector<core::CardId> cards;
    std::optional<core::OrderId> order;  // the newest
    bool holder_known = false;
    bool made = false;      // nothing is left to produce
    bool settled = false;   // nor to do with what was made
    unsigned tries = 0;     // of what needs the encoder
    std::size_t deeds = 0;  // of the pool, that were done
  };

  bool ask(Life& life, Matter& matter, core::Command command, std::string_view method);
  bool taken(const core::Reply& reply);
  void answered(const Calls::Call& call);
  bool see_to(Life& life, Matter& matter, bool still);
  bool begin(Life& life, Matter& matter);
  bool produce(Life& life, Matter& matter, bool still);
  bool see_to_order(Life& life, Matter& matter, bool still);
  bool see_to_bureau(Life& life, Matter& matter, const core::Order& order);
  bool send_manifest(Life& life, Matter& matter, const core::Order& order);
  bool see_to_requests(Life& life, Matter& matter);
  bool see_to_batches(Life& life, Matter& matter);
  bool see_to_batch(Life& life, Matter& matter, core::BatchId id);
  bool see_to_pool(Life& life, Matter& matter, bool still);
  bool do_deed(Life& life, Matter& matter, const core::Card& card, bool still);
  bool encode(Life& life, Matter& matter, const core::Card& card, core::Command command,
              std::string_view method);
  bool take_card_back(Life& life);
  bool give_up(Life& life, Matter& matter, core::CardId card);
  std::vector<core::CardId> in_state(Life& life, const Matter& matter, core::CardState state) const;
  bool comes_by() { return site_.random() % 3 == 0; }

  Site& site_;
  Truth& truth_;
  Story& story_;
  Calls calls_;
  std::vector<Matter> matters_;
  std::optional<simulator::VirtualCard> stranger_;  // put in by mistake
  unsigned cards_ = 0, bodies_ = 0;
};

}  // namespace simulation
