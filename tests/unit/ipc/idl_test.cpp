#include "ipc/idl.hpp"

#include <boost/json/parse.hpp>

#include "embedded/ipc.hpp"
#include "tests/unit/ipc/cards_interface.hpp"

namespace {

using ipc::parse_interface;
using Kind = ipc::Type::Kind;

const ipc::Interface& cards() {
  static const ipc::Interface interface = *parse_interface(ipc_test::cards);
  return interface;
}

// "field: message" of the first fault of the parameters of Make, or "".
std::string fault_of(std::string_view parameters) {
  const auto value = ipc::json::parse(parameters);
  const auto fault = ipc::check(value.as_object(), cards().find_method("Make")->input, cards());
  return fault ? fault->field + ": " + fault->message : "";
}

std::string error_of(std::string_view text) {
  const auto parsed = parse_interface(text);
  if (parsed) return "";
  return std::to_string(parsed.error().line) + ": " + parsed.error().message;
}

TEST(idl, describes_an_interface) {
  EXPECT_EQ(cards().name, "org.example.cards");
  EXPECT_EQ(cards().documentation, "Cards for tests.");
  EXPECT_EQ(cards().text, ipc_test::cards);
  ASSERT_TRUE(cards().find_method("Make"));
  const auto& make = *cards().find_method("Make");
  EXPECT_EQ(make.documentation, "Makes cards.");
  ASSERT_EQ(make.input.fields.size(), 7u);
  EXPECT_EQ(make.input.fields[0].documentation, "How many.");
  EXPECT_EQ(make.input.fields[0].type.kind, Kind::integer);
  EXPECT_FALSE(make.input.fields[0].type.nullable);
  EXPECT_EQ(make.input.fields[1].type.kind, Kind::array);
  EXPECT_TRUE(make.input.fields[1].type.nullable);
  EXPECT_EQ(make.input.fields[1].type.element.front().name, "Holder");
  EXPECT_EQ(make.output.fields[0].type.element.front().kind, Kind::string);
  EXPECT_EQ(cards().find_type("State")->type.values, (std::vector<std::string>{"waiting", "made"}));
  EXPECT_EQ(cards().find_error("OutOfCards")->type.fields[0].name, "left");
  EXPECT_TRUE(cards().find_error("Closed")->type.fields.empty());
  EXPECT_FALSE(cards().find_method("Closed"));
}

TEST(idl, takes_every_form_of_type_the_certification_interface_has) {
  const auto parsed = parse_interface(
      "interface org.varlink.certification\n"
      "type T (foo: ?[]?[string](foo, bar), set: [string](), e: (one, two), s: (a: int, b: ?[](c: "
      "float)))\n");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& fields = parsed->types.front().type.fields;
  EXPECT_EQ(fields[0].type.element.front().kind, Kind::map);
  EXPECT_TRUE(fields[0].type.element.front().nullable);
  EXPECT_EQ(fields[0].type.element.front().element.front().kind, Kind::enumeration);
  EXPECT_EQ(fields[1].type.element.front().kind, Kind::structure);
  EXPECT_EQ(fields[2].type.values.size(), 2u);
  EXPECT_EQ(fields[3].type.fields[1].type.element.front().fields[0].type.kind, Kind::floating);
}

TEST(idl, comments_at_the_end_of_a_line_document_nothing) {
  const auto parsed = parse_interface(
      "interface a.b # no\n# far\n\nmethod A( # no\n # yes\n # yes, too\n x: int, # no\n y: int # no\n) -> "
      "() # no\n"
      "method B() -> ()\n");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->documentation, "");
  EXPECT_EQ(parsed->methods[0].documentation, "");
  EXPECT_EQ(parsed->methods[0].input.fields[0].documentation, "yes\nyes, too");
  EXPECT_EQ(parsed->methods[0].input.fields[1].documentation, "");
  EXPECT_EQ(parsed->methods[1].documentation, "");
}

