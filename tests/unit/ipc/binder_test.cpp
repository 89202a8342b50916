#include "ipc/binder.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>

#include "tests/unit/ipc/cards_interface.hpp"

namespace binder_test {

enum class State { waiting, made };
BOOST_DESCRIBE_ENUM(State, waiting, made)

// An enum with a table instead, whose wire names are not the enumerators'.
enum class Colour { red, default_ };
struct Row {
  Colour value;
  std::string_view name;
};
constexpr std::array<Row, 2> rows_of(Colour) {
  return {{{Colour::red, "red"}, {Colour::default_, "default"}}};
}

struct Holder {
  std::string name;
  std::optional<std::string> photo;
  bool operator==(const Holder&) const = default;
};
BOOST_DESCRIBE_STRUCT(Holder, (), (name, photo))

struct Make {
  int amount;
  std::optional<std::vector<Holder>> holders;
  std::optional<State> state;
  std::optional<std::map<std::string, std::string>> fields;
  std::optional<double> price;
  std::optional<bool> draft;
  std::optional<ipc::json::object> extra;
  bool operator==(const Make&) const = default;
};
BOOST_DESCRIBE_STRUCT(Make, (), (amount, holders, state, fields, price, draft, extra))

struct Odds {
  std::uint8_t small;
  std::uint64_t large;
  Colour colour;
  std::vector<std::map<std::string, Holder>> nested;
  ipc::json::value anything;
};
BOOST_DESCRIBE_STRUCT(Odds, (), (small, large, colour, nested, anything))

struct Different {
  std::optional<std::string> amount;
  std::vector<Holder> holders;
  std::optional<Colour> state;
  std::optional<int> surplus;
};
BOOST_DESCRIBE_STRUCT(Different, (), (amount, holders, state, surplus))

struct Tree {
  std::string name;
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))

namespace {

template <class T>
std::string fault_of(std::string_view text) {
  const auto bound = ipc::bind<T>(ipc::json::parse(text).as_object());
  return bound ? "" : bound.error().field + ": " + bound.error().message;
}

constexpr std::string_view odds =
    R"({"small":255,"large":18446744073709551615,"colour":"default","nested":[{"a":{"name":"Ada"}}],"anything":[1]})";

TEST(binder, fills_a_struct) {
  const auto bound = ipc::bind<Make>(
      ipc::json::parse(
          R"({"amount":3,"holders":[{"name":"Ada","photo":null}],"state":"made","fields":{"a":"b"},
                           "price":2,"draft":false,"extra":{"x":1}})")
          .as_object());
  ASSERT_TRUE(bound) << bound.error().field << bound.error().message;
  const Make expected{3, {{{"Ada", std::nullopt}}}, State::made, {{{"a", "b"}}}, 2.0, false, {{{"x", 1}}}};
  EXPECT_EQ(*bound, expected);
}

TEST(binder, leaves_absent_and_null_optionals_empty) {
  const auto bound = ipc::bind<Make>({{"amount", 1}, {"state", nullptr}});
  ASSERT_TRUE(bound);
  EXPECT_EQ(*bound, (Make{1, {}, {}, {}, {}, {}, {}}));
}

TEST(binder, takes_the_whole_range_of_integers_and_names_from_tables) {
  const auto bound = ipc::bind<Odds>(ipc::json::parse(odds).as_object());
  ASSERT_TRUE(bound) << bound.error().field << bound.error().message;
  EXPECT_EQ(bound->small, 255);
  EXPECT_EQ(bound->large, UINT64_MAX);
  EXPECT_EQ(bound->colour, Colour::default_);
  EXPECT_EQ(bound->nested[0].at("a").name, "Ada");
  EXPECT_EQ(bound->anything, ipc::json::array{1});
}

