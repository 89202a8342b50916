#include "daemon/service/limits.hpp"

#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

class limits : public Station {
 protected:
  // Calls with one parameter more than fits; the error has to name the field and the limit.
  void expect_exceeded(std::string_view method, json::object parameters, std::string_view field,
                       std::size_t maximum) {
    const auto reply = client.call(std::string(production).append(method), parameters);
    EXPECT_EQ(reply.at("error"), "org.cardwright.Production.LimitExceeded") << field;
    EXPECT_EQ(reply.at("parameters"), (json::value{{"field", field}, {"maximum", maximum}}));
    EXPECT_TRUE(engine.submitted.empty());
  }
  void expect_accepted(std::string_view method, json::object parameters) {
    const auto reply = client.call(std::string(production).append(method), parameters);
    EXPECT_FALSE(reply.contains("error")) << json::serialize(reply);
    engine.submitted.clear();
  }
  static std::string umlauts(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "ä";
    return text;
  }
};

TEST_F(limits, hold_for_the_note_in_characters_not_bytes) {
  expect_accepted("RequestCards", {{"amount", 1}, {"note", umlauts(note_length_max)}});
  expect_exceeded("RequestCards", {{"amount", 1}, {"note", umlauts(note_length_max + 1)}}, "note",
                  note_length_max);
}

TEST_F(limits, hold_for_the_number_of_fields) {
  json::object fields;
  for (std::size_t i = 0; i < fields_max; ++i) fields.emplace("f" + std::to_string(i), "");
  expect_accepted("RequestCards", {{"amount", 1}, {"fields", fields}});
  fields.emplace("one more", "");
  expect_exceeded("RequestCards", {{"amount", 1}, {"fields", fields}}, "fields", fields_max);
}

TEST_F(limits, hold_for_names_and_values_of_fields) {
  expect_accepted("RequestCards",
                  {{"amount", 1},
                   {"fields", {{std::string(field_name_length_max, 'n'), umlauts(field_value_length_max)}}}});
  expect_exceeded("RequestCards",
                  {{"amount", 1}, {"fields", {{std::string(field_name_length_max + 1, 'n'), ""}}}}, "fields",
                  field_name_length_max);
  expect_exceeded("RequestCards",
                  {{"amount", 1}, {"fields", {{"name", umlauts(field_value_length_max + 1)}}}}, "fields.name",
                  field_value_length_max);
}

TEST_F(limits, hold_for_names_of_products_and_certificates) {
  const std::string name(name_length_max + 1, 'p');
  expect_exceeded("RequestCards", {{"amount", 1}, {"product", name}}, "product", name_length_max);
  expect_exceeded("RequestCards", {{"amount", 1}, {"options", {{"certificates", json::array{name}}}}},
                  "options.certificates", name_length_max);
  json::array many(certificates_max + 1, "x");
  expect_exceeded("RequestCards", {{"amount", 1}, {"options", {{"certificates", many}}}},
                  "options.certificates", certificates_max);
}

TEST_F(limits, hold_for_idempotency_keys) {
  expect_accepted("RequestCards",
                  {{"amount", 1}, {"idempotencyKey", std::string(idempotency_key_length_max, 'k')}});
  expect_exceeded("CompleteBatch",
                  {{"batch", "B1"}, {"idempotencyKey", std::string(idempotency_key_length_max + 1, 'k')}},
                  "idempotencyKey", idempotency_key_length_max);
}

TEST_F(limits, hold_for_the_number_of_cards_named_as_the_configuration_says) {
  engine.known_rules.batch_cards_max = 2;
  expect_accepted("GiveUpCards", {{"cards", json::array{"C1", "C2"}}});
  expect_exceeded("GiveUpCards", {{"cards", json::array{"C1", "C2", "C3"}}}, "cards", 2);
  expect_exceeded("IssueCards", {{"cards", json::array{"C1", "C2", "C3"}}}, "cards", 2);
}

}  // namespace
}  // namespace service::test
