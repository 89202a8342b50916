#include <gmock/gmock.h>

#include "daemon/runtime/desk.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/authority/workshop.hpp"
#include "tests/unit/bureau/pems.hpp"

// The desk writes the job file of an order.
namespace runtime {
namespace {

using bureau::test::noon;
using testing::HasSubstr;

struct Noon final : api::Clock {
  api::WallTime wall() const override { return noon; }
  api::Deadline steady() const override { return {}; }
};

struct dispatch : testing::Test {
  dispatch() {
    std::filesystem::create_directory(folder / "outbox");
    bureau::test::write_pair(folder, "bureau", bureau::test::ec_key());
    bureau::test::write_pair(folder, "station", bureau::test::ec_key());
    outbox.emplace(bureau::test::settings_in(folder));
    job.step = core::Step::dispatch;
    job.order.id = core::OrderId(5);
    job.order.created = noon;
    job.order.product = "temporary";
    job.order.production_type = "byBureau";
    job.order.priority = 3;
    for (const auto id : {17, 18, 19}) {
      core::Card card;
      card.id = core::CardId(id);
      card.number = "T" + std::to_string(id);
      card.order = job.order.id;
      card.state = core::CardState::ordered;
      card.note = "of nobody else";
      job.cards.push_back(card);
    }
    job.cards[0].fields["name"] = "A";
  }
  api::Result<core::Brought> perform(const bureau::Outbox* to) {
    Desk desk({}, shelf, workshop.authority, clock, {{}, {}, to});
    return desk.perform(job);
  }
  std::string read() const { return bureau::test::opened(folder, "outbox/O5.p7m"); }
  bool is_there() const { return std::filesystem::exists(folder / "outbox/O5.p7m"); }

  fakes::TemporaryFolder folder;
  std::optional<bureau::Outbox> outbox;
  authority::test::Workshop workshop;
  FaceShelf shelf;
  Noon clock;
  Job job;
};

TEST_F(dispatch, writes_what_the_order_asks_for) {
  ASSERT_TRUE(perform(&*outbox));
  EXPECT_EQ(read(), R"({"format":"cardwright-job-1","order":"O5","created":"2026-03-01T12:00:00Z",)"
                    R"("product":"temporary","productionType":"byBureau","priority":3,"cards":[)"
                    R"({"card":"C17","number":"T17","fields":{"name":"A"}},)"
                    R"({"card":"C18","number":"T18","fields":{}},{"card":"C19","number":"T19","fields":{}}]})"
                    "\n");
}

TEST_F(dispatch, leaves_out_cards_that_are_not_ordered_with_it_any_more) {
  job.cards[0].state = core::CardState::aborted;
  job.cards[1].order = core::OrderId(6);
  ASSERT_TRUE(perform(&*outbox));
  EXPECT_THAT(read(), HasSubstr(R"("cards":[{"card":"C19",)"));
}

TEST_F(dispatch, writes_nothing_when_no_card_is_wanted_any_more) {
  for (auto& card : job.cards) card.state = core::CardState::aborted;
  ASSERT_TRUE(perform(&*outbox));
  EXPECT_FALSE(is_there());
}

TEST_F(dispatch, fails_surely_without_its_folder) {
  std::filesystem::remove(folder / "outbox");
  const auto failed = perform(&*outbox);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, api::Reason::fileNotWritten);
  EXPECT_THAT(failed.error().detail, HasSubstr((folder / "outbox").string()));
}

TEST_F(dispatch, fails_surely_without_a_bureau) {
  const auto failed = perform(nullptr);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, api::Reason::fileNotWritten);
  EXPECT_EQ(failed.error().detail, "O5 is for a bureau, and the configuration has no [bureau]");
}

}  // namespace
}  // namespace runtime
