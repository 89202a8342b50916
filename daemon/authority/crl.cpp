#include <fmt/format.h>

#include "daemon/authority/self.hpp"

namespace authority {
namespace {

TimePtr time_of(api::WallTime when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  // UTCTime or GeneralizedTime as the year asks for (RFC 5280 section 5.1.2.4)
  return TimePtr(ASN1_TIME_adj(nullptr, second, 0, 0));
}

bool add_entry(X509_CRL* crl, const Revocation& entry) {
  using RevokedPtr = std::unique_ptr<X509_REVOKED, Freed<X509_REVOKED_free>>;
  RevokedPtr revoked(X509_REVOKED_new());
  const IntegerPtr serial(ASN1_INTEGER_new());
  const TimePtr when = time_of(entry.when);
  if (ASN1_STRING_set(serial.get(), entry.serial.data(), static_cast<int>(entry.serial.size())) != 1 ||
      X509_REVOKED_set_serialNumber(revoked.get(), serial.get()) != 1 ||
      X509_REVOKED_set_revocationDate(revoked.get(), when.get()) != 1)
    return false;
  // "unspecified" is said by saying nothing (RFC 5280 section 5.3.1)
  if (entry.reason != RevocationReason::unspecified) {
    using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, Freed<ASN1_ENUMERATED_free>>;
    const EnumeratedPtr code(ASN1_ENUMERATED_new());
    const auto& row = revocation_reason_rows[static_cast<std::size_t>(entry.reason)];
    if (ASN1_ENUMERATED_set(code.get(), row.code) != 1 ||
        X509_REVOKED_add1_ext_i2d(revoked.get(), NID_crl_reason, code.get(), 0, 0) != 1)
      return false;
  }
  if (X509_CRL_add0_revoked(crl, revoked.get()) != 1) return false;
  static_cast<void>(revoked.release());
  return true;
}

// RFC 5280 sections 5.2.1 and 5.2.3: every list says whose it is and which one.
bool add_extensions(X509_CRL* crl, const api::Bytes& key_identifier, std::uint64_t number) {
  using KeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>>;
  const KeyIdPtr key_id(AUTHORITY_KEYID_new());
  key_id->keyid = ASN1_OCTET_STRING_new();
  const IntegerPtr count(ASN1_INTEGER_new());
  return ASN1_OCTET_STRING_set(key_id->keyid, key_identifier.data(),
                               static_cast<int>(key_identifier.size())) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, key_id.get(), 0, 0) == 1 &&
         ASN1_INTEGER_set_uint64(count.get(), number) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, count.get(), 0, 0) == 1;
}

}  // namespace

api::Result<api::Bytes> Authority::make_crl(std::span<const Revocation> entries, std::uint64_t number,
                                            api::WallTime this_update, api::WallTime next_update) const {
  if (next_update <= this_update)
    return api::fail(api::Reason::authorityRefused, "the next revocation list would be due before this one");
  const CrlPtr crl(X509_CRL_new());
  const TimePtr begin = time_of(this_update);
  const TimePtr end = time_of(next_update);
  bool done = X509_CRL_set_version(crl.get(), 1) == 1 &&  // v2 (RFC 5280 section 5.1.2.1)
              X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(self_->certificate.get())) == 1 &&
              X509_CRL_set1_lastUpdate(crl.get(), begin.get()) == 1 &&
              X509_CRL_set1_nextUpdate(crl.get(), end.get()) == 1 &&
              add_extensions(crl.get(), self_->key_identifier, number);
  for (const auto& entry : entries) done = done && add_entry(crl.get(), entry);
  done = done && X509_CRL_sort(crl.get()) == 1 &&
         X509_CRL_sign(crl.get(), self_->key.get(), self_->signing.digest) > 0 &&
         X509_CRL_verify(crl.get(), X509_get0_pubkey(self_->certificate.get())) == 1;
  if (!done)
    return api::fail(api::Reason::authorityUnavailable,
                     "the revocation list could not be made: " + openssl_error());
  return der_of(i2d_X509_CRL, crl.get());
}

}  // namespace authority
