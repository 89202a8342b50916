#include "drivers/piv/keys.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

#include "drivers/piv/objects.hpp"
#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

constexpr std::uint32_t public_key_tag = 0x7F49;
constexpr std::uint32_t modulus_tag = 0x81, exponent_tag = 0x82, point_tag = 0x86;
constexpr BN_ULONG exponent = 65537;  // SP 800-78-4 section 3.1

Owned<EVP_PKEY> from_parameters(const char* type, OSSL_PARAM_BLD& builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(&builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return Owned<EVP_PKEY>(key);
}

Owned<EVP_PKEY> curve_key(const AlgorithmRow& row, api::BytesView point) {
  if (point.size() != 1 + 2 * row.bytes || point[0] != 0x04) return nullptr;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, row.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return from_parameters("EC", *builder);
}

Owned<EVP_PKEY> rsa_key(const AlgorithmRow& row, api::BytesView modulus, api::BytesView public_exponent) {
  const auto number = [](api::BytesView bytes) {
    return Owned<BIGNUM>(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  };
  const Owned<BIGNUM> n = number(modulus);
  const Owned<BIGNUM> e = number(public_exponent);
  if (!n || !e || BN_num_bits(n.get()) != static_cast<int>(8 * row.bytes) || !BN_is_odd(n.get()) ||
      !BN_is_word(e.get(), exponent))
    return nullptr;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return from_parameters("RSA", *builder);
}

api::Bytes public_key_info(EVP_PKEY& key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(&key, &der);
  if (length <= 0) return {};
  api::Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

}  // namespace

Owned<EVP_PKEY> key_from_template(api::KeyAlgorithm algorithm, api::BytesView content) {
  const AlgorithmRow& row = row_of(algorithm);
  const auto fields = parse_tlv(content);
  if (!fields) return nullptr;
  if (row.group) {
    const auto point = find_only(*fields, point_tag);
    return point ? curve_key(row, *point) : nullptr;
  }
  const auto modulus = find_only(*fields, modulus_tag);
  const auto public_exponent = find_only(*fields, exponent_tag);
  return modulus && public_exponent ? rsa_key(row, *modulus, *public_exponent) : nullptr;
}

api::Result<api::PublicKey> generate(Channel& channel, const api::KeyRequest& request) {
  const AlgorithmRow& row = row_of(request.algorithm);
  const SlotRow& slot = slot_of(request.purpose);
  const std::string what = fmt::format("GENERATE {} {}", slot.name, name_of(request.algorithm));
  TRY_ASSIGN(
      answer,
      channel.run(
          {.ins = 0x47, .p2 = slot.reference, .data = {0xAC, 0x03, 0x80, 0x01, row.id}, .answer = row.answer},
          what));
  const auto content = parse_only(answer, public_key_tag);
  const Owned<EVP_PKEY> key = content ? key_from_template(request.algorithm, *content) : nullptr;
  api::Bytes info = key ? public_key_info(*key) : api::Bytes{};
  if (info.empty())
    return api::fail(api::Reason::chipAnswerInvalid, what + ": not a public key of that kind");
  return api::PublicKey{request.purpose, request.algorithm, std::move(info)};
}

}  // namespace piv
