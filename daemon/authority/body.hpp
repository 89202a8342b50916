#pragma once
#include "daemon/authority/openssl.hpp"

namespace authority {

// TBSCertificate (RFC 5280 section 4.1) as OpenSSL's parser reads it, except that the public key stays as it
// is: OpenSSL's own X509 would spend five signatures' time on decoding it.
struct BodyKey {
  X509_ALGOR* algorithm;
  ASN1_BIT_STRING* bits;
};
struct Body {
  ASN1_INTEGER* version;  // null: version 1
  ASN1_INTEGER* serial;
  X509_ALGOR* signature;
  X509_NAME* issuer;
  X509_VAL* validity;
  X509_NAME* subject;
  BodyKey* key;
  STACK_OF(X509_EXTENSION) * extensions;  // null: none
};
void free_body(Body* body);
using BodyPtr = std::unique_ptr<Body, Freed<free_body>>;

// Null when the bytes are not exactly one such structure in DER.
BodyPtr parse_body(api::BytesView tbs);

api::Bytes der_of_key(const BodyKey* key);

}  // namespace authority
