// What the bench for cards that are put in by hand is given, and what waits for it.
#include "tests/unit/runtime/station.hpp"

namespace runtime::test {
namespace {

Rules hand_rules() {
  auto wanted = rules();
  auto& product = wanted.products["printed"];
  product.encode = true;
  product.certificates = {{"authentication", api::KeyPurpose::authentication, api::KeyAlgorithm::p256}};
  wanted.use_cases.initialize = wanted.use_cases.assign = true;
  wanted.hand_encoder = true;
  return wanted;
}

Card card_in(CardState state) {
  Card card;
  card.id = CardId{1};
  card.number = "T00000018";
  card.product = "printed";
  card.state = state;
  return card;
}

Certificate certificate_of(std::uint8_t attempt, std::uint8_t serial, CertificateState state) {
  Certificate certificate;
  certificate.serial = {serial};
  certificate.attempt.back() = attempt;
  certificate.state = state;
  certificate.to_be_signed = {1};
  certificate.der = {serial};
  if (state == CertificateState::revoked) certificate.reason = api::RevocationReason::superseded;
  return certificate;
}

Attempt done_attempt(std::uint8_t id, AttemptKind kind) {
  Attempt attempt;
  attempt.id.back() = id;
  attempt.card = CardId{1};
  attempt.kind = kind;
  attempt.phase = kind == AttemptKind::produce ? Phase::done : Phase::spoiled;
  return attempt;
}

struct HandStation : Station {
  HandStation() : Station(hand_rules()) { start(); }
  void write(std::vector<Row> rows) {
    store.begin();
    for (auto& row : rows) store.write(row);
    store.commit();
  }
};

}  // namespace

TEST(by_hand, goes_to_the_encoder_for_it_and_keeps_a_stop_waiting) {
  HandStation station;
  station.write({card_in(CardState::produced)});
  EXPECT_TRUE(station.runner.idle());
  station.done(InitializeCard{CardId{1}});
  const auto job = station.until(Step::identify);
  EXPECT_EQ(place_of(job), Place::hand);
  EXPECT_FALSE(station.runner.idle());
  station.runner.returned({job.step, job.attempt.id, api::fail(api::Reason::noCardInEncoder)});
  station.turn();
  EXPECT_TRUE(station.runner.idle());
  EXPECT_EQ(station.store.card(CardId{1})->state, CardState::produced);
}

TEST(by_hand, gives_an_extension_the_good_certificates_of_the_chip_and_its_holder) {
  HandStation station;
  auto card = card_in(CardState::assigned);
  card.guid = done_attempt(101, AttemptKind::produce).id;
  card.attempt = card.guid;
  card.holder = "ada";
  card.valid_until = card.chip_until = station.clock.wall() + std::chrono::days(9);
  Holder holder;
  holder.id = "ada";
  holder.name = "Ada Lovelace";
  station.write({card, holder, done_attempt(101, AttemptKind::produce),
                 certificate_of(101, 1, CertificateState::released), done_attempt(102, AttemptKind::reencode),
                 certificate_of(102, 2, CertificateState::revoked), SealedSecrets{*card.guid, {}, {7, 7}}});
  station.done(ExtendCard{CardId{1}, 300});
  const auto job = station.until(Step::identify);
  EXPECT_EQ(place_of(job), Place::hand);
  ASSERT_EQ(job.chip_certificates.size(), 1U);
  EXPECT_EQ(job.chip_certificates[0].serial, api::Bytes{1});
  EXPECT_TRUE(job.chip_secrets.puk == (api::Bytes{7, 7}));
  EXPECT_EQ(job.holder.name, "Ada Lovelace");
}

TEST(by_hand, a_card_in_the_encoder_goes_on_when_its_product_leaves_the_configuration) {
  HandStation station;
  station.write({card_in(CardState::produced)});
  station.done(InitializeCard{CardId{1}});
  auto job = station.until(Step::identify);
  station.runner.reload({});
  station.runner.returned({job.step, job.attempt.id, Brought{Identified{"c1"}}});
  job = station.until(Step::seal);
  EXPECT_EQ(job.product.name, "printed");
  station.runner.returned({job.step, job.attempt.id, Brought{Sealed{{1}, {2}}}});
  EXPECT_EQ(station.until(Step::personalise).product.name, "printed");
}

TEST(by_hand, a_letter_is_made_by_the_product_that_its_card_began_with) {
  HandStation station;
  station.write({card_in(CardState::produced)});
  station.done(InitializeCard{CardId{1}});
  const auto id = station.until(Step::identify).attempt.id;
  station.runner.reload({});
  for (const auto& [step, brought] : std::map<Step, Brought>{{Step::identify, Identified{"c1"}},
                                                             {Step::seal, Sealed{{1}, {2}}},
                                                             {Step::personalise, {}},
                                                             {Step::reserve, Certified{}},
                                                             {Step::certify, Certified{}},
                                                             {Step::write, {}},
                                                             {Step::verify, {}}}) {
    station.runner.returned({step, id, brought});
    station.turn();
  }
  const auto letter = station.until(Step::letter);
  EXPECT_EQ(letter.product.name, "printed");
  // It could not be written, and by now nobody knows what was on it.
  station.runner.returned({Step::letter, id, api::fail(api::Reason::fileNotWritten)});
  station.turn();
  station.runner.timer();
  station.turn();
  EXPECT_EQ(std::ranges::count(station.jobs, Step::letter, &Job::step), 0);
  station.runner.reload(hand_rules());
  station.turn();
  station.runner.timer();
  EXPECT_EQ(station.until(Step::letter).product.name, "printed") << "it was owed all the time";
}

}  // namespace runtime::test
