#pragma once
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "drivers/api/bytes.hpp"

// What the files of this folder share about OpenSSL; not for anybody else.
namespace authority {

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;

// What OpenSSL last complained about on this thread; its queue is empty afterwards.
std::string openssl_error();

// The DER of any OpenSSL object by its i2d function: der_of(i2d_X509, certificate).
template <class I2d, class T>
api::Bytes der_of(I2d i2d, T* object) {
  unsigned char* begin = nullptr;
  const int size = i2d(object, &begin);
  api::Bytes der(begin, begin + (size > 0 ? size : 0));
  OPENSSL_free(begin);
  return der;
}

}  // namespace authority
