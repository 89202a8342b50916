#include <fstream>

#include "daemon/service/errors.hpp"
#include "daemon/service/roles.hpp"
#include "embedded/ipc.hpp"
#include "ipc/idl.hpp"

// The tables of docs/interface.md against the tables of the program.
namespace service {
namespace {

std::vector<std::string> rows_of_page() {
  std::ifstream page(CARDWRIGHT_SOURCE_DIR "/docs/interface.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(page, line);)
    if (line.starts_with("| `")) rows.push_back(line);
  return rows;
}

TEST(documentation, has_the_roles_of_every_method) {
  const auto rows = rows_of_page();
  for (const auto& row : method_rows) {
    auto expected = "| `" + std::string(row.method.substr(row.method.rfind('.') + 1)) + "` |";
    for (const auto& role : role_rows) expected += row.roles.has(role.value) ? " yes |" : " |";
    EXPECT_THAT(rows, testing::Contains(expected));
  }
}

TEST(documentation, has_every_error_with_its_parameters) {
  const auto interface = ipc::parse_interface(embedded::ipc("org.cardwright.Production.varlink"));
  const auto rows = rows_of_page();
  for (const auto& error : interface->errors) {
    auto expected = "| `" + error.name + "` |";
    for (const auto& field : error.type.fields) expected += " `" + field.name + "`";
    EXPECT_THAT(rows, testing::Contains(testing::StartsWith(expected + " |")));
  }
  EXPECT_EQ(rows.size(), interface->errors.size() + method_rows.size()) << "a row that nothing stands behind";
}

}  // namespace
}  // namespace service
