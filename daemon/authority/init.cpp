#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "daemon/authority/names.hpp"
#include "daemon/authority/self.hpp"
#include "drivers/api/durable_file.hpp"

namespace authority {
namespace {

namespace fs = std::filesystem;

void must(bool done, std::string_view what) {
  if (!done) throw std::runtime_error(fmt::format("{}: {}", what, openssl_error()));
}

void must_not_exist(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored)))
    throw std::runtime_error(
        fmt::format("{}: exists already; an authority is never overwritten. Move it away to make a new one",
                    path.string()));
}

KeyPtr make_key(api::KeyAlgorithm algorithm) {
  switch (algorithm) {
    case api::KeyAlgorithm::p256: return KeyPtr(EVP_EC_gen("P-256"));
    case api::KeyAlgorithm::p384: return KeyPtr(EVP_EC_gen("P-384"));
    case api::KeyAlgorithm::rsa2048: return KeyPtr(EVP_RSA_gen(2048U));
  }
  return nullptr;
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "an extension could not be made");
}

void set_time(ASN1_TIME* field, api::WallTime when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  must(ASN1_TIME_adj(field, second, 0, 0) != nullptr, "the validity cannot be written");
}

// Self-signed, for an authority that issues to cards only (RFC 5280 sections 4.2.1.2, 4.2.1.3 and 4.2.1.9).
CertificatePtr make_certificate(const NewAuthority& what, EVP_PKEY* key, api::WallTime now) {
  const auto name = make_name(what.subject, Request{});
  if (!name) throw std::runtime_error("subject of the authority: " + name.error());
  if (what.validity.count() <= 0)
    throw std::runtime_error("the authority must be valid for at least one day");
  Serial serial{};
  must(draw_serial(1, serial), "no randomness for a serial number");
  CertificatePtr certificate(X509_new());
  must(X509_set_version(certificate.get(), 2) == 1 &&  // v3
           ASN1_STRING_set(X509_get_serialNumber(certificate.get()), serial.data(),
                           static_cast<int>(serial.size())) == 1 &&
           X509_set_subject_name(certificate.get(), name->get()) == 1 &&
           X509_set_issuer_name(certificate.get(), name->get()) == 1 &&
           X509_set_pubkey(certificate.get(), key) == 1,
       "the certificate of the authority could not be made");
  set_time(X509_getm_notBefore(certificate.get()), now - backdate);
  set_time(X509_getm_notAfter(certificate.get()), now + what.validity);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), NID_subject_key_identifier, "hash");
  must(X509_sign(certificate.get(), key, signing_of(key).digest) > 0,
       "the authority could not sign its certificate");
  return certificate;
}

api::Secret private_pem(EVP_PKEY* key) {
  const BioPtr out(BIO_new(BIO_s_secmem()));  // wiped when freed
  must(PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "the key of the authority could not be written");
  char* begin = nullptr;
  const long size = BIO_get_mem_data(out.get(), &begin);
  return api::Secret(api::bytes_of({begin, static_cast<std::size_t>(size)}));
}

}  // namespace

void init_authority(const NewAuthority& what, api::WallTime now) {
  must_not_exist(what.key);
  must_not_exist(what.certificate);
  const KeyPtr key = make_key(what.algorithm);
  must(key != nullptr, "the key of the authority could not be made");
  const CertificatePtr certificate = make_certificate(what, key.get(), now);
  const std::string pem = to_pem(PEM_STRING_X509, der_of(i2d_X509, certificate.get()));
  // The key first: a certificate without its key would look like an authority.
  if (auto written = api::write_durably(what.key, private_pem(key.get()).reveal(), api::IfExists::refuse);
      !written)
    throw std::runtime_error(written.error());
  if (auto written = api::write_durably(what.certificate, api::bytes_of(pem), api::IfExists::refuse, 0644);
      !written)
    throw std::runtime_error(written.error());
}

}  // namespace authority
