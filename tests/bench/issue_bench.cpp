// How fast certificates are issued, compared with the bare ECDSA P-256 signature that each of them needs, and
// how long a revocation list takes by the number of its entries.
// Usage: issue_bench [SECONDS per row]; prints the median of five rounds per row.
#include <fmt/format.h>
#include <openssl/ec.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "daemon/authority/authority.hpp"
#include "daemon/authority/openssl.hpp"
#include "tests/fakes/temporary_folder.hpp"

namespace {

using namespace authority;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Microseconds per call.
template <class Act>
double measure(double seconds, const Act& act) {
  std::array<double, 5> rounds{};
  for (auto& round : rounds) {
    const double begin = seconds_now();
    unsigned calls = 0;
    while (seconds_now() - begin < seconds / rounds.size()) {
      act();
      ++calls;
    }
    round = (seconds_now() - begin) / calls * 1e6;
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

void must(bool done) {
  if (!done) std::abort();
}

void bare_signature(EVP_PKEY* key, api::BytesView bytes) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::array<unsigned char, 128> signature{};
  std::size_t size = signature.size();
  must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
       EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) == 1);
}

void row(const char* what, double time, double floor) {
  fmt::print("{:44} {:8.1f} us {:9.0f}/s {:6.2f} of the bare signature rate\n", what, time, 1e6 / time,
             floor / time);
}

void run(const Authority& authority, double seconds) {
  const api::WallTime now = api::SystemClock().wall();
  const KeyPtr key(EVP_EC_gen("P-256"));
  Request request;
  request.subject_public_key_info = der_of(i2d_PUBKEY, key.get());
  request.number = "0000017";
  request.upn = "zoe@corp.example.org";
  request.not_after = now + std::chrono::days(365);
  const Profile& profile = *authority.profile("authentication");
  const auto serial = authority.reserve_serial().value();
  const auto tbs = authority.prepare(profile, request, serial, now).value();
  fmt::print("certificate: {} bytes\n", authority.sign(tbs)->size());

  const double floor = measure(seconds, [&] { bare_signature(key.get(), tbs); });
  const double prepare =
      measure(seconds, [&] { must(authority.prepare(profile, request, serial, now).has_value()); });
  const double lint =
      measure(seconds, [&] { must(authority.lint(tbs, profile, request, serial, now).empty()); });
  const double sign = measure(seconds, [&] { must(authority.sign(tbs).has_value()); });
  const double whole = measure(seconds, [&] {
    const auto number = authority.reserve_serial().value();
    const auto body = authority.prepare(profile, request, number, now).value();
    must(verdict(authority.lint(body, profile, request, number, now)).has_value());
    must(authority.sign(body).has_value());
  });
  const double build = measure(seconds, [&] {
    const auto number = authority.reserve_serial().value();
    const auto body = authority.prepare(profile, request, number, now).value();
    bare_signature(key.get(), body);
  });
  row("bare ECDSA P-256 signature", floor, floor);
  row("prepare", prepare, floor);
  row("lint, with validation of the key", lint, floor);
  row("sign, with verification", sign, floor);
  row("issue: serial, prepare, signature", build, floor);
  row("issue with lint (verification taken off)", build + lint, floor);
  row("issue with lint and verification", whole, floor);
}

void lists(const Authority& authority, double seconds) {
  const api::WallTime now = api::SystemClock().wall();
  std::vector<Revocation> entries;
  for (const std::size_t count : {100U, 10'000U, 100'000U}) {
    while (entries.size() < count)
      entries.push_back(
          {authority.reserve_serial().value(), now, api::RevocationReason::cessationOfOperation});
    std::size_t size = 0;
    const double make = measure(seconds, [&] {
      const auto der = authority.make_crl(entries, 1, now, now + std::chrono::hours(24));
      must(der.has_value());
      size = der->size();
    });
    const auto der = authority.make_crl(entries, 1, now, now + std::chrono::hours(24)).value();
    const double pem = measure(seconds, [&] { must(!to_pem("X509 CRL", der).empty()); });
    fmt::print("list of {:6} entries {:24.1f} ms, as PEM {:5.1f} ms, {} bytes\n", count, make / 1e3,
               pem / 1e3, size);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  const fakes::TemporaryFolder path;
  const api::WallTime now = api::SystemClock().wall();
  init_authority({path / "ca.key", path / "ca.pem", {"O=Bench", "CN=Bench CA"}}, now);
  const Config config{path / "ca.key",
                      path / "ca.pem",
                      1,
                      {shipped_profile(api::KeyPurpose::authentication, api::KeyAlgorithm::p256,
                                       "http://crl.example.org/station.crl")}};
  const Authority authority(config, now);
  run(authority, seconds);
  lists(authority, seconds);
}
