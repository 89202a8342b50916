#pragma once
#include "tests/simulation/calls.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/truth.hpp"

// Those who use the station. They know what they were told, and what they see; all of it survives a crash of
// the daemon.
namespace simulation {

// Orders cards, each call under a key of its own: what was not answered is asked again, and what was answered
// has to be answered alike for ever.
class Client {
 public:
  Client(const Scenario& scenario, const Clock& clock, Truth& truth, Story& story);

  // After a start: all that was ever acknowledged. An answer that is another one than before is taken for a
  // new one.
  void ask_again(Life& life, Violations& wrong);
  // The next call that makes sense now; false when there is none.
  bool act(Life& life);
  bool finished() const;

 private:
  enum class At { requesting, issuing, following, completed };
  struct Order {
    unsigned amount;
    At at = At::requesting;
    std::vector<core::CardId> cards;
    std::optional<core::BatchId> batch;
    bool condemned = false;  // it was found misprinted, and is not any more
  };

  bool submit(Life& life, Order& order, core::Command command, std::string_view method);
  bool taken(const core::Reply& reply);
  bool order_more(Life& life);
  void answered(const Calls::Call& call);
  bool follow(Life& life, Order& order);
  std::vector<core::CardId> find_misprint(Life& life, Order& order);
  bool repeat(Life& life, Order& order, const std::vector<core::CardId>& failed);

  Truth& truth_;
  Story& story_;
  Calls calls_;
  bool condemn_, give_up_;
  std::vector<Order> orders_;
};

// Stands at the machine: looks at what the station says, helps the printer, looks into the output, and says
// what became of a card in doubt.
class Operator {
 public:
  Operator(Site& site, Truth& truth, Story& story) : site_(site), truth_(truth), story_(story) {}

  // False when there was nothing for a person to do.
  bool act(Life& life);

  // What had to be done, since the last call: attempts over which a person had to be asked, and so on.
  struct Help {
    std::vector<std::string> doubts;   // attempts, by UUID
    std::vector<std::string> removed;  // attempts whose card was taken out of the machine
    unsigned good = 0, bad = 0;        // words about doubts
    unsigned supplies = 0;             // hopper, ribbon, bins, cover
    unsigned resumed = 0;
    bool figures = false;  // the line had stopped because of its figures
  };
  Help take_help() { return std::exchange(help_, {}); }

 private:
  bool help_machine(api::Reason reason);
  bool take_card_out();
  bool see_to_clock(Life& life);
  bool settle_doubt(Life& life, const core::Card& card);
  bool say(Life& life, const core::Card& card, bool good);

  Site& site_;
  Truth& truth_;
  Story& story_;
  Help help_;
};

}  // namespace simulation
