#pragma once
#include <gtest/gtest.h>

#include "drivers/piv/piv.hpp"
#include "tests/fakes/in_process_transport.hpp"

namespace piv_test {

inline constexpr api::Deadline no_deadline = api::Deadline::max();

inline api::Secret secret(std::string_view text) {
  return api::Secret(api::bytes_of(text));
}
inline api::Bytes hex(std::string_view text) {
  return api::from_hex(text).value();
}
// What a key of the algorithm looks like from the factory, and what the tests make the card's own.
inline api::Bytes factory_key(api::ManagementAlgorithm algorithm) {
  api::Bytes key;
  for (std::size_t i = 0; i < key_bytes(algorithm); ++i) key.push_back(static_cast<std::uint8_t>(i % 8 + 1));
  return key;
}
inline api::Bytes own_key(api::ManagementAlgorithm algorithm) {
  api::Bytes key;
  for (std::size_t i = 0; i < key_bytes(algorithm); ++i)
    key.push_back(static_cast<std::uint8_t>(0xA1 + 3 * i));
  return key;
}

inline std::vector<api::KeyRequest> four_keys(api::KeyAlgorithm a, api::KeyAlgorithm c, api::KeyAlgorithm d,
                                              api::KeyAlgorithm e) {
  using enum api::KeyPurpose;
  return {{authentication, a}, {signature, c}, {keyManagement, d}, {cardAuthentication, e}};
}
inline std::vector<api::KeyRequest> four_keys(api::KeyAlgorithm all) {
  return four_keys(all, all, all, all);
}

inline api::Personalisation personalisation(
    std::vector<api::KeyRequest> keys = four_keys(api::KeyAlgorithm::p256),
    api::ManagementAlgorithm factory = api::ManagementAlgorithm::tripleDes,
    api::ManagementAlgorithm own = api::ManagementAlgorithm::aes192) {
  api::Personalisation what;
  for (std::size_t i = 0; i < what.guid.size(); ++i) what.guid[i] = static_cast<std::uint8_t>(0x10 + i);
  what.expiry = std::chrono::year_month_day{std::chrono::year(2027), std::chrono::March, std::chrono::day(9)};
  what.factory_algorithm = factory;
  what.factory_management_key = api::Secret(factory_key(factory));
  what.management_algorithm = own;
  what.management_key = api::Secret(own_key(own));
  what.factory_pin = secret("123456");
  what.pin = secret("739205");
  what.factory_puk = secret("12345678");
  what.puk = secret("40917263");
  what.keys = std::move(keys);
  return what;
}

// Four certificates of `size` bytes; the driver does not look into them.
inline std::vector<api::CardCertificate> certificates(std::size_t size = 500) {
  std::vector<api::CardCertificate> out;
  for (const auto& row : api::key_purpose_rows)
    out.push_back(
        {row.value, api::Bytes(size, static_cast<std::uint8_t>(0x30 + static_cast<int>(row.value)))});
  return out;
}

// A card, a session with it and the family, identified; `personalise` and what follows use `what`.
struct Bench {
  explicit Bench(simulator::CardOptions options = {}, piv::Options driver = {})
      : card(std::move(options)), chip(card), family(piv::make_piv(driver)) {
    const auto found = family->identify(chip, no_deadline);
    EXPECT_TRUE(found) << found.error().detail;
    if (found) identity = *found;
    identifying = chip.count();
  }

  auto personalise() { return family->personalise(chip, identity, what, no_deadline); }
  auto write(const std::vector<api::CardCertificate>& list = certificates()) {
    return family->write_certificates(chip, identity, what, list, no_deadline);
  }
  auto verify(const std::vector<api::CardCertificate>& list = certificates()) {
    return family->verify(chip, identity, what, list, no_deadline);
  }
  std::size_t count() const { return chip.count() - identifying; }

  simulator::VirtualCard card;
  fakes::InProcessTransport chip;
  std::unique_ptr<api::CardFamily> family;
  api::ChipIdentity identity;
  api::Personalisation what = personalisation();
  std::size_t identifying = 0;  // exchanges that `identify` took
};

// One APDU straight to the card, hexadecimal both ways.
inline std::string tell(simulator::VirtualCard& card, std::string_view command) {
  return api::to_hex(card.transmit(hex(command)).bytes);
}
inline void select_piv(simulator::VirtualCard& card) {
  tell(card, "00a4040009a00000030800001000");
}
inline std::string padded_hex(std::string_view text) {
  api::Bytes block(text.begin(), text.end());
  block.resize(8, 0xFF);
  return api::to_hex(block);
}
// Does the card take this PIN? Costs a try if not.
inline bool takes_pin(simulator::VirtualCard& card, std::string_view pin) {
  card.reset();
  select_piv(card);
  return tell(card, "0020008008" + padded_hex(pin)) == "9000";
}
// Does the card take this PUK? Changes it to itself; costs a try if not.
inline bool takes_puk(simulator::VirtualCard& card, std::string_view puk) {
  card.reset();
  select_piv(card);
  return tell(card, "0024008110" + padded_hex(puk) + padded_hex(puk)) == "9000";
}

}  // namespace piv_test
