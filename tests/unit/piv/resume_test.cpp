// A chip that was interrupted at any APDU is taken up, or refused without harm.
#include "tests/unit/piv/resume_support.hpp"

using namespace piv_test;
using api::Certainty;
using api::Reason;

namespace {

constexpr std::size_t all_commands = 21, verifying = 9;

// From the blank or marked chip to the verified card, in one session.
std::optional<api::Failure> produce(simulator::VirtualCard& card, const api::Personalisation& what,
                                    Interruption when = {}) {
  Session session(card, when);
  const auto made = session.personalise(what);
  EXPECT_LE(session.management_tries(), 2u);
  if (!made) return made.error();
  if (const auto written = session.write(what); !written) return written.error();
  if (const auto verified = session.verify(what); !verified) return verified.error();
  return std::nullopt;
}

// A chip that only ever saw one card's secrets can be finished unless nothing tells which PIN it holds.
bool can_be_finished(const simulator::VirtualCard& card) {
  const Contents contents(card);
  return !contents.marked() || contents.own_pin() ||
         (card.options().vendor_commands && card.options().metadata);
}

// Produces without an interruption, after one or more. Counts the good ones.
struct Ends {
  void finish(simulator::VirtualCard& card, const api::Personalisation& what, const std::string& story) {
    const bool expected = can_be_finished(card);
    const auto failure = produce(card, what);
    EXPECT_EQ(!failure, expected) << story << (failure ? failure->detail : "");
    const Contents contents(card);
    EXPECT_FALSE(contents.blocked()) << story;
    ++all;
    if (!failure) {
      ++good;
      EXPECT_TRUE(contents.own_secrets_with_all_tries()) << story;
      return;
    }
    EXPECT_EQ(failure->certainty, Certainty::notDone) << story;
    EXPECT_EQ(class_of(failure->reason), api::FailureClass::authentication) << story;
    (void)Session(card).invalidate(what);
    EXPECT_FALSE(Contents(card).blocked()) << story;
  }
  unsigned all = 0, good = 0;
};

std::string told(std::size_t at, Loss loss) {
  constexpr std::array<std::string_view, 3> names{"command lost", "answer lost", "session lost"};
  return std::to_string(at) + " " + std::string(names[static_cast<std::size_t>(loss)]) + "; ";
}

class Resume : public testing::TestWithParam<Kind> {
 protected:
  void record(const Ends& ends) {
    RecordProperty("interruptions", static_cast<int>(ends.all));
    RecordProperty("good", static_cast<int>(ends.good));
    EXPECT_GT(ends.all, 0u);
    if (GetParam().metadata) {
      EXPECT_EQ(ends.good, ends.all);
    }
  }
};

}  // namespace

TEST_P(Resume, ends_well_after_an_interruption_at_any_apdu) {
  const api::Personalisation what = personalisation(GetParam());
  Ends ends;
  for (const Loss loss : losses)
    for (std::size_t at = 1; at <= all_commands + verifying; ++at) {
      simulator::VirtualCard card = blank(GetParam());
      (void)produce(card, what, {at, loss});
      ends.finish(card, what, told(at, loss));
    }
  record(ends);
}

// A first command that is lost leaves the chip as the answer lost before it does, so one kind of loss is
// enough for the first run; two keys are enough for both.
TEST_P(Resume, ends_well_after_another_interruption_at_any_apdu_of_the_second_run) {
  using enum api::KeyPurpose;
  const api::Personalisation what = personalisation(
      GetParam(), {{signature, api::KeyAlgorithm::p256}, {keyManagement, api::KeyAlgorithm::p256}});
  Ends ends;
  // Takes the chip up, is interrupted, and takes it up again. False: there were not as many APDUs.
  const auto once_more = [&](const std::string& left, Interruption when, const std::string& story) {
    simulator::VirtualCard card = *simulator::VirtualCard::from_json(left);
    Session session(card, when);
    const auto made = session.personalise(what);
    EXPECT_LE(session.management_tries(), 2u) << story;
    if (session.interrupted() && when.loss != Loss::session) {
      EXPECT_EQ(made ? Certainty::notDone : made.error().certainty, Certainty::unknown) << story;
    }
    if (session.interrupted()) ends.finish(card, what, story);
    return session.interrupted();
  };
  bool struck = true;
  for (std::size_t at = 1; struck; ++at) {
    simulator::VirtualCard card = blank(GetParam());
    Session session(card, {at, Loss::answer});
    (void)session.personalise(what);
    struck = session.interrupted();
    const std::string left = card.to_json();
    for (const Loss second : losses)
      for (std::size_t again = 1;
           once_more(left, {again, second}, told(at, Loss::answer) + told(again, second));)
        ++again;
  }
  record(ends);
}

