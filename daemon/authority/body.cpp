#include "daemon/authority/body.hpp"

#include <openssl/asn1t.h>

#include <algorithm>

namespace authority {
namespace {

ASN1_SEQUENCE(BodyKey) =
    {
        ASN1_SIMPLE(BodyKey, algorithm, X509_ALGOR),
        ASN1_SIMPLE(BodyKey, bits, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(BodyKey)

        ASN1_SEQUENCE(Body) =
            {
                ASN1_EXP_OPT(Body, version, ASN1_INTEGER, 0),
                ASN1_SIMPLE(Body, serial, ASN1_INTEGER),
                ASN1_SIMPLE(Body, signature, X509_ALGOR),
                ASN1_SIMPLE(Body, issuer, X509_NAME),
                ASN1_SIMPLE(Body, validity, X509_VAL),
                ASN1_SIMPLE(Body, subject, X509_NAME),
                ASN1_SIMPLE(Body, key, BodyKey),
                ASN1_EXP_SEQUENCE_OF_OPT(Body, extensions, X509_EXTENSION, 3),
} static_ASN1_SEQUENCE_END(Body)

                api::Bytes der_of_item(const void* value, const ASN1_ITEM* item) {
  unsigned char* begin = nullptr;
  const int size = ASN1_item_i2d(static_cast<const ASN1_VALUE*>(value), &begin, item);
  api::Bytes der(begin, begin + (size > 0 ? size : 0));
  OPENSSL_free(begin);
  return der;
}

}  // namespace

void free_body(Body* body) {
  ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(body), ASN1_ITEM_rptr(Body));
}

BodyPtr parse_body(api::BytesView tbs) {
  const unsigned char* at = tbs.data();
  BodyPtr body(reinterpret_cast<Body*>(
      ASN1_item_d2i(nullptr, &at, static_cast<long>(tbs.size()), ASN1_ITEM_rptr(Body))));
  if (!body) {
    openssl_error();
    return nullptr;
  }
  // The parser takes BER and leaves what follows: only what it would write itself is DER.
  const api::Bytes again = der_of_item(body.get(), ASN1_ITEM_rptr(Body));
  if (!std::equal(again.begin(), again.end(), tbs.begin(), tbs.end())) return nullptr;
  return body;
}

api::Bytes der_of_key(const BodyKey* key) {
  return der_of_item(key, ASN1_ITEM_rptr(BodyKey));
}

}  // namespace authority
