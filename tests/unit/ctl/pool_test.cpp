#include <fstream>

#include "tests/fakes/temporary_folder.hpp"
#include "tests/unit/ctl/fake_station.hpp"
#include "tools/ctl/parameters.hpp"

namespace ctl::test {
namespace {

using testing::HasSubstr;

std::string change(std::string_view subject, std::string_view state) {
  return R"({"card": "C1", "change": {"sequence": 1, "time": "2026-11-20T13:05:09.007Z", "subject": ")" +
         std::string(subject) + R"(", "card": "C1", "state": ")" + std::string(state) + R"("}})";
}

class pool : public Ctl {
 protected:
  fakes::TemporaryFolder folder;

  void answer_holder() {
    answer("GetHolder", {R"({"holder": {"id": "ada", "state": "active", "name": "Ada Lovelace",
        "email": "ada@example.org"}, "cards": ["C1"]})"});
  }
};

TEST_F(pool, initialisation_is_followed_step_by_step) {
  answer("InitializeCard", {change("attempt", "keyed"), change("card", "unassigned"),
                            R"({"card": "C1", "state": "unassigned", "attempt": "1"})"});
  const auto [exit, out, err] = run({"initialize", "C1"});
  EXPECT_EQ(exit, Exit::done);
  EXPECT_EQ(out, "C1 keyed\nC1 unassigned\nC1 unassigned\n");
  EXPECT_EQ(asked("InitializeCard"), json::parse(R"({"card": "C1"})"));
}

TEST_F(pool, initialisation_that_failed_ends_with_4_and_the_way_out) {
  answer("InitializeCard",
         {R"({"card": "C1", "state": "produced", "reason": "chipMute", "text": "no answer"})"});
  auto outcome = run({"initialize", "C1"});
  EXPECT_EQ(outcome.exit, Exit::someCardsFailed);
  EXPECT_EQ(outcome.out,
            "C1 produced: chipMute, no answer\n"
            "put the card into the encoder and try again: `cardwrightctl initialize C1`\n");
  answer("InitializeCard", {R"({"card": "C1", "state": "failed", "reason": "chipLost", "text": "gone"})"});
  outcome = run({"initialize", "C1"});
  EXPECT_EQ(outcome.exit, Exit::someCardsFailed);
  EXPECT_THAT(outcome.out, HasSubstr("`cardwrightctl card C1` names its batch or order"));
}

TEST_F(pool, progress_without_a_batch_is_one_line) {
  live = true;
  width = 80;
  height = 24;
  answer("AssignCard", {change("attempt", "keyed"), R"({"card": "C1", "state": "assigned"})"});
  EXPECT_EQ(run({"assign", "C1", "ada"}).out,
            "\x1b[2KC1  [                ] waits\n"
            "\x1b[1A\x1b[2KC1  [=======         ] keyed\n"
            "C1 assigned\n");
}

TEST_F(pool, cards_are_assigned_and_extended_for_days) {
  answer("AssignCard", {R"({"card": "C1", "state": "assigned", "validUntil": "2026-12-04T13:05:09.007Z"})"});
  EXPECT_EQ(run({"assign", "C1", "ada", "--days", "3", "--idempotency-key", "k"}).out,
            "C1 assigned until 2026-12-04T13:05:09.007Z\n");
  EXPECT_EQ(asked("AssignCard"),
            json::parse(R"({"idempotencyKey": "k", "card": "C1", "holder": "ada", "days": 3})"));
  answer("ExtendCard", {R"({"card": "C1", "state": "assigned", "validUntil": "2026-12-05T13:05:09.007Z"})"});
  EXPECT_EQ(run({"extend", "C1"}).exit, Exit::done);
  EXPECT_EQ(asked("ExtendCard"), json::parse(R"({"card": "C1"})"));
}

