#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "drivers/api/card_family.hpp"

namespace authority {

// RFC 5280 section 4.2.1.3; the enumerator's value is the number of its bit.
enum class KeyUsage { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement };
inline constexpr std::array<api::EnumRow<KeyUsage>, 5> key_usage_rows{{
    {KeyUsage::digitalSignature, "digitalSignature", "signs challenges and documents"},
    {KeyUsage::nonRepudiation, "nonRepudiation", "signs with commitment"},
    {KeyUsage::keyEncipherment, "keyEncipherment", "decrypts keys (RSA)"},
    {KeyUsage::dataEncipherment, "dataEncipherment", "decrypts data"},
    {KeyUsage::keyAgreement, "keyAgreement", "agrees on keys (elliptic curves)"},
}};
static_assert(api::well_formed(key_usage_rows));
constexpr const auto& rows_of(KeyUsage) {
  return key_usage_rows;
}

// What the certificates of one kind look like. Data: whoever reads the configuration fills it in, usually by
// starting from `shipped_profile`. Checked when an Authority is made from it.
//
// `subject` holds relative names from the outermost to the innermost, each "TYPE=text" (C, O, OU, CN,
// serialNumber, …); `alternative_names` holds "URI=text", "email=text" and "UPN=text". In the texts stand
// {number} (the card's), {guid}, {name}, {upn} and {email} (the holder's). A subject that needs what the
// request does not have is refused; an alternative name that needs it is left out.
struct Profile {
  std::string name;  // as products call it
  api::KeyPurpose purpose = api::KeyPurpose::authentication;
  api::KeyAlgorithm algorithm = api::KeyAlgorithm::p256;
  std::vector<KeyUsage> key_usage;
  std::vector<std::string> extended_key_usage;  // object identifiers, dotted
  bool extended_key_usage_critical = false;
  std::vector<std::string> policies;  // object identifiers, dotted
  std::vector<std::string> subject;
  std::vector<std::string> alternative_names;
  std::chrono::days validity{365};  // at most; the request and the authority's own end may shorten it
  std::string crl_url;              // never empty: an unreleased certificate is said so on this list
  std::string issuer_url;           // where the authority's certificate can be fetched; empty: not said
};

// The four profiles as shipped, after FIPS 201 and SP 800-73-4, named like their purpose.
Profile shipped_profile(api::KeyPurpose purpose, api::KeyAlgorithm algorithm, std::string crl_url);

}  // namespace authority
