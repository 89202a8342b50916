#include "tools/ctl/terminal.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace ctl {
namespace {

constexpr std::size_t gap = 2;             // between two columns
constexpr std::size_t narrowest = 4;       // no column becomes narrower
constexpr std::size_t narrowest_last = 8;  // until the others have given way

struct MoodRow {
  std::string_view state;
  Mood mood;
};
constexpr std::array moods{
    MoodRow{"awaitingConfirmation", Mood::good},
    MoodRow{"unassigned", Mood::good},
    MoodRow{"assigned", Mood::good},
    MoodRow{"completed", Mood::good},
    MoodRow{"done", Mood::good},
    MoodRow{"delivered", Mood::good},
    MoodRow{"paused", Mood::warning},
    MoodRow{"waiting", Mood::warning},
    MoodRow{"expired", Mood::warning},
    MoodRow{"stopped", Mood::bad},
    MoodRow{"failed", Mood::bad},
    MoodRow{"inDoubt", Mood::bad},
    MoodRow{"spoiled", Mood::bad},
    MoodRow{"rejectIntent", Mood::bad},
    MoodRow{"condemned", Mood::bad},
};

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

}  // namespace

Mood mood_of(std::string_view state) {
  const auto found = std::ranges::find(moods, state, &MoodRow::state);
  return found == moods.end() ? Mood::plain : found->mood;
}

std::string coloured(const Terminal& terminal, Mood mood, std::string text) {
  if (!terminal.colour || mood == Mood::plain) return text;
  // SGR parameters of ECMA-48: 31 red, 32 green, 33 yellow, 0 back to normal.
  const auto* colour = mood == Mood::good ? "32" : mood == Mood::warning ? "33" : "31";
  return std::string("\x1b[") + colour + "m" + text + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte < 0x20 || byte == 0x7f) {
      result += '?';
    } else if (byte == 0xc2 && next >= 0x80 &&
               next < 0xa0) {  // U+0080 to U+009F: the 8-bit control characters
      result += '?';
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string cut(std::string_view text, std::size_t columns_max) {
  if (columns(text) <= columns_max) return std::string(text);
  if (columns_max == 0) return {};
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if (begins_character(text[end]) && ++seen == columns_max) break;
  return std::string(text.substr(0, end)) + "…";
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const auto end = std::min(text.find(' ', 1), text.size());  // a word, with the space before it
    const auto word = text.substr(0, end);
    if (width != 0 && column > indent && column + columns(word) > width && word.front() == ' ') {
      result += '\n' + std::string(indent, ' ') + std::string(word.substr(1));
      column = indent + columns(word) - 1;
    } else {
      result += word;
      column += columns(word);
    }
    text.remove_prefix(end);
  }
  return result;
}

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

void Table::add(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t terminal_width) const {
  std::vector<std::size_t> result;
  for (const auto& heading : headings_) result.push_back(columns(heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) result[i] = std::max(result[i], columns(row[i]));
  if (terminal_width == 0) return result;
  auto total = std::accumulate(result.begin(), result.end(), gap * (result.size() - 1));
  for (; total > terminal_width; --total) {
    auto& widest = *std::ranges::max_element(result);
    auto& gives_way = result.back() > narrowest_last ? result.back() : widest;
    if (gives_way <= narrowest) break;
    --gives_way;
  }
  return result;
}

void Table::print(const Terminal& terminal) {
  const auto width = widths(terminal.width);
  const auto print_row = [&](const std::vector<std::string>& cells, bool heading) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto text = cut(cells[i], width[i]);
      const auto padding = i + 1 < cells.size() ? width[i] + gap - columns(text) : 0;
      line += heading ? text : coloured(terminal, mood_of(cells[i]), text);
      line.append(padding, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    terminal.out << line << '\n';
  };
  if (!headed_) print_row(headings_, true);
  headed_ = true;
  for (const auto& row : rows_) print_row(row, false);
  rows_.clear();
}

}  // namespace ctl
