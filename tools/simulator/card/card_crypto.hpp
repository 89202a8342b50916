#pragma once
#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>

#include "drivers/api/card_family.hpp"

// The chip's coprocessor: OpenSSL, with its default randomness and nothing else.
namespace simulator {

struct FreeCardKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using CardKey = std::unique_ptr<EVP_PKEY, FreeCardKey>;

enum class Direction { decrypt, encrypt };

std::size_t block_bytes(api::ManagementAlgorithm algorithm);
// One block of exactly `block_bytes`, under a key of the algorithm's length.
api::Bytes cipher_block(api::ManagementAlgorithm algorithm, Direction direction, api::BytesView key,
                        api::BytesView block);
api::Bytes random_bytes(std::size_t count);

CardKey generate_key(api::KeyAlgorithm algorithm);
// The contents of 7F49: {81 modulus, 82 exponent} or {86 point} (SP 800-73-4 part 2, table 10).
api::Bytes public_template(api::KeyAlgorithm algorithm, EVP_PKEY& key);
// ECDSA over a digest (DER), or the raw RSA operation over a block of the modulus' length. Nothing for data
// of another length.
std::optional<api::Bytes> private_operation(api::KeyAlgorithm algorithm, EVP_PKEY& key, api::BytesView data);
// The x coordinate of the shared point; nothing when `point` is not an uncompressed point on the key's curve.
std::optional<api::Bytes> agree(api::KeyAlgorithm algorithm, EVP_PKEY& key, api::BytesView point);

std::string key_to_pem(EVP_PKEY& key);
// Nothing when the text is no private key of that algorithm.
CardKey key_from_pem(api::KeyAlgorithm algorithm, std::string_view pem);

}  // namespace simulator
