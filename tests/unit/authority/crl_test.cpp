#include <gmock/gmock.h>

#include "tests/unit/authority/workshop.hpp"

namespace authority::test {
namespace {

CrlPtr parse_crl(api::BytesView der) {
  const unsigned char* at = der.data();
  return CrlPtr(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
}

// The code of the reason, or -1 when the entry gives none, or -2 when the number is not on the list.
long reason_of(X509_CRL* crl, const Serial& serial) {
  const IntegerPtr number(ASN1_INTEGER_new());
  ASN1_STRING_set(number.get(), serial.data(), static_cast<int>(serial.size()));
  X509_REVOKED* revoked = nullptr;
  if (X509_CRL_get0_by_serial(crl, &revoked, number.get()) != 1) return -2;
  using CodePtr = std::unique_ptr<ASN1_ENUMERATED, Freed<ASN1_ENUMERATED_free>>;
  const CodePtr code(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, nullptr, nullptr)));
  return code ? ASN1_ENUMERATED_get(code.get()) : -1;
}

std::uint64_t number_of(X509_CRL* crl) {
  const IntegerPtr number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
  std::uint64_t value = 0;
  EXPECT_EQ(ASN1_INTEGER_get_uint64(&value, number.get()), 1) << "negative, or too large";
  return value;
}

TEST(crl, holds_every_entry_with_its_reason) {
  const Workshop workshop;
  std::vector<Revocation> entries;
  for (const auto& row : api::revocation_reason_rows)
    entries.push_back({workshop.authority.reserve_serial().value(), noon - 5min, row.value});
  const auto der = workshop.authority.make_crl(entries, 12, noon, noon + 24h).value();
  const CrlPtr crl = parse_crl(der);
  ASSERT_NE(crl, nullptr);
  const long codes[] = {-1, 1, 3, 4, 5, 6, 9};  // RFC 5280 section 5.3.1; unspecified is not written
  for (std::size_t i = 0; i < entries.size(); ++i)
    EXPECT_EQ(reason_of(crl.get(), entries[i].serial), codes[i]);
  EXPECT_EQ(reason_of(crl.get(), workshop.authority.reserve_serial().value()), -2);
  EXPECT_EQ(X509_CRL_get_version(crl.get()), 1);
}

TEST(crl, says_whose_it_is_and_which_one) {
  for (const auto own : {api::KeyAlgorithm::p256, api::KeyAlgorithm::p384, api::KeyAlgorithm::rsa2048}) {
    const Workshop workshop(own);
    const CrlPtr crl = parse_crl(workshop.authority.make_crl({}, 0x1'0000'0001, noon, noon + 24h).value());
    const CertificatePtr authority = parse(workshop.authority.certificate());
    EXPECT_EQ(X509_CRL_verify(crl.get(), X509_get0_pubkey(authority.get())), 1);
    EXPECT_EQ(X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(authority.get())), 0);
    EXPECT_EQ(number_of(crl.get()), 0x1'0000'0001U);
    using KeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, Freed<AUTHORITY_KEYID_free>>;
    const KeyIdPtr key_id(static_cast<AUTHORITY_KEYID*>(
        X509_CRL_get_ext_d2i(crl.get(), NID_authority_key_identifier, nullptr, nullptr)));
    ASSERT_NE(key_id, nullptr);
    EXPECT_EQ(ASN1_OCTET_STRING_cmp(key_id->keyid, X509_get0_subject_key_id(authority.get())), 0);
    std::tm parts{};
    ASN1_TIME_to_tm(X509_CRL_get0_nextUpdate(crl.get()), &parts);
    EXPECT_EQ(api::WallTime(std::chrono::seconds(timegm(&parts))), noon + 24h);
  }
}

// OpenSSL's own encoder, given what its parser read, writes the same bytes.
TEST(crl, is_der_whatever_its_length_and_dates) {
  const Workshop workshop;
  const api::WallTime dates[] = {noon, noon + std::chrono::years(30)};  // UTCTime, GeneralizedTime
  std::vector<Revocation> entries;
  for (const std::size_t count : {0U, 1U, 3U, 6U, 1'500U}) {  // lengths of one octet to three
    while (entries.size() < count)
      entries.push_back({workshop.authority.reserve_serial().value(), dates[entries.size() % 2],
                         static_cast<RevocationReason>(entries.size() % api::revocation_reason_rows.size())});
    for (const std::uint64_t number : {0x7fULL, 0x80ULL, ~0ULL}) {
      const auto der = workshop.authority.make_crl(entries, number, noon, dates[1]).value();
      const CrlPtr crl = parse_crl(der);
      ASSERT_NE(crl, nullptr);
      EXPECT_EQ(number_of(crl.get()), number);
      const auto again = der_of(i2d_re_X509_CRL_tbs, crl.get());
      EXPECT_NE(std::search(der.begin(), der.end(), again.begin(), again.end()), der.end()) << count;
      EXPECT_EQ(std::max(0, sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl.get()))),
                static_cast<int>(entries.size()));
    }
  }
}

TEST(crl, without_entries_has_no_empty_sequence_of_them) {
  const Workshop workshop;
  const CrlPtr crl = parse_crl(workshop.authority.make_crl({}, 1, noon, noon + 24h).value());
  EXPECT_EQ(X509_CRL_get_REVOKED(crl.get()), nullptr);
}

TEST(crl, is_refused_when_the_next_would_be_due_before_it) {
  const Workshop workshop;
  EXPECT_FALSE(workshop.authority.make_crl({}, 1, noon, noon));
}

}  // namespace
}  // namespace authority::test
