#pragma once
#include <map>
#include <set>

#include "daemon/authority/openssl.hpp"
#include "tests/simulation/life.hpp"
#include "tests/simulation/wrong.hpp"

namespace simulation {

// What is true of the bodies, whatever the journal says of them: the world's own records, and what people did
// with them. Compares it with the journal.
class Truth {
 public:
  // `product`: what every card of this site is. `faults`: what devices and chips do wrong.
  Truth(Site& site, core::Product product, std::vector<simulator::Fault> faults)
      : site_(site), product_(std::move(product)), faults_(std::move(faults)) {}

  // The journal as a watcher sees it: after a start all of it, then every change.
  void learn(store::Store& store, Violations& wrong);
  void told(const core::Change& change, store::Store& store, Violations& wrong);
  // A person said that the time is right though the journal was ahead of it.
  void accept_clock() { newest_ = site_.clock.wall(); }
  struct Known {
    core::CardId card;
    core::Phase phase;
    bool by_hand = false;
    bool forgotten = false;  // it was told of, and the journal does not have it any more
  };
  const std::map<std::string, Known>& attempts() const { return attempts_; }  // by UUID; all there ever were
  const Known* attempt_of(const simulator::Body& body) const;
  // The attempt on the line that had begun and is not over.
  std::optional<std::string> open_attempt() const;

  // Printed once, and on all sides it should be. What a person can see.
  bool complete(const simulator::Body& body) const;
  // Its stripe has what the product says, of this card: nobody sees that.
  bool striped(const simulator::Body& body, const core::Card& card) const;
  // Bodies fed for this attempt that lie in the output, and are not destroyed.
  std::vector<const simulator::Body*> in_output(const std::string& attempt) const;
  // The same of any attempt of the card.
  std::vector<const simulator::Body*> bodies_of(store::Store& store, core::CardId card) const;

  // What people do: take a body out of the output and destroy it; take out what is inside of the machine.
  void destroy(const simulator::Body& body) { destroyed_.insert(body.number); }
  bool take_out();  // false: the machine is moving
  // What people want, before they ask for it: the card may be aborted though it was accepted.
  void may_be_given_up(core::CardId card) { given_up_.insert(card); }
  // What they were told: the order is there with these cards, the cards are never made.
  void ordered(core::OrderId order, std::vector<core::CardId> cards) { orders_[order] = std::move(cards); }
  void aborted(core::CardId card) { aborted_.insert(card); }
  // What custodians say: of letters, from before they ask until they are answered, and of sheets. `released`:
  // whether it was done.
  void releases(std::int64_t uid, const core::ReleaseLetters& command);
  bool released(std::int64_t uid, const core::Reply& reply);
  void sheet_lost(const std::string& control) { lost_sheets_.insert(control); }
  std::size_t sheets_lost() const { return lost_sheets_.size(); }
  // The bodies that the bureau made, by the serial numbers of their chips.
  simulator::VirtualCard& body_of_bureau(const std::string& serial, std::uint64_t dies_at = 0);
  // Where the chip of this card is; null: nobody knows of one.
  simulator::VirtualCard* chip_of(store::Store& store, const core::Card& card);

  // After every turn: holds at every moment.
  void check_now(Violations& wrong) const;
  // When a letter is about to go to the folder or the printer.
  void letter_goes(store::Store& store, const std::string& control, Violations& wrong);
  // When an attempt is done: its certificates are on the revocation list, as a hold.
  void check_left(store::Store& store, const core::AttemptId& attempt, Violations& wrong) const;
  // When a batch was completed: what was bad of it is on the list by then.
  void check_completed(store::Store& store, core::BatchId batch, Violations& wrong) const;
  // When nothing moves.
  void check_still(Life& life, Violations& wrong);
  // When all orders are completed: this many cards were ordered.
  void check_end(Life& life, std::size_t ordered, Violations& wrong);

 private:
  void check_output(const simulator::Body& body, std::map<core::CardId, int>& bodies,
                    Violations& wrong) const;
  void check_letters(store::Store& store, Violations& wrong) const;
  void check_sheets(Violations& wrong) const;
  void check_letters_out(store::Store& store, Violations& wrong) const;
  std::size_t persons_of(const core::Letter& letter) const;
  std::string text_of(const core::Letter& letter) const;  // as it went out; empty: it did not
  void check_sums(Life& life, Violations& wrong) const;
  void check_whereabouts(store::Store& store, Violations& wrong) const;
  void check_amounts(store::Store& store, const std::map<std::string, unsigned>& bodies,
                     Violations& wrong) const;
  void check_card(store::Store& store, const core::Card& card, Violations& wrong);
  void check_chip(store::Store& store, const core::Card& card, simulator::VirtualCard& chip,
                  Violations& wrong) const;
  void card_told(const core::Change& change, store::Store& store, Violations& wrong);
  void check_orders(store::Store& store, Violations& wrong);
  void check_order(store::Store& store, const core::Order& order, Violations& wrong);
  void check_job_file(store::Store& store, const core::Order& order, Violations& wrong);
  void check_validity(store::Store& store, Violations& wrong) const;
  bool swapped_too_late(const simulator::Body& body) const;
  bool figures_lied() const;
  using List = std::unique_ptr<X509_CRL, authority::Freed<X509_CRL_free>>;
  List list_that_is_out() const;
  void check_listed(store::Store& store, const std::string& attempt, std::string_view when,
                    Violations& wrong) const;
  void check_list(store::Store& store, Violations& wrong) const;

  Site& site_;
  core::Product product_;
  std::vector<simulator::Fault> faults_;
  std::map<std::string, Known> attempts_;
  api::WallTime newest_{};                         // the latest time of any change
  std::set<std::uint64_t> destroyed_;              // bodies by number
  std::vector<std::string> taken_out_;             // plans of bodies taken out of the machine by hand
  std::map<core::CardId, core::CardState> cards_;  // as last told
  std::map<core::OrderId, std::vector<core::CardId>> orders_;  // acknowledged
  std::set<core::CardId> aborted_, given_up_;
  std::set<std::string> withdrawn_;  // attempts whose certificates were valid once, and are not any more
  std::set<core::OrderId> seen_in_outbox_;
  std::map<std::string, simulator::VirtualCard> of_bureau_;
  std::map<std::int64_t, core::ReleaseLetters> releasing_;     // by uid, not answered yet
  std::map<core::LetterId, std::set<std::int64_t>> released_;  // by these, as they were told
  std::map<std::string, core::LetterId> gone_;                 // control numbers that went to the printer
  std::set<std::string> lost_sheets_;                          // a custodian said so
};

}  // namespace simulation
