#include <fstream>
#include <sstream>

#include "daemon/core/letters.hpp"

namespace {

std::string diagram(const auto& transitions) {
  std::ostringstream text;
  text << "```mermaid\nstateDiagram-v2\n";
  for (const auto& row : transitions)
    text << "  " << api::name_of(row.from) << " --> " << api::name_of(row.to) << ": "
         << api::name_of(row.verb) << "\n";
  text << "```\n";
  return text.str();
}

void expect_between(const std::string& mark, const std::string& text) {
  std::ostringstream document;
  document << std::ifstream(DOCUMENTS "/ARCHITECTURE.md").rdbuf();
  EXPECT_NE(document.str().find("<!-- " + mark + " -->\n" + text + "<!-- end of " + mark + " -->"),
            std::string::npos)
      << "between the two marks there has to stand:\n"
      << text;
}

}  // namespace

TEST(architecture_document, shows_the_transitions_as_they_are_in_the_table) {
  expect_between("transitions", diagram(core::transitions));
}

TEST(architecture_document, shows_what_becomes_of_letters_as_it_is_in_the_table) {
  expect_between("letters", diagram(core::letter_transitions));
}
