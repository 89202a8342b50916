#include "daemon/vault/keys.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <set>
#include <stdexcept>

#include "tests/unit/vault/folder.hpp"

namespace vault::test {
namespace {

using testing::HasSubstr;

std::string complaint(const auto& act) {
  try {
    act();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "(nothing)";
}

std::string hex(const api::Secret& secret) {
  return api::to_hex(secret.reveal());
}

api::Secret master(char fill = 'm') {
  return api::Secret(api::bytes_of(std::string(32, fill)));
}

TEST(key_file, is_made_once_for_its_owner_alone_and_read_back) {
  const Folder folder;
  create_key(folder / "vault.key");
  EXPECT_EQ(mode_of(folder / "vault.key"), 0600U);
  const std::string raw = content_of(folder / "vault.key");
  EXPECT_EQ(raw.size(), 32U);
  EXPECT_EQ(hex(load_key(folder / "vault.key")), api::to_hex(api::bytes_of(raw)));
  EXPECT_THAT(complaint([&] { create_key(folder / "vault.key"); }), HasSubstr("never overwritten"));
  EXPECT_EQ(content_of(folder / "vault.key"), raw);
  create_key(folder / "other.key");
  EXPECT_NE(content_of(folder / "other.key"), raw);
}

TEST(key_file, may_be_hexadecimal) {
  const Folder folder;
  const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
  for (const char* const end : {"", "\n", "\r\n"}) {
    put(folder / "key", digits + end);
    EXPECT_EQ(hex(load_key(folder / "key")),
              "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  }
}

TEST(key_file, is_refused_with_another_size_or_other_characters) {
  const Folder folder;
  for (const std::string& bad : {std::string(), std::string(31, 'k'), std::string(33, 'k'),
                                 std::string(64, 'x'), std::string(32, 'a'), std::string(62, '0')}) {
    put(folder / "key", bad);
    EXPECT_THAT(complaint([&] { load_key(folder / "key"); }), HasSubstr("must hold 32 bytes")) << bad.size();
  }
  put(folder / "key", std::string(1000, 'k'));
  EXPECT_THAT(complaint([&] { load_key(folder / "key"); }), HasSubstr("is too large"));
  EXPECT_THAT(complaint([&] { load_key(folder / "none"); }), HasSubstr("No such file"));
  EXPECT_THAT(complaint([&] { load_key(folder.path()); }), HasSubstr("is not a regular file"));
}

TEST(key_file, is_refused_when_others_may_read_it_unless_it_is_a_credential) {
  const Folder folder;
  for (const unsigned mode : {0640U, 0604U, 0660U}) {
    put(folder / "key", std::string(32, 'k'), mode);
    EXPECT_THAT(complaint([&] { load_key(folder / "key"); }), HasSubstr("is open to others"));
  }
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  EXPECT_EQ(complaint([&] { load_key(folder / "key"); }), "(nothing)");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(management_key, is_the_same_for_the_same_card_and_another_for_any_other) {
  using enum api::ManagementAlgorithm;
  const std::string key = hex(management_key(master(), "piv", "12345678", 1, aes256));
  EXPECT_EQ(hex(management_key(master(), "piv", "12345678", 1, aes256)), key);
  const std::set<std::string> all{key,
                                  hex(management_key(master('n'), "piv", "12345678", 1, aes256)),
                                  hex(management_key(master(), "gids", "12345678", 1, aes256)),
                                  hex(management_key(master(), "piv", "12345679", 1, aes256)),
                                  hex(management_key(master(), "piv", "12345678", 2, aes256)),
                                  hex(management_key(master(), "pi", "v12345678", 1, aes256)),
                                  hex(management_key(master(), "piv", "1234567", 81, aes256))};
  EXPECT_EQ(all.size(), 7U);
  EXPECT_NE(hex(management_key(master(), "piv", "12345678", 1, aes192)), key.substr(0, 48));
}

// Computed apart from this library (Python: hmac, hashlib): a change here would lock every card out.
TEST(management_key, never_changes_from_one_version_of_the_software_to_the_next) {
  using enum api::ManagementAlgorithm;
  EXPECT_EQ(hex(management_key(master(), "piv", "12345678", 1, aes256)),
            "8d20a871373503f7b2b9a417ef65bdc3af4f35748270713ecae37d65c1745c69");
  EXPECT_EQ(hex(management_key(master(), "piv", "12345678", 1, aes192)),
            "754b0ae6e72ab0af1641ac48854721b06f0afc1870ab2cff");
  EXPECT_EQ(hex(management_key(master(), "piv", "12345678", 1, tripleDes)),
            "5bce3d83255b756dbc577aa8f4c4cd31abe6a734348f3b85");
}

TEST(management_key, has_the_length_of_its_algorithm) {
  for (const auto& row : api::management_algorithm_rows)
    EXPECT_EQ(management_key(master(), "piv", "1", 1, row.value).size(), api::key_bytes(row.value));
}

TEST(management_key, for_triple_des_has_odd_parity_and_three_different_parts) {
  for (int i = 0; i < 500; ++i) {
    const auto key =
        management_key(master(), "piv", std::to_string(i), 1, api::ManagementAlgorithm::tripleDes);
    for (const auto byte : key.reveal()) EXPECT_EQ(std::popcount(byte) % 2, 1);
    const std::string text = hex(key);
    EXPECT_EQ((std::set{text.substr(0, 16), text.substr(16, 16), text.substr(32)}.size()), 3U);
  }
}

}  // namespace
}  // namespace vault::test