TEST(binder, names_the_field_and_the_value) {
  EXPECT_EQ(fault_of<Make>("{}"), "amount: is missing");
  EXPECT_EQ(fault_of<Make>(R"({"amount":100000000000000000000})"),
            "amount: 1E20 is not an integer of 64 bits");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1.5})"), "amount: 1.5E0 is not an integer of 64 bits");
  EXPECT_EQ(fault_of<Make>(R"({"amount":2147483648})"),
            "amount: 2147483648 is not between -2147483648 and 2147483647");
  EXPECT_EQ(fault_of<Make>(R"({"amount":18446744073709551615})"),
            "amount: 18446744073709551615 is not between -2147483648 and 2147483647");
  EXPECT_EQ(fault_of<Make>(R"({"amount":true})"), "amount: true is not an integer of 64 bits");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"holders":[{"name":"Ada"},{"name":null}]})"),
            "holders[1].name: null is not a string");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"holders":[{}]})"), "holders[0].name: is missing");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"state":"lost"})"), "state: \"lost\" is not one of waiting, made");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"state":0})"), "state: 0 is not one of waiting, made");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"fields":{"a":1}})"), "fields.a: 1 is not a string");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"holders":[{"name":"Ada","age":1}]})"),
            "holders[0].age: is not known here");
  EXPECT_EQ(fault_of<Make>(R"({"amount":1,"Amount":1})"), "Amount: is not known here");
  EXPECT_EQ(fault_of<Odds>(R"({"small":-1})"), "small: -1 is not between 0 and 255");
  EXPECT_EQ(fault_of<Odds>(R"({"small":256})"), "small: 256 is not between 0 and 255");
}

TEST(binder, writes_what_it_reads) {
  const Make make{3, {{{"Ada", "p"}}}, State::waiting, {{{"a", "b"}}}, 0.5, true, {{{"x", 1}}}};
  const auto written = ipc::to_json(make);
  EXPECT_EQ(*ipc::bind<Make>(written), make);
  EXPECT_EQ(ipc::json::serialize(ipc::to_json(Make{1, {}, State::made, {}, {}, {}, {}})),
            R"({"amount":1,"state":"made"})");
  auto value = *ipc::bind<Odds>(ipc::json::parse(odds).as_object());
  value.large = 7;
  value.anything = nullptr;
  EXPECT_EQ(ipc::json::serialize(ipc::to_json(value)),
            R"({"small":255,"large":7,"colour":"default","nested":[{"a":{"name":"Ada"}}],"anything":null})");
}

TEST(compare, finds_no_difference_where_struct_and_interface_agree) {
  const auto interface = *ipc::parse_interface(ipc_test::cards);
  EXPECT_THAT(ipc::compare<Make>(interface.find_method("Make")->input, interface), testing::IsEmpty());
  EXPECT_THAT(ipc::compare<Holder>(interface.find_type("Holder")->type, interface), testing::IsEmpty());
}

TEST(compare, lists_every_difference) {
  const auto interface = *ipc::parse_interface(ipc_test::cards);
  EXPECT_THAT(ipc::compare<Different>(interface.find_method("Make")->input, interface),
              testing::UnorderedElementsAre(
                  "amount is optional in the struct, not nullable in the interface",
                  "amount is a string in the struct, an integer of 64 bits in the interface",
                  "holders is nullable in the interface, not optional in the struct",
                  "state.waiting is only in the interface", "state.made is only in the interface",
                  "state.red is only in the struct", "state.default is only in the struct",
                  "fields is only in the interface", "price is only in the interface",
                  "draft is only in the interface", "extra is only in the interface",
                  "surplus is only in the struct"));
}

TEST(compare, ends_for_a_type_that_contains_itself) {
  const auto interface =
      *ipc::parse_interface("interface a.b\ntype Tree (name: string, children: []Tree, extra: ?int)\n");
  EXPECT_THAT(
      ipc::compare<Tree>(interface.find_type("Tree")->type, interface),
      testing::ElementsAre("children[].extra is only in the interface", "extra is only in the interface"));
}

}  // namespace
}  // namespace binder_test
