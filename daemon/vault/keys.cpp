#include "daemon/vault/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "daemon/vault/vault.hpp"
#include "drivers/api/durable_file.hpp"

namespace vault {
namespace {

struct Free {
  void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

// The four weak and twelve semi-weak DES keys, parity set (NIST SP 800-67 rev. 2, section 3.3.2).
constexpr std::array<std::uint64_t, 16> weak_des_keys{
    0x0101010101010101, 0xfefefefefefefefe, 0xe0e0e0e0f1f1f1f1, 0x1f1f1f1f0e0e0e0e,
    0x011f011f010e010e, 0x1f011f010e010e01, 0x01e001e001f101f1, 0xe001e001f101f101,
    0x01fe01fe01fe01fe, 0xfe01fe01fe01fe01, 0x1fe01fe00ef10ef1, 0xe01fe01ff10ef10e,
    0x1ffe1ffe0efe0efe, 0xfe1ffe1ffe0efe0e, 0xe0fee0fef1fef1fe, 0xfee0fee0fef1fef1};

std::uint64_t des_part(api::BytesView key, std::size_t part) {
  std::uint64_t value = 0;
  for (const auto byte : key.subspan(part * 8, 8)) value = value << 8 | byte;
  return value;
}

// The lowest bit of every byte makes its number of ones odd (SP 800-67 rev. 2, section 3.3.2).
void set_odd_parity(api::Bytes& key) {
  for (auto& byte : key) {
    const auto upper = static_cast<std::uint8_t>(byte & 0xfe);
    byte = static_cast<std::uint8_t>(upper | (std::popcount(upper) % 2 == 0 ? 1 : 0));
  }
}

bool is_weak_des(api::BytesView key) {
  const std::array parts{des_part(key, 0), des_part(key, 1), des_part(key, 2)};
  if (parts[0] == parts[1] || parts[1] == parts[2] || parts[0] == parts[2]) return true;
  return std::any_of(parts.begin(), parts.end(), [](std::uint64_t part) {
    return std::find(weak_des_keys.begin(), weak_des_keys.end(), part) != weak_des_keys.end();
  });
}

// Every field with its length before it: no two lists of fields give the same bytes.
void append(api::Bytes& info, api::BytesView field) {
  info.push_back(static_cast<std::uint8_t>(field.size() >> 8));
  info.push_back(static_cast<std::uint8_t>(field.size()));
  info.insert(info.end(), field.begin(), field.end());
}

api::Bytes hkdf_sha256(const api::Secret& key, api::Bytes info, std::size_t size) {
  const std::unique_ptr<EVP_KDF, Free> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, Free> context(EVP_KDF_CTX_new(kdf.get()));
  std::string digest = "SHA256";
  const auto secret = key.reveal();
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      // OSSL_PARAM has no const; HKDF only reads
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::uint8_t*>(secret.data()),
                                        secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  api::Bytes out(size);
  if (EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) != 1) std::abort();
  return out;
}

bool is_hex(std::uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

}  // namespace

api::Secret load_key(const std::filesystem::path& path) {
  auto content = api::read_secret_file(path, 2 * Vault::key_size + 2);
  if (!content) throw std::runtime_error(content.error());
  const auto all = content->reveal();
  // 32 hexadecimal digits are half a key written down, not a raw one
  if (all.size() == Vault::key_size && !std::all_of(all.begin(), all.end(), is_hex))
    return std::move(*content);
  std::string text = api::text_of(content->reveal());
  std::string_view digits = text;
  while (digits.ends_with('\n') || digits.ends_with('\r')) digits.remove_suffix(1);
  auto bytes = api::from_hex(digits);
  api::wipe(text);
  if (!bytes || bytes->size() != Vault::key_size) {
    if (bytes) api::wipe(*bytes);
    throw std::runtime_error(path.string() +
                             ": is not a key; it must hold 32 bytes or 64 hexadecimal digits");
  }
  return api::Secret::take(std::move(*bytes));
}

void create_key(const std::filesystem::path& path) {
  api::Bytes bytes(Vault::key_size);
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the system gives no randomness to make a key from");
  const auto key = api::Secret::take(std::move(bytes));
  if (auto written = api::write_durably(path, key.reveal(), api::IfExists::refuse); !written)
    throw std::runtime_error(written.error());
}

api::Secret management_key(const api::Secret& master, std::string_view family, std::string_view chip,
                           unsigned version, api::ManagementAlgorithm algorithm) {
  assert(master.size() == Vault::key_size && !family.empty() && !chip.empty());
  const std::size_t size = api::key_bytes(algorithm);
  // The round counts up only past a weak DES key.
  for (unsigned round = 0;; ++round) {
    api::Bytes info;
    for (const std::string& field :
         {std::string("cardwright management key"), std::string(family), std::string(chip),
          std::to_string(version), std::string(api::name_of(algorithm)), std::to_string(round)})
      append(info, api::bytes_of(field));
    api::Bytes key = hkdf_sha256(master, std::move(info), size);
    if (algorithm == api::ManagementAlgorithm::tripleDes) {
      set_odd_parity(key);
      if (is_weak_des(key)) {
        api::wipe(key);
        continue;
      }
    }
    return api::Secret::take(std::move(key));
  }
}

}  // namespace vault
