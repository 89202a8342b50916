#include "tests/unit/core/plant.hpp"

// What a card and the line have to have before a blank is fed.
namespace {

using namespace core;
using plant::Plant;

TEST(admission, waits_for_blanks_and_ribbon_before_it_feeds) {
  for (const auto& [supplies, reason] : {std::pair{api::Supplies{0, 10, 100}, api::Reason::hopperEmpty},
                                         std::pair{api::Supplies{5, 0, 100}, api::Reason::ribbonOut}}) {
    Plant plant;
    plant.status.supplies = supplies;
    plant.produce(1);
    plant.settle();
    EXPECT_EQ(plant.batch(1).reason, reason);
    EXPECT_EQ(plant.started(Step::feed), 0U);
    plant.status.supplies = {5, 10, 100};
    plant.settle();
    EXPECT_EQ(plant.card(1).state, CardState::awaitingConfirmation);
  }
}

TEST(admission, feeds_no_blank_for_a_product_that_it_cannot_make) {
  for (auto api::Capabilities::*lacking :
       {&api::Capabilities::contact_station, &api::Capabilities::reject_bin}) {
    Plant plant;
    plant.status.capabilities.*lacking = false;
    plant.produce(1);
    plant.settle();
    EXPECT_EQ(plant.card(1).reason, api::Reason::lineCannot);
    EXPECT_EQ(plant.started(Step::feed), 0U);
    plant.produce(1, "printed");
    plant.settle();
    EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation) << "print only needs neither";
  }
}

TEST(admission, needs_a_duplex_printer_for_two_faces_only) {
  auto rules = plant::rules();
  rules.products.at("printed").layout_front = "front.svg";
  rules.products["both"] = rules.products.at("printed");
  rules.products["both"].layout_back = "back.svg";
  Plant plant;
  plant.production.rules = rules;
  plant.status.capabilities.duplex = false;
  plant.produce(1, "both");
  plant.produce(1, "printed");
  plant.settle();
  EXPECT_EQ(plant.card(1).reason, api::Reason::lineCannot);
  EXPECT_EQ(plant.card(2).state, CardState::awaitingConfirmation);
}

}  // namespace
