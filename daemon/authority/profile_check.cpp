#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "daemon/authority/der.hpp"
#include "daemon/authority/names.hpp"
#include "daemon/authority/self.hpp"

namespace authority {
namespace {

using der::element;

[[noreturn]] void reject(const Profile& profile, std::string_view what) {
  throw std::runtime_error(fmt::format("certificate profile {}: {}", profile.name, what));
}

api::Bytes identifier_of(const Profile& profile, const std::string& dotted) {
  api::Bytes identifier = der::object_identifier(dotted);
  if (identifier.empty()) reject(profile, fmt::format("\"{}\" is no object identifier like 1.2.3", dotted));
  return identifier;
}

// BIT STRING without trailing zero bits, as DER asks for named bits (X.690 section 11.2.2).
api::Bytes key_usage(const Profile& profile) {
  std::uint8_t bits = 0;
  for (const auto usage : profile.key_usage)
    bits |= static_cast<std::uint8_t>(0x80 >> static_cast<unsigned>(usage));
  if (bits == 0) reject(profile, "key_usage must not be empty");
  std::uint8_t unused = 0;
  while ((bits >> unused & 1) == 0) ++unused;
  const std::array<std::uint8_t, 2> content{unused, bits};
  return element(der::bit_string, {content});
}

api::Bytes extended_key_usage(const Profile& profile) {
  api::Bytes all;
  for (const auto& dotted : profile.extended_key_usage) {
    const api::Bytes one = identifier_of(profile, dotted);
    all.insert(all.end(), one.begin(), one.end());
  }
  return element(der::sequence, {all});
}

api::Bytes policies(const Profile& profile) {
  api::Bytes all;
  for (const auto& dotted : profile.policies) {
    const api::Bytes one = element(der::sequence, {identifier_of(profile, dotted)});
    all.insert(all.end(), one.begin(), one.end());
  }
  return element(der::sequence, {all});
}

api::Bytes url(const Profile& profile, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain || text.find(':') == std::string::npos) reject(profile, fmt::format("\"{}\" is no URL", text));
  return element(der::context(GEN_URI), {api::bytes_of(text)});
}

// One DistributionPoint with a fullName (RFC 5280 section 4.2.1.13).
api::Bytes distribution_point(const Profile& profile) {
  if (profile.crl_url.empty()) reject(profile, "crl_url must say where the revocation list can be fetched");
  const api::Bytes full_name = element(der::constructed_context(0), {url(profile, profile.crl_url)});
  const api::Bytes name = element(der::constructed_context(0), {full_name});
  return element(der::sequence, {element(der::sequence, {name})});
}

// RFC 5280 section 4.2.2.1, caIssuers.
api::Bytes authority_information(const Profile& profile) {
  const api::Bytes method = der_of(i2d_ASN1_OBJECT, OBJ_nid2obj(NID_ad_ca_issuers));
  const api::Bytes access = element(der::sequence, {method, url(profile, profile.issuer_url)});
  return element(der::sequence, {access});
}

void check_templates(const Profile& profile) {
  const Request sample = sample_request();
  if (const auto name = make_name(profile.subject, sample); !name)
    reject(profile, "subject: " + name.error());
  if (const auto names = make_alternative_names(profile.alternative_names, sample); !names)
    reject(profile, "alternative_names: " + names.error());
  if (profile.validity.count() <= 0) reject(profile, "validity must be at least one day");
}

}  // namespace

PreparedProfile prepare_profile(const Profile& profile, api::BytesView authority_key_identifier) {
  check_templates(profile);
  PreparedProfile prepared{profile, {}};
  const auto add = [&prepared](int nid, bool critical, api::BytesView value) {
    const api::Bytes one = der::extension(nid, critical, value);
    prepared.extensions.insert(prepared.extensions.end(), one.begin(), one.end());
  };
  const api::Bytes key_id = element(der::context(0), {authority_key_identifier});
  add(NID_authority_key_identifier, false, element(der::sequence, {key_id}));
  add(NID_basic_constraints, true, element(der::sequence, {}));  // cA is FALSE by default
  add(NID_key_usage, true, key_usage(profile));
  if (!profile.extended_key_usage.empty())
    add(NID_ext_key_usage, profile.extended_key_usage_critical, extended_key_usage(profile));
  if (!profile.policies.empty()) add(NID_certificate_policies, false, policies(profile));
  add(NID_crl_distribution_points, false, distribution_point(profile));
  if (!profile.issuer_url.empty()) add(NID_info_access, false, authority_information(profile));
  return prepared;
}

}  // namespace authority
