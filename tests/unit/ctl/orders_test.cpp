#include <fstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/ctl/fake_station.hpp"

namespace ctl::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto one_order = R"({"id": "O5", "state": "processing", "productionType": "standard",
    "product": "temporary", "producer": "station", "priority": 10, "held": true, "note": "reception",
    "created": "2026-11-20T13:05:09.007Z", "due": "2026-11-20T13:35:09.007Z", "cards": ["C1", "C2"],
    "counts": {"processing": 2}})";

class orders : public Ctl {
 protected:
  std::string file(const std::string& content) {
    const std::string path = folder_ / "table.csv";
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  fakes::TemporaryFolder folder_;
};

TEST_F(orders, are_given_with_everything_that_was_said) {
  answer("OrderCards", {R"({"order": "O5", "cards": ["C1", "C2"]})"});
  const auto [exit, out, err] =
      run({"order", "-n", "2", "-t", "standard", "--queue", "--holder", "ada", "--priority", "0", "--note",
           "x", "--field", "a=b", "--pin-length", "8", "--idempotency-key", "k"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(out, "O5: C1 C2\n");
  EXPECT_EQ(asked("OrderCards"), json::parse(R"({"idempotencyKey": "k", "amount": 2, "note": "x",
      "options": {"pinLength": 8}, "fields": {"a": "b"}, "productionType": "standard", "holder": "ada",
      "queue": true, "priority": 0})"));
}

TEST_F(orders, leave_out_what_was_not_said) {
  answer("OrderCards", {R"({"order": "O5", "cards": ["C1"]})"});
  run({"order", "-n", "1"});
  EXPECT_EQ(asked("OrderCards"), json::parse(R"({"amount": 1})"));
  answer("OrderCards", {R"({"order": "O5", "cards": ["C1"]})"});
  run({"order", "-n", "1", "--no-queue"});
  EXPECT_EQ(asked("OrderCards"), json::parse(R"({"amount": 1, "queue": false})"));
}

TEST_F(orders, are_listed_as_a_table) {
  answer("ListOrders", {std::string(R"({"orders": [)") + one_order + "]}"});
  const auto out = run({"orders", "--state", "processing", "--held", "--after", "O9"}).out;
  EXPECT_EQ(out,
            "ORDER  STATE       HELD  TYPE      PRIORITY  BATCH  CARDS\n"
            "O5     processing  held  standard  10               2 processing\n");
  EXPECT_EQ(asked("ListOrders"), json::parse(R"({"state": "processing", "held": true, "after": "O9"})"));
  answer("ListOrders", {R"({"orders": []})"});
  run({"orders", "--not-held"});
  EXPECT_EQ(asked("ListOrders"), json::parse(R"({"held": false})"));
}

TEST_F(orders, are_asked_for_until_there_are_so_many_or_none_is_left) {
  const auto page = std::string(R"({"orders": [)") + one_order + "]}";
  for (int i = 0; i < 2; ++i) answer("ListOrders", {page});
  run({"orders", "--limit", "2"});
  ASSERT_EQ(station.calls.size(), 2U);
  EXPECT_EQ(station.calls[0].parameters, json::parse(R"({"limit": 2})"));
  EXPECT_EQ(station.calls[1].parameters, json::parse(R"({"limit": 1, "after": "O5"})"));
  answer("ListOrders", {page});
  answer("ListOrders", {R"({"orders": []})"});
  run({"orders", "--limit", "200"});
  EXPECT_EQ(station.calls.size(), 4U);
}

TEST_F(orders, are_shown_with_their_cards_and_the_way_out_of_being_held) {
  answer("GetOrder", {std::string(R"({"order": )") + one_order + "}"});
  const auto out = run({"orders", "O5"}).out;
  EXPECT_THAT(out, HasSubstr("held          let it be made: `cardwrightctl unhold O5`\n"));
  EXPECT_THAT(out, HasSubstr("cards         C1 C2\n"));
  EXPECT_THAT(out, HasSubstr("note          reception\n"));
}

TEST_F(orders, say_what_comes_next) {
  const auto shown = [&](std::string_view members) {
    auto order = json::parse(one_order).as_object();
    order["held"] = false;
    const auto said = json::parse(members);
    for (const auto& [name, value] : said.as_object()) order[name] = value;
    answer("GetOrder", {json::serialize(json::object{{"order", order}})});
    return run({"orders", "O5"}).out;
  };
  EXPECT_THAT(shown(R"({"state": "processing", "held": false})"), HasSubstr("`cardwrightctl hold O5`"));
  EXPECT_THAT(shown(R"({"state": "inProduction", "batch": "B3"})"), HasSubstr("`cardwrightctl batch B3`"));
  EXPECT_THAT(shown(R"({"state": "inProduction", "batch": "B3", "counts": {"awaitingConfirmation": 2}})"),
              HasSubstr("`cardwrightctl complete B3`"));
  EXPECT_THAT(
      shown(
          R"({"state": "inProduction", "batch": "B3", "counts": {"awaitingConfirmation": 1, "failed": 1}})"),
      HasSubstr("`cardwrightctl batch B3`"));
  EXPECT_THAT(shown(R"({"state": "ordered", "sent": "2026-11-20T13:05:09.007Z"})"),
              HasSubstr("`cardwrightctl manifest O5 FILE`"));
  EXPECT_THAT(shown(R"({"state": "completed", "batch": "B3"})"), Not(HasSubstr("cardwrightctl")));
}

TEST_F(orders, are_held_and_released) {
  answer("HoldOrder", {R"({"order": "O5"})"});
  EXPECT_EQ(run({"hold", "O5"}).out, "O5 is held; let it be made: `cardwrightctl unhold O5`\n");
  answer("ReleaseOrder", {R"({"order": "O5"})"});
  EXPECT_EQ(run({"unhold", "O5", "--idempotency-key", "k"}).out,
            "O5 is made in its turn; see when: `cardwrightctl orders O5`\n");
  EXPECT_EQ(asked("ReleaseOrder"), json::parse(R"({"order": "O5", "idempotencyKey": "k"})"));
}

TEST_F(orders, and_cards_are_aborted_together) {
  answer("AbortCards", {R"({"cards": ["C1", "C7", "C8"]})"});
  EXPECT_EQ(run({"abort", "C1", "O5", "--idempotency-key", "k"}).out, "aborted: C1 C7 C8\n");
  EXPECT_EQ(asked("AbortCards"), json::parse(R"({"idempotencyKey": "k", "cards": ["C1"], "order": "O5"})"));
}

TEST_F(orders, are_aborted_one_call_and_one_key_each) {
  for (int i = 0; i < 2; ++i) answer("AbortCards", {R"({"cards": ["C7"]})"});
  EXPECT_EQ(run({"abort", "O5", "C1", "O6", "--idempotency-key", "k"}).exit, Exit::done);
  ASSERT_EQ(station.calls.size(), 2U);
  EXPECT_EQ(station.calls[0].parameters,
            json::parse(R"({"idempotencyKey": "k/O5", "cards": ["C1"], "order": "O5"})"));
  EXPECT_EQ(station.calls[1].parameters, json::parse(R"({"idempotencyKey": "k/O6", "order": "O6"})"));
}

TEST_F(orders, stay_where_the_first_one_cannot_be_aborted) {
  refuse("AbortCards", "org.cardwright.Production.WrongState",
         R"({"id": "O5", "state": "inProduction", "verb": "abort"})");
  const auto [exit, out, err] = run({"abort", "O5", "O6"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err, HasSubstr("O5 is inProduction: it cannot be aborted"));
  EXPECT_EQ(station.calls.size(), 1U);
}

TEST_F(orders, of_a_bureau_are_repeated_as_new_orders) {
  answer("RepeatProduction", {R"({"order": "O7", "cards": ["C1"], "skipped": []})"});
  EXPECT_EQ(run({"repeat", "O5", "--failed", "--reason", "damaged"}).out, "O7: C1\n");
  EXPECT_EQ(asked("RepeatProduction"), json::parse(R"({"order": "O5", "reason": "damaged"})"));
}

TEST_F(orders, take_over_what_the_bureau_says) {
  answer("ImportManifest", {R"({"produced": ["C1"], "failed": ["C2"]})"});
  const auto [exit, out, err] = run({"manifest", "O5", file("order,card\nO5,C1\n")});
  EXPECT_EQ(exit, Exit::someCardsFailed);
  EXPECT_THAT(out, HasSubstr("produced: C1\nfailed: C2\n"));
  EXPECT_THAT(out, HasSubstr("`cardwrightctl repeat O5 --failed --reason damaged`"));
  EXPECT_EQ(asked("ImportManifest"), json::parse(R"({"order": "O5", "manifest": "order,card\nO5,C1\n"})"));
  answer("ImportManifest", {R"({"produced": ["C1"], "failed": []})"});
  EXPECT_EQ(run({"manifest", "O5", file("x")}).exit, Exit::done);
}

TEST_F(orders, tables_come_from_files_and_from_standard_input) {
  const auto table = std::string("product,name\r\ntemporary,\"Ada \"\"L\"\"\"\r\n");
  answer("ImportBatch", {R"({"cards": ["C1"]})"});
  EXPECT_EQ(run({"import", file(table)}).out, "C1\n");
  EXPECT_EQ(asked("ImportBatch").at("table").as_string(), table);
  input = table;
  answer("ImportBatch", {R"({"cards": ["C2"]})"});
  EXPECT_EQ(run({"import", "-"}).out, "C2\n");
  EXPECT_EQ(asked("ImportBatch").at("table").as_string(), table);
}

TEST_F(orders, every_wrong_line_of_a_table_is_named) {
  refuse(
      "ImportBatch", "org.cardwright.Production.ImportInvalid",
      R"({"lines": [{"line": 1, "text": "no header"}, {"line": 3, "column": "pinLength", "text": "no number"}]})");
  const auto [exit, out, err] = run({"import", file("x")});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err,
              HasSubstr("nothing of it was taken\n  line 1: no header\n  line 3, pinLength: no number\n"));
}

TEST_F(orders, files_that_are_not_there_or_too_large_are_not_sent) {
  auto [exit, out, err] = run({"import", "/nonexistent/table.csv"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(err, "cardwrightctl: /nonexistent/table.csv: No such file or directory\n");
  EXPECT_THAT(run({"import", "/"}).err, HasSubstr("cannot be read"));
  EXPECT_THAT(run({"import", file(std::string(2 << 20, 'x'))}).err, HasSubstr("larger than"));
  EXPECT_THAT(run({"import", file(std::string(1 << 20, '"'))}).err, HasSubstr("larger than"))
      << "each quotation mark is two characters in the message";
  EXPECT_TRUE(station.calls.empty());
}

class exported : public Ctl {
 protected:
  static constexpr auto page = R"({"cards": [
      {"id": "C1", "number": "T1", "product": "staff", "state": "failed", "batch": "B3", "created": "x",
       "encodingDue": false, "fields": {"name": "Ada"}, "options": {}, "holder": "ada", "attempts": [
        {"id": "11111111-1111-1111-1111-111111111111", "kind": "produce", "phase": "spoiled", "reached": "keyed",
         "reason": "chipMute", "text": "no \"answer\", none", "started": "2026-11-20T13:05:09.007Z",
         "ended": "2026-11-20T13:05:10.007Z", "printer": "SIM1", "chip": "0A0B", "checkCode": "MQB1Q3",
         "certificates": ["01ab", "02cd"]},
        {"id": "22222222-2222-2222-2222-222222222222", "kind": "produce", "phase": "claimed",
         "started": "2026-11-20T13:06:09.007Z", "certificates": []}]},
      {"id": "C2", "number": "T2", "product": "staff", "state": "requested", "batch": "B3", "created": "x",
       "encodingDue": false, "fields": {}, "options": {}, "attempts": []}]})";
};

TEST_F(exported, cards_have_a_row_for_each_attempt) {
  answer("ListCards", {page});
  EXPECT_EQ(run({"export", "B3"}).out,
            "card,number,product,state,batch,order,attempt,kind,phase,reached,started,ended,printer,chip,"
            "checkCode,certificates,reason,text,invalidation,purpose\r\n"
            "C1,T1,staff,failed,B3,,11111111-1111-1111-1111-111111111111,produce,spoiled,keyed,"
            "2026-11-20T13:05:09.007Z,2026-11-20T13:05:10.007Z,SIM1,0A0B,MQB1Q3,01ab 02cd,chipMute,"
            "\"no \"\"answer\"\", none\",,\r\n"
            "C1,T1,staff,failed,B3,,22222222-2222-2222-2222-222222222222,produce,claimed,,"
            "2026-11-20T13:06:09.007Z,,,,,,,,,\r\n"
            "C2,T2,staff,requested,B3,,,,,,,,,,,,,,,\r\n");
  EXPECT_EQ(asked("ListCards"), json::parse(R"({"attempts": true, "batch": "B3"})"));
}

TEST_F(exported, cards_are_one_document_as_json) {
  answer("ListCards", {page});
  const auto rows = json::parse(run({"export", "O5", "--format", "json"}).out).as_array();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("certificates"), json::parse(R"(["01ab", "02cd"])"));
  EXPECT_EQ(rows[2], json::parse(R"({"card": "C2", "number": "T2", "product": "staff", "state": "requested",
      "batch": "B3"})"));
  EXPECT_EQ(asked("ListCards"), json::parse(R"({"attempts": true, "order": "O5"})"));
}

TEST_F(exported, nothing_is_written_when_the_station_refuses) {
  refuse("ListCards", "org.cardwright.Production.BatchNotFound", R"({"batch": "B3"})");
  const auto [exit, out, err] = run({"export", "B3"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace ctl::test
