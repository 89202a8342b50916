#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

using testing::ElementsAre;

class streams : public Station {
 protected:
  streams() { engine.commit({card(1, core::CardState::requested), card(2, core::CardState::requested)}); }
  // "B1 producing", or "first" and "last" for what is no change.
  std::vector<std::string> shown(Connection& from) {
    std::vector<std::string> result;
    while (const auto message = from.next()) {
      const auto& parameters = message->at("parameters").as_object();
      if (const auto* change = parameters.if_contains("change")) {
        result.push_back(std::to_string(change->at("sequence").as_int64()) + " " +
                         std::string(change->at("state").get_string()));
      } else {
        result.emplace_back(message->contains("continues") ? "first" : "last");
        last_ = parameters;
      }
    }
    return result;
  }
  void issue(std::int64_t id) {
    engine.answer = [=](const core::Command&) { return core::Done{core::BatchId{id}, {{1}}, {}}; };
  }

  json::object last_;
};

TEST_F(streams, of_a_batch_end_when_its_production_has_ended) {
  issue(1);
  engine.answer = [this](const core::Command&) {
    engine.commit({batch(1, core::BatchState::producing, {{1}}), change("batch", 1, "producing")});
    return core::Done{core::BatchId{1}, {{1}}, {{{2}, "why not"}}};
  };
  send("IssueCards", R"({"cards": ["C1", "C2"]})");
  EXPECT_THAT(shown(client), ElementsAre("first", "1 producing"));
  EXPECT_EQ(last_,
            object(R"({"batch": "B1", "cards": ["C1"], "skipped": [{"card": "C2", "why": "why not"}]})"));

  engine.commit({change("attempt", 1, "fed"), change("line", 0, "producing"), change("attempt", 2, "fed")});
  engine.commit({batch(1, core::BatchState::paused, {{1}}), change("batch", 1, "paused")});
  EXPECT_THAT(shown(client), ElementsAre("2 fed", "5 paused"));
  engine.commit({batch(1, core::BatchState::producing, {{1}}), change("batch", 1, "producing")});
  engine.commit(
      {batch(1, core::BatchState::awaitingConfirmation, {{1}}), change("batch", 1, "awaitingConfirmation")});
  EXPECT_THAT(shown(client), ElementsAre("6 producing", "7 awaitingConfirmation", "last"));
  EXPECT_EQ(last_,
            object(R"({"batch": "B1", "cards": ["C1"], "skipped": [], "state": "awaitingConfirmation"})"));
  EXPECT_EQ(engine.listeners(), 0U);
}

TEST_F(streams, of_a_batch_show_what_was_committed_before_the_answer_came) {
  issue(1);
  engine.commit({change("batch", 1, "before the call")});
  engine.hold = true;
  send("IssueCards", R"({"all": true})");
  EXPECT_FALSE(client.next());
  engine.commit({batch(1, core::BatchState::producing, {{1}}), change("batch", 1, "producing")});
  engine.release();
  EXPECT_THAT(shown(client), ElementsAre("first", "2 producing"));
}

TEST_F(streams, of_a_repeat_do_not_end_at_the_state_from_which_it_began) {
  engine.commit(
      {batch(1, core::BatchState::awaitingConfirmation, {{1}}), change("batch", 1, "awaitingConfirmation")});
  engine.answer = [this](const core::Command&) {
    engine.commit({batch(1, core::BatchState::producing, {{1}}), change("batch", 1, "producing")});
    return core::Done{core::BatchId{1}, {{1}}, {}};
  };
  send("RepeatProduction", R"({"batch": "B1", "reason": "misprinted"})");
  EXPECT_THAT(shown(client), ElementsAre("first", "2 producing"));
  engine.commit({batch(1, core::BatchState::completed, {{1}}), change("batch", 1, "completed")});
  EXPECT_THAT(shown(client), ElementsAre("3 completed", "last"));
}

TEST_F(streams, of_a_batch_that_has_ended_already_end_at_once) {
  issue(1);
  engine.commit({batch(1, core::BatchState::completed, {{1}}), change("batch", 1, "completed")});
  send("IssueCards", R"({"cards": ["C1"], "idempotencyKey": "again"})");
  EXPECT_THAT(shown(client), ElementsAre("first", "last"));
  EXPECT_EQ(last_.at("state"), "completed");
}

TEST_F(streams, are_not_opened_without_more_or_for_a_refusal) {
  issue(1);
  engine.commit({batch(1, core::BatchState::producing, {{1}})});
  const auto reply = call("IssueCards", R"({"cards": ["C1"]})");
  EXPECT_EQ(reply.at("parameters"), json::parse(R"({"batch": "B1", "cards": ["C1"], "skipped": []})"));
  engine.answer = [](const core::Command&) {
    return core::Refusal{core::Refused::noCards, {}, {}, "none", {}, 0};
  };
  EXPECT_EQ(call("IssueCards", "{}", true).at("error"), "org.cardwright.Production.NoCards");
  EXPECT_EQ(engine.listeners(), 0U);
}

