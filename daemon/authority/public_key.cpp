#include "daemon/authority/public_key.hpp"

#include <openssl/ec.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>

#include "daemon/authority/openssl.hpp"

namespace authority {
namespace {

struct Form {
  api::KeyAlgorithm algorithm;
  std::string_view begin;  // hexadecimal; everything before subjectPublicKey's contents
  std::string_view inner;  // how the contents begin
  std::string_view end;    // how they end
  std::size_t size;        // of the contents
  int curve;               // NID, or NID_undef
};
constexpr std::array<Form, 3> forms{{
    {api::KeyAlgorithm::p256, "3059301306072a8648ce3d020106082a8648ce3d030107034200", "04", "", 65,
     NID_X9_62_prime256v1},
    {api::KeyAlgorithm::p384, "3076301006072a8648ce3d020106052b81040022036200", "04", "", 97, NID_secp384r1},
    {api::KeyAlgorithm::rsa2048, "30820122300d06092a864886f70d01010105000382010f00", "3082010a0282010100",
     "0203010001", 270, NID_undef},
}};

struct Pattern {
  api::Bytes begin, inner, end;
};

const Pattern& pattern_of(api::KeyAlgorithm algorithm) {
  static const auto patterns = [] {
    std::array<Pattern, forms.size()> all;
    for (const auto& form : forms)
      all[static_cast<std::size_t>(form.algorithm)] = {api::from_hex(form.begin).value(),
                                                       api::from_hex(form.inner).value(),
                                                       api::from_hex(form.end).value()};
    return all;
  }();
  return patterns[static_cast<std::size_t>(algorithm)];
}

bool begins_with(api::BytesView bytes, api::BytesView begin) {
  return bytes.size() >= begin.size() && std::equal(begin.begin(), begin.end(), bytes.begin());
}

// Made once: making one takes as long as a signature. Shared by all threads, nobody changes it.
const EC_GROUP* group_of(int curve) {
  using GroupPtr = std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>>;
  static const GroupPtr p256(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  static const GroupPtr p384(EC_GROUP_new_by_curve_name(NID_secp384r1));
  return curve == NID_secp384r1 ? p384.get() : p256.get();
}

bool is_on_curve(api::BytesView point, int curve) {
  const EC_GROUP* const group = group_of(curve);
  const std::unique_ptr<EC_POINT, Freed<EC_POINT_free>> parsed(EC_POINT_new(group));
  // fails for coordinates out of range and for a point off the curve
  return EC_POINT_oct2point(group, parsed.get(), point.data(), point.size(), nullptr) == 1;
}

bool is_sound_rsa(api::BytesView spki) {
  const unsigned char* at = spki.data();
  const KeyPtr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (!key || EVP_PKEY_get_bits(key.get()) != 2048) return false;
  const KeyContextPtr context(EVP_PKEY_CTX_new(key.get(), nullptr));
  return EVP_PKEY_public_check(context.get()) == 1;
}

}  // namespace

std::optional<api::BytesView> public_key_bits(api::BytesView spki, api::KeyAlgorithm algorithm) {
  const Form& form = forms[static_cast<std::size_t>(algorithm)];
  const Pattern& pattern = pattern_of(algorithm);
  if (spki.size() != pattern.begin.size() + form.size || !begins_with(spki, pattern.begin))
    return std::nullopt;
  const auto bits = spki.subspan(pattern.begin.size());
  if (!begins_with(bits, pattern.inner)) return std::nullopt;
  if (!begins_with(bits.last(pattern.end.size()), pattern.end)) return std::nullopt;
  return bits;
}

bool is_valid_public_key(api::BytesView spki, api::KeyAlgorithm algorithm) {
  const auto bits = public_key_bits(spki, algorithm);
  if (!bits) return false;
  const int curve = forms[static_cast<std::size_t>(algorithm)].curve;
  const bool valid = curve != NID_undef ? is_on_curve(*bits, curve) : is_sound_rsa(spki);
  if (!valid) openssl_error();
  return valid;
}

std::array<std::uint8_t, 20> key_identifier(api::BytesView public_key_bits) {
  std::array<std::uint8_t, 20> digest{};
  EVP_Digest(public_key_bits.data(), public_key_bits.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  return digest;
}

std::optional<api::Bytes> public_key_info(api::BytesView certificate) {
  const unsigned char* at = certificate.data();
  const CertificatePtr parsed(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
  if (parsed) return der_of(i2d_X509_PUBKEY, X509_get_X509_PUBKEY(parsed.get()));
  openssl_error();
  return std::nullopt;
}

}  // namespace authority
