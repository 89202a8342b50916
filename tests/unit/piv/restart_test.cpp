// After a restart nothing is left of the session: what can be done with a chip that is there.
#include "tests/unit/piv/resume_support.hpp"

using namespace piv_test;
using api::Invalidation;
using api::Reason;

namespace {

constexpr std::size_t writing = 5, verifying = 9, all_commands = 21;

simulator::VirtualCard keyed(const Kind& kind) {
  simulator::VirtualCard card = blank(kind);
  EXPECT_TRUE(Session(card).personalise(personalisation(kind)));
  return card;
}

simulator::VirtualCard finished(const Kind& kind) {
  simulator::VirtualCard card = blank(kind);
  Session session(card);
  EXPECT_TRUE(session.personalise(personalisation(kind)));
  EXPECT_TRUE(session.write(personalisation(kind)));
  return card;
}

// The chip without the number of commands it has seen.
std::string without_count(const simulator::VirtualCard& card) {
  std::string text = card.to_json();
  const auto from = text.find(R"("commands":)");
  return text.erase(from, text.find(',', from) - from);
}

}  // namespace

TEST(reopen, lets_the_certificates_be_written_after_a_restart) {
  for (const Kind& kind : kinds) {
    const api::Personalisation what = personalisation(kind);
    simulator::VirtualCard card = keyed(kind);
    Session session(card);
    ASSERT_FALSE(session.write(what)) << "the security status cannot be open";
    const auto opened = session.reopen(what);
    ASSERT_TRUE(opened) << kind.name << opened.error().detail;
    EXPECT_EQ(session.management_tries(), 1u);
    EXPECT_EQ(session.wrong_tries(), 0u);
    ASSERT_TRUE(session.write(what)) << kind.name;
    EXPECT_TRUE(session.verify(what)) << kind.name;
  }
}

TEST(reopen, changes_nothing) {
  for (const Kind& kind : kinds) {
    simulator::VirtualCard card = keyed(kind);
    const std::string before = without_count(card);
    ASSERT_TRUE(Session(card).reopen(personalisation(kind)));
    EXPECT_EQ(without_count(card), before);
  }
}

TEST(reopen, can_be_interrupted_with_what_follows_at_any_apdu) {
  for (const Kind& kind : kinds)
    for (const Loss loss : losses)
      for (std::size_t at = 1; at <= 6 + writing + verifying; ++at) {
        const api::Personalisation what = personalisation(kind);
        simulator::VirtualCard card = keyed(kind);
        Session interrupted(card, {at, loss});
        if (interrupted.reopen(what) && interrupted.write(what)) (void)interrupted.verify(what);
        Session again(card);
        ASSERT_TRUE(again.reopen(what)) << kind.name << at;
        ASSERT_TRUE(again.write(what)) << kind.name << at;
        EXPECT_TRUE(again.verify(what)) << kind.name << at;
        EXPECT_TRUE(Contents(card).own_secrets_with_all_tries());
      }
}

TEST(reopen, refuses_any_other_chip_before_a_key_is_tried) {
  const auto refused = [](simulator::VirtualCard card, const api::Personalisation& what) {
    Session session(card);
    const auto opened = session.reopen(what);
    EXPECT_FALSE(opened);
    EXPECT_EQ(session.management_tries(), 0u);
    return opened ? Reason::jam : opened.error().reason;
  };
  api::Personalisation other = personalisation();
  other.guid[3] ^= 1;
  EXPECT_EQ(refused(keyed(kinds[0]), other), Reason::chipNotFresh);
  EXPECT_EQ(refused(blank(kinds[0]), personalisation()), Reason::verificationMismatch);
}

TEST(reopen, never_tries_the_factory_key_of_a_card_that_gets_its_own) {
  for (const Kind& kind : {kinds[0], kinds[2]}) {
    simulator::VirtualCard card = blank(kind);
    constexpr std::size_t before_the_key = 6;
    (void)Session(card, {before_the_key, Loss::answer}).personalise(personalisation(kind));
    Session session(card);
    const auto opened = session.reopen(personalisation(kind));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, Reason::managementKeyRefused);
    EXPECT_EQ(opened.error().certainty, api::Certainty::notDone);
    EXPECT_EQ(session.management_tries(), kind.metadata ? 0u : 1u);
  }
}

TEST(reopen, passes_a_broken_link_on_as_unknown) {
  simulator::VirtualCard card = keyed(kinds[0]);
  for (std::size_t at = 1; at <= 5; ++at) {
    const auto opened = Session(card, {at, Loss::command}).reopen(personalisation());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, Reason::linkLost);
    EXPECT_EQ(opened.error().certainty, api::Certainty::unknown);
  }
}

TEST(restart, verify_needs_nothing_of_the_session_before) {
  for (const Kind& kind : kinds) {
    simulator::VirtualCard card = finished(kind);
    EXPECT_TRUE(Session(card).verify(personalisation(kind))) << kind.name;
  }
}

TEST(restart, invalidate_needs_nothing_of_the_session_before) {
  for (const Kind& kind : kinds) {
    simulator::VirtualCard card = finished(kind);
    EXPECT_EQ(Session(card).invalidate(personalisation(kind)), Invalidation::invalidated) << kind.name;
    const Contents contents(card);
    EXPECT_TRUE(contents.marked());
    EXPECT_FALSE(contents.own_pin());
    EXPECT_FALSE(contents.has("40917263"));
  }
}

TEST(restart, invalidate_tries_each_management_key_once_wherever_personalising_stopped) {
  for (const Kind& kind : kinds)
    for (std::size_t at = 1; at <= all_commands; ++at) {
      const api::Personalisation what = personalisation(kind);
      simulator::VirtualCard card = blank(kind);
      Session made(card, {at, Loss::answer});
      if (made.personalise(what)) (void)made.write(what);
      Session session(card);
      const Invalidation done = session.invalidate(what);
      EXPECT_LE(session.management_tries(), kind.own_key ? 2u : 1u) << kind.name << at;
      EXPECT_FALSE(Contents(card).blocked()) << kind.name << at;
      if (kind.metadata) {
        EXPECT_EQ(done, Invalidation::invalidated) << kind.name << at;
      }
    }
}

TEST(restart, invalidate_may_be_interrupted_again_and_again_and_blocks_nothing) {
  for (const Kind& kind : kinds)
    for (const Loss loss : losses) {
      bool struck = true;
      for (std::size_t at = 1; struck; ++at) {
        simulator::VirtualCard card = finished(kind);
        for (int times = 0; times < 4; ++times) {
          Session session(card, {at, loss});
          (void)session.invalidate(personalisation(kind));
          struck = session.interrupted();
        }
        (void)Session(card).invalidate(personalisation(kind));
        const Contents contents(card);
        EXPECT_FALSE(contents.blocked()) << kind.name << at;
        EXPECT_FALSE(contents.has(R"("5fc105")")) << kind.name << at;
      }
    }
}