INSTANTIATE_TEST_SUITE_P(resume, Resume, testing::ValuesIn(kinds));

TEST(resume, takes_a_key_that_is_the_cards_own_without_trying_the_factory_one) {
  for (const Kind& kind : kinds) {
    const api::Personalisation what = personalisation(kind);
    simulator::VirtualCard card = blank(kind);
    ASSERT_FALSE(produce(card, what));
    Session session(card);
    ASSERT_TRUE(session.personalise(what)) << kind.name;
    EXPECT_EQ(session.management_tries(), 1u) << kind.name;
    EXPECT_EQ(session.wrong_tries(), 0u) << kind.name;
    for (const auto& exchange : session.line().log()) EXPECT_NE(exchange.command[1], 0xFF) << "changed again";
  }
}

TEST(resume, writes_the_chuid_again_only_if_it_differs) {
  const auto chuids_written = [](const api::Personalisation& what, simulator::VirtualCard& card) {
    Session session(card);
    EXPECT_TRUE(session.personalise(what));
    return std::count_if(session.line().log().begin(), session.line().log().end(), [](const auto& exchange) {
      return api::to_hex(exchange.command).find("5c035fc102") != std::string::npos &&
             exchange.command[1] == 0xDB;
    });
  };
  api::Personalisation what = personalisation();
  simulator::VirtualCard card = blank(kinds[0]);
  EXPECT_EQ(chuids_written(what, card), 1);
  EXPECT_EQ(chuids_written(what, card), 0);
  what.expiry += std::chrono::months(1);
  EXPECT_EQ(chuids_written(what, card), 1);
  EXPECT_FALSE(produce(card, what));
}

TEST(resume, makes_all_keys_anew_beside_old_certificates) {
  const api::Personalisation what = personalisation();
  simulator::VirtualCard card = blank(kinds[0]);
  Session first(card);
  const auto before = first.personalise(what);
  ASSERT_TRUE(before);
  ASSERT_TRUE(first.write(what));
  Session second(card);
  const auto after = second.personalise(what);
  ASSERT_TRUE(after);
  for (std::size_t i = 0; i < after->size(); ++i)
    EXPECT_NE((*after)[i].subject_public_key_info, (*before)[i].subject_public_key_info);
  ASSERT_TRUE(second.write(what));
  EXPECT_TRUE(second.verify(what));
}

TEST(resume, reads_the_counters_even_after_the_pin_was_verified_in_the_same_session) {
  for (const Kind& kind : kinds) {
    simulator::VirtualCard card = blank(kind);
    Session session(card);
    ASSERT_TRUE(session.personalise(personalisation(kind)));
    session.identify();
    const auto again = session.personalise(personalisation(kind));
    EXPECT_TRUE(again) << kind.name << ": " << again.error().detail;
  }
}

namespace {

// A chip that was interrupted after this many APDUs.
simulator::VirtualCard stopped_after(std::size_t apdus, const Kind& kind) {
  simulator::VirtualCard card = blank(kind);
  (void)Session(card, {apdus, Loss::answer}).personalise(personalisation(kind));
  return card;
}
constexpr std::size_t marker_written = 4, puk_changed = 5, pin_changed = 6;

struct Refusal {
  Reason reason = Reason::jam;  // never that: it was made
  unsigned wrong_tries = 0;
};
Refusal refusal_of(simulator::VirtualCard& card, const api::Personalisation& what) {
  Session session(card);
  const auto made = session.personalise(what);
  EXPECT_FALSE(made);
  if (made) return {};
  EXPECT_EQ(made.error().certainty, Certainty::notDone);
  return {made.error().reason, session.wrong_tries()};
}

}  // namespace

TEST(resume, never_probes_the_factory_pin) {
  simulator::VirtualCard card = stopped_after(marker_written, kinds[2]);
  const Refusal refusal = refusal_of(card, personalisation());
  EXPECT_EQ(refusal.reason, Reason::pinRefused);
  EXPECT_EQ(refusal.wrong_tries, 1u);
  EXPECT_TRUE(Contents(card).has(R"("pin":{"value":"123456","left":2})"));
  EXPECT_TRUE(Contents(card).has(R"("puk":{"value":"12345678","left":3})"));
  EXPECT_EQ(refusal_of(card, personalisation()).wrong_tries, 1u);  // and when it is called again,
  const Refusal third = refusal_of(card, personalisation());       // never spends the last try
  EXPECT_EQ(third.reason, Reason::tryCounterLow);
  EXPECT_EQ(third.wrong_tries, 0u);
}

