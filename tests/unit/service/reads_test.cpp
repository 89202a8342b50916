#include "daemon/service/limits.hpp"
#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

class reads : public Station {
 protected:
  std::vector<std::string> ids(const json::object& message, std::string_view list) {
    std::vector<std::string> result;
    for (const auto& element : message.at("parameters").at(list).as_array())
      result.emplace_back(element.at("id").get_string());
    return result;
  }
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(reads, list_the_products_and_name_the_default_one) {
  const auto reply = call("ListProducts");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"products": [{"name": "staff", "title": "Staff card",
      "pinLength": 6, "pukLength": 8, "encode": true, "certificates": ["authentication"], "confirm": "operator",
      "operatorMayChange": ["pinLength"], "isDefault": true, "poolDays": 365,
      "validityDays": 14}], "productionTypes": []})"));
}

TEST_F(reads, show_a_card_with_its_attempts_and_certificates) {
  auto failed = card(1, core::CardState::failed, 4);
  failed.fields = {{"name", "Ada"}};
  failed.options.pin_length = 8;
  failed.created = api::WallTime{std::chrono::milliseconds{1'000}};
  failed.reason = api::Reason::chipMute;
  failed.text = "no answer";
  core::Attempt attempt;
  attempt.id.fill(0x11);
  attempt.card = {1};
  attempt.batch = {4};
  attempt.phase = core::Phase::spoiled;
  attempt.reached = core::Phase::identified;
  attempt.reason = api::Reason::chipMute;
  attempt.ended = api::WallTime{std::chrono::milliseconds{2'500}};
  attempt.printer_serial = "P1";
  core::Certificate issued, reserved;
  issued.serial = {0x01, 0xab};
  reserved.serial = {0x02};
  issued.attempt = reserved.attempt = attempt.id;
  issued.state = core::CertificateState::issued;
  engine.commit({batch(4, core::BatchState::producing, {{1}}), failed, attempt, issued, reserved});

  const auto reply = call("GetCard", R"({"card": "C1"})");
  EXPECT_EQ(reply.at("parameters"),
            json::parse(R"({"card": {"id": "C1", "number": "T0000001", "product": "staff",
      "state": "failed", "batch": "B4", "created": "1970-01-01T00:00:01.000Z", "fields": {"name": "Ada"},
      "options": {"pinLength": 8}, "reason": "chipMute", "text": "no answer",
      "encodingDue": false, "attempts": [{"id": "11111111-1111-1111-1111-111111111111", "kind": "produce", "phase": "spoiled",
        "reached": "identified", "reason": "chipMute", "started": "1970-01-01T00:00:00.000Z",
        "ended": "1970-01-01T00:00:02.500Z", "printer": "P1", "certificates": ["01ab"]}]}})"));
}

TEST_F(reads, say_which_card_or_batch_does_not_exist) {
  EXPECT_EQ(call("GetCard", R"({"card": "C7"})").at("parameters"), json::parse(R"({"card": "C7"})"));
  EXPECT_EQ(call("GetBatch", R"({"batch": "B7"})").at("error"), "org.cardwright.Production.BatchNotFound");
  EXPECT_EQ(call("ListCards", R"({"batch": "B7"})").at("error"), "org.cardwright.Production.BatchNotFound");
}

TEST_F(reads, list_cards_by_state_batch_place_and_number) {
  engine.commit({batch(1, core::BatchState::producing, {{2}, {3}}), card(1, core::CardState::requested),
                 card(2, core::CardState::failed, 1), card(3, core::CardState::inProduction, 1),
                 card(4, core::CardState::requested)});
  EXPECT_THAT(ids(call("ListCards"), "cards"), ElementsAre("C1", "C2", "C3", "C4"));
  EXPECT_THAT(ids(call("ListCards", R"({"state": "requested"})"), "cards"), ElementsAre("C1", "C4"));
  EXPECT_THAT(ids(call("ListCards", R"({"batch": "B1"})"), "cards"), ElementsAre("C2", "C3"));
  EXPECT_THAT(ids(call("ListCards", R"({"batch": "B1", "state": "failed"})"), "cards"), ElementsAre("C2"));
  EXPECT_THAT(ids(call("ListCards", R"({"after": "C2"})"), "cards"), ElementsAre("C3", "C4"));
  EXPECT_THAT(ids(call("ListCards", R"({"after": "C1", "limit": 2})"), "cards"), ElementsAre("C2", "C3"));
  EXPECT_EQ(call("ListCards", R"({"limit": 0})").at("parameters"), json::parse(R"({"parameter": "limit"})"));
  EXPECT_EQ(call("ListCards", R"({"after": "B2"})").at("parameters"),
            json::parse(R"({"parameter": "after"})"));
  EXPECT_EQ(call("ListCards", R"({"state": "lost"})").at("parameters"),
            json::parse(R"({"parameter": "state"})"));
}

TEST_F(reads, list_cards_page_after_page) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 450; ++id) rows.emplace_back(card(id, core::CardState::requested));
  engine.commit(std::move(rows));
  send("ListCards", R"({"limit": 430})");
  std::vector<std::size_t> sizes;
  std::string last;
  while (const auto page = client.next()) {
    sizes.push_back(ids(*page, "cards").size());
    last = ids(*page, "cards").back();
    EXPECT_EQ(page->contains("continues"), sizes.size() < 3);
  }
  EXPECT_THAT(sizes, ElementsAre(200, 200, 30));
  EXPECT_EQ(last, "C430");
}

TEST_F(reads, go_on_after_the_client_of_a_list_has_gone) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 450; ++id) {
    auto one = card(id, core::CardState::requested);
    one.note = std::string(4000, 'n');  // more than a socket takes at once
    rows.emplace_back(one);
  }
  engine.commit(std::move(rows));
  send("ListCards", "{}");
  client.close();
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(reads, never_put_more_into_a_reply_than_it_takes) {
  std::vector<core::Row> rows;
  std::vector<core::CardId> cards;
  for (std::int64_t id = 1; id <= 300; ++id) {
    auto one = card(id, core::CardState::requested, 1);
    one.note = std::string(4000, 'n');
    rows.emplace_back(one);
    cards.push_back({id});
  }
  rows.emplace_back(batch(1, core::BatchState::producing, cards));
  engine.commit(std::move(rows));

  const auto first = ids(call("ListCards"), "cards");
  EXPECT_LT(first.size(), 300U);
  EXPECT_GT(first.size(), 200U);
  const auto rest = ids(call("ListCards", R"({"after": ")" + first.back() + "\"}"), "cards");
  EXPECT_EQ(first.size() + rest.size(), 300U);

  const auto reply = call("GetBatch", R"({"batch": "B1"})");
  const auto& shown = reply.at("parameters").at("batch").as_object();
  EXPECT_FALSE(shown.contains("cards"));
  EXPECT_EQ(shown.at("counts"), json::parse(R"({"requested": 300})"));
}

