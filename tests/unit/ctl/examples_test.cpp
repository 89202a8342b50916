#include <fstream>
#include <iterator>

#include "tests/unit/ctl/fake_station.hpp"

// The examples of docs/interface.md against the interfaces.
namespace ctl::test {
namespace {

constexpr std::array interfaces{"org.cardwright.Production", "org.cardwright.Maintenance",
                                "org.cardwright.Custody"};

json::object examples() {
  std::ifstream file(CARDWRIGHT_SOURCE_DIR "/docs/examples/calls.json");
  return json::parse(std::string{std::istreambuf_iterator<char>(file), {}}).as_object();
}

std::string fault(const json::object& value, const ipc::Type& type, const ipc::Interface& interface) {
  const auto wrong = ipc::check(value, type, interface);
  return wrong ? wrong->field + " " + wrong->message : "";
}

TEST(examples, exist_for_every_method_and_for_nothing_else) {
  auto left = examples();
  for (const auto* name : interfaces)
    for (const auto& method : interface_of(name).methods) EXPECT_TRUE(left.erase(method.name)) << method.name;
  EXPECT_EQ(left, json::object()) << "no such method";
}

TEST(examples, are_what_the_interfaces_take_and_answer) {
  for (const auto& [method, example] : examples())
    for (const auto* name : interfaces) {
      const auto& interface = interface_of(name);
      const auto* type = interface.find_method(method);
      if (!type) continue;
      EXPECT_EQ(fault(example.at("parameters").as_object(), type->input, interface), "") << method;
      const auto& replies = example.at("replies").as_array();
      EXPECT_FALSE(replies.empty()) << method;
      for (const auto& reply : replies)
        EXPECT_EQ(fault(reply.as_object(), type->output, interface), "") << method;
      EXPECT_TRUE(replies.size() == 1 || example.as_object().contains("more")) << method;
    }
}

}  // namespace
}  // namespace ctl::test
