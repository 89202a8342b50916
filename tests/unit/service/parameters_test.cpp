#include "tests/unit/service/station.hpp"

// Every parameter of every method that changes something, with what it must not be: nothing of it may reach
// the engine.
namespace service::test {
namespace {

// A call with all parameters, each as it may be.
const std::map<std::string, std::string, std::less<>> examples{
    {"PutHolder", R"({"holder": {"id": "ada", "state": "active", "name": "Ada", "upn": "ada@example.org",
        "email": "ada@example.org", "photo": "00"}, "idempotencyKey": "k"})"},
    {"StorePhoto", R"({"image": "/9j/4AAQ"})"},
    {"RequestCards",
     R"({"amount": 1, "product": "staff", "options": {"pinLength": 6, "pukLength": 8, "encode": true,
        "certificates": ["authentication"]}, "fields": {"name": "Ada"}, "note": "n", "idempotencyKey": "k"})"},
    {"OrderCards", R"({"amount": 1, "productionType": "here", "queue": true, "holder": "ada", "priority": 3,
        "options": {"pinLength": 6, "pukLength": 8, "encode": true, "certificates": ["authentication"]},
        "fields": {"name": "Ada"}, "note": "n", "idempotencyKey": "k"})"},
    {"HoldOrder", R"({"order": "O1", "idempotencyKey": "k"})"},
    {"ReleaseOrder", R"({"order": "O1", "idempotencyKey": "k"})"},
    {"AbortCards", R"({"cards": ["C1"], "order": "O1", "idempotencyKey": "k"})"},
    {"ImportManifest",
     R"({"order": "O1", "manifest": "order,card,result\nO1,C1,failed\n", "idempotencyKey": "k"})"},
    {"ImportBatch", R"({"table": "name\nAda\n", "idempotencyKey": "k"})"},
    {"IssueCards",
     R"({"cards": ["C1"], "all": false, "options": {"pinLength": 6, "pukLength": 8, "encode": true,
        "certificates": ["authentication"]}, "checkOnly": false, "idempotencyKey": "k"})"},
    {"CompleteBatch", R"({"batch": "B1", "idempotencyKey": "k"})"},
    {"RepeatProduction", R"({"batch": "B1", "cards": ["C1"], "reason": "lost", "idempotencyKey": "k"})"},
    {"GiveUpCards", R"({"cards": ["C1"], "idempotencyKey": "k"})"},
    {"CancelBatch", R"({"batch": "B1", "idempotencyKey": "k"})"},
    {"InitializeCard", R"({"card": "C1", "idempotencyKey": "k"})"},
    {"AssignCard", R"({"card": "C1", "holder": "ada", "days": 3, "idempotencyKey": "k"})"},
    {"ExtendCard", R"({"card": "C1", "days": 3, "idempotencyKey": "k"})"},
    {"WithdrawCard", R"({"card": "C1", "idempotencyKey": "k"})"},
    {"LockCard", R"({"card": "C1", "reason": "lost", "replace": true, "idempotencyKey": "k"})"},
};

class parameters : public Station {
 protected:
  parameters() {
    engine.answer = [](const core::Command&) { return core::Done{{}, {{1}}, {}, core::OrderId{1}}; };
  }

  struct Place {
    std::vector<std::string> path;  // through objects
    const ipc::Type* type;
    std::string text() const {
      std::string joined;
      for (const auto& name : path) joined += (joined.empty() ? "" : ".") + name;
      return joined;
    }
  };
  const ipc::Interface& interface() { return *server.find_interface("org.cardwright.Production"); }
  const ipc::Type& resolve(const ipc::Type& type) {
    return type.kind == ipc::Type::Kind::named ? interface().find_type(type.name)->type : type;
  }
  void collect(const ipc::Type& type, const std::vector<std::string>& path, std::vector<Place>& places) {
    for (const auto& field : type.fields) {
      auto below = path;
      below.push_back(field.name);
      const auto& resolved = resolve(field.type);
      places.push_back({below, &resolved});
      if (resolved.kind == ipc::Type::Kind::structure) collect(resolved, below, places);
    }
  }
  std::vector<Place> places_of(const std::string& method) {
    std::vector<Place> places;
    collect(interface().find_method(method)->input, {}, places);
    return places;
  }
  static json::value& at(json::object& said, const std::vector<std::string>& path) {
    auto* value = &said[path.front()];
    for (std::size_t i = 1; i < path.size(); ++i) value = &value->as_object()[path[i]];
    return *value;
  }
  json::object call_with(const std::string& method, const std::vector<std::string>& path, json::value value) {
    auto said = object(examples.at(method));
    at(said, path) = std::move(value);
    return client.call(std::string(production) + method, said);
  }
};