TEST(idl, names_the_line_and_the_fault) {
  EXPECT_EQ(error_of(""), "1: 'interface' expected");
  EXPECT_EQ(error_of("interface nodots"), "1: 'nodots' is no name of an interface");
  for (const char* name : {"a..b", ".a.b", "a.b.", "a.-b", "a.b-", "1a.b", "a-.b"})
    EXPECT_EQ(error_of(std::string("interface ") + name),
              std::string("1: '") + name + "' is no name of an interface");
  const auto with = [](std::string text) { return error_of("interface a.b\n" + text); };
  EXPECT_EQ(with("thing A ()"), "2: 'type', 'method' or 'error' expected, not 'thing'");
  EXPECT_EQ(with("type a ()"), "2: 'a' is no name of a type");
  EXPECT_EQ(with("type A (x: Missing)"), "2: there is no type 'Missing'");
  EXPECT_EQ(with("type A ()\n\nmethod A() -> ()"), "4: 'A' is there already");
  EXPECT_EQ(with("type A (x: int, x: int)"), "2: 'x' is there already");
  EXPECT_EQ(with("type A (x, y: int)"), "2: either every member has a type (fields) or none (values)");
  EXPECT_EQ(with("type A (x: int, y)"), "2: either every member has a type (fields) or none (values)");
  EXPECT_EQ(with("type A (x: ??int)"), "2: '?' twice");
  EXPECT_EQ(with("type A (x: any)"), "2: 'any' is no type");
  EXPECT_EQ(with("type A (x_: int)"), "2: 'x_' is no name of a field");
  EXPECT_EQ(with("type A (x: int"), "2: ')' expected");
  EXPECT_EQ(with("method A() ()"), "2: '->' expected");
  EXPECT_EQ(with("method A(a, b) -> ()"), "2: fields with types expected");
  std::string deep = "type A (x: ";
  for (int i = 0; i < 1000; ++i) deep += "[]";
  EXPECT_EQ(with(deep + "int)"), "2: types are nested too deep");
}

TEST(idl, parses_every_interface_we_ship) {
  const auto parsed = parse_interface(embedded::ipc("org.varlink.service.varlink"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->methods.size(), 2u);
  EXPECT_EQ(parsed->errors.size(), 6u);
}

TEST(check, takes_what_agrees) {
  EXPECT_EQ(fault_of(R"({"amount":1})"), "");
  EXPECT_EQ(fault_of(R"({"amount":-9223372036854775808,"holders":null})"), "");
  EXPECT_EQ(fault_of(R"({"amount":3,"holders":[{"name":"Ada"},{"name":"Bob","photo":"x"}],"state":"made",
                         "fields":{"a":"b"},"price":1,"draft":true,"extra":{"any":[1]}})"),
            "");
}

TEST(check, names_the_field_and_the_value) {
  EXPECT_EQ(fault_of("{}"), "amount: is missing");
  EXPECT_EQ(fault_of(R"({"amount":null})"), "amount: null is not an integer of 64 bits");
  EXPECT_EQ(fault_of(R"({"amount":1.5})"), "amount: 1.5E0 is not an integer of 64 bits");
  EXPECT_EQ(fault_of(R"({"amount":100000000000000000000})"), "amount: 1E20 is not an integer of 64 bits");
  EXPECT_EQ(fault_of(R"({"amount":9223372036854775808})"),
            "amount: 9223372036854775808 is not an integer of 64 bits");
  EXPECT_EQ(fault_of(R"({"amount":"1"})"), "amount: \"1\" is not an integer of 64 bits");
  EXPECT_EQ(fault_of(R"({"amount":1,"Amount":2})"), "Amount: is not known here");
  EXPECT_EQ(fault_of(R"({"amount":1,"holders":[{"name":"Ada"},{"name":5}]})"),
            "holders[1].name: 5 is not a string");
  EXPECT_EQ(fault_of(R"({"amount":1,"holders":[{"name":"Ada","age":5}]})"),
            "holders[0].age: is not known here");
  EXPECT_EQ(fault_of(R"({"amount":1,"holders":{}})"), "holders: an object is not an array");
  EXPECT_EQ(fault_of(R"({"amount":1,"state":"lost"})"), "state: \"lost\" is not one of waiting, made");
  EXPECT_EQ(fault_of(R"({"amount":1,"fields":{"a":null}})"), "fields.a: null is not a string");
  EXPECT_EQ(fault_of(R"({"amount":1,"price":"1"})"), "price: \"1\" is not a number");
  EXPECT_EQ(fault_of(R"({"amount":1,"draft":0})"), "draft: 0 is not true or false");
  EXPECT_EQ(fault_of(R"({"amount":1,"extra":[]})"), "extra: an array is not an object");
}

TEST(check, repeats_only_the_start_of_a_long_value) {
  const auto fault =
      fault_of(R"({"amount":")" + std::string(59, 'x') +
               std::string(1000, '\xc3').insert(1, "\xa4").substr(0, 2) + std::string(1000, 'y') + "\"}");
  EXPECT_EQ(fault, "amount: \"" + std::string(59, 'x') + "\"… is not an integer of 64 bits");
}

}  // namespace
