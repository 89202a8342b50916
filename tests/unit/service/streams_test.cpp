#include <boost/asio/post.hpp>
#include <random>

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

// Clients that come, read a while or do not, go, and come again behind the last change that they saw.
class Wanderer {
 public:
  Wanderer(boost::asio::io_context& io, ipc::Server& server, std::int64_t seen)
      : io_(io), server_(server), seen_(seen) {}

  void step(std::mt19937& random) {
    const auto what = random() % 8;
    if (!connection_) {
      connection_ = std::make_unique<Connection>(io_, server_);
      connection_->send(std::string(production) + "Watch", json::object{{"after", seen_}}, true);
    } else if (what == 0) {
      connection_.reset();
    } else if (what < 5) {
      read(1 + random() % 100);
    }
  }
  void read(std::size_t messages) {
    while (messages-- > 0) {
      const auto message = connection_->next();
      if (!message) return;
      const auto& change = message->at("parameters").at("change");
      EXPECT_EQ(change.at("sequence").as_int64(), seen_ + 1);
      EXPECT_EQ(change.at("state"), json::value(std::to_string(seen_ + 1)));
      ++seen_;
    }
  }
  void catch_up(std::mt19937& random) {
    while (!connection_) step(random);
    read(std::numeric_limits<std::size_t>::max());
  }
  std::int64_t seen() const { return seen_; }

 private:
  boost::asio::io_context& io_;
  ipc::Server& server_;
  std::unique_ptr<Connection> connection_;
  std::int64_t seen_;
};

TEST_F(streams, of_watch_resume_from_any_number_however_often_clients_go) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto before = store.newest_change();
    std::int64_t made = before;
    std::vector<std::unique_ptr<Wanderer>> wanderers;
    for (int i = 0; i < 6; ++i) wanderers.push_back(std::make_unique<Wanderer>(io, server, before));
    for (int round = 0; round < 40; ++round) {
      std::vector<core::Row> rows;
      for (auto count = random() % 30; count > 0; --count)
        rows.emplace_back(change("line", 0, std::to_string(++made)));
      engine.commit(std::move(rows));
      for (auto& wanderer : wanderers) wanderer->step(random);
    }
    for (auto& wanderer : wanderers) {
      wanderer->catch_up(random);
      EXPECT_EQ(wanderer->seen(), made);
    }
  }
  EXPECT_EQ(engine.listeners(), 0U) << "nobody is left";
}

TEST_F(streams, of_watch_go_on_for_a_client_that_did_not_read_for_long) {
  Connection slow{io, server};
  slow.send(std::string(production) + "Watch", object(R"({"after": 0})"), true);
  send("Watch", R"({"after": 0})");
  std::size_t count = 0;
  for (int turn = 0; turn < 40; ++turn) {  // more than a socket takes, and than is kept in memory
    std::vector<core::Row> rows;
    for (int i = 0; i < 100; ++i) {
      auto long_change = change("line", 0, "x");
      long_change.text = std::string(400, 'x');
      rows.emplace_back(std::move(long_change));
    }
    engine.commit(std::move(rows));
    count += shown(client).size();
  }
  EXPECT_EQ(count, 4000U);
  const auto all = shown(slow);
  ASSERT_EQ(all.size(), 4000U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], std::to_string(i + 1) + " x");
}

TEST_F(streams, of_watch_say_so_when_what_comes_next_is_not_kept_any_more) {
  std::vector<core::Row> rows;
  for (int i = 0; i < 2000; ++i) {
    auto old = change("line", 0, "x");
    old.text = std::string(1000, 'x');
    rows.emplace_back(std::move(old));
  }
  engine.commit(std::move(rows));
  Connection slow{io, server};
  slow.send(std::string(production) + "Watch", object(R"({"after": 0})"), true);
  call("ListProducts");  // lets the server send as much as the socket takes
  store.begin();
  store.prune(api::WallTime(std::chrono::days(100)), {.changes = 1, .rows_per_turn_max = 1990});
  store.commit();
  std::int64_t last = 0;
  json::object end;
  while (auto message = slow.next()) {
    if (message->contains("error")) {
      end = *message;
      break;
    }
    EXPECT_EQ(message->at("parameters").at("sequence"), ++last);
  }
  EXPECT_GT(last, 0);
  EXPECT_LT(last, 1990);
  EXPECT_EQ(end.at("error"), "org.cardwright.Production.SequenceGone");
  EXPECT_EQ(end.at("parameters"), json::parse(R"({"oldest": 1991})"));
  EXPECT_EQ(call("Watch", R"({"after": 1989})", true).at("parameters"), json::parse(R"({"oldest": 1991})"));
  send("Watch", R"({"after": 1990})");
  EXPECT_EQ(shown(client).size(), 10U) << "the oldest that is kept is the first one after this number";
}

TEST_F(streams, of_watch_begin_with_no_more_than_a_reply_takes) {
  std::vector<core::Row> rows;
  for (std::int64_t id = 1; id <= 120; ++id) {
    const bool large = id == 2;
    std::vector<core::CardId> cards;
    for (std::int64_t i = 0; i < (large ? 201 : 1); ++i) {
      cards.push_back({1000 * id + i});
      rows.emplace_back(card(1000 * id + i, core::CardState::inProduction, id));
    }
    rows.emplace_back(batch(id, core::BatchState::producing, cards));
  }
  engine.commit(std::move(rows));
  send("Watch", "{}");
  shown(client);
  const auto& batches = last_.at("batches").as_array();
  EXPECT_EQ(batches.size(), 100U);
  EXPECT_EQ(last_.at("moreBatches"), true);
  EXPECT_TRUE(batches[0].as_object().contains("cards"));
  EXPECT_FALSE(batches[1].as_object().contains("cards"));
  EXPECT_EQ(batches[1].at("counts"), json::parse(R"({"inProduction": 201})"));
}

TEST_F(streams, of_watch_begin_with_the_lines_as_they_are_although_nothing_was_committed) {
  core::LineView line;
  line.name = "line";
  line.state = "idle";
  engine.view.lines = {line};
  send("Watch", "{}");
  shown(client);
  EXPECT_EQ(last_.at("lines").at(0).at("state"), "idle");
  engine.view.lines.front().state = "stopped";
  Connection other{io, server};
  other.send(std::string(production) + "Watch", {}, true);
  shown(other);
  EXPECT_EQ(last_.at("lines").at(0).at("state"), "stopped");
}

// What the station does meanwhile is in the queue of the same loop.
TEST_F(streams, of_a_thousand_clients_do_not_hold_up_what_else_is_to_do) {
  std::vector<std::unique_ptr<Connection>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<Connection>(io, server));
    clients.back()->send(std::string(production) + "Watch", {}, true);
  }
  for (auto& one : clients) ASSERT_TRUE(one->next());
  EXPECT_EQ(engine.listeners(), 1U) << "a change is read once for all of them";
  engine.commit({change("line", 0, "x")});
  bool done = false;
  boost::asio::post(io, [&] { done = true; });
  io.restart();
  int before = 0;
  while (!done && io.poll_one() != 0) ++before;
  EXPECT_LE(before, 10);
  for (auto& one : clients) {
    ASSERT_TRUE(one->next());
    EXPECT_FALSE(one->next());
  }
}

TEST_F(streams, do_not_outlive_the_service) {
  send("Watch", "{}");
  EXPECT_THAT(shown(client), ElementsAre("first"));
}

}  // namespace
}  // namespace service::test
