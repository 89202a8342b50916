// A person puts cards into the encoder: what the bench for them makes of each.
#include "daemon/runtime/hand_bench.hpp"

#include <fstream>

#include "daemon/authority/public_key.hpp"
#include "daemon/core/plan.hpp"
#include "daemon/runtime/post.hpp"
#include "drivers/piv/piv.hpp"
#include "tests/fakes/plain_letter.hpp"
#include "tests/fakes/temporary_folder.hpp"
#include "tools/simulator/in_process.hpp"

namespace {

using api::Reason;
using core::Step;
using runtime::Job;
using runtime::Place;

api::Bytes factory_key() {
  api::Bytes key;
  for (std::uint8_t i = 0; i < 24; ++i) key.push_back(static_cast<std::uint8_t>(1 + i % 8));
  return key;
}

authority::Authority make_authority(const std::filesystem::path& folder, api::WallTime now) {
  const authority::NewAuthority wanted{
      .key = folder / "ca.key", .certificate = folder / "ca.pem", .subject = {"O=Test", "CN=Test CA"}};
  authority::init_authority(wanted, now);
  authority::Config config{folder / "ca.key", folder / "ca.pem", 1, {}};
  for (const auto& row : api::key_purpose_rows)
    config.profiles.push_back(
        authority::shipped_profile(row.value, api::KeyAlgorithm::p256, "http://crl.example/ca.crl"));
  config.profiles[0].subject.emplace_back("CN={name}");
  return authority::Authority(config, now);
}

core::Product product() {
  core::Product product;
  product.name = product.title = "temporary";
  for (const auto purpose : {api::KeyPurpose::authentication, api::KeyPurpose::signature})
    product.certificates.push_back({std::string(api::name_of(purpose)), purpose, api::KeyAlgorithm::p256});
  return product;
}

struct Station {
  simulator::VirtualClock clock;
  fakes::TemporaryFolder folder;
  simulator::HandEncoder encoder{clock, clock.passer()};
  std::unique_ptr<api::CardFamily> family = piv::make_piv();
  authority::Authority authority = make_authority(folder.path(), clock.wall());
  vault::Vault vault{api::Secret(api::Bytes(32, 1))};
  runtime::ChipSettings chips{api::ManagementAlgorithm::tripleDes,  api::Secret(factory_key()),
                              api::Secret(api::bytes_of("123456")), api::Secret(api::bytes_of("12345678")),
                              api::ManagementAlgorithm::aes192,     api::Secret(api::Bytes(32, 2))};
  runtime::ChipTools tools{*family, authority, vault, clock, chips};
  runtime::HandBench bench{encoder, tools};

