#include "daemon/vault/vault.hpp"

#include <gmock/gmock.h>

#include <set>
#include <stdexcept>

namespace vault {
namespace {

api::Secret secret(std::string_view text) {
  return api::Secret(api::bytes_of(text));
}

constexpr std::string_view key_text = "0123456789abcdef0123456789ABCDEF";
constexpr api::Uuid attempt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(vault, gives_back_what_was_sealed) {
  const Vault vault(secret(key_text));
  for (const std::string& text : {std::string("482913"), std::string("00000000"), std::string()}) {
    const auto sealed = vault.seal(secret(text), attempt, Purpose::pin);
    const auto opened = vault.unseal(sealed, attempt, Purpose::pin);
    ASSERT_TRUE(opened);
    EXPECT_EQ(api::text_of(opened->reveal()), text);
  }
}

TEST(vault, seals_so_that_nothing_shows_and_nothing_repeats) {
  const Vault vault(secret(key_text));
  std::set<api::Bytes> all;
  for (int i = 0; i < 1000; ++i) {
    const auto sealed = vault.seal(secret("482913"), attempt, Purpose::pin);
    EXPECT_EQ(api::text_of(sealed).find("482913"), std::string::npos);
    all.insert(sealed);
  }
  EXPECT_EQ(all.size(), 1000U);
}

TEST(vault, refuses_a_value_with_any_changed_bit) {
  const Vault vault(secret(key_text));
  const auto sealed = vault.seal(secret("482913"), attempt, Purpose::pin);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    api::Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto opened = vault.unseal(changed, attempt, Purpose::pin);
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error(), bit < 8 ? SealFault::malformed : SealFault::notAuthentic);
  }
}

TEST(vault, refuses_a_value_that_is_cut_or_longer) {
  const Vault vault(secret(key_text));
  auto sealed = vault.seal(secret("482913"), attempt, Purpose::pin);
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(vault.unseal(api::BytesView(sealed).first(size), attempt, Purpose::pin)) << size;
  sealed.push_back(0);
  EXPECT_FALSE(vault.unseal(sealed, attempt, Purpose::pin));
}

TEST(vault, refuses_a_value_of_another_attempt_purpose_or_key) {
  const Vault vault(secret(key_text));
  const auto sealed = vault.seal(secret("482913"), attempt, Purpose::pin);
  EXPECT_FALSE(vault.unseal(sealed, attempt, Purpose::puk));
  for (std::size_t at = 0; at < attempt.size(); ++at) {
    auto other = attempt;
    other[at] ^= 1;
    EXPECT_FALSE(vault.unseal(sealed, other, Purpose::pin));
  }
  const Vault stranger(secret("0123456789abcdef0123456789ABCDEf"));
  EXPECT_FALSE(stranger.unseal(sealed, attempt, Purpose::pin));
}

TEST(vault, wants_a_key_of_32_bytes) {
  EXPECT_THROW(Vault(secret(key_text.substr(1))), std::runtime_error);
  EXPECT_THROW(Vault(api::Secret()), std::runtime_error);
}

}  // namespace
}  // namespace vault
