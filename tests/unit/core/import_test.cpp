#include "tests/unit/core/plant.hpp"

namespace {

using namespace plant;
using testing::ElementsAre;

TEST(import, requests_a_card_for_each_line) {
  Plant plant;
  ImportBatch import;
  import.cards = {{2, {}, {}, {{ "name", "Ada" }}, "first"}, { 3, "printed", {}, {}, {} }};
  import.cards.front().options.pin_length = 7;
  const auto done = plant.done(import);
  EXPECT_THAT(done.cards, ElementsAre(CardId{1}, CardId{2}));
  EXPECT_EQ(plant.card(1).product, "encoded") << "the default";
  EXPECT_EQ(plant.card(1).options.pin_length, 7U);
  EXPECT_EQ(plant.card(1).fields.at("name"), "Ada");
  EXPECT_EQ(plant.card(1).note, "first");
  EXPECT_EQ(plant.card(2).product, "printed");
  EXPECT_EQ(plant.card(2).state, CardState::requested);
  EXPECT_EQ(std::ranges::count(plant.records.audits, "ImportBatch", &AuditRecord::action), 2);
}

TEST(import, names_every_wrong_line_and_takes_nothing) {
  Plant plant;
  ImportBatch import;
  import.cards = {{2, {}, {}, {}, {}}, {3, "bogus", {}, {}, {}}, {4, {}, {}, {}, {}}, {
                    5,
                    "printed",
                    {},
                    {},
                    {}
                  }};
  import.cards[2].options.pin_length = 3;
  import.cards[3].options.encode = true;
  const auto refusal = plant.refused(import);
  EXPECT_EQ(refusal.error, Refused::importInvalid);
  EXPECT_THAT(refusal.lines,
              ElementsAre(LineProblem{3, "product", "there is no product bogus"},
                          LineProblem{4, "pinLength", "must be 6 to 8"},
                          LineProblem{5, "encode", "the product does not let a request change it"}));
  EXPECT_TRUE(plant.records.cards.empty());
}

TEST(import, has_at_least_one_line_and_no_more_than_the_station_takes) {
  Plant plant;
  plant.production.rules.import_cards_max = 2;
  ImportBatch import;
  EXPECT_EQ(plant.refused(import).error, Refused::noCards);
  import.cards.resize(3);
  const auto refusal = plant.refused(import);
  EXPECT_EQ(refusal.error, Refused::limitExceeded);
  EXPECT_EQ(refusal.subject, "cards");
  EXPECT_EQ(refusal.maximum, 2);
  import.cards.resize(2);
  EXPECT_EQ(plant.done(import).cards.size(), 2U);
}

TEST(photo, of_a_card_has_to_be_stored_before_the_card_is_asked_for) {
  Plant plant;
  const std::map<std::string, std::string> fields{{"photo", "abc"}};
  const RequestCards request{1, {}, {}, fields, {}};
  OrderCards order;
  order.amount = 1;
  order.fields = fields;
  ImportBatch import;
  import.cards = {{2, {}, {}, {{ "photo", "" }}, {}}, { 3, {}, {}, fields, {} }};

  EXPECT_EQ(plant.refused(request).error, Refused::photoNotFound);
  EXPECT_EQ(plant.refused(request).subject, "abc");
  EXPECT_EQ(plant.refused(order).error, Refused::photoNotFound);
  EXPECT_THAT(plant.refused(import).lines, ElementsAre(LineProblem{3, "photo", "there is no photo abc"}));
  EXPECT_TRUE(plant.records.cards.empty());

  plant.done(StorePhoto{{"abc", {1, 2}, {}}});
  plant.done(request);
  plant.done(order);
  EXPECT_EQ(plant.done(import).cards.size(), 2U);
}

TEST(photo, can_be_stored_wherever_cards_are_asked_for_or_have_holders) {
  for (const auto use_case : {&UseCases::request, &UseCases::order, &UseCases::import, &UseCases::assign}) {
    Plant plant;
    plant.production.rules.use_cases = {.request = false};
    EXPECT_EQ(plant.refused(StorePhoto{{"abc", {1}, {}}}).error, Refused::useCaseDisabled);
    plant.production.rules.use_cases.*use_case = true;
    plant.done(StorePhoto{{"abc", {1}, {}}});
  }
}

TEST(use_case, import_can_be_switched_off) {
  Plant plant;
  plant.production.rules.use_cases.import = false;
  const auto refusal = plant.refused(ImportBatch{{{2, {}, {}, {}, {}}}});
  EXPECT_EQ(refusal.error, Refused::useCaseDisabled);
  EXPECT_EQ(refusal.subject, "import");
}

}  // namespace
