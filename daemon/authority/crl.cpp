#include <algorithm>

#include "daemon/authority/der.hpp"
#include "daemon/authority/self.hpp"

namespace authority {
namespace {

using der::element;

// What an entry says besides number and date. "unspecified" is said by saying nothing (RFC 5280 section
// 5.3.1).
api::Bytes entry_extensions(api::RevocationReason reason) {
  if (reason == api::RevocationReason::unspecified) return {};
  const auto code = element(der::enumerated, {api::Bytes{api::code_of(reason)}});
  return element(der::sequence, {der::extension(NID_crl_reason, false, code)});
}

// revokedCertificates; nothing at all where there are none (RFC 5280 section 5.1.2.6).
api::Bytes revoked_certificates(std::span<const Revocation> entries) {
  if (entries.empty()) return {};
  std::array<api::Bytes, api::revocation_reason_rows.size()> said;
  for (std::size_t i = 0; i < said.size(); ++i)
    said[i] = entry_extensions(static_cast<api::RevocationReason>(i));
  api::Bytes all;
  for (const auto& entry : entries) {
    const auto one = element(der::sequence, {element(der::integer, {entry.serial}), der::time(entry.when),
                                             said[static_cast<std::size_t>(entry.reason)]});
    if (all.empty()) all.reserve(entries.size() * (one.size() + 2));  // dates from 2050 on are longer
    all.insert(all.end(), one.begin(), one.end());
  }
  return element(der::sequence, {all});
}

// RFC 5280 sections 5.2.1 and 5.2.3: every list says whose it is and which one.
api::Bytes list_extensions(const api::Bytes& key_identifier, std::uint64_t number) {
  const auto key = element(der::sequence, {element(der::context(0), {key_identifier})});
  const auto all = element(der::sequence, {der::extension(NID_authority_key_identifier, false, key),
                                           der::extension(NID_crl_number, false, der::number(number))});
  return element(der::constructed_context(0), {all});
}

// OpenSSL reads the whole list as what was meant.
bool reads_back(const api::Bytes& der, std::size_t entries) {
  const unsigned char* at = der.data();
  const CrlPtr crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  return crl && at == der.data() + der.size() &&
         static_cast<std::size_t>(std::max(0, sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl.get())))) ==
             entries;
}

}  // namespace

api::Result<api::Bytes> Authority::make_crl(std::span<const Revocation> entries, std::uint64_t number,
                                            api::WallTime this_update, api::WallTime next_update) const {
  if (next_update <= this_update)
    return api::fail(api::Reason::authorityRefused, "the next revocation list would be due before this one");
  constexpr std::array<std::uint8_t, 3> version{der::integer, 1, 1};  // v2 (RFC 5280 section 5.1.2.1)
  const auto body =
      element(der::sequence,
              {version, self_->signing.algorithm, self_->name, der::time(this_update), der::time(next_update),
               revoked_certificates(entries), list_extensions(self_->key_identifier, number)});
  TRY_ASSIGN(list, sign(body));
  if (!reads_back(list, entries.size()))
    return api::fail(api::Reason::authorityUnavailable,
                     "the revocation list could not be made: " + openssl_error());
  return list;
}

}  // namespace authority
