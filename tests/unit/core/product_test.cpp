#include "daemon/core/product.hpp"

namespace {

using namespace core;
using Names = std::vector<std::string>;

Product product() {
  Product product;
  product.name = "temporary";
  product.certificates = {{"authentication", api::KeyPurpose::authentication, api::KeyAlgorithm::p256},
                          {"signature", api::KeyPurpose::signature, api::KeyAlgorithm::p384}};
  product.operator_may_change = {"pinLength", "pukLength", "encode", "certificates"};
  return product;
}

struct Case {
  const char* what;
  Options options;
  const char* problem;  // the option that is disliked; null: all is right
  const char* value = "";
};

TEST(options, are_checked_one_by_one) {
  const Case cases[] = {
      {"nothing", {}, nullptr},
      {"shortest PIN", {6, {}, {}, {}}, nullptr},
      {"longest PIN", {8, {}, {}, {}}, nullptr},
      {"PIN too short", {5, {}, {}, {}}, "pinLength", "5"},
      {"PIN too long", {9, {}, {}, {}}, "pinLength", "9"},
      {"no PIN", {0, {}, {}, {}}, "pinLength", "0"},
      {"very long PIN", {4'294'967'295U, {}, {}, {}}, "pinLength", "4294967295"},
      {"the only PUK", {{}, 8, {}, {}}, nullptr},
      {"PUK too short", {{}, 7, {}, {}}, "pukLength", "7"},
      {"PUK too long", {{}, 9, {}, {}}, "pukLength", "9"},
      {"encode", {{}, {}, true, {}}, nullptr},
      {"print only", {{}, {}, false, {}}, nullptr},
      {"print only, no certificates said", {{}, {}, false, Names{}}, nullptr},
      {"print only with a certificate", {{}, {}, false, Names{"signature"}}, "certificates", "signature"},
      {"fewer certificates", {{}, {}, {}, Names{"signature"}}, nullptr},
      {"no certificates", {{}, {}, {}, Names{}}, nullptr},
      {"all certificates", {{}, {}, {}, Names{"signature", "authentication"}}, nullptr},
      {"an unknown profile", {{}, {}, {}, Names{"signature", "bogus"}}, "certificates", "bogus"},
      {"a profile twice", {{}, {}, {}, Names{"signature", "signature"}}, "certificates", "signature"},
      {"a name in other letters", {{}, {}, {}, Names{"Signature"}}, "certificates", "Signature"},
      {"the first of two problems", {5, 7, {}, {}}, "pinLength", "5"},
  };
  for (const auto& one : cases) {
    const auto problem = check_options(product(), one.options, {});
    EXPECT_EQ(problem.has_value(), one.problem != nullptr) << one.what;
    if (!problem || !one.problem) continue;
    EXPECT_EQ(problem->option, one.problem) << one.what;
    EXPECT_EQ(problem->value, one.value) << one.what;
    EXPECT_TRUE(problem->allowed) << one.what;
    EXPECT_FALSE(problem->text.empty()) << one.what;
  }
}

TEST(options, are_changed_only_where_the_product_lets_a_request) {
  const std::pair<const char*, Options> given[] = {{"pinLength", {6, {}, {}, {}}},
                                                   {"pukLength", {{}, 8, {}, {}}},
                                                   {"encode", {{}, {}, true, {}}},
                                                   {"certificates", {{}, {}, {}, Names{}}}};
  for (const auto& [name, options] : given) {
    auto closed = product();
    closed.operator_may_change.erase(name);
    const auto problem = check_options(closed, options, {});
    ASSERT_TRUE(problem) << name;
    EXPECT_EQ(problem->option, name);
    EXPECT_FALSE(problem->allowed) << name;
    for (const auto& [other, others] : given)
      EXPECT_EQ(check_options(closed, others, {}).has_value(), std::string(other) == name) << other;
  }
}

TEST(options, make_a_certificate_impossible_for_a_product_without_encoding) {
  auto printed = product();
  printed.encode = false;
  EXPECT_TRUE(check_options(printed, {{}, {}, {}, Names{"signature"}}, {}));
  EXPECT_FALSE(check_options(printed, {{}, {}, true, Names{"signature"}}, {}));
}

TEST(product, becomes_what_the_options_say) {
  const auto changed = with_options(product(), {7, 8, {}, Names{"signature"}});
  EXPECT_EQ(changed.pin_length, 7U);
  EXPECT_EQ(changed.puk_length, 8U);
  EXPECT_TRUE(changed.encode);
  ASSERT_EQ(changed.certificates.size(), 1U);
  EXPECT_EQ(changed.certificates.front().profile, "signature");
}

TEST(product, stays_as_it_is_without_options) {
  const auto same = with_options(product(), {});
  EXPECT_EQ(same.pin_length, 6U);
  EXPECT_EQ(same.certificates.size(), 2U);
}

TEST(product, has_no_certificates_when_it_is_not_encoded) {
  EXPECT_TRUE(with_options(product(), {{}, {}, false, {}}).certificates.empty());
}

}  // namespace
