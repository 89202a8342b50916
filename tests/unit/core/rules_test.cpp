#include <gtest/gtest.h>

#include "daemon/core/production.hpp"

// Rules that change while cards are under way.
namespace core {
namespace {

struct rules : testing::Test {
  rules() {
    card().id = CardId{1};
    Product product;
    product.name = "temporary";
    product.layout_front = product.layout_back = "a";
    production.rules.products["temporary"] = product;
    Attempt attempt;
    attempt.id = {1};
    attempt.card = card().id;
    attempt.phase = Phase::printIntent;
    production.attempts[attempt.id] = attempt;
    card().product = "temporary";
    card().attempt = attempt.id;
    next.products["temporary"] = product;
    next.products["temporary"].layout_back.clear();
  }
  Card& card() { return production.cards[CardId{1}]; }
  unsigned faces() { return faces_of(product_of(production.rules, card()).value()); }

  Production production;
  Rules next;
};

TEST_F(rules, are_the_old_ones_for_an_attempt_that_is_under_way) {
  take_rules(production, next);
  EXPECT_EQ(faces(), 2u);
  take_rules(production, next);
  EXPECT_EQ(faces(), 2u) << "however often they are read";
  forget_begun(production);
  EXPECT_EQ(faces(), 2u) << "as long as it is under way";
}

TEST_F(rules, are_the_new_ones_for_what_begins_later) {
  take_rules(production, next);
  auto another = card();
  another.attempt.reset();
  EXPECT_EQ(faces_of(product_of(production.rules, another).value()), 1u);
  production.attempts.begin()->second.phase = Phase::done;
  forget_begun(production);
  EXPECT_EQ(faces(), 1u);
}

TEST_F(rules, are_the_new_ones_for_an_attempt_that_was_over) {
  production.attempts.begin()->second.phase = Phase::spoiled;
  take_rules(production, next);
  EXPECT_EQ(faces(), 1u);
}

TEST_F(rules, are_the_old_ones_for_a_card_that_is_encoded_by_hand) {
  production.attempts.begin()->second.phase = Phase::done;
  Attempt by_hand;
  by_hand.id = {2};
  by_hand.card = card().id;
  by_hand.kind = AttemptKind::reencode;
  production.attempts[by_hand.id] = by_hand;
  take_rules(production, {});
  EXPECT_TRUE(product_of(production.rules, card(), by_hand.id));
  EXPECT_FALSE(product_of(production.rules, card())) << "for whatever else becomes of it";
}

TEST_F(rules, keep_a_product_that_is_gone_until_its_attempt_is_over) {
  take_rules(production, {});
  EXPECT_EQ(faces(), 2u);
  production.attempts.clear();
  forget_begun(production);
  EXPECT_FALSE(product_of(production.rules, card()));
}

}  // namespace
}  // namespace core
