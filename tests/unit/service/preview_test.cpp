#include "daemon/service/limits.hpp"
#include "daemon/service/slots.hpp"
#include "tests/unit/service/station.hpp"

// PreviewCard, with a port that draws when the test says so.
namespace service {
namespace {

using testing::ElementsAre;

class Previews : public test::Station {
 protected:
  Previews() {
    engine.known_rules.products.at("staff").layout_front = "/front.svg";
    engine.commit({card(17, core::CardState::requested)});
  }

  static DrawnCard two_faces() {
    DrawnCard drawn{300, {}};
    for (const auto* face : {"front", "back"})
      for (const auto* plane : {"card", "color", "k"})
        drawn.pictures.push_back({face, plane, {'P', 'N', 'G'}});
    return drawn;
  }
  // What waits is drawn like this.
  void draw(api::Result<DrawnCard> drawn) {
    for (auto& [card, then] : std::exchange(to_draw, {})) then(drawn);
  }
  test::json::object preview(std::string_view parameters, api::Result<DrawnCard> drawn) {
    send("PreviewCard", parameters, false);
    EXPECT_FALSE(client.next()) << "it is drawn somewhere else";
    draw(std::move(drawn));
    return client.next().value();
  }
  static std::vector<std::string> names(const test::json::object& reply) {
    std::vector<std::string> names;
    for (const auto& picture : reply.at("parameters").at("pictures").as_array())
      names.push_back(std::string(picture.at("face").as_string()) + "-" +
                      std::string(picture.at("plane").as_string()));
    return names;
  }
  using Clients = std::vector<std::unique_ptr<test::Connection>>;
  void send_as_another(Clients& clients, bool more = false) {
    clients.push_back(std::make_unique<test::Connection>(io, server));
    clients.back()->send(std::string(test::production) + "PreviewCard", object(R"({"card":"C17"})"), more);
  }
  // They have asked, and read nothing yet.
  Clients as_many_as_may(bool more) {
    Clients clients;
    for (std::size_t i = 0; i < previews_per_user_max; ++i) send_as_another(clients, more);
    return clients;
  }
  void serve() {
    io.restart();
    io.poll();
  }
  void expect_too_many_of_user() {
    const auto refused = call("PreviewCard", R"({"card":"C17"})");
    EXPECT_EQ(refused.at("error").as_string(), "org.cardwright.Production.LimitExceeded");
    EXPECT_EQ(refused.at("parameters").as_object(), object(R"({"field":"previewsOfUser","maximum":4})"));
  }