  // What the journal would hand over for an attempt that begins now.
  Job job(core::AttemptKind kind, std::uint8_t id) const {
    Job job;
    job.product = product();
    job.card.id = core::CardId{1};
    job.card.number = "T00000018";
    job.attempt.kind = kind;
    job.attempt.id.back() = id;
    job.attempt.started = clock.wall();
    job.holder.name = "Ada Lovelace";
    return job;
  }
  // One step; what it brought goes into the job, as the journal keeps it.
  api::Result<> step(Step step, Job& job) {
    job.step = step;
    TRY_ASSIGN(brought, bench.perform(job));
    if (const auto* identified = std::get_if<core::Identified>(&brought))
      job.attempt.chip_serial = identified->chip_serial;
    if (auto* sealed = std::get_if<core::Sealed>(&brought)) {
      job.sealed.pin = sealed->pin;
      job.sealed.puk = sealed->puk;
    }
    if (auto* certified = std::get_if<core::Certified>(&brought)) job.certificates = certified->certificates;
    return {};
  }
  api::Result<> all_steps(Job& job) {
    for (auto at = std::optional(core::Phase::claimed); at;
         at = core::phase_after(core::plan_of(job.attempt), *at))
      if (const auto wanted = core::step_to(*at); wanted && *at != core::Phase::done) {
        TRY(step(*wanted, job));
        if (*wanted == Step::reserve) TRY(step(Step::certify, job));
      }
    return {};
  }
  // A blank becomes a card of the pool; it is in the encoder.
  Job initialised() {
    encoder.put(simulator::VirtualCard({}));
    auto made = job(core::AttemptKind::initialize, 1);
    const auto done = all_steps(made);
    EXPECT_TRUE(done) << done.error().detail;
    return made;
  }
  // The next attempt on the card that `before` made.
  Job again(const Job& before, core::Verb then) const {
    auto next = job(core::AttemptKind::reencode, static_cast<std::uint8_t>(before.attempt.id.back() + 1));
    next.attempt.then = then;
    next.card.guid = before.card.guid.value_or(before.attempt.id);
    next.card.chip_until = clock.wall() + std::chrono::days(100);
    next.chip_secrets = before.chip_secrets.puk.empty() ? before.sealed : before.chip_secrets;
    next.chip_certificates = before.certificates;
    return next;
  }
  api::Secret pin_of(const Job& job) const {
    return *vault.unseal(job.sealed.pin, job.attempt.id, vault::Purpose::pin);
  }
  // Whether the chip in the encoder has these PIN and PUK, and every try of them.
  bool holds(const api::Secret& pin, const api::Secret& puk) const {
    const auto text = [](const api::Secret& secret) {
      const auto clear = secret.reveal();
      return std::string(clear.begin(), clear.end());
    };
    const auto state = encoder.chip()->to_json();
    return state.find(R"("pin":{"value":")" + text(pin) + R"(","left":3})") != std::string::npos &&
           state.find(R"("puk":{"value":")" + text(puk) + R"(","left":3})") != std::string::npos;
  }
};

Reason reason_of(const api::Result<>& result) {
  return result ? Reason::jam : result.error().reason;  // never that: it went well
}

TEST(hand_bench, initialises_a_blank) {
  Station station;
  const auto made = station.initialised();
  EXPECT_FALSE(made.attempt.chip_serial.empty());
  EXPECT_EQ(made.certificates.size(), 2U);
  EXPECT_TRUE(station.holds(station.pin_of(made), *runtime::puk_of(made, station.vault)));
  auto chip = station.encoder.connect(station.clock.steady() + std::chrono::seconds(1));
  ASSERT_TRUE(chip);
  const auto identity = station.family->identify(**chip, station.clock.steady() + std::chrono::seconds(5));
  EXPECT_EQ(identity->guid, made.attempt.id);
}

TEST(hand_bench, gives_a_card_that_came_back_a_new_pin_and_new_keys_under_its_own_guid) {
  Station station;
  const auto made = station.initialised();
  auto renewed = station.again(made, core::Verb::assign);
  const auto done = station.all_steps(renewed);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_TRUE(renewed.sealed.puk.empty()) << "there is one PUK in a card's life";
  EXPECT_TRUE(station.holds(station.pin_of(renewed), *runtime::puk_of(renewed, station.vault)));
  EXPECT_NE(*authority::public_key_info(renewed.certificates[0].der),
            *authority::public_key_info(made.certificates[0].der));
  auto once_more = station.again(renewed, core::Verb::assign);
  EXPECT_TRUE(station.all_steps(once_more));
}

TEST(hand_bench, certifies_the_keys_of_an_extended_card_anew) {
  Station station;
  const auto made = station.initialised();
  auto extended = station.again(made, core::Verb::extend);
  const auto done = station.all_steps(extended);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_TRUE(extended.sealed.pin.empty());
  EXPECT_TRUE(station.holds(station.pin_of(made), *runtime::puk_of(made, station.vault)));
  ASSERT_EQ(extended.certificates.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NE(extended.certificates[i].serial, made.certificates[i].serial);
    EXPECT_EQ(*authority::public_key_info(extended.certificates[i].der),
              *authority::public_key_info(made.certificates[i].der));
  }
}

TEST(hand_bench, ends_chip_and_certificates_when_the_pool_says_so) {
  const Station station;
  const auto day = std::chrono::floor<std::chrono::days>(station.clock.wall());
  auto job = station.job(core::AttemptKind::initialize, 1);
  EXPECT_EQ(runtime::chip_end_of(job), day + std::chrono::days(365));
  job = station.again(job, core::Verb::assign);
  EXPECT_EQ(runtime::chip_end_of(job), day + std::chrono::days(100));
  job = station.again(job, core::Verb::extend);
  EXPECT_EQ(runtime::chip_end_of(job), day + std::chrono::days(365));
}

TEST(hand_bench, asks_for_a_card_where_there_is_none) {
  Station station;
  auto job = station.job(core::AttemptKind::initialize, 1);
  const auto start = station.clock.steady();
  EXPECT_EQ(reason_of(station.step(Step::identify, job)), Reason::noCardInEncoder);
  EXPECT_EQ(station.clock.steady() - start, std::chrono::seconds(2));
  EXPECT_EQ(api::class_of(Reason::noCardInEncoder), api::FailureClass::device);
  station.encoder.set_outage(Reason::readerGone);
  EXPECT_EQ(reason_of(station.step(Step::identify, job)), Reason::readerGone);
}

TEST(hand_bench, says_that_a_chip_is_mute_where_there_is_a_card) {
  Station station;
  simulator::CardOptions broken;
  broken.faults = {{.at = 1, .kind = simulator::CardFaultKind::die}};
  simulator::VirtualCard chip(broken);
  chip.transmit(api::Bytes{0, 0xA4, 4, 0});
  station.encoder.put(std::move(chip));
  auto job = station.job(core::AttemptKind::initialize, 1);
  EXPECT_EQ(reason_of(station.step(Step::identify, job)), Reason::chipMute);
}

TEST(hand_bench, touches_no_other_card_than_the_one_that_is_meant) {
  Station station;
  const auto made = station.initialised();
  // But for the number of commands that it has seen.
  const auto contents = [&] {
    auto state = station.encoder.chip()->to_json();
    const auto counter = state.find(R"("commands":)");
    return state.erase(counter, state.find_first_of(",}", counter) - counter);
  };
  const auto before = contents();
  auto other = station.again(made, core::Verb::assign);
  other.card.guid->back() ^= 0x40;
  EXPECT_EQ(reason_of(station.step(Step::identify, other)), Reason::otherCard);
  EXPECT_EQ(reason_of(station.step(Step::seal, other)), Reason::chipLost) << "there is no session";
  auto blank = station.job(core::AttemptKind::initialize, 7);
  EXPECT_EQ(reason_of(station.step(Step::identify, blank)), Reason::chipNotFresh);
  EXPECT_TRUE(contents() == before);
}

TEST(hand_bench, takes_up_a_chip_that_carries_the_mark_of_the_same_attempt) {
  Station station;
  auto made = station.initialised();
  EXPECT_TRUE(station.step(Step::identify, made));
}

TEST(hand_bench, refuses_a_chip_that_cannot_do_what_the_product_asks_for) {
  Station station;
  simulator::CardOptions plain;
  plain.vendor_commands = false;
  station.encoder.put(simulator::VirtualCard(plain));
  auto job = station.job(core::AttemptKind::initialize, 1);
  EXPECT_EQ(reason_of(station.step(Step::identify, job)), Reason::chipUnsupported);
  job.product.own_management_key = false;
  EXPECT_TRUE(station.all_steps(job));
}

TEST(hand_bench, refuses_before_the_chip_is_touched_what_the_authority_cannot_certify) {
  Station station;
  station.encoder.put(simulator::VirtualCard({}));
  auto job = station.job(core::AttemptKind::initialize, 1);
  job.product.pool_days = 365 * 40;
  EXPECT_EQ(reason_of(station.step(Step::identify, job)), Reason::authorityRefused);
  EXPECT_EQ(station.encoder.chip()->commands_seen(), 0U);
}

TEST(hand_bench, ends_the_session_when_the_card_is_taken_out_and_with_the_last_step) {
  Station station;
  station.encoder.put(simulator::VirtualCard({}));
  auto job = station.job(core::AttemptKind::initialize, 1);
  ASSERT_TRUE(station.step(Step::identify, job));
  ASSERT_TRUE(station.step(Step::seal, job));
  auto chip = station.encoder.take();
  EXPECT_EQ(reason_of(station.step(Step::personalise, job)), Reason::chipLost);
  station.encoder.put(std::move(*chip));
  EXPECT_EQ(reason_of(station.step(Step::personalise, job)), Reason::chipLost)
      << "not before it is identified";
  ASSERT_TRUE(station.all_steps(job));
  EXPECT_EQ(reason_of(station.step(Step::verify, job)), Reason::chipLost);
}

TEST(hand_bench, certifies_the_holders_name_where_the_profile_has_it) {
  Station station;
  const auto made = station.initialised();
  const auto& der = made.certificates[0].der;
  const std::string_view name = "Ada Lovelace";
  EXPECT_NE(std::search(der.begin(), der.end(), name.begin(), name.end()), der.end());
  const auto& other = made.certificates[1].der;
  EXPECT_EQ(std::search(other.begin(), other.end(), name.begin(), name.end()), other.end());
}

// What becomes of a re-encoding that ended anywhere: another attempt, from its first step.
TEST(hand_bench, encodes_a_card_again_after_the_chip_was_lost_at_any_apdu) {
  for (const auto then : {core::Verb::assign, core::Verb::extend}) {
    Station station;
    const auto made = station.initialised();
    const auto whole = station.encoder.take()->to_json();
    for (std::uint64_t at = 1, lost = 1; lost > 0; ++at) {
      auto chip = *simulator::VirtualCard::from_json(whole);
      chip.set_faults({{.at = chip.commands_seen() + at, .kind = simulator::CardFaultKind::hang}});
      station.encoder.put(std::move(chip));
      auto first = station.again(made, then);
      lost = station.all_steps(first) ? 0 : 1;
      auto left = station.encoder.take();
      left->set_faults({});
      station.encoder.put(std::move(*left));
      auto second = station.again(made, then);
      second.attempt.id.front() = 9;
      const auto done = station.all_steps(second);
      EXPECT_TRUE(done) << at << ": " << done.error().detail;
      station.encoder.take();
      ASSERT_LT(at, 100U);
    }
  }
}

TEST(hand_bench, has_a_letter_with_the_puk_that_the_card_keeps) {
  Station station;
  const auto made = station.initialised();
  auto renewed = station.again(made, core::Verb::assign);
  ASSERT_TRUE(station.all_steps(renewed));
  renewed.step = Step::letter;
  renewed.product.puk_on_letter = true;
  runtime::Post post(fakes::plain_letter, station.vault, station.clock, {station.folder.path(), "Test"});
  const auto written = post.perform(renewed);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_TRUE(std::get<core::Sealed>(*written).puk.empty()) << "it stays under the card's GUID";
  std::string letters;
  for (const auto& entry : std::filesystem::directory_iterator(station.folder.path()))
    if (entry.path().filename().string().find("C1") != std::string::npos) {
      std::ifstream file(entry.path());
      letters.append(std::istreambuf_iterator<char>(file), {});
    }
  const auto puk = runtime::puk_of(made, station.vault);
  const auto clear = puk->reveal();
  const bool on_letter = letters.find(std::string(clear.begin(), clear.end())) != std::string::npos;
  EXPECT_TRUE(on_letter);
}

TEST(hand_bench, does_what_the_line_does_for_others_and_nothing_of_the_desk) {
  const Station station;
  auto job = station.job(core::AttemptKind::initialize, 1);
  job.step = Step::personalise;
  EXPECT_EQ(runtime::place_of(job), Place::hand);
  job.step = Step::letter;
  EXPECT_EQ(runtime::place_of(job), Place::post);
  job.attempt.kind = core::AttemptKind::produce;
  job.step = Step::personalise;
  EXPECT_EQ(runtime::place_of(job), Place::line);
}

}  // namespace