TEST_F(streams, end_without_a_trace_when_the_client_goes) {
  issue(1);
  engine.commit({batch(1, core::BatchState::producing, {{1}})});
  send("IssueCards", R"({"cards": ["C1"]})");
  EXPECT_THAT(shown(client), ElementsAre("first"));
  EXPECT_EQ(engine.listeners(), 1U);
  client.close();
  EXPECT_EQ(engine.listeners(), 0U);
  EXPECT_EQ(engine.submitted.size(), 1U) << "nothing was cancelled";
  engine.commit({change("batch", 1, "paused")});
}

TEST_F(streams, of_watch_begin_with_how_things_stand) {
  engine.commit({batch(1, core::BatchState::producing, {{1}}), batch(2, core::BatchState::completed, {{2}}),
                 card(1, core::CardState::inProduction, 1), card(2, core::CardState::unassigned, 2),
                 change("batch", 1, "producing")});
  core::LineView line;
  line.name = "line";
  line.state = "waiting";
  line.reason = api::Reason::hopperEmpty;
  line.text = "load blanks";
  line.card = core::CardId{1};
  engine.view.lines = {line};
  send("Watch", "{}");
  EXPECT_THAT(shown(client), ElementsAre("first"));
  EXPECT_EQ(last_.at("sequence"), 1);
  EXPECT_EQ(last_.at("lines"), json::parse(R"([{"name": "line", "state": "waiting", "reason": "hopperEmpty",
      "text": "load blanks", "card": "C1"}])"));
  ASSERT_EQ(last_.at("batches").as_array().size(), 1U);
  EXPECT_EQ(last_.at("batches").at(0).at("cards").at(0).at("id"), "C1");
  engine.commit({change("card", 1, "failed"), change("line", 0, "waiting")});
  EXPECT_THAT(shown(client), ElementsAre("2 failed", "3 waiting"));
}

TEST_F(streams, of_watch_resume_without_a_gap_and_without_a_repeat) {
  engine.commit({change("line", 0, "a"), change("line", 0, "b"), change("line", 0, "c")});
  send("Watch", R"({"after": 1})");
  engine.commit({change("line", 0, "d")});
  EXPECT_THAT(shown(client), ElementsAre("2 b", "3 c", "4 d"));
  engine.commit({change("line", 0, "e")});
  EXPECT_THAT(shown(client), ElementsAre("5 e"));
}

TEST_F(streams, of_watch_resume_at_the_newest_change) {
  engine.commit({change("line", 0, "a")});
  send("Watch", R"({"after": 1})");
  EXPECT_THAT(shown(client), ElementsAre());
  engine.commit({change("line", 0, "b")});
  EXPECT_THAT(shown(client), ElementsAre("2 b"));
}

TEST_F(streams, of_watch_go_through_more_changes_than_one_page) {
  std::vector<core::Row> rows;
  for (int i = 0; i < 1000; ++i) rows.emplace_back(change("line", 0, "x"));
  engine.commit(std::move(rows));
  send("Watch", R"({"after": 0})");
  const auto all = shown(client);
  ASSERT_EQ(all.size(), 1000U);
  EXPECT_EQ(all.front(), "1 x");
  EXPECT_EQ(all.back(), "1000 x");
}

TEST_F(streams, of_watch_refuse_a_number_that_is_not_known) {
  engine.commit({change("line", 0, "a")});
  for (const auto* after : {"2", "-1", "9223372036854775807", "-9223372036854775808"}) {
    const auto reply = call("Watch", R"({"after": )" + std::string(after) + "}", true);
    EXPECT_EQ(reply.at("error"), "org.cardwright.Production.SequenceGone") << after;
    EXPECT_EQ(reply.at("parameters"), json::parse(R"({"oldest": 1})"));
  }
}

TEST_F(streams, of_watch_need_more) {
  EXPECT_EQ(call("Watch").at("error"), "org.varlink.service.ExpectedMore");
}

TEST_F(streams, go_to_every_client_at_its_own_pace) {
  Connection slow{io, server};
  slow.send(std::string(production) + "Watch", {}, true);
  send("Watch", "{}");
  EXPECT_THAT(shown(client), ElementsAre("first"));
  for (int i = 1; i <= 3; ++i) engine.commit({change("line", 0, "x")});
  EXPECT_THAT(shown(client), ElementsAre("1 x", "2 x", "3 x"));
  EXPECT_THAT(shown(slow), ElementsAre("first", "1 x", "2 x", "3 x"));
}

TEST_F(streams, do_not_outlive_the_service) {
  send("Watch", "{}");
  EXPECT_THAT(shown(client), ElementsAre("first"));
}

}  // namespace
}  // namespace service::test
