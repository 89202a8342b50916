#include "tools/ctl/progress.hpp"

#include <algorithm>
#include <array>

#include "tools/ctl/explain.hpp"

namespace ctl {
namespace {

// The way of a good card, as the interface names its phases; what comes after them ends the bar.
constexpr std::array<std::string_view, 16> way{
    "claimed", "feedIntent", "fed",     "identified",  "sealed",  "encodeIntent", "keyed",       "certified",
    "encoded", "verified",   "striped", "printIntent", "printed", "inspected",    "ejectIntent", "done"};

std::string why(const boost::json::object& change) {
  const auto reason = text(change, "reason");
  const auto words = text(change, "text");
  if (reason.empty() || words.empty()) return reason + words;
  return reason + ", " + words;
}

// What a change is about: its batch, its order, the line, else its card.
std::string subject(const boost::json::object& change) {
  const auto name = text(change, "subject");
  if (name == "batch" || name == "order") return text(change, name);
  return name == "line" ? name : text(change, "card");
}

std::string bar(std::string_view state) {
  const auto here = std::ranges::find(way, state);
  const auto passed = here == way.end() ? 0 : static_cast<std::size_t>(here - way.begin()) + 1;
  return "[" + std::string(passed, '=') + std::string(way.size() - passed, ' ') + "]";
}

}  // namespace

std::string change_line(const Terminal& terminal, const boost::json::object& change) {
  const auto state = text(change, "state");
  auto line = subject(change) + " " + coloured(terminal, mood_of(state), state);
  if (const auto because = why(change); !because.empty()) line += ": " + because;
  return line;
}

Progress::Progress(const Terminal& terminal, std::string batch, const std::vector<std::string>& cards)
    : terminal_(terminal),
      live_(terminal.live && cards.size() + 2 <= terminal.height),
      batch_{std::move(batch), "producing", {}} {
  for (const auto& card : cards) rows_.push_back({card, "", {}});
  if (!live_ && !batch_.card.empty())
    terminal_.out << batch_.card << ": " << rows_.size() << (rows_.size() == 1 ? " card\n" : " cards\n");
  redraw();
}

void Progress::show(const boost::json::object& change) {
  if (!live_) {
    terminal_.out << change_line(terminal_, change) << '\n' << std::flush;
    return;
  }
  const auto name = subject(change);
  const auto found = std::ranges::find(rows_, name, &Row::card);
  if (name != batch_.card && found == rows_.end()) return;
  auto& row = name == batch_.card ? batch_ : *found;
  row.state = text(change, "state");
  row.reason = why(change);
  redraw();
}

std::string Progress::line(const Row& row) const {
  std::size_t name_width = 0;
  for (const auto& one : rows_) name_width = std::max(name_width, one.card.size());
  const auto ended =
      std::ranges::find(way, row.state) == way.end() && !row.state.empty() && row.state != "inProduction";
  auto line = row.card + std::string(name_width + 2 - row.card.size(), ' ');
  if (!ended) line += bar(row.state) + " ";
  line += row.state.empty() ? "waits" : row.state;
  if (!row.reason.empty()) line += ": " + row.reason;
  return coloured(terminal_, mood_of(row.state), cut(line, terminal_.width));
}

void Progress::redraw() {
  if (!live_) return;
  auto head = batch_.card + " " + batch_.state;
  if (!batch_.reason.empty()) head += ": " + batch_.reason;
  std::string screen;
  // CUU moves up, EL 2 clears the line (ECMA-48).
  if (drawn_ != 0) screen = "\x1b[" + std::to_string(drawn_) + "A";
  if (!batch_.card.empty())
    screen += "\x1b[2K" + coloured(terminal_, mood_of(batch_.state), cut(head, terminal_.width)) + "\n";
  for (const auto& row : rows_) screen += "\x1b[2K" + line(row) + "\n";
  drawn_ = rows_.size() + (batch_.card.empty() ? 0 : 1);
  terminal_.out << screen << std::flush;
}

}  // namespace ctl
