#include "tests/unit/bureau/pems.hpp"

#include <gtest/gtest.h>

namespace bureau {
namespace {

TEST(job, is_one_line_of_json_as_documented) {
  EXPECT_EQ(
      to_json(test::two_cards()),
      R"({"format":"cardwright-job-1","order":"O5","created":"2026-03-01T12:00:00Z","product":"temporary",)"
      R"("productionType":"byBureau","priority":3,"cards":[{"card":"C17","number":"T00000170","fields":)"
      R"({"name":"Zoë \"Z\" Öz"}},{"card":"C18","number":"T00000188","fields":{}}]})"
      "\n");
}

}  // namespace
}  // namespace bureau
