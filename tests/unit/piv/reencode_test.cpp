// A finished card comes back: it gets a new PIN, new keys and a new date, or the date alone.
#include "tests/unit/piv/resume_support.hpp"

using namespace piv_test;
using api::Certainty;
using api::Reason;

namespace {

constexpr std::string_view old_pin = "739205", new_pin = "628413";

// A card of the pool, as the station made it.
simulator::VirtualCard finished(const Kind& kind) {
  simulator::VirtualCard card = blank(kind);
  const api::Personalisation what = personalisation(kind);
  Session session(card);
  EXPECT_TRUE(session.personalise(what));
  EXPECT_TRUE(session.write(what));
  EXPECT_TRUE(session.verify(what));
  return card;
}

api::Personalisation renewal(const Kind& kind) {
  using enum api::KeyPurpose;
  api::Personalisation what =
      personalisation(kind, {{signature, api::KeyAlgorithm::p256}, {keyManagement, api::KeyAlgorithm::p256}});
  what.pin = secret(new_pin);
  what.expiry += std::chrono::years(1);
  return what;
}
api::Personalisation extension(const Kind& kind) {
  api::Personalisation what = renewal(kind);
  what.pin = {};
  what.puk = {};
  what.keys = {};
  return what;
}

void spoil_tries(simulator::VirtualCard& card, std::string_view reference, int tries) {
  select_piv(card);
  for (int i = 0; i < tries; ++i)
    tell(card, "002400" + std::string(reference) + "10" + padded_hex("00000000") + padded_hex("11111111"));
}

using Act = std::optional<api::Failure> (*)(Session&, const api::Personalisation&);

// To the verified card, in one session.
std::optional<api::Failure> finish(Session& session, const api::Personalisation& what) {
  if (const auto written = session.write(what); !written) return written.error();
  if (const auto verified = session.verify(what); !verified) return verified.error();
  return std::nullopt;
}
std::optional<api::Failure> reencode(Session& session, const api::Personalisation& what) {
  const auto made = session.reencode(what);
  return made ? finish(session, what) : made.error();
}
std::optional<api::Failure> redate(Session& session, const api::Personalisation& what) {
  const auto made = session.redate(what);
  return made ? finish(session, what) : made.error();
}

class Reencode : public testing::TestWithParam<Kind> {
 protected:
  // Interrupts `act` at each of its APDUs in each way; afterwards it must go through as if nothing had been.
  // Returns how many interruptions there were.
  unsigned interrupt_everywhere(Act act, const api::Personalisation& what) {
    const std::string whole = finished(GetParam()).to_json();
    unsigned interruptions = 0;
    for (const Loss loss : losses) {
      bool struck = true;
      for (std::size_t at = 1; struck; ++at) {
        simulator::VirtualCard card = *simulator::VirtualCard::from_json(whole);
        Session session(card, {at, loss});
        const auto first = act(session, what);
        struck = session.interrupted();
        EXPECT_FALSE(Contents(card).blocked()) << at;
        Session next(card);
        const auto failure = act(next, what);
        EXPECT_FALSE(failure) << at << ": " << failure->detail;
        EXPECT_EQ(session.wrong_tries() + next.wrong_tries(), 0u) << at;
        EXPECT_LE(session.management_tries(), 2u) << at;  // one to open, one to verify
        interruptions += struck;
        last = card.to_json();
      }
    }
    return interruptions;
  }
  std::string last;  // the chip after the last of them
};

}  // namespace

TEST_P(Reencode, gives_new_keys_a_new_pin_and_a_new_date_to_the_same_card) {
  simulator::VirtualCard card = finished(GetParam());
  const api::Personalisation what = renewal(GetParam());
  Session session(card);
  const auto keys = session.reencode(what);
  ASSERT_TRUE(keys) << keys.error().detail;
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[0].purpose, api::KeyPurpose::signature);
  EXPECT_FALSE(finish(session, what));
  EXPECT_TRUE(takes_pin(card, new_pin));
  EXPECT_TRUE(takes_puk(card, "40917263"));
}

TEST_P(Reencode, changes_nothing_but_the_date_when_that_is_all_that_is_asked_for) {
  simulator::VirtualCard card = finished(GetParam());
  const auto keys_of = [&] {
    const std::string state = card.to_json();
    return state.substr(state.find(R"("keys":)"), state.find(R"("objects":)") - state.find(R"("keys":)"));
  };
  const std::string before = keys_of();
  ASSERT_GT(before.size(), 100u);
  Session session(card);
  EXPECT_FALSE(redate(session, extension(GetParam())));
  EXPECT_EQ(keys_of(), before);
  EXPECT_TRUE(Contents(card).own_secrets_with_all_tries());
}

