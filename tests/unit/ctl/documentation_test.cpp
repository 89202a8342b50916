#include <fstream>
#include <iterator>

#include "tools/ctl/commands.hpp"

// The manual page against the table of commands.
namespace ctl {
namespace {

TEST(manual_page, has_an_entry_for_every_command) {
  std::ifstream file(CARDWRIGHT_SOURCE_DIR "/docs/man/cardwrightctl.1");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::string entries;  // the lines after .TP, without what says bold, and hyphens as they are typed
  std::istringstream lines(page.substr(page.find(".SH COMMANDS"), page.find(".SH OPTIONS")));
  for (std::string line; std::getline(lines, line);)
    if (line == ".TP" && std::getline(lines, line)) entries += line + '\n';
  for (const auto* noise : {"\\fB", "\\", ".BR ", ".B "})
    for (auto at = entries.find(noise); at != entries.npos; at = entries.find(noise, at))
      entries.erase(at, std::string_view(noise).size());
  for (const auto& command : commands())
    EXPECT_THAT(entries, testing::ContainsRegex("(^|[ \n,])" + std::string(command.name) + "($|[ \nf,])"));
}

}  // namespace
}  // namespace ctl
