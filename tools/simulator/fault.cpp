#include "tools/simulator/fault.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

namespace simulator {
namespace {
template <class Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line.substr(0, line.find('#')))};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

template <class E>
std::string names_of() {
  std::string all;
  for (const auto& row : rows_of(E{})) all.append(all.empty() ? "" : ", ").append(row.name);
  return all;
}

tl::unexpected<std::string> bad(std::string message) {
  return tl::unexpected(std::move(message));
}

const auto& row_of(FaultKind kind) {
  return fault_kind_rows[static_cast<std::size_t>(kind)];
}

// What some kinds need or allow after their name, from words[at] on.
tl::expected<void, std::string> parse_detail(const std::vector<std::string>& words, std::size_t& at,
                                             Fault& fault) {
  if (fault.kind == FaultKind::statusWord) {
    const auto status =
        at < words.size() && words[at].size() == 4 ? number<std::uint16_t>(words[at], 16) : std::nullopt;
    if (!status) return bad("expected four hexadecimal digits after statusWord, as in `statusWord 6A82`");
    fault.status_word = *status;
    ++at;
  }
  fault.carried_out = fault.step == Step::apdu && row_of(fault.kind).either_way && at < words.size() &&
                      words[at] == "carriedOut";
  at += fault.carried_out;
  return {};
}
}  // namespace

tl::expected<std::optional<Fault>, std::string> parse_fault(std::string_view line, std::uint64_t next_card) {
  const auto words = words_of(line);
  if (words.empty()) return std::nullopt;
  if (words[0] != "card" || words.size() < 4)
    return bad("expected `card N STEP FAULT`, as in `card 2 print ribbonEnded`");
  const auto card = words[1] == "next" ? next_card : number<std::uint64_t>(words[1]).value_or(0);
  if (card == 0) return bad("'" + words[1] + "' is no card: a number from 1, or next");
  const auto step = api::from_name<Step>(words[2]);
  if (!step) return bad("'" + words[2] + "' is no step: " + names_of<Step>());
  Fault fault{card, *step, {}};
  std::size_t at = 3;
  if (*step == Step::apdu) {
    fault.apdu = number<std::uint64_t>(words[at++]).value_or(0);
    if (fault.apdu == 0 || words.size() < 5)
      return bad("expected `card N apdu K FAULT` with K from 1, as in `card 3 apdu 14 die`");
  }
  const auto kind = api::from_name<FaultKind>(words[at]);
  if (!kind) return bad("'" + words[at] + "' is no fault: " + names_of<FaultKind>());
  fault.kind = *kind;
  if (!(row_of(fault.kind).steps & simulator::at(fault.step)))
    return bad("'" + words[at] + "' cannot happen at step " + words[2]);
  ++at;
  if (auto detail = parse_detail(words, at, fault); !detail) return bad(detail.error());
  if (at < words.size()) return bad("'" + words[at] + "' is too much");
  return fault;
}

tl::expected<std::vector<Fault>, std::string> parse_script(std::string_view text, std::string_view name) {
  std::vector<Fault> faults;
  std::istringstream stream{std::string(text)};
  std::string line;
  for (std::size_t n = 1; std::getline(stream, line); ++n) {
    // "next" means nothing in a script: there is no now that it could be counted from.
    auto fault = parse_fault(line, 0);
    if (!fault) return bad(std::string(name) + ":" + std::to_string(n) + ": " + fault.error());
    if (*fault) faults.push_back(**fault);
  }
  return faults;
}

tl::expected<std::vector<Fault>, std::string> read_script(const std::string& path) {
  std::ifstream file(path);
  if (!file) return bad(path + ": cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_script(text.str(), path);
}

}  // namespace simulator
