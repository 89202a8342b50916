#include "drivers/piv/management.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cassert>

#include "drivers/piv/openssl.hpp"
#include "drivers/piv/secrets.hpp"
#include "drivers/piv/status.hpp"
#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

// In the order of api::ManagementAlgorithm.
struct CipherRow {
  std::uint8_t id;
  const EVP_CIPHER* (*cipher)();
  std::size_t block;
};
constexpr std::array<CipherRow, 4> cipher_rows{{
    {0x03, EVP_des_ede3_ecb, 8},
    {0x08, EVP_aes_128_ecb, 16},
    {0x0A, EVP_aes_192_ecb, 16},
    {0x0C, EVP_aes_256_ecb, 16},
}};

const CipherRow& row_of(api::ManagementAlgorithm algorithm) {
  return cipher_rows[static_cast<std::size_t>(algorithm)];
}

constexpr std::uint32_t template_tag = 0x7C, witness_tag = 0x80, challenge_tag = 0x81, response_tag = 0x82;

enum class Direction { decrypt, encrypt };

// One block; the algorithms are part of OpenSSL's default provider, so this cannot fail but for want of
// memory.
api::Bytes cipher_block(const CipherRow& row, Direction direction, const api::Secret& key,
                        api::BytesView block) {
  const Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  api::Bytes out(row.block);
  int length = 0;
  const bool done =
      context != nullptr && block.size() == row.block &&
      EVP_CipherInit_ex2(context.get(), row.cipher(), key.reveal().data(), nullptr,
                         direction == Direction::encrypt, nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_CipherUpdate(context.get(), out.data(), &length, block.data(), static_cast<int>(block.size())) == 1;
  assert(done && static_cast<std::size_t>(length) == row.block);
  return out;
}

api::Failure refused(std::uint16_t status, std::string_view what) {
  api::Failure failure = failure_of(status, what);
  failure.reason = api::Reason::managementKeyRefused;
  return failure;
}

// The block the chip sends under `tag` within 7C.
api::Result<api::Bytes> block_in(const Response& response, std::uint32_t tag, std::size_t size) {
  const auto content = parse_only(response.data, template_tag);
  const auto block = content ? parse_only(*content, tag) : std::nullopt;
  if (!block || block->size() != size)
    return api::fail(api::Reason::chipAnswerInvalid, "GENERAL AUTHENTICATE: no block of the cipher's length");
  return api::Bytes(block->begin(), block->end());
}

}  // namespace

std::uint8_t id_of(api::ManagementAlgorithm algorithm) {
  return row_of(algorithm).id;
}

api::Result<> authenticate(Channel& channel, api::ManagementAlgorithm algorithm, const api::Secret& key) {
  constexpr std::string_view what = "management key";
  const CipherRow& row = row_of(algorithm);
  if (key.size() != key_bytes(algorithm))
    return api::fail(api::Reason::chipUnsupported, "the management key has not its algorithm's length");
  const auto step = [&](api::Bytes content) {
    return channel.send({.ins = 0x87,
                         .p1 = row.id,
                         .p2 = management_reference,
                         .data = make_tlv(template_tag, content),
                         .answer = Answer::few});
  };
  TRY_ASSIGN(asked, step(make_tlv(witness_tag)));
  if (asked.status != status_ok) return tl::unexpected(refused(asked.status, what));
  TRY_ASSIGN(encrypted_witness, block_in(asked, witness_tag, row.block));
  const api::Bytes witness = cipher_block(row, Direction::decrypt, key, encrypted_witness);
  api::Bytes challenge(row.block);
  if (RAND_bytes(challenge.data(), static_cast<int>(challenge.size())) != 1)
    return api::fail(api::Reason::chipRefused, "the host has no random numbers");
  TRY_ASSIGN(proved, step(joined({make_tlv(witness_tag, witness), make_tlv(challenge_tag, challenge)})));
  if (proved.status != status_ok) return tl::unexpected(refused(proved.status, what));
  TRY_ASSIGN(answer, block_in(proved, response_tag, row.block));
  const api::Bytes expected = cipher_block(row, Direction::encrypt, key, challenge);
  if (CRYPTO_memcmp(answer.data(), expected.data(), row.block) != 0)
    return api::fail(api::Reason::managementKeyRefused,
                     "the chip did not prove that it knows the management key");
  return {};
}

std::vector<Held> possible_keys(const api::Personalisation& what) {
  if (what.management_key.empty()) return {Held::factory};
  return {Held::own, Held::factory};
}

Held final_key(const api::Personalisation& what) {
  return what.management_key.empty() ? Held::factory : Held::own;
}

api::Result<Held> open_management(Channel& channel, const api::ChipIdentity& identity,
                                  const api::Personalisation& what, const std::vector<Held>& keys) {
  api::Failure last{api::Reason::managementKeyRefused, api::Certainty::notDone,
                    "the chip says that it holds another management key"};
  for (const Held held : keys) {
    const bool own = held == Held::own;
    const api::ManagementAlgorithm algorithm = own ? what.management_algorithm : what.factory_algorithm;
    TRY_ASSIGN(told, metadata(channel, identity, management_reference));
    // A card's own key is never the factory's.
    const bool impossible = (own && told.factory_value.value_or(false)) ||
                            told.algorithm.value_or(id_of(algorithm)) != id_of(algorithm);
    if (impossible) continue;
    if (told.tries.value_or(enough_tries) < enough_tries)
      return api::fail(api::Reason::tryCounterLow, "too few tries of the management key are left");
    const auto opened =
        authenticate(channel, algorithm, own ? what.management_key : what.factory_management_key);
    if (opened) return held;
    last = opened.error();
    if (last.reason != api::Reason::managementKeyRefused) break;
  }
  return tl::unexpected(std::move(last));
}

api::Result<> set_management_key(Channel& channel, api::ManagementAlgorithm algorithm,
                                 const api::Secret& key) {
  const api::BytesView clear = key.reveal();
  Command command{.ins = 0xFF, .p1 = 0xFF, .p2 = 0xFF};
  command.data.reserve(3 + clear.size());
  command.data = {id_of(algorithm), management_reference, static_cast<std::uint8_t>(clear.size())};
  command.data.insert(command.data.end(), clear.begin(), clear.end());
  TRY(channel.run(std::move(command), "SET MANAGEMENT KEY"));
  return {};
}

}  // namespace piv
