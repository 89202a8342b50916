#pragma once
#include <boost/json/object.hpp>

#include "tools/ctl/terminal.hpp"

namespace ctl {

// Follows a batch: on a terminal one line a card with how far it is, redrawn in place; else one line a change
// ("C3 keyed"). Where the cards do not fit onto the terminal, one line a change too.
// Without a batch (an empty name) only the cards are shown.
class Progress {
 public:
  Progress(const Terminal& terminal, std::string batch, const std::vector<std::string>& cards);
  void show(const boost::json::object& change);

 private:
  struct Row {
    std::string card;
    std::string state;
    std::string reason;
  };
  void redraw();
  std::string line(const Row& row) const;

  const Terminal& terminal_;
  bool live_;
  Row batch_;
  std::vector<Row> rows_;
  std::size_t drawn_ = 0;  // lines on the terminal
};

// A change as one line: "C3 keyed", "B1 paused: hopperEmpty, the hopper is empty: load blanks".
std::string change_line(const Terminal& terminal, const boost::json::object& change);

}  // namespace ctl
