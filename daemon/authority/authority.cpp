#include "daemon/authority/authority.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cassert>

#include "daemon/authority/der.hpp"
#include "daemon/authority/names.hpp"
#include "daemon/authority/public_key.hpp"
#include "daemon/authority/self.hpp"

namespace authority {
namespace {

using der::element;

const PreparedProfile* find_profile(const std::vector<PreparedProfile>& profiles, std::string_view name) {
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [name](const PreparedProfile& one) { return one.profile.name == name; });
  return found == profiles.end() ? nullptr : &*found;
}

api::Bytes validity(api::WallTime begin, api::WallTime end) {
  return element(der::sequence, {der::time(begin), der::time(end)});
}

api::Bytes extensions(const PreparedProfile& profile, api::BytesView key_bits, api::BytesView names) {
  const auto identifier = key_identifier(key_bits);
  const api::Bytes key_id =
      der::extension(NID_subject_key_identifier, false, element(der::octet_string, {identifier}));
  api::Bytes alternative;
  if (!names.empty()) alternative = der::extension(NID_subject_alt_name, false, names);
  const api::Bytes all = element(der::sequence, {profile.extensions, key_id, alternative});
  return element(der::constructed_context(3), {all});
}

bool signature_fits(EVP_PKEY* key, const EVP_MD* digest, api::BytesView tbs, api::BytesView signature) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), tbs.data(), tbs.size()) == 1;
}

// Empty when OpenSSL fails.
api::Bytes make_signature(EVP_PKEY* key, const EVP_MD* digest, api::BytesView tbs) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  api::Bytes signature(size);
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, tbs.data(), tbs.size()) != 1)
    return {};
  signature.resize(size);
  return signature;
}

}  // namespace

std::string openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:x}", code);
}

std::string to_hex(const Serial& serial) {
  return api::to_hex(serial);
}

std::optional<Serial> serial_from_hex(std::string_view text) {
  const auto bytes = api::from_hex(text);
  Serial serial{};
  if (!bytes || bytes->size() != serial.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), serial.begin());
  return serial;
}

bool draw_serial(std::uint8_t station, Serial& serial) {
  assert(station >= 0x01 && station <= 0x7f);
  serial[0] = station;
  return RAND_bytes(serial.data() + 1, static_cast<int>(serial.size()) - 1) == 1;
}

std::string to_pem(const char* label, api::BytesView der) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio(out.get(), label, "", der.data(), static_cast<long>(der.size()));
  char* begin = nullptr;
  const long size = BIO_get_mem_data(out.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

const Profile* Authority::profile(std::string_view name) const {
  const PreparedProfile* const found = find_profile(self_->profiles, name);
  return found == nullptr ? nullptr : &found->profile;
}

api::BytesView Authority::certificate() const {
  return self_->certificate_der;
}

api::WallTime Authority::not_after() const {
  return self_->not_after;
}

api::Result<Serial> Authority::reserve_serial() const {
  Serial serial{};
  if (!draw_serial(self_->station, serial))
    return api::fail(api::Reason::authorityUnavailable,
                     "no randomness for a serial number: " + openssl_error());
  return serial;
}

api::Result<api::Bytes> Authority::prepare(const Profile& profile, const Request& request,
                                           const Serial& serial, api::WallTime now) const {
  const auto refuse = [&profile](std::string_view what) {
    return api::fail(api::Reason::authorityRefused, fmt::format("profile {}: {}", profile.name, what));
  };
  const PreparedProfile* const prepared = find_profile(self_->profiles, profile.name);
  if (prepared == nullptr) return refuse("is not one of this authority's");
  const auto key_bits = public_key_bits(request.subject_public_key_info, profile.algorithm);
  if (!key_bits)
    return refuse(fmt::format("the public key is not a {} key", api::name_of(profile.algorithm)));
  const auto subject = make_name(profile.subject, request);
  if (!subject) return refuse("subject: " + subject.error());
  const auto names = make_alternative_names(profile.alternative_names, request);
  if (!names) return refuse("alternative names: " + names.error());
  const auto begin = std::max<api::WallTime>(now - backdate, self_->not_before);
  const auto end = std::min<api::WallTime>({now + profile.validity, request.not_after, self_->not_after});
  if (end <= now) return refuse("the certificate would have ended before it is made");

  static const api::Bytes version =
      element(der::constructed_context(0), {api::Bytes{der::integer, 1, 2}});  // v3
  return element(der::sequence, {version, element(der::integer, {serial}), self_->signing.algorithm,
                                 self_->name, validity(begin, end), der_of(i2d_X509_NAME, subject->get()),
                                 request.subject_public_key_info, extensions(*prepared, *key_bits, *names)});
}

api::Result<api::Bytes> Authority::sign(api::BytesView tbs) const {
  const api::Bytes signature = make_signature(self_->key.get(), self_->signing.digest, tbs);
  if (signature.empty())
    return api::fail(api::Reason::authorityUnavailable, "signing failed: " + openssl_error());
  constexpr std::array<std::uint8_t, 1> no_unused_bits{0};
  api::Bytes certificate = element(
      der::sequence, {tbs, self_->signing.algorithm, element(der::bit_string, {no_unused_bits, signature})});
  // What is judged is what goes out: the bytes inside the certificate, with the public key of the authority.
  const std::size_t header = certificate[1] < 0x80 ? 2 : 2 + (certificate[1] & 0x7fU);
  const auto signed_bytes = api::BytesView(certificate).subspan(header, tbs.size());
  EVP_PKEY* const public_key = X509_get0_pubkey(self_->certificate.get());
  if (!std::equal(tbs.begin(), tbs.end(), signed_bytes.begin()) ||
      !signature_fits(public_key, self_->signing.digest, signed_bytes, signature))
    return api::fail(api::Reason::authorityRefused, "the signature that was made does not verify");
  return certificate;
}

}  // namespace authority
