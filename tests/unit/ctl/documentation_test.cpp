#include <fstream>
#include <iterator>
#include <regex>

#include "tests/unit/ctl/fake_station.hpp"
#include "tools/ctl/commands.hpp"

// The manual page against the table of commands.
namespace ctl::test {
namespace {

// The text between two sections, without what says bold or italic, and hyphens as they are typed.
std::string page_between(const char* from, const char* to) {
  std::ifstream file(CARDWRIGHT_SOURCE_DIR "/docs/man/cardwrightctl.1");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto begin = page.find(from);
  auto text = page.substr(begin, page.find(to) - begin);
  for (const auto* noise : {"\\fB", "\\fR", "\\fI", "\\", ".BR ", ".B "})
    for (auto at = text.find(noise); at != text.npos; at = text.find(noise, at))
      text.erase(at, std::string_view(noise).size());
  return text;
}

TEST(manual_page, has_an_entry_for_every_command) {
  std::string entries;  // the lines after .TP
  std::istringstream lines(page_between(".SH COMMANDS", ".SH OPTIONS"));
  for (std::string line; std::getline(lines, line);)
    if (line == ".TP" && std::getline(lines, line)) entries += line + '\n';
  for (const auto& command : commands())
    EXPECT_TRUE(std::regex_search(
        entries, std::regex("(^|[\n,] ?)\"? ?" + std::string(command.name) + "($|[ \n,\"])")))
        << command.name;
}

class manual : public Ctl {};

TEST_F(manual, page_names_every_option_of_every_command) {
  const auto page = page_between(".SH COMMANDS", ".SH EXIT STATUS");
  const std::regex option("--[a-z-]+");
  for (const auto& command : commands()) {
    const auto help = run({command.name, "--help"}).out;
    for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at)
      EXPECT_TRUE(at->str() == "--help" || page.find(at->str()) != page.npos) << command.name << at->str();
  }
}

}  // namespace
}  // namespace ctl::test