TEST_F(reads, count_what_a_text_takes_once_it_is_written) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 1000; ++id) {
    auto one = card(id, core::CardState::requested);
    one.note = std::string(note_length_max, '\x01');
    rows.emplace_back(one);
  }
  engine.commit(std::move(rows));
  const auto reply = call("ListCards");
  EXPECT_LT(json::serialize(reply).size(), reply_text_max);
  EXPECT_GT(ids(reply, "cards").size(), 200U);
}

TEST_F(reads, show_a_batch_with_its_cards_in_their_order_and_counted) {
  auto paused = batch(1, core::BatchState::paused, {{3}, {1}, {2}});
  paused.reason = api::Reason::hopperEmpty;
  engine.commit({paused, card(1, core::CardState::failed, 1), card(2, core::CardState::inProduction, 1),
                 card(3, core::CardState::inProduction, 1)});
  const auto reply = call("GetBatch", R"({"batch": "B1"})");
  const auto& shown = reply.at("parameters").at("batch");
  EXPECT_EQ(shown.at("state"), "paused");
  EXPECT_EQ(shown.at("origin"), "request");
  EXPECT_EQ(shown.at("reason"), "hopperEmpty");
  EXPECT_EQ(shown.at("counts"), json::parse(R"({"failed": 1, "inProduction": 2})"));
  std::vector<std::string> order;
  for (const auto& one : shown.at("cards").as_array()) order.emplace_back(one.at("id").get_string());
  EXPECT_THAT(order, ElementsAre("C3", "C1", "C2"));
}

