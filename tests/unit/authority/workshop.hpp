#pragma once
#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/authority/authority.hpp"
#include "daemon/authority/openssl.hpp"
#include "tests/fakes/temporary_folder.hpp"

// An authority in a directory of its own, a moment in time, and keys to certify.
namespace authority::test {

using namespace std::chrono_literals;

inline constexpr api::WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h};
inline constexpr const char* crl_url = "http://crl.example.org/station.crl";

using Folder = fakes::TemporaryFolder;

std::vector<Profile> shipped_profiles(api::KeyAlgorithm algorithm);
KeyPtr make_key(api::KeyAlgorithm algorithm);
api::Bytes spki_of(EVP_PKEY* key);

// Asks for a card with a holder.
Request make_request(EVP_PKEY* key);

// An authority made by init_authority, with the shipped profiles for `subjects`.
class Workshop {
 public:
  explicit Workshop(api::KeyAlgorithm own = api::KeyAlgorithm::p256,
                    api::KeyAlgorithm subjects = api::KeyAlgorithm::p256);
  Folder folder;
  Config config;
  Authority authority;

  // Every step, each expected to go well.
  api::Bytes issue(std::string_view profile, const Request& request) const;

 private:
  Config make(api::KeyAlgorithm own, api::KeyAlgorithm subjects) const;
};

CertificatePtr parse(api::BytesView der);

}  // namespace authority::test