TEST_F(parameters, are_taken_by_every_method_that_changes_something) {
  std::size_t count = 0;
  for (const auto& method : interface().methods) {
    const bool reads = method.name.starts_with("List") || method.name.starts_with("Get") ||
                       method.name == "PreviewCard" || method.name == "Watch";
    EXPECT_EQ(examples.contains(method.name), !reads) << method.name;
    if (reads) continue;
    const auto reply = client.call(std::string(production) + method.name, object(examples.at(method.name)));
    EXPECT_FALSE(reply.contains("error")) << method.name << ": " << json::serialize(reply);
    EXPECT_EQ(engine.submitted.size(), ++count) << method.name;
    const auto* key = method.name == "StorePhoto" ? "" : "k";
    EXPECT_EQ(engine.submitted.back().second.key, key) << method.name;
  }
}

TEST_F(parameters, of_a_wrong_type_are_named_and_go_no_further) {
  using Kind = ipc::Type::Kind;
  const std::vector<std::pair<Kind, json::value>> values{
      {Kind::boolean, true},        {Kind::integer, 7},
      {Kind::floating, 1.5},        {Kind::string, "nowhere"},
      {Kind::array, json::array{}}, {Kind::structure, json::object{{"surplus", 1}}},
      {Kind::array, json::array{1}}};
  for (const auto& [method, example] : examples)
    for (const auto& place : places_of(method))
      for (const auto& [kind, value] : values) {
        const bool list_of_wrong = value.is_array() && !value.get_array().empty();
        if (kind == place.type->kind && kind != Kind::structure && !list_of_wrong) continue;
        const auto reply = call_with(method, place.path, value);
        ASSERT_TRUE(reply.contains("error"))
            << method << " " << place.text() << " " << json::serialize(value);
        EXPECT_EQ(reply.at("error"), "org.varlink.service.InvalidParameter") << method << " " << place.text();
        const std::string named(reply.at("parameters").at("parameter").get_string());
        EXPECT_TRUE(named.starts_with(place.text())) << method << " " << place.text() << ": " << named;
      }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(parameters, that_are_missing_or_unknown_are_named) {
  for (const auto& [method, example] : examples) {
    for (const auto& field : interface().find_method(method)->input.fields) {
      if (field.type.nullable) continue;
      auto without = object(example);
      without.erase(field.name);
      const auto reply = client.call(std::string(production) + method, without);
      EXPECT_EQ(reply.at("parameters"), (json::value{{"parameter", field.name}})) << method;
    }
    const auto reply = call_with(method, {"surplus"}, 1);
    EXPECT_EQ(reply.at("parameters"), json::parse(R"({"parameter": "surplus"})")) << method;
  }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(parameters, that_are_much_too_long_are_refused_in_few_words) {
  const std::string endless(100'000, 'x');
  for (const auto& [method, example] : examples)
    for (const auto& place : places_of(method)) {
      std::vector<json::value> values;
      switch (place.type->kind) {
        case ipc::Type::Kind::string: values = {json::value(endless)}; break;
        case ipc::Type::Kind::array: values = {json::array{endless}, json::array(1001, "C1")}; break;
        case ipc::Type::Kind::map:
          values = {json::object{{endless, "x"}}, json::object{{"x", endless}}};
          break;
        default: continue;
      }
      for (const auto& value : values) {
        const auto reply = call_with(method, place.path, value);
        ASSERT_TRUE(reply.contains("error")) << method << " " << place.text();
        EXPECT_LT(json::serialize(reply).size(), 1000U) << method << " " << place.text();
      }
    }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(parameters, that_are_numbers_are_whole_and_of_64_bits) {
  for (const auto& [method, example] : examples)
    for (const auto& place : places_of(method)) {
      if (place.type->kind != ipc::Type::Kind::integer) continue;
      for (const json::value& value : {json::value(0.5), json::value(1e30), json::value(-1e30),
                                       json::value(std::uint64_t{9'223'372'036'854'775'808U})}) {
        const auto reply = call_with(method, place.path, value);
        EXPECT_EQ(reply.at("error"), "org.varlink.service.InvalidParameter") << method << " " << place.text();
      }
    }
  EXPECT_TRUE(engine.submitted.empty());
}

TEST_F(parameters, that_are_ids_are_refused_by_the_name_of_what_does_not_exist) {
  const std::map<std::string, std::string> errors{{"card", "CardNotFound"},
                                                  {"batch", "BatchNotFound"},
                                                  {"order", "OrderNotFound"},
                                                  {"reason", "ReasonInvalid"}};
  for (const auto& [method, example] : examples)
    for (const auto& place : places_of(method)) {
      const auto error = errors.find(place.text());
      if (error == errors.end() || (method == "RepeatProduction" && place.text() == "order")) continue;
      for (const auto* wrong : {"", "17", "X1", "C0", "B01", "O1 ", "C99999999999999999999"}) {
        const auto reply = call_with(method, place.path, wrong);
        ASSERT_TRUE(reply.contains("error")) << method << " " << wrong;
        EXPECT_EQ(reply.at("error"), json::value(std::string(production) + error->second)) << method;
        EXPECT_EQ(reply.at("parameters").at(error->first), wrong);
      }
    }
  EXPECT_TRUE(engine.submitted.empty());
}

}  // namespace
}  // namespace service::test
