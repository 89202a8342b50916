#include "tools/simulator/card/card_crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>
#include <cassert>

#include "tools/simulator/card/tlv.hpp"

namespace simulator {

namespace {

// What one asymmetric algorithm is to the chip. Rows in the order of api::KeyAlgorithm.
struct Asymmetric {
  const char* group;       // OpenSSL's name of the curve; null for RSA
  std::size_t data_bytes;  // longest digest it signs, or the RSA block
  int bits;
};
constexpr std::array<Asymmetric, 3> asymmetric{
    {{"prime256v1", 32, 256}, {"secp384r1", 48, 384}, {nullptr, 256, 2048}}};

const Asymmetric& facts_of(api::KeyAlgorithm algorithm) {
  return asymmetric[static_cast<std::size_t>(algorithm)];
}

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

KeyContext context_of(EVP_PKEY& key) {
  KeyContext context(EVP_PKEY_CTX_new(&key, nullptr));
  assert(context);
  return context;
}

api::Bytes number_of(EVP_PKEY& key, const char* name) {
  BIGNUM* raw = nullptr;
  const int found = EVP_PKEY_get_bn_param(&key, name, &raw);
  const std::unique_ptr<BIGNUM, FreeContext> number(raw);
  assert(found == 1);
  api::Bytes bytes(static_cast<std::size_t>(BN_num_bytes(raw)));
  BN_bn2bin(raw, bytes.data());
  return bytes;
}

}  // namespace

std::size_t block_bytes(api::ManagementAlgorithm algorithm) {
  return algorithm == api::ManagementAlgorithm::tripleDes ? 8 : 16;
}

api::Bytes cipher_block(api::ManagementAlgorithm algorithm, Direction direction, api::BytesView key,
                        api::BytesView block) {
  constexpr std::array<const EVP_CIPHER* (*)(), 4> ciphers{EVP_des_ede3_ecb, EVP_aes_128_ecb, EVP_aes_192_ecb,
                                                           EVP_aes_256_ecb};
  assert(key.size() == key_bytes(algorithm) && block.size() == block_bytes(algorithm));
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  api::Bytes out(block.size());
  int length = 0;
  const bool done =
      EVP_CipherInit_ex2(context.get(), ciphers[static_cast<std::size_t>(algorithm)](), key.data(), nullptr,
                         direction == Direction::encrypt, nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_CipherUpdate(context.get(), out.data(), &length, block.data(), static_cast<int>(block.size())) == 1;
  assert(done && static_cast<std::size_t>(length) == out.size());
  return out;
}

api::Bytes random_bytes(std::size_t count) {
  api::Bytes bytes(count);
  const int done = RAND_bytes(bytes.data(), static_cast<int>(count));
  assert(done == 1);
  return bytes;
}

CardKey generate_key(api::KeyAlgorithm algorithm) {
  const Asymmetric& facts = facts_of(algorithm);
  CardKey key(facts.group ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", facts.group)
                          : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(facts.bits)));
  assert(key);
  return key;
}

api::Bytes public_template(api::KeyAlgorithm algorithm, EVP_PKEY& key) {
  if (!facts_of(algorithm).group)
    return joined({make_tlv(0x81, number_of(key, OSSL_PKEY_PARAM_RSA_N)),
                   make_tlv(0x82, number_of(key, OSSL_PKEY_PARAM_RSA_E))});
  unsigned char* point = nullptr;
  const std::size_t length = EVP_PKEY_get1_encoded_public_key(&key, &point);
  assert(length != 0);
  api::Bytes out = make_tlv(0x86, {point, length});
  OPENSSL_free(point);
  return out;
}

std::optional<api::Bytes> private_operation(api::KeyAlgorithm algorithm, EVP_PKEY& key, api::BytesView data) {
  const Asymmetric& facts = facts_of(algorithm);
  if (data.empty() || data.size() > facts.data_bytes || (!facts.group && data.size() != facts.data_bytes))
    return std::nullopt;
  const KeyContext context = context_of(key);
  api::Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(&key)));
  std::size_t length = out.size();
  const bool done =
      facts.group ? EVP_PKEY_sign_init(context.get()) == 1 &&
                        EVP_PKEY_sign(context.get(), out.data(), &length, data.data(), data.size()) == 1
                  : EVP_PKEY_decrypt_init(context.get()) == 1 &&
                        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
                        EVP_PKEY_decrypt(context.get(), out.data(), &length, data.data(), data.size()) == 1;
  if (!done) return std::nullopt;  // an RSA block not below the modulus
  out.resize(length);
  return out;
}

std::optional<api::Bytes> agree(api::KeyAlgorithm algorithm, EVP_PKEY& key, api::BytesView point) {
  const Asymmetric& facts = facts_of(algorithm);
  if (!facts.group || point.size() != 1 + 2 * facts.data_bytes || point[0] != 0x04) return std::nullopt;
  const CardKey peer(EVP_PKEY_new());
  if (EVP_PKEY_copy_parameters(peer.get(), &key) != 1 ||
      EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1)
    return std::nullopt;
  const KeyContext context = context_of(key);
  api::Bytes secret(facts.data_bytes);
  std::size_t length = secret.size();
  if (EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), secret.data(), &length) != 1)
    return std::nullopt;
  return secret;
}

std::string key_to_pem(EVP_PKEY& key) {
  const std::unique_ptr<BIO, FreeContext> bio(BIO_new(BIO_s_mem()));
  const int done = PEM_write_bio_PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr);
  assert(done == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

CardKey key_from_pem(api::KeyAlgorithm algorithm, std::string_view pem) {
  const Asymmetric& facts = facts_of(algorithm);
  const std::unique_ptr<BIO, FreeContext> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // An empty pass phrase: a protected key is an error, never a question on the terminal.
  char none[] = "";
  CardKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, none));
  if (key && EVP_PKEY_is_a(key.get(), facts.group ? "EC" : "RSA") &&
      EVP_PKEY_get_bits(key.get()) == facts.bits)
    return key;
  return nullptr;
}

}  // namespace simulator
