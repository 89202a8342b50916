#include <fmt/format.h>
#include <openssl/pem.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "daemon/authority/der.hpp"
#include "daemon/authority/self.hpp"
#include "drivers/api/durable_file.hpp"

namespace authority {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void reject(const fs::path& path, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", path.string(), what));
}

KeyPtr read_key(const fs::path& path) {
  const auto pem = api::read_secret_file(path);
  if (!pem) throw std::runtime_error(pem.error());
  const BioPtr in(BIO_new_mem_buf(pem->reveal().data(), static_cast<int>(pem->size())));
  // Without this callback OpenSSL would ask for a pass phrase on the terminal.
  const auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) reject(path, "is not a private key in PEM without a pass phrase: " + openssl_error());
  return key;
}

CertificatePtr read_certificate(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) reject(path, "cannot be read");
  const std::string pem((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CertificatePtr certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!certificate) reject(path, "is not a certificate in PEM: " + openssl_error());
  return certificate;
}

api::WallTime time_of(const fs::path& path, const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) reject(path, "holds a time that cannot be read");
  return api::WallTime(std::chrono::seconds(timegm(&parts)));
}

std::string date(api::WallTime when) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(when));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

// RFC 5280 sections 4.2.1.2, 4.2.1.3 and 4.2.1.9: what an issuing authority's certificate must say.
void check_certificate(const fs::path& path, X509* certificate) {
  constexpr std::uint32_t needed = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
  if (X509_check_ca(certificate) != 1)
    reject(path, "is not the certificate of an authority (basicConstraints)");
  if ((X509_get_extension_flags(certificate) & EXFLAG_KUSAGE) == 0 ||
      (X509_get_key_usage(certificate) & needed) != needed)
    reject(path, "does not allow signing certificates and revocation lists (keyUsage)");
  if (X509_get0_subject_key_id(certificate) == nullptr) reject(path, "has no subjectKeyIdentifier");
}

void check_pair(const Config& config, EVP_PKEY* key, X509* certificate) {
  const KeyContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  if (EVP_PKEY_pairwise_check(context.get()) != 1)
    reject(config.key, "is not a sound key: its halves do not match: " + openssl_error());
  if (X509_check_private_key(certificate, key) != 1) {
    openssl_error();
    reject(config.key, fmt::format("is not the key of the certificate {}", config.certificate.string()));
  }
}

}  // namespace

Signing signing_of(EVP_PKEY* key) {
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1;
  std::array<char, 64> name{};
  std::string_view curve;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1) curve = name.data();
  Signing signing;
  // The digest is as strong as the curve (RFC 5480 section 4); RSA keys below 2,048 bits are not used (SP
  // 800-131A).
  if (rsa && EVP_PKEY_get_bits(key) >= 2048) signing = {NID_sha256WithRSAEncryption, EVP_sha256(), {}};
  if (curve == SN_X9_62_prime256v1) signing = {NID_ecdsa_with_SHA256, EVP_sha256(), {}};
  if (curve == SN_secp384r1) signing = {NID_ecdsa_with_SHA384, EVP_sha384(), {}};
  if (signing.digest != nullptr) signing.algorithm = der::signature_algorithm(signing.nid, rsa);
  return signing;
}

Authority::Authority(const Config& config, api::WallTime now) {
  if (config.station < 0x01 || config.station > 0x7f)
    throw std::runtime_error(fmt::format("the station's number must be 1 to 127, not {}", config.station));
  auto self = std::make_unique<Self>();
  self->key = read_key(config.key);
  self->certificate = read_certificate(config.certificate);
  X509* const certificate = self->certificate.get();
  check_certificate(config.certificate, certificate);
  check_pair(config, self->key.get(), certificate);
  self->signing = signing_of(self->key.get());
  if (self->signing.digest == nullptr)
    reject(config.key, "is not a key on P-256 or P-384, or RSA from 2048 bits");
  self->not_before = time_of(config.certificate, X509_get0_notBefore(certificate));
  self->not_after = time_of(config.certificate, X509_get0_notAfter(certificate));
  if (now < self->not_before) reject(config.certificate, "begins only on " + date(self->not_before));
  if (now >= self->not_after) reject(config.certificate, "ended on " + date(self->not_after));
  self->certificate_der = der_of(i2d_X509, certificate);
  self->name = der_of(i2d_X509_NAME, X509_get_subject_name(certificate));
  const ASN1_OCTET_STRING* const key_id = X509_get0_subject_key_id(certificate);
  self->key_identifier.assign(key_id->data, key_id->data + key_id->length);
  self->station = config.station;
  for (const auto& profile : config.profiles) {
    for (const auto& other : self->profiles)
      if (other.profile.name == profile.name)
        throw std::runtime_error(fmt::format("two certificate profiles are called {}", profile.name));
    self->profiles.push_back(prepare_profile(profile, self->key_identifier));
  }
  self_ = std::move(self);
}

}  // namespace authority