TEST_F(pool, cards_are_withdrawn_and_locked) {
  answer("WithdrawCard", {R"({"card": "C1"})"});
  EXPECT_EQ(run({"withdraw", "C1"}).out, "C1 is back in the pool\n");
  answer("LockCard", {R"({"card": "C1", "replacement": "C9"})"});
  EXPECT_EQ(run({"lock", "C1", "--reason", "lost", "--replace"}).out,
            "C1 is locked for good\nC9 is requested in its place: `cardwrightctl issue C9`\n");
  EXPECT_EQ(asked("LockCard"), json::parse(R"({"card": "C1", "reason": "lost", "replace": true})"));
  answer("LockCard", {R"({"card": "C1"})"});
  EXPECT_EQ(run({"lock", "C1"}).out, "C1 is locked for good\n");
  EXPECT_EQ(asked("LockCard"), json::parse(R"({"card": "C1"})"));
}

TEST_F(pool, holders_are_shown_with_their_cards) {
  answer_holder();
  EXPECT_EQ(run({"holder", "ada"}).out,
            "id            ada\n"
            "state         active\n"
            "name          Ada Lovelace\n"
            "email         ada@example.org\n"
            "cards         C1\n");
}

TEST_F(pool, holders_keep_what_was_not_said) {
  answer_holder();
  answer("PutHolder", {R"({"holder": "ada"})"});
  EXPECT_EQ(run({"holder", "ada", "--inactive", "--email", "", "--upn", "ada@corp"}).out,
            "ada is Ada Lovelace, inactive\n");
  EXPECT_EQ(asked("PutHolder"), json::parse(R"({"holder": {"id": "ada", "state": "inactive",
      "name": "Ada Lovelace", "upn": "ada@corp"}})"));
}

TEST_F(pool, new_holders_are_active_and_need_a_name) {
  refuse("GetHolder", "org.cardwright.Production.HolderNotFound", R"({"holder": "bob"})");
  const auto [exit, out, err] = run({"holder", "bob", "--inactive"});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_EQ(err, "cardwrightctl: a holder needs a name: `cardwrightctl holder bob --name NAME`\n");
  answer("PutHolder", {R"({"holder": "bob"})"});
  EXPECT_EQ(run({"holder", "bob", "--name", "Bob"}).exit, Exit::done);
  EXPECT_EQ(asked("PutHolder"),
            json::parse(R"({"holder": {"id": "bob", "state": "active", "name": "Bob"}})"));
}

TEST_F(pool, nothing_is_put_where_it_is_not_known_who_the_holder_is) {
  refuse("GetHolder", "org.varlink.service.PermissionDenied", "{}");
  EXPECT_EQ(run({"holder", "bob", "--name", "Bob"}).exit, Exit::refused);
  EXPECT_EQ(station.calls.size(), 1U);
}

TEST_F(pool, photos_are_stored_first_and_named_by_their_digest) {
  const std::string path = folder / "ada.jpg";
  std::ofstream(path, std::ios::binary) << std::string("\xff\xd8\xff\x00", 4);
  answer_holder();
  answer("StorePhoto", {R"({"photo": "abc123"})"});
  answer("PutHolder", {R"({"holder": "ada"})"});
  EXPECT_EQ(run({"--json", "holder", "ada", "--photo", path}).out, "{\"holder\":\"ada\"}\n");
  EXPECT_EQ(asked("StorePhoto"), json::parse(R"({"image": "/9j/AA=="})"));
  EXPECT_EQ(asked("PutHolder").at("holder").at("photo"), "abc123");
}

TEST_F(pool, photos_that_are_too_large_are_not_sent) {
  const std::string path = folder / "large.jpg";
  std::ofstream(path, std::ios::binary) << std::string((1 << 20) + 1, 'x');
  answer_holder();
  const auto [exit, out, err] = run({"holder", "ada", "--photo", path});
  EXPECT_EQ(exit, Exit::refused);
  EXPECT_THAT(err, HasSubstr("larger than the station takes: 1048576 bytes at most"));
  EXPECT_EQ(station.calls.size(), 1U);
}

// RFC 4648 section 10.
TEST(base64_of, the_test_vectors_is_right) {
  struct Row {
    std::string_view bytes, text;
  };
  for (const auto& [bytes, text] : {Row{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}})
    EXPECT_EQ(base64(bytes), text);
}

}  // namespace
}  // namespace ctl::test
