#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>

#include "daemon/authority/body.hpp"
#include "daemon/authority/names.hpp"
#include "daemon/authority/public_key.hpp"
#include "daemon/authority/self.hpp"

namespace authority {
namespace {

using Extensions = STACK_OF(X509_EXTENSION);

struct Case {
  const Authority::Self& self;
  const Body& body;
  std::size_t size;  // of the to-be-signed bytes
  const Profile& profile;
  const Request& request;
  const Serial& serial;
  api::WallTime now;
};

class Findings {
 public:
  // The text is put together only when it is needed.
  template <class... Args>
  void expect(bool right, Check check, fmt::format_string<Args...> text, Args&&... args) {
    if (!right) list_.push_back({check, fmt::format(text, std::forward<Args>(args)...)});
  }
  std::vector<Finding> take() { return std::move(list_); }

 private:
  std::vector<Finding> list_;
};

api::BytesView view(const ASN1_STRING* text) {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

bool same(api::BytesView one, api::BytesView other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

std::string text_of(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return text.data();
}

std::optional<api::WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  // UTCTime through 2049, GeneralizedTime from 2050, and never the other way round (RFC 5280 section 4.1.2.5)
  const bool short_year = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
  if (short_year != (parts.tm_year < 150)) return std::nullopt;
  return api::WallTime(std::chrono::seconds(timegm(&parts)));
}

// An extension's value, or null when it is not there exactly once or cannot be read.
template <class T, auto free>
auto read(const Extensions* extensions, int nid) {
  return std::unique_ptr<T, Freed<free>>(static_cast<T*>(X509V3_get_d2i(extensions, nid, nullptr, nullptr)));
}

void check_head(const Case& it, Findings& findings) {
  findings.expect(it.body.version != nullptr && ASN1_INTEGER_get(it.body.version) == 2, Check::version,
                  "the certificate is not of version 3");
  const bool positive = ASN1_STRING_type(it.body.serial) == V_ASN1_INTEGER;
  const bool shaped = it.serial[0] == it.self.station;
  findings.expect(positive && shaped && same(view(it.body.serial), it.serial), Check::serial,
                  "the serial number is not the one reserved by this station");
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, it.body.signature);
  findings.expect(same(der_of(i2d_X509_ALGOR, it.body.signature), it.self.signing.algorithm),
                  Check::signatureAlgorithm, "{} is not how the authority signs",
                  OBJ_nid2sn(OBJ_obj2nid(algorithm)));
  findings.expect(same(der_of(i2d_X509_NAME, it.body.issuer), it.self.name), Check::issuer,
                  "the issuer is not this authority");
  const auto subject = make_name(it.profile.subject, it.request);
  findings.expect(
      subject && same(der_of(i2d_X509_NAME, it.body.subject), der_of(i2d_X509_NAME, subject->get())),
      Check::subject, "the subject is not the one that was asked for");
}

void check_validity(const Case& it, Findings& findings) {
  const auto begin = time_of(it.body.validity->notBefore);
  const auto end = time_of(it.body.validity->notAfter);
  const auto expect = [&findings](bool right, std::string_view text) {
    findings.expect(right, Check::validity, "{}", text);
  };
  if (!begin || !end) return expect(false, "a time is not in the form that its year asks for");
  expect(*begin >= it.self.not_before && *end <= it.self.not_after,
         "it reaches beyond the authority's own time");
  expect(*end <= it.request.not_after, "it outlives the card");
  expect(*end - *begin <= it.profile.validity + backdate, "it lasts longer than the profile allows");
  expect(*begin <= it.now && *begin + std::chrono::days(1) > it.now, "it does not begin now");
  expect(*end > it.now, "it has ended already");
}

void check_key(const Case& it, Findings& findings) {
  const api::Bytes spki = der_of_key(it.body.key);
  findings.expect(same(spki, it.request.subject_public_key_info), Check::publicKey,
                  "the public key is not the one that was asked for");
  findings.expect(is_valid_public_key(spki, it.profile.algorithm), Check::publicKey,
                  "the public key is not a valid {} key", api::name_of(it.profile.algorithm));
  const auto key_id =
      read<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>(it.body.extensions, NID_subject_key_identifier);
  findings.expect(key_id && same(view(key_id.get()), key_identifier(view(it.body.key->bits))),
                  Check::subjectKeyIdentifier, "the subject key identifier is not the digest of the key");
}

struct Wanted {
  int nid;
  bool critical;
};

// RFC 5280 section 4.2.1 says which are critical; the extended usage is as the profile says.
std::vector<Wanted> wanted_extensions(const Case& it, bool alternative_names) {
  std::vector<Wanted> wanted{{NID_authority_key_identifier, false},
                             {NID_subject_key_identifier, false},
                             {NID_basic_constraints, true},
                             {NID_key_usage, true},
                             {NID_crl_distribution_points, false}};
  if (!it.profile.extended_key_usage.empty())
    wanted.push_back({NID_ext_key_usage, it.profile.extended_key_usage_critical});
  if (!it.profile.policies.empty()) wanted.push_back({NID_certificate_policies, false});
  if (!it.profile.issuer_url.empty()) wanted.push_back({NID_info_access, false});
  if (alternative_names) wanted.push_back({NID_subject_alt_name, false});
  return wanted;
}

// Whether OpenSSL would write the extension with the same bytes: DER has one form only, BER has many.
bool is_der(X509_EXTENSION* extension) {
  using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
  const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
  void* const value = X509V3_EXT_d2i(extension);
  if (value == nullptr) return false;
  const ExtensionPtr again(X509V3_EXT_i2d(nid, X509_EXTENSION_get_critical(extension), value));
  ASN1_item_free(static_cast<ASN1_VALUE*>(value), ASN1_ITEM_ptr(X509V3_EXT_get_nid(nid)->it));
  return again && same(der_of(i2d_X509_EXTENSION, extension), der_of(i2d_X509_EXTENSION, again.get()));
}

void check_extension_set(const Case& it, Findings& findings) {
  const auto names = make_alternative_names(it.profile.alternative_names, it.request);
  auto wanted = wanted_extensions(it, names && !names->empty());
  for (int i = 0; i < sk_X509_EXTENSION_num(it.body.extensions); ++i) {
    X509_EXTENSION* const extension = sk_X509_EXTENSION_value(it.body.extensions, i);
    const ASN1_OBJECT* const object = X509_EXTENSION_get_object(extension);
    const int nid = OBJ_obj2nid(object);
    const auto found =
        std::find_if(wanted.begin(), wanted.end(), [nid](const Wanted& one) { return one.nid == nid; });
    if (found == wanted.end()) {
      findings.expect(false, Check::extensions, "{} is not asked for, or there twice", text_of(object));
      continue;
    }
    findings.expect((X509_EXTENSION_get_critical(extension) == 1) == found->critical, Check::criticality,
                    "{} must {}be critical", OBJ_nid2sn(nid), found->critical ? "" : "not ");
    findings.expect(is_der(extension), Check::structure, "{} is not in DER", OBJ_nid2sn(nid));
    wanted.erase(found);
  }
  for (const auto& missing : wanted)
    findings.expect(false, Check::extensions, "{} is missing", OBJ_nid2sn(missing.nid));
  const auto in_body = X509v3_get_ext_by_NID(it.body.extensions, NID_subject_alt_name, -1);
  if (!names || in_body < 0 || names->empty()) return;
  const auto* const data = X509_EXTENSION_get_data(sk_X509_EXTENSION_value(it.body.extensions, in_body));
  findings.expect(same(view(data), *names), Check::alternativeName,
                  "the alternative names are not those that were asked for");
}

void check_usage(const Case& it, Findings& findings) {
  const auto constraints =
      read<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>(it.body.extensions, NID_basic_constraints);
  findings.expect(constraints && constraints->ca == 0 && constraints->pathlen == nullptr,
                  Check::basicConstraints, "the subject must not be an authority");
  const auto usage = read<ASN1_BIT_STRING, ASN1_BIT_STRING_free>(it.body.extensions, NID_key_usage);
  bool right = usage != nullptr;
  for (int bit = 0; right && bit < 9; ++bit) {  // RFC 5280 section 4.2.1.3 has nine
    const auto& allowed = it.profile.key_usage;
    const bool asked =
        std::any_of(allowed.begin(), allowed.end(), [bit](KeyUsage u) { return static_cast<int>(u) == bit; });
    right = (ASN1_BIT_STRING_get_bit(usage.get(), bit) == 1) == asked;
  }
  // named bits end with the last one that is set (X.690 section 11.2.2)
  if (right) right = usage->length > 0 && (usage->data[usage->length - 1] >> (usage->flags & 7) & 1) == 1;
  findings.expect(right, Check::keyUsage, "the key usage is not the profile's");
}

// The dotted identifiers of a list, in the order of the list.
template <class List, class Count, class At>
std::vector<std::string> identifiers(const List* list, Count count, At at) {
  std::vector<std::string> all;
  for (int i = 0; list != nullptr && i < count(list); ++i) all.push_back(text_of(at(list, i)));
  return all;
}

void check_identifiers(const Case& it, Findings& findings) {
  const auto usage = read<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>(it.body.extensions, NID_ext_key_usage);
  const auto usages = identifiers(
      usage.get(), [](const auto* list) { return sk_ASN1_OBJECT_num(list); },
      [](const auto* list, int i) { return sk_ASN1_OBJECT_value(list, i); });
  findings.expect(usages == it.profile.extended_key_usage, Check::extendedKeyUsage,
                  "the extended key usage is not the profile's");
  const auto policy =
      read<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free>(it.body.extensions, NID_certificate_policies);
  const auto policies = identifiers(
      policy.get(), [](const auto* list) { return sk_POLICYINFO_num(list); },
      [](const auto* list, int i) { return sk_POLICYINFO_value(list, i)->policyid; });
  findings.expect(policies == it.profile.policies, Check::policies, "the policies are not the profile's");
}

bool is_url(const GENERAL_NAME* name, const std::string& url) {
  return name != nullptr && name->type == GEN_URI &&
         same(view(name->d.uniformResourceIdentifier), api::bytes_of(url));
}

bool is_one_point(const CRL_DIST_POINTS* points, const std::string& url) {
  if (points == nullptr || sk_DIST_POINT_num(points) != 1) return false;
  const DIST_POINT* const point = sk_DIST_POINT_value(points, 0);
  if (point->reasons != nullptr || point->CRLissuer != nullptr || point->distpoint == nullptr) return false;
  if (point->distpoint->type != 0 || sk_GENERAL_NAME_num(point->distpoint->name.fullname) != 1) return false;
  return is_url(sk_GENERAL_NAME_value(point->distpoint->name.fullname, 0), url);
}

bool is_one_issuer(const AUTHORITY_INFO_ACCESS* access, const std::string& url) {
  if (url.empty()) return access == nullptr;
  if (access == nullptr || sk_ACCESS_DESCRIPTION_num(access) != 1) return false;
  const ACCESS_DESCRIPTION* const one = sk_ACCESS_DESCRIPTION_value(access, 0);
  return OBJ_obj2nid(one->method) == NID_ad_ca_issuers && is_url(one->location, url);
}

void check_authority(const Case& it, Findings& findings) {
  const auto key_id =
      read<AUTHORITY_KEYID, AUTHORITY_KEYID_free>(it.body.extensions, NID_authority_key_identifier);
  findings.expect(key_id && key_id->keyid != nullptr && key_id->issuer == nullptr &&
                      key_id->serial == nullptr && same(view(key_id->keyid), it.self.key_identifier),
                  Check::authorityKeyIdentifier, "the authority key identifier is not this authority's");
  const auto points =
      read<CRL_DIST_POINTS, CRL_DIST_POINTS_free>(it.body.extensions, NID_crl_distribution_points);
  findings.expect(is_one_point(points.get(), it.profile.crl_url), Check::distributionPoint,
                  "the revocation list is not the profile's");
  const auto access =
      read<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>(it.body.extensions, NID_info_access);
  findings.expect(is_one_issuer(access.get(), it.profile.issuer_url), Check::authorityInformation,
                  "the address of the issuer is not the profile's");
}

void check_size(const Case& it, Findings& findings) {
  // around the body: the outer header, the algorithm, the signature as a BIT STRING
  constexpr std::size_t headers = 4 + 5;
  const std::size_t size = it.size + headers + it.self.signing.algorithm.size() +
                           static_cast<std::size_t>(EVP_PKEY_get_size(it.self.key.get()));
  findings.expect(size <= certificate_limit, Check::size,
                  "the certificate may have {} bytes, the chip takes {}", size, certificate_limit);
}

}  // namespace

std::vector<Finding> Authority::lint(api::BytesView tbs, const Profile& profile, const Request& request,
                                     const Serial& serial, api::WallTime now) const {
  Findings findings;
  const BodyPtr body = parse_body(tbs);
  if (!body) {
    findings.expect(false, Check::structure, "these bytes are not the body of a certificate in DER");
    return findings.take();
  }
  const Case it{*self_, *body, tbs.size(), profile, request, serial, now};
  check_head(it, findings);
  check_validity(it, findings);
  check_key(it, findings);
  check_extension_set(it, findings);
  check_usage(it, findings);
  check_identifiers(it, findings);
  check_authority(it, findings);
  check_size(it, findings);
  ERR_clear_error();
  return findings.take();
}

api::Result<> verdict(const std::vector<Finding>& findings) {
  if (findings.empty()) return {};
  std::string detail;
  for (const auto& finding : findings)
    detail += fmt::format("{}{}: {}", detail.empty() ? "" : "; ", api::name_of(finding.check), finding.text);
  const bool only_size = std::all_of(findings.begin(), findings.end(),
                                     [](const Finding& finding) { return finding.check == Check::size; });
  return api::fail(only_size ? api::Reason::certificateTooLarge : api::Reason::authorityRefused,
                   std::move(detail));
}

}  // namespace authority