TEST_F(reads, say_what_became_of_the_blanks_of_a_batch_but_not_in_a_list) {
  const auto body = [](std::uint8_t id, std::int64_t of, core::Phase phase) {
    core::Attempt attempt;
    attempt.id.back() = id;
    attempt.card = {of};
    attempt.batch = core::BatchId{1};
    attempt.phase = phase;
    attempt.bodies = 1;
    return attempt;
  };
  engine.commit({batch(1, core::BatchState::producing, {{1}, {2}}), card(1, core::CardState::inProduction, 1),
                 card(2, core::CardState::failed, 1), body(1, 1, core::Phase::condemned),
                 body(2, 1, core::Phase::fed), body(3, 2, core::Phase::spoiled)});
  EXPECT_EQ(
      call("GetBatch", R"({"batch": "B1"})").at("parameters").at("batch").at("bodies"),
      json::parse(R"({"fed": 3, "good": 0, "rejected": 1, "condemned": 1, "inDoubt": 0, "inMachine": 1})"));
  const auto list = call("ListBatches");
  EXPECT_FALSE(list.at("parameters").at("batches").at(0).as_object().contains("bodies"));
}

TEST_F(reads, list_the_newest_batches_first) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 120; ++id) rows.emplace_back(batch(id, core::BatchState::completed, {}));
  engine.commit(std::move(rows));
  EXPECT_EQ(ids(call("ListBatches"), "batches").size(), list_batches_default);
  EXPECT_EQ(ids(call("ListBatches", R"({"limit": 1000})"), "batches").size(), list_batches_max);
  EXPECT_THAT(ids(call("ListBatches", R"({"limit": 2})"), "batches"), ElementsAre("B120", "B119"));
  EXPECT_THAT(ids(call("ListBatches", R"({"after": "B2"})"), "batches"), ElementsAre("B1"));
  EXPECT_THAT(ids(call("ListBatches", R"({"after": "B1"})"), "batches"), IsEmpty());
}

TEST_F(reads, show_the_station_as_last_seen) {
  core::LineView line;
  line.name = "line";
  line.state = "waiting";
  line.reason = api::Reason::hopperEmpty;
  line.card = core::CardId{1};
  auto& status = line.status.emplace();
  status.printer = {
      api::PrinterState::needsOperator, {api::Reason::hopperEmpty}, {}, api::CardPosition::none, false};
  status.identity = {"Model", "S1"};
  status.counters = {4, 3, 2, 1};
  status.supplies.hopper_cards = 0;
  status.encoder = "Reader 0";
  status.slot = api::Slot::empty;
  engine.view = {"front desk",
                 api::WallTime{},
                 {line, {"other", "idle", {}, {}, {}, {}, {}, {}, {}}},
                 {"1 letter in doubt"}};
  engine.commit({batch(1, core::BatchState::producing, {{1}, {2}}), card(1, core::CardState::inProduction, 1),
                 card(2, core::CardState::inProduction, 1)});

  const auto reply = client.call("org.cardwright.Maintenance.GetStation", {});
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"name": "front desk", "version": "1.2.3",
      "started": "1970-01-01T00:00:00.000Z", "waiting": 1, "doubts": 0, "attention": ["1 letter in doubt"], "lines": [
      {"name": "line", "state": "waiting", "reason": "hopperEmpty", "printerModel": "Model", "printerSerial": "S1",
       "printerState": "needsOperator", "conditions": ["hopperEmpty"], "cardPosition": "none",
       "counters": {"fed": 4, "printed": 3, "ejected": 2, "rejected": 1}, "hopperCards": 0, "encoder": "Reader 0",
       "encoderSlot": "empty", "card": "C1"},
      {"name": "other", "state": "idle", "printerState": "offline", "conditions": [], "cardPosition": "unknown",
       "encoder": "", "encoderSlot": "absent"}]})"));
}

}  // namespace
}  // namespace service::test
