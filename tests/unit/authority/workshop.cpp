#include "tests/unit/authority/workshop.hpp"

#include <openssl/ec.h>
#include <openssl/rsa.h>

namespace authority::test {

std::vector<Profile> shipped_profiles(api::KeyAlgorithm algorithm) {
  std::vector<Profile> profiles;
  for (const auto& row : api::key_purpose_rows)
    profiles.push_back(shipped_profile(row.value, algorithm, crl_url));
  return profiles;
}

KeyPtr make_key(api::KeyAlgorithm algorithm) {
  switch (algorithm) {
    case api::KeyAlgorithm::p256: return KeyPtr(EVP_EC_gen("P-256"));
    case api::KeyAlgorithm::p384: return KeyPtr(EVP_EC_gen("P-384"));
    case api::KeyAlgorithm::rsa2048: return KeyPtr(EVP_RSA_gen(2048U));
  }
  return nullptr;
}

api::Bytes spki_of(EVP_PKEY* key) {
  return der_of(i2d_PUBKEY, key);
}

Request make_request(EVP_PKEY* key) {
  Request request;
  request.subject_public_key_info = spki_of(key);
  request.number = "0000017";
  request.guid = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4c, 0xde, 0x8f, 1, 2, 3, 4, 5, 6, 7};
  request.name = "Zoë Sample";
  request.upn = "zoe@corp.example.org";
  request.email = "zoe@example.org";
  request.not_after = noon + std::chrono::days(400);
  return request;
}

Config Workshop::make(api::KeyAlgorithm own, api::KeyAlgorithm subjects) const {
  init_authority(
      {folder / "ca.key", folder / "ca.pem", {"O=Test", "CN=Test CA"}, std::chrono::days(3650), own}, noon);
  return {folder / "ca.key", folder / "ca.pem", 7, shipped_profiles(subjects)};
}

Workshop::Workshop(api::KeyAlgorithm own, api::KeyAlgorithm subjects)
    : config(make(own, subjects)), authority(config, noon) {}

api::Bytes Workshop::issue(std::string_view name, const Request& request) const {
  const Profile* const profile = authority.profile(name);
  EXPECT_NE(profile, nullptr);
  const auto serial = authority.reserve_serial().value();
  const auto tbs = authority.prepare(*profile, request, serial, noon);
  EXPECT_TRUE(tbs) << tbs.error().detail;
  const auto judged = verdict(authority.lint(*tbs, *profile, request, serial, noon));
  EXPECT_TRUE(judged) << judged.error().detail;
  return authority.sign(*tbs).value();
}

CertificatePtr parse(api::BytesView der) {
  const unsigned char* at = der.data();
  CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  EXPECT_EQ(at, der.data() + der.size());
  return certificate;
}

}  // namespace authority::test