  static core::Attempt attempt(core::Phase phase, std::string check_code,
                               core::AttemptKind kind = core::AttemptKind::produce) {
    core::Attempt attempt;
    attempt.id[0] = static_cast<std::uint8_t>(check_code.front());
    attempt.card = {17};
    attempt.kind = kind;
    attempt.phase = phase;
    attempt.check_code = std::move(check_code);
    return attempt;
  }
  // Of which attempt the card is drawn: its check code; empty: of none.
  std::string shown() {
    send("PreviewCard", R"({"card":"C17"})", false);
    EXPECT_FALSE(client.next());
    const auto code = to_draw.at(0).first.attempt.value_or(core::Attempt{}).check_code;
    draw(two_faces());
    EXPECT_TRUE(client.next());
    return code;
  }
};

TEST_F(Previews, are_of_both_faces_as_they_will_look) {
  const auto reply = preview(R"({"card":"C17"})", two_faces());
  EXPECT_THAT(names(reply), ElementsAre("front-card", "back-card"));
  const auto& picture = reply.at("parameters").at("pictures").at(0);
  EXPECT_EQ(picture.at("png").as_string(), "UE5H");
  EXPECT_EQ(picture.at("dpi").as_int64(), 300);
}

TEST_F(Previews, are_of_one_face_and_its_planes_where_that_is_asked_for) {
  EXPECT_THAT(names(preview(R"({"card":"C17","face":"back","planes":true})", two_faces())),
              ElementsAre("back-card", "back-color", "back-k"));
}

TEST_F(Previews, come_one_by_one_with_more) {
  send("PreviewCard", R"({"card":"C17"})");
  EXPECT_FALSE(client.next());
  draw(two_faces());
  const auto first = client.next().value(), last = client.next().value();
  EXPECT_THAT(names(first), ElementsAre("front-card"));
  EXPECT_TRUE(first.at("continues").as_bool());
  EXPECT_THAT(names(last), ElementsAre("back-card"));
  EXPECT_FALSE(last.contains("continues"));
}

TEST_F(Previews, have_the_options_of_the_card_its_fields_and_its_portrait) {
  auto asked = card(18, core::CardState::ordered);
  asked.options.pin_length = 8;
  asked.fields = {{"name", ""}, {"room", "3"}};
  asked.order = core::OrderId(5);
  core::Order order;
  order.id = {5};
  order.holder = "ada";
  engine.commit(
      {asked, order, core::Holder{"ada", {}, "Ada", {}, {}, "d1", {}}, core::Photo{"d1", {1, 2}, {}}});
  send("PreviewCard", R"({"card":"C18"})", false);
  EXPECT_FALSE(client.next());
  const auto& wanted = to_draw.at(0).first;
  EXPECT_EQ(wanted.product.pin_length, 8U);
  EXPECT_EQ(wanted.card.fields.at("room"), "3");
  EXPECT_EQ(wanted.portrait.name, "Ada") << "the card's own name is empty";
  EXPECT_EQ(wanted.portrait.photo, (api::Bytes{1, 2}));
  draw(two_faces());
}

TEST_F(Previews, say_the_cards_own_name_and_photo_before_those_of_its_orders_holder) {
  auto asked = card(18, core::CardState::ordered);
  asked.fields = {{"name", "Grace"}, {"photo", "d2"}};
  asked.order = core::OrderId(5);
  core::Order order;
  order.id = {5};
  order.holder = "ada";
  engine.commit({asked, order, core::Holder{"ada", {}, "Ada", {}, {}, "d1", {}}, core::Photo{"d1", {1}, {}},
                 core::Photo{"d2", {2}, {}}});
  const auto portrait = store::portrait_of(store, asked);
  EXPECT_EQ(portrait.name, "Grace");
  EXPECT_EQ(portrait.photo, api::Bytes{2});
}

TEST_F(Previews, show_what_an_attempt_printed_or_is_about_to_and_nothing_of_failed_ones) {
  EXPECT_EQ(shown(), "");
  engine.commit({attempt(core::Phase::spoiled, "A")});
  EXPECT_EQ(shown(), "");
  engine.commit({attempt(core::Phase::printIntent, "B")});
  EXPECT_EQ(shown(), "B");
  engine.commit({attempt(core::Phase::done, "B")});
  EXPECT_EQ(shown(), "B");
  engine.commit({attempt(core::Phase::done, "C", core::AttemptKind::reencode)});
  EXPECT_EQ(shown(), "B") << "encoding anew prints nothing";
  engine.commit({attempt(core::Phase::condemned, "D")});
  EXPECT_EQ(shown(), "");
}

TEST_F(Previews, say_why_a_card_cannot_be_drawn) {
  const auto reply =
      preview(R"({"card":"C17"})", api::fail(api::Reason::textDoesNotFit, "front: \"name\" is too long"));
  EXPECT_EQ(reply.at("error").as_string(), "org.cardwright.Production.CardNotDrawable");
  EXPECT_EQ(reply.at("parameters").as_object(),
            object(R"({"card":"C17","reason":"textDoesNotFit","text":"front: \"name\" is too long"})"));
}

TEST_F(Previews, of_a_product_that_prints_nothing_are_none) {
  engine.known_rules.products.at("staff").layout_front.clear();
  EXPECT_THAT(names(call("PreviewCard", R"({"card":"C17"})")), ElementsAre());
  EXPECT_THAT(to_draw, ElementsAre());
}

TEST_F(Previews, refuse_a_card_or_a_product_that_is_not_there) {
  EXPECT_EQ(call("PreviewCard", R"({"card":"C99"})").at("error").as_string(),
            "org.cardwright.Production.CardNotFound");
  engine.known_rules.products.clear();
  EXPECT_EQ(call("PreviewCard", R"({"card":"C17"})").at("error").as_string(),
            "org.cardwright.Production.ProductNotFound");
}

TEST_F(Previews, refuse_what_does_not_fit_into_a_reply) {
  auto large = two_faces();
  for (auto& picture : large.pictures) picture.png.resize(preview_bytes_max / 4 * 3 / 2 + 3);
  const auto all = preview(R"({"card":"C17"})", large);
  EXPECT_EQ(all.at("error").as_string(), "org.cardwright.Production.LimitExceeded");
  EXPECT_EQ(all.at("parameters").at("field").as_string(), "pictures");
  EXPECT_EQ(names(preview(R"({"card":"C17","face":"front"})", large)).size(), 1U);
  large.pictures.front().png.resize(preview_bytes_max / 4 * 3 + 1);
  send("PreviewCard", R"({"card":"C17"})");
  EXPECT_FALSE(client.next());
  draw(large);
  EXPECT_TRUE(client.next()->contains("error")) << "before anything of it is sent";
}

TEST_F(Previews, are_so_many_of_a_user_at_a_time_and_no_more) {
  auto clients = as_many_as_may(false);
  for (auto& one : clients) EXPECT_FALSE(one->next());
  expect_too_many_of_user();
  clients.clear();  // who goes away takes no picture, and its place is free when it was drawn
  expect_too_many_of_user();
  draw(two_faces());
  EXPECT_THAT(names(preview(R"({"card":"C17"})", two_faces())), ElementsAre("front-card", "back-card"));
}

TEST_F(Previews, that_wait_for_clients_who_do_not_read_have_their_places_still) {
  auto clients = as_many_as_may(true);
  serve();
  auto large = two_faces();  // more than the kernel takes for a client
  for (auto& picture : large.pictures) picture.png.resize(1024 * 1024);
  draw(large);
  serve();
  expect_too_many_of_user();
  EXPECT_TRUE(clients.front()->next());
  EXPECT_THAT(names(clients.front()->next().value()), ElementsAre("back-card")) << "it has read all";
  EXPECT_THAT(names(preview(R"({"card":"C17"})", two_faces())), ElementsAre("front-card", "back-card"));
  clients.at(1)->close();
  for (int i = 0; i < 2; ++i) send_as_another(clients);
  serve();
  expect_too_many_of_user();
  clients.clear();
  draw(two_faces());
  EXPECT_THAT(names(preview(R"({"card":"C17"})", two_faces())), ElementsAre("front-card", "back-card"));
}

TEST(previews_slots, leave_room_for_other_users_until_all_are_taken) {
  Slots slots;
  std::vector<Slot> taken;
  for (std::int64_t uid : {1, 2})
    for (std::size_t i = 0; i < previews_per_user_max; ++i) taken.push_back(slots.take(uid).value());
  EXPECT_EQ(slots.take(1).error().subject, "previewsOfUser");
  const auto full = slots.take(3);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().subject, "previews");
  EXPECT_EQ(full.error().maximum, 8);
  taken.pop_back();
  EXPECT_TRUE(slots.take(3));
}

}  // namespace
}  // namespace service
