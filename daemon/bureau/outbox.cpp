#include "daemon/bureau/outbox.hpp"

#include <fmt/format.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "drivers/api/durable_file.hpp"

namespace bureau {
namespace {

namespace fs = std::filesystem;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

// The last of OpenSSL's errors in this thread; none is left.
std::string openssl_error() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return text == nullptr ? "unknown error" : text;
}

[[noreturn]] void reject(const fs::path& path, std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", path.string(), what));
}

Bio bio_of(api::BytesView bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

Certificate read_certificate(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) reject(path, "cannot be read");
  const std::string pem((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Certificate certificate(PEM_read_bio_X509(bio_of(api::bytes_of(pem)).get(), nullptr, nullptr, nullptr));
  if (!certificate) reject(path, "is not a certificate in PEM: " + openssl_error());
  return certificate;
}

Key read_key(const fs::path& path) {
  const auto pem = api::read_secret_file(path);
  if (!pem) throw std::runtime_error(pem.error());
  // Without this callback OpenSSL would ask for a pass phrase on the terminal.
  const auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(bio_of(pem->reveal()).get(), nullptr, no_pass_phrase, nullptr));
  if (!key) reject(path, "is not a private key in PEM without a pass phrase: " + openssl_error());
  return key;
}

// What CMS takes with SHA-256; RSA keys below 2,048 bits are not used (SP 800-131A).
void check_use(const fs::path& path, X509* certificate, std::uint32_t rsa_use, std::uint32_t ec_use) {
  const EVP_PKEY* const key = X509_get0_pubkey(certificate);
  const bool rsa = key && EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= 2048;
  if (!rsa && (!key || EVP_PKEY_is_a(key, "EC") != 1))
    reject(path, "is not for a key on a curve of NIST, or RSA from 2048 bits");
  // Without the extension every use is allowed: all bits are set then (RFC 5280 section 4.2.1.3).
  if ((X509_get_key_usage(certificate) & (rsa ? rsa_use : ec_use)) == 0)
    reject(path, "does not allow what it is used for here (keyUsage)");
}

api::Bytes der_of(const CMS_ContentInfo* cms) {
  api::Bytes der(static_cast<std::size_t>(std::max(0, i2d_CMS_ContentInfo(cms, nullptr))));
  auto* out = der.data();
  i2d_CMS_ContentInfo(cms, &out);
  return der;
}

// For RSA OAEP with SHA-256 (RFC 3560), for curves the key derivation with SHA-256 (RFC 5753): the
// library's defaults are PKCS #1 v1.5 and SHA-1.
bool choose_algorithms(CMS_RecipientInfo* recipient, const EVP_PKEY* key) {
  EVP_PKEY_CTX* const context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  if (EVP_PKEY_is_a(key, "RSA") != 1) return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0;
}

}  // namespace

struct Outbox::Self {
  Settings settings;
  Certificate recipient, certificate;
  Key key;

  tl::expected<api::Bytes, std::string> sign(api::BytesView content) const;
  tl::expected<api::Bytes, std::string> encrypt(api::BytesView content) const;
};

// SignedData (RFC 5652 section 5) with the content and the station's certificate in it.
tl::expected<api::Bytes, std::string> Outbox::Self::sign(api::BytesView content) const {
  constexpr unsigned flags = CMS_BINARY | CMS_NOSMIMECAP;
  const Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags | CMS_PARTIAL));
  if (!cms || !CMS_add1_signer(cms.get(), certificate.get(), key.get(), EVP_sha256(), flags) ||
      CMS_final(cms.get(), bio_of(content).get(), nullptr, flags) != 1)
    return tl::unexpected("it could not be signed: " + openssl_error());
  return der_of(cms.get());
}

// AuthEnvelopedData (RFC 5083) with AES-256 in GCM (RFC 5084): a change is found by decryption already.
tl::expected<api::Bytes, std::string> Outbox::Self::encrypt(api::BytesView content) const {
  const Cms cms(CMS_encrypt(nullptr, nullptr, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL));
  auto* const added =
      cms ? CMS_add1_recipient_cert(cms.get(), recipient.get(), CMS_BINARY | CMS_KEY_PARAM) : nullptr;
  if (!added || !choose_algorithms(added, X509_get0_pubkey(recipient.get())) ||
      CMS_final(cms.get(), bio_of(content).get(), nullptr, CMS_BINARY) != 1)
    return tl::unexpected("it could not be encrypted: " + openssl_error());
  return der_of(cms.get());
}

Outbox::Outbox(const Settings& settings) {
  auto self = std::make_unique<Self>(Self{settings, read_certificate(settings.recipient),
                                          read_certificate(settings.certificate), read_key(settings.key)});
  check_use(settings.recipient, self->recipient.get(), KU_KEY_ENCIPHERMENT, KU_KEY_AGREEMENT);
  check_use(settings.certificate, self->certificate.get(), KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE);
  if (X509_check_private_key(self->certificate.get(), self->key.get()) != 1) {
    ERR_clear_error();
    reject(settings.key, fmt::format("is not the key of the certificate {}", settings.certificate.string()));
  }
  self_ = std::move(self);
}

Outbox::~Outbox() = default;
Outbox::Outbox(Outbox&&) noexcept = default;

tl::expected<void, std::string> Outbox::write(const Job& job, api::WallTime now) const {
  // Asked each time, not at the start alone: a certificate of the bureau's is no reason to stop the station.
  auto seconds = std::chrono::system_clock::to_time_t(now);
  for (const auto& [path, certificate] : {std::pair{&self_->settings.recipient, self_->recipient.get()},
                                          {&self_->settings.certificate, self_->certificate.get()}})
    if (X509_cmp_time(X509_get0_notBefore(certificate), &seconds) > 0 ||
        X509_cmp_time(X509_get0_notAfter(certificate), &seconds) < 0)
      return tl::unexpected(path->string() + ": the certificate is not valid now");
  return self_->sign(api::bytes_of(to_json(job)))
      .and_then([this](const api::Bytes& signed_data) { return self_->encrypt(signed_data); })
      .and_then([&](const api::Bytes& sealed) {
        return api::write_durably(self_->settings.outbox / (job.order + ".p7m"), sealed,
                                  api::IfExists::replace, 0600);
      });
}

}  // namespace bureau
