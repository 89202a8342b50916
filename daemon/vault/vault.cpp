#include "daemon/vault/vault.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace vault {
namespace {

// version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16); sizes of NIST SP 800-38D, sections 5.2.1.1 and 5.2.1.2.
constexpr std::uint8_t version = 1;
constexpr std::size_t nonce_at = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t text_at = nonce_at + nonce_size;
constexpr std::size_t tag_size = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Free>;

// OpenSSL fails here only without memory or without its own ciphers: nothing can go on.
void must(bool done) {
  if (!done) std::abort();
}

Cipher start(const api::Secret& key, const std::uint8_t* nonce, const api::Uuid& attempt, Purpose purpose,
             int encrypt) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  must(cipher != nullptr);
  must(EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(), nonce, encrypt) == 1);
  const auto name = api::bytes_of(api::name_of(purpose));
  int size = 0;
  for (const auto part : {api::BytesView(attempt), name})
    must(EVP_CipherUpdate(cipher.get(), nullptr, &size, part.data(), static_cast<int>(part.size())) == 1);
  return cipher;
}

}  // namespace

Vault::Vault(api::Secret key) : key_(std::move(key)) {
  if (key_.size() != key_size)
    throw std::runtime_error("the vault key must have 32 bytes, it has " + std::to_string(key_.size()));
}

api::Bytes Vault::seal(const api::Secret& secret, const api::Uuid& attempt, Purpose purpose) const {
  api::Bytes sealed(text_at + secret.size() + tag_size);
  sealed[0] = version;
  must(RAND_bytes(sealed.data() + nonce_at, static_cast<int>(nonce_size)) == 1);
  const Cipher cipher = start(key_, sealed.data() + nonce_at, attempt, purpose, 1);
  int size = 0;
  must(EVP_CipherUpdate(cipher.get(), sealed.data() + text_at, &size, secret.reveal().data(),
                        static_cast<int>(secret.size())) == 1);
  must(EVP_CipherFinal_ex(cipher.get(), sealed.data() + text_at + secret.size(), &size) == 1);
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size),
                           sealed.data() + text_at + secret.size()) == 1);
  return sealed;
}

tl::expected<api::Secret, SealFault> Vault::unseal(api::BytesView sealed, const api::Uuid& attempt,
                                                   Purpose purpose) const {
  if (sealed.size() < text_at + tag_size || sealed[0] != version) return tl::unexpected(SealFault::malformed);
  const std::size_t size = sealed.size() - text_at - tag_size;
  std::array<std::uint8_t, tag_size> tag{};
  std::copy(sealed.end() - tag_size, sealed.end(), tag.begin());
  const Cipher cipher = start(key_, sealed.data() + nonce_at, attempt, purpose, 0);
  api::Bytes clear(size);
  int written = 0;
  must(EVP_CipherUpdate(cipher.get(), clear.data(), &written, sealed.data() + text_at,
                        static_cast<int>(size)) == 1);
  must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size), tag.data()) == 1);
  if (EVP_CipherFinal_ex(cipher.get(), tag.data(), &written) != 1) {
    api::wipe(clear);
    return tl::unexpected(SealFault::notAuthentic);
  }
  return api::Secret::take(std::move(clear));
}

}  // namespace vault
