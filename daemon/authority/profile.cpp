#include "daemon/authority/profile.hpp"

namespace authority {
namespace {

constexpr const char* client_authentication = "1.3.6.1.5.5.7.3.2";  // RFC 5280 section 4.2.1.12
constexpr const char* email_protection = "1.3.6.1.5.5.7.3.4";       // RFC 5280 section 4.2.1.12
constexpr const char* document_signing = "1.3.6.1.5.5.7.3.36";      // RFC 9336
constexpr const char* smart_card_logon = "1.3.6.1.4.1.311.20.2.2";  // szOID_KP_SMARTCARD_LOGON, [MS-WCCE]
constexpr const char* card_authentication =
    "2.16.840.1.101.3.6.8";  // id-PIV-cardAuth, FIPS 201-2 appendix B.1

// Stands in until the organisation puts its own policy there: a number of the documentation arc (RFC 5612).
constexpr const char* policy = "1.3.6.1.4.1.32473.1";

// FIPS 201-2 section 4.2.2 names the four keys and what each may do; RFC 5480 section 3 and RFC 3279
// section 2.3.1 which usage belongs to which kind of key.
std::vector<KeyUsage> usage_of(api::KeyPurpose purpose, api::KeyAlgorithm algorithm) {
  switch (purpose) {
    case api::KeyPurpose::authentication:
    case api::KeyPurpose::cardAuthentication: return {KeyUsage::digitalSignature};
    case api::KeyPurpose::signature: return {KeyUsage::digitalSignature, KeyUsage::nonRepudiation};
    case api::KeyPurpose::keyManagement:
      return {algorithm == api::KeyAlgorithm::rsa2048 ? KeyUsage::keyEncipherment : KeyUsage::keyAgreement};
  }
  return {};
}

std::vector<std::string> extended_usage_of(api::KeyPurpose purpose) {
  switch (purpose) {
    case api::KeyPurpose::authentication: return {client_authentication, smart_card_logon};
    case api::KeyPurpose::signature: return {email_protection, document_signing};
    case api::KeyPurpose::keyManagement: return {email_protection};
    case api::KeyPurpose::cardAuthentication: return {card_authentication};
  }
  return {};
}

// The GUID of the card stands in the certificates of the card itself (FIPS 201-2 section 4.2.2); the
// card authentication key answers anybody without a PIN, so its certificate says nothing about the holder.
std::vector<std::string> alternative_names_of(api::KeyPurpose purpose) {
  switch (purpose) {
    case api::KeyPurpose::authentication: return {"URI=urn:uuid:{guid}", "UPN={upn}"};
    case api::KeyPurpose::signature:
    case api::KeyPurpose::keyManagement: return {"URI=urn:uuid:{guid}", "email={email}"};
    case api::KeyPurpose::cardAuthentication: return {"URI=urn:uuid:{guid}"};
  }
  return {};
}

}  // namespace

Profile shipped_profile(api::KeyPurpose purpose, api::KeyAlgorithm algorithm, std::string crl_url) {
  Profile profile;
  profile.name = api::name_of(purpose);
  profile.purpose = purpose;
  profile.algorithm = algorithm;
  profile.key_usage = usage_of(purpose, algorithm);
  profile.extended_key_usage = extended_usage_of(purpose);
  profile.extended_key_usage_critical = purpose == api::KeyPurpose::cardAuthentication;
  profile.policies = {policy};
  profile.subject = {"O=Cardwright", "CN={number}"};
  profile.alternative_names = alternative_names_of(purpose);
  profile.crl_url = std::move(crl_url);
  return profile;
}

}  // namespace authority
