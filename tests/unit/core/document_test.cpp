#include <fstream>
#include <sstream>

#include "daemon/core/states.hpp"

namespace {

std::string diagram() {
  std::ostringstream text;
  text << "```mermaid\nstateDiagram-v2\n";
  for (const auto& row : core::transitions)
    text << "  " << api::name_of(row.from) << " --> " << api::name_of(row.to) << ": "
         << api::name_of(row.verb) << "\n";
  text << "```\n";
  return text.str();
}

}  // namespace

TEST(architecture_document, shows_the_transitions_as_they_are_in_the_table) {
  std::ostringstream document;
  document << std::ifstream(DOCUMENTS "/ARCHITECTURE.md").rdbuf();
  EXPECT_NE(document.str().find("<!-- transitions -->\n" + diagram() + "<!-- end of transitions -->"),
            std::string::npos)
      << "between the two marks there has to stand:\n"
      << diagram();
}
