#include "daemon/core/stripe.hpp"

#include <gmock/gmock.h>

namespace {

using namespace core;
using api::Reason;
using testing::HasSubstr;

const std::map<std::string, std::string> fields{
    {"number", "T000007"}, {"staff", "4711"}, {"name", "Zo\xC3\xAB"}, {"empty", ""}};

api::Result<api::Tracks> fill(std::array<std::string, 3> tracks) {
  Product product;
  product.tracks = std::move(tracks);
  return fill_tracks(product, fields);
}

api::Failure refused(const std::string& track) {
  const auto filled = fill({track, "", ""});
  return filled ? api::Failure{Reason::restarted, api::Certainty::notDone, "filled"} : filled.error();
}

TEST(tracks, are_filled_with_fields_of_the_card) {
  EXPECT_EQ(fill({"{number}^STAFF {staff}", "{staff}={staff}", ""}),
            (api::Tracks{"T000007^STAFF 4711", "4711=4711", ""}));
  EXPECT_EQ(fill({"", "", ""}), api::Tracks{});
}

TEST(tracks, name_the_field_that_is_missing) {
  for (const auto* name : {"town", "empty"}) {
    const auto failure = refused("A{" + std::string(name) + "}");
    EXPECT_EQ(failure.reason, Reason::fieldMissing);
    EXPECT_THAT(failure.detail, HasSubstr(name));
  }
}

TEST(tracks, are_never_made_to_fit) {
  EXPECT_EQ(refused("{name}").reason, Reason::stripeInvalid);
  EXPECT_EQ(refused("{name}").detail, "track 1 cannot hold 'o' (character 2)");
  EXPECT_EQ(fill({"", "{number}", ""}).error().detail, "track 2 cannot hold 'T' (character 1)");
  EXPECT_EQ(refused(std::string(73, 'A') + "{staff}").detail, "track 1 holds 76 characters, not 77");
}

TEST(template_of_a_track, may_be_what_some_fields_make_right) {
  EXPECT_EQ(problem_of_template(1, ""), std::nullopt);
  EXPECT_EQ(problem_of_template(1, "{number}^{name}"), std::nullopt);
  EXPECT_EQ(problem_of_template(2, "{staff}=0{staff}"), std::nullopt);
}

TEST(template_of_a_track, is_refused_when_no_field_can_make_it_right) {
  EXPECT_EQ(problem_of_template(1, "card {number}"), "track 1 cannot hold 'c' (character 1)");
  EXPECT_EQ(problem_of_template(2, "{staff}-"), "track 2 cannot hold '-' (character 2)");
  EXPECT_EQ(problem_of_template(2, std::string(37, '1') + "{staff}"), "track 2 holds 37 characters, not 38");
  for (const auto* text : {"{number", "number}", "{}", "{{number}}", "A}{B}", "{"})
    EXPECT_EQ(problem_of_template(3, text), "track 3: a field has a name between { and }") << text;
}

}  // namespace
