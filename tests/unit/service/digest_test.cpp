#include "daemon/service/digest.hpp"

#include <boost/json/parse.hpp>

namespace service {
namespace {

std::string digest(std::string_view text) {
  return api::to_hex(digest_of(boost::json::parse(text).as_object()));
}

TEST(digest, is_sha_256_of_the_canonical_text) {
  // printf '{"amount":3,"fields":{"a":"1","b":"2"}}' | sha256sum
  EXPECT_EQ(digest(R"({ "fields": {"b": "2", "a": "1"}, "amount": 3 })"),
            "7040b4275825fcf6a90c42aacefdf2339b1c9592a9e5b5873483881ba4a9dd03");
}

TEST(digest, does_not_depend_on_the_key_the_order_or_on_null) {
  const auto plain = digest(R"({"amount":3,"note":"n","fields":{"a":"1","b":"2"}})");
  EXPECT_EQ(digest(R"({"idempotencyKey":"k","fields":{"b":"2","a":"1"},"note":"n","amount":3})"), plain);
  EXPECT_EQ(
      digest(R"({"amount":3,"product":null,"note":"n","fields":{"a":"1","b":"2"},"idempotencyKey":"l"})"),
      plain);
}

TEST(digest, depends_on_everything_else) {
  const auto plain = digest(R"({"cards":["C1","C2"]})");
  EXPECT_NE(digest(R"({"cards":["C2","C1"]})"), plain);
  EXPECT_NE(digest(R"({"cards":["C1","C2"],"all":false})"), plain);
  EXPECT_NE(digest(R"({"cards":["C1"]})"), plain);
}

TEST(digest, leaves_a_key_inside_a_value_alone) {
  EXPECT_NE(digest(R"({"fields":{"idempotencyKey":"a"}})"), digest(R"({"fields":{"idempotencyKey":"b"}})"));
}

}  // namespace
}  // namespace service
