#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "drivers/piv/keys.hpp"
#include "drivers/piv/objects.hpp"
#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

constexpr std::uint32_t template_tag = 0x7C, challenge_tag = 0x81, response_tag = 0x82,
                        exponentiation_tag = 0x85;
constexpr std::size_t nonce_bytes = 32;

// What is asked of the chip, and how its result is judged.
struct Subject {
  const api::PublicKey& key;
  const AlgorithmRow& row;
  EVP_PKEY& host_key;  // the public half, on the host
  std::string what;    // for people
};

api::Failure host_failure(const Subject& subject) {
  return {api::Reason::keyProofFailed, api::Certainty::notDone,
          subject.what + ": the host could not check it"};
}

api::Result<api::Bytes> random_bytes(const Subject& subject, std::size_t count) {
  api::Bytes bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) return tl::unexpected(host_failure(subject));
  return bytes;
}

// GENERAL AUTHENTICATE with the card's key: `input` under `tag`, the result wanted in 82.
api::Result<api::Bytes> operate(Channel& channel, const Subject& subject, std::uint32_t tag,
                                api::BytesView input) {
  const api::Bytes content = joined({make_tlv(response_tag), make_tlv(tag, input)});
  TRY_ASSIGN(answer, channel.run({.ins = 0x87,
                                  .p1 = subject.row.id,
                                  .p2 = slot_of(subject.key.purpose).reference,
                                  .data = make_tlv(template_tag, content),
                                  .answer = subject.row.answer},
                                 subject.what));
  const auto outer = parse_only(answer, template_tag);
  const auto result = outer ? parse_only(*outer, response_tag) : std::nullopt;
  if (!result) return api::fail(api::Reason::chipAnswerInvalid, subject.what + ": no result in the answer");
  return api::Bytes(result->begin(), result->end());
}

api::Result<> judged(const Subject& subject, bool right) {
  if (!right) return api::fail(api::Reason::keyProofFailed, subject.what + ": the result is wrong");
  return {};
}

bool equal(api::BytesView a, api::BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// 00 01 FF…FF 00 DigestInfo (RFC 8017 section 9.2), for SHA-256.
api::Bytes signature_block(const AlgorithmRow& row, api::BytesView digest) {
  constexpr std::array<std::uint8_t, 19> digest_info{0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60,
                                                     0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                     0x01, 0x05, 0x00, 0x04, 0x20};
  api::Bytes block(row.bytes, 0xFF);
  const std::size_t tail = digest_info.size() + digest.size();
  block[0] = 0x00;
  block[1] = 0x01;
  block[row.bytes - tail - 1] = 0x00;
  std::copy(digest_info.begin(), digest_info.end(), block.end() - static_cast<std::ptrdiff_t>(tail));
  std::copy(digest.begin(), digest.end(), block.end() - static_cast<std::ptrdiff_t>(digest.size()));
  return block;
}

bool signature_right(const Subject& subject, api::BytesView digest, api::BytesView signature) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(&subject.host_key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_get_digestbyname(subject.row.digest)) == 1 &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) ==
             1;
}

api::Result<> prove_signature(Channel& channel, const Subject& subject) {
  TRY_ASSIGN(nonce, random_bytes(subject, nonce_bytes));
  api::Bytes digest(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, subject.row.digest, nullptr, nonce.data(), nonce.size(), digest.data(), &size) !=
      1)
    return tl::unexpected(host_failure(subject));
  digest.resize(size);
  TRY_ASSIGN(signature, operate(channel, subject, challenge_tag,
                                subject.row.group ? digest : signature_block(subject.row, digest)));
  return judged(subject, signature_right(subject, digest, signature));
}

// ECDH against a key of the host that lives for this proof only: both must find the same x coordinate.
api::Result<> prove_agreement(Channel& channel, const Subject& subject) {
  const Owned<EVP_PKEY> ephemeral(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", subject.row.group));
  unsigned char* encoded = nullptr;
  const std::size_t length = ephemeral ? EVP_PKEY_get1_encoded_public_key(ephemeral.get(), &encoded) : 0;
  if (length == 0) return tl::unexpected(host_failure(subject));
  const api::Bytes point(encoded, encoded + length);
  OPENSSL_free(encoded);
  TRY_ASSIGN(theirs, operate(channel, subject, exponentiation_tag, point));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(ephemeral.get(), nullptr));
  api::Bytes ours(subject.row.bytes);
  std::size_t size = ours.size();
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), &subject.host_key) != 1 ||
      EVP_PKEY_derive(context.get(), ours.data(), &size) != 1)
    return tl::unexpected(host_failure(subject));
  const bool right = equal(ours, theirs);
  api::wipe(ours);
  api::wipe(theirs);
  return judged(subject, right);
}

// The host encrypts a random block, the chip must give it back whole.
api::Result<> prove_decryption(Channel& channel, const Subject& subject) {
  TRY_ASSIGN(block, random_bytes(subject, subject.row.bytes));
  block[0] = 0x00;  // below the modulus
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(&subject.host_key, nullptr));
  api::Bytes encrypted(subject.row.bytes);
  std::size_t size = encrypted.size();
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, block.data(), block.size()) != 1)
    return tl::unexpected(host_failure(subject));
  TRY_ASSIGN(decrypted, operate(channel, subject, challenge_tag, encrypted));
  return judged(subject, equal(block, decrypted));
}

}  // namespace

api::Result<> prove(Channel& channel, const api::PublicKey& key) {
  const unsigned char* der = key.subject_public_key_info.data();
  const Owned<EVP_PKEY> host_key(
      d2i_PUBKEY(nullptr, &der, static_cast<long>(key.subject_public_key_info.size())));
  if (!host_key) return api::fail(api::Reason::keyProofFailed, "not a public key");
  const Subject subject{key, row_of(key.algorithm), *host_key,
                        fmt::format("proof of {} {}", slot_of(key.purpose).name, name_of(key.algorithm))};
  if (key.purpose != api::KeyPurpose::keyManagement) return prove_signature(channel, subject);
  return subject.row.group ? prove_agreement(channel, subject) : prove_decryption(channel, subject);
}

}  // namespace piv
