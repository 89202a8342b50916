#pragma once
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace ctl {

// Where the answers go. A value, so that tests have their own.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool live = false;       // `out` is a terminal: progress is redrawn in place
  bool colour = false;     // never when NO_COLOR is set (https://no-color.org)
  std::size_t width = 0;   // columns; 0: as wide as it takes
  std::size_t height = 0;  // lines; 0: unknown
  std::istream& in = std::cin;
};

enum class Mood { plain, good, warning, bad };

// What a state or phase of a card, batch, attempt or line means for the one who reads it.
Mood mood_of(std::string_view state);

// The text in the colour of the mood, where the terminal has colours.
std::string coloured(const Terminal& terminal, Mood mood, std::string text);

// What came over the socket may hold anything: control characters, which could command a terminal, become
// "?".
std::string printable(std::string_view text);

// Characters, taken as one column each.
std::size_t columns(std::string_view text);
// At most so many columns, with "…" at the end where something was cut off.
std::string cut(std::string_view text, std::size_t columns_max);

// The text in lines of at most so many columns, cut at spaces; all but the first are indented, and the first
// begins there already. A width of 0 is as wide as it takes.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

// Rows under headings, as wide as the terminal allows: the last column, the long text, gives way first, then
// the widest.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void add(std::vector<std::string> cells);
  // Prints the rows that were added since the last time; the headings once. Cells are cut to fit; the last
  // column is not padded. Cells that name a state get its colour.
  void print(const Terminal& terminal);

 private:
  std::vector<std::size_t> widths(std::size_t terminal_width) const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
  bool headed_ = false;
};

}  // namespace ctl