TEST(resume, believes_the_chip_that_it_holds_the_factory_values) {
  for (const std::size_t apdus : {marker_written, puk_changed, pin_changed}) {
    simulator::VirtualCard card = stopped_after(apdus, kinds[0]);
    Session session(card);
    EXPECT_TRUE(session.personalise(personalisation())) << apdus;
    EXPECT_EQ(session.wrong_tries(), 0u);
  }
}

TEST(resume, refuses_a_puk_that_is_neither) {
  simulator::VirtualCard card = stopped_after(marker_written, kinds[0]);
  select_piv(card);
  ASSERT_EQ(tell(card, "0024008110" + padded_hex("12345678") + padded_hex("88888888")), "9000");
  EXPECT_EQ(refusal_of(card, personalisation()).reason, Reason::pinRefused);
  EXPECT_TRUE(Contents(card).has(R"("puk":{"value":"88888888","left":2})"));
  EXPECT_TRUE(Contents(card).has(R"("pin":{"value":"123456","left":3})"));
}

TEST(resume, presents_nothing_when_a_counter_fell_after_identification) {
  for (const Kind& kind : kinds)
    for (const char* reference : {"80", "81"}) {
      if (!kind.metadata && reference[1] == '1') continue;  // the PUK is not presented there at all
      simulator::VirtualCard card = stopped_after(puk_changed, kind);
      Session session(card);
      for (int i = 0; i < 2; ++i)
        tell(card,
             "002400" + std::string(reference) + "10" + padded_hex("00000000") + padded_hex("11111111"));
      const auto made = session.personalise(personalisation(kind));
      ASSERT_FALSE(made) << kind.name;
      EXPECT_EQ(made.error().reason, Reason::tryCounterLow) << kind.name << reference;
      EXPECT_EQ(session.wrong_tries(), 0u);
      EXPECT_TRUE(Contents(card).has(R"("left":1})"));
    }
}

TEST(resume, presents_no_management_key_when_its_counter_is_low) {
  simulator::VirtualCard card = stopped_after(puk_changed, kinds[0]);
  Session session(card);
  session.line().tamper = [&](std::size_t, api::Bytes& answer) {
    const api::Bytes metadata = hex("010103020200010501019000");  // of the factory's key, and nobody counts
    if (answer == metadata) answer = hex("01010302020001050101060203019000");
  };
  const auto made = session.personalise(personalisation());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::tryCounterLow);
  EXPECT_EQ(session.management_tries(), 0u);
}

TEST(resume, tries_no_management_key_of_which_the_chip_says_that_it_holds_another) {
  simulator::VirtualCard card = stopped_after(pin_changed + 1, kinds[0]);
  api::Personalisation what = personalisation();
  what.management_algorithm = api::ManagementAlgorithm::aes128;
  what.management_key = api::Secret(own_key(api::ManagementAlgorithm::aes128));
  Session session(card);
  const auto made = session.personalise(what);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(session.management_tries(), 0u);
}

TEST(resume, tries_the_supplied_management_key_once) {
  simulator::VirtualCard card = stopped_after(pin_changed + 1, kinds[2]);  // it has one of its own by now
  api::Personalisation what = personalisation();
  what.management_key = {};
  Session session(card);
  const auto made = session.personalise(what);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::managementKeyRefused);
  EXPECT_EQ(session.management_tries(), 1u);
}

TEST(resume, touches_nothing_on_a_chip_of_somebody_else) {
  simulator::VirtualCard card = stopped_after(pin_changed, kinds[0]);
  api::Personalisation what = personalisation();
  what.guid[15] ^= 1;
  Session session(card);
  const std::string before = card.to_json();
  const auto made = session.personalise(what);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, Reason::chipNotFresh);
  EXPECT_EQ(card.to_json(), before);  // not even a command

  Session swapped(card);  // another chip than the one that was identified
  swapped.identity.guid = what.guid;
  const auto refused = swapped.personalise(what);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::chipNotFresh);
  EXPECT_EQ(swapped.management_tries(), 0u);
}
