#pragma once
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "daemon/bureau/outbox.hpp"
#include "tests/fakes/temporary_folder.hpp"

// Certificates and keys of a station and a bureau, made for a test.
namespace bureau::test {

using namespace std::chrono_literals;

inline constexpr api::WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h};

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
inline void free_stack(STACK_OF(X509) * stack) {
  sk_X509_free(stack);
}
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

inline Key ec_key() {
  return Key(EVP_EC_gen("P-256"));
}
inline Key rsa_key(std::size_t bits = 2048) {
  return Key(EVP_RSA_gen(bits));
}

// Writes FOLDER/NAME.pem, a certificate that is its own authority, and FOLDER/NAME.key.
inline void write_pair(const fakes::TemporaryFolder& folder, const std::string& name, const Key& key,
                       const char* use = nullptr, api::WallTime from = noon - 24h,
                       api::WallTime until = noon + 24h * 30) {
  const std::unique_ptr<X509, Freed<X509_free>> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), std::chrono::system_clock::to_time_t(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), std::chrono::system_clock::to_time_t(until));
  X509_set_pubkey(certificate.get(), key.get());
  if (use) {
    auto* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, use);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate.get(), key.get(), EVP_PKEY_is_a(key.get(), "ED25519") ? nullptr : EVP_sha256());
  const auto write = [&folder](const std::string& file, auto put) {
    const std::unique_ptr<BIO, Freed<BIO_free_all>> out(BIO_new_file((folder / file).c_str(), "w"));
    put(out.get());
  };
  write(name + ".pem", [&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  write(name + ".key",
        [&](BIO* out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  std::filesystem::permissions(folder / (name + ".key"), std::filesystem::perms(0600));
}

inline Settings settings_in(const fakes::TemporaryFolder& folder) {
  return {folder / "outbox", folder / "bureau.pem", folder / "station.pem", folder / "station.key"};
}

inline Job two_cards() {
  return {"O5",       noon, "temporary",
          "byBureau", 3,    {{"C17", "T00000170", {{"name", "Zoë \"Z\" Öz"}}}, {"C18", "T00000188", {}}}};
}

// What the bureau reads in a job file: decrypted, and signed with FOLDER/station.key. Empty: it cannot.
inline std::string opened(const fakes::TemporaryFolder& folder, const std::string& file) {
  using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
  using Cms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;
  const auto bio = [&folder](const std::string& name) {
    return Bio(BIO_new_file((folder / name).c_str(), "r"));
  };
  const std::unique_ptr<X509, Freed<X509_free>> recipient(
      PEM_read_bio_X509(bio("bureau.pem").get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<X509, Freed<X509_free>> station(
      PEM_read_bio_X509(bio("station.pem").get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(bio("bureau.key").get(), nullptr, nullptr, nullptr));
  const Cms sealed(d2i_CMS_bio(bio(file).get(), nullptr));
  const Bio signed_data(BIO_new(BIO_s_mem())), content(BIO_new(BIO_s_mem()));
  const std::unique_ptr<STACK_OF(X509), Freed<free_stack>> signers(sk_X509_new_null());
  if (!sealed ||
      CMS_decrypt(sealed.get(), key.get(), recipient.get(), nullptr, signed_data.get(), CMS_BINARY) != 1)
    return {};
  const Cms cms(d2i_CMS_bio(signed_data.get(), nullptr));
  sk_X509_push(signers.get(), station.get());
  if (!cms || CMS_verify(cms.get(), signers.get(), nullptr, nullptr, content.get(),
                         CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) != 1)
    return {};
  char* text = nullptr;
  const auto size = BIO_get_mem_data(content.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace bureau::test