TEST_P(Reencode, needs_no_try_of_the_pin) {
  simulator::VirtualCard card = finished(GetParam());
  spoil_tries(card, "80", 3);
  ASSERT_TRUE(Contents(card).has(R"("left":0)"));
  Session session(card);
  const auto failure = reencode(session, renewal(GetParam()));
  EXPECT_FALSE(failure) << failure->detail;
  EXPECT_TRUE(takes_pin(card, new_pin));
}

TEST_P(Reencode, ends_well_after_an_interruption_at_any_apdu) {
  EXPECT_GE(interrupt_everywhere(reencode, renewal(GetParam())), 3u * 20u);
  EXPECT_NE(last.find(new_pin), std::string::npos);
}

TEST_P(Reencode, ends_well_after_an_interruption_of_a_new_date_at_any_apdu) {
  EXPECT_GE(interrupt_everywhere(redate, extension(GetParam())), 3u * 15u);
  EXPECT_NE(last.find(old_pin), std::string::npos);
}

TEST_P(Reencode, takes_another_pin_after_an_interruption) {
  simulator::VirtualCard card = finished(GetParam());
  ASSERT_TRUE(Session(card).reencode(renewal(GetParam())));
  api::Personalisation what = renewal(GetParam());
  what.pin = secret("951847");
  Session session(card);
  EXPECT_FALSE(reencode(session, what));
  EXPECT_TRUE(takes_pin(card, "951847"));
}

TEST_P(Reencode, touches_nothing_on_another_card) {
  simulator::VirtualCard card = finished(GetParam());
  for (const Act act : {Act(reencode), Act(redate)}) {
    api::Personalisation what = renewal(GetParam());
    what.guid[15] ^= 1;
    Session session(card);
    const std::string before = card.to_json();
    const auto refused = act(session, what);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reason, Reason::chipNotFresh);
    EXPECT_EQ(card.to_json(), before);  // not even a command

    Session swapped(card);  // another chip than the one that was identified
    swapped.identity.guid = what.guid;
    const auto noticed = act(swapped, what);
    ASSERT_TRUE(noticed);
    EXPECT_EQ(noticed->reason, Reason::chipNotFresh);
    EXPECT_EQ(swapped.management_tries(), 0u);
  }
}

TEST_P(Reencode, refuses_a_blank) {
  simulator::VirtualCard card = blank(GetParam());
  Session session(card);
  const auto refused = session.reencode(renewal(GetParam()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::chipNotFresh);
}

INSTANTIATE_TEST_SUITE_P(reencode, Reencode, testing::ValuesIn(kinds));

TEST(reencode, presents_no_puk_when_fewer_than_two_tries_are_left) {
  simulator::VirtualCard card = finished(kinds[0]);
  spoil_tries(card, "81", 2);
  Session session(card);
  const auto refused = session.reencode(renewal(kinds[0]));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::tryCounterLow);
  EXPECT_EQ(session.wrong_tries(), 0u);
  EXPECT_TRUE(Contents(card).has(R"("puk":{"value":"40917263","left":1})"));
}

TEST(reencode, stops_before_the_last_try_of_a_puk_that_the_holder_changed) {
  simulator::VirtualCard card = finished(kinds[0]);
  select_piv(card);
  ASSERT_EQ(tell(card, "0024008110" + padded_hex("40917263") + padded_hex("88888888")), "9000");
  const std::array<Reason, 4> expected{Reason::pinRefused, Reason::pinRefused, Reason::tryCounterLow,
                                       Reason::tryCounterLow};
  for (const Reason reason : expected) {
    const auto refused = Session(card).reencode(renewal(kinds[0]));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, reason);
    EXPECT_EQ(refused.error().certainty, Certainty::notDone);
  }
  EXPECT_TRUE(Contents(card).has(R"("puk":{"value":"88888888","left":1})"));
  EXPECT_TRUE(Contents(card).own_pin()) << "nothing else was changed";
}

TEST(reencode, tries_the_cards_own_management_key_once_and_no_other) {
  simulator::VirtualCard card = finished(kinds[2]);
  api::Personalisation what = renewal(kinds[2]);
  api::Bytes wrong = own_key(what.management_algorithm);
  wrong[0] ^= 0x10;
  what.management_key = api::Secret(wrong);
  Session session(card);
  const auto refused = session.reencode(what);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(session.management_tries(), 1u);
  EXPECT_TRUE(Contents(card).own_secrets_with_all_tries());
}
