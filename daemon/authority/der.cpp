#include "daemon/authority/der.hpp"

#include <fmt/format.h>

#include <cassert>

#include "daemon/authority/openssl.hpp"

namespace authority::der {
namespace {

void append(api::Bytes& to, api::BytesView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

// Big end first, without leading zeros.
void append_number(api::Bytes& to, std::uint64_t value) {
  if (value > 0xff) append_number(to, value >> 8);
  to.push_back(static_cast<std::uint8_t>(value));
}

void append_length(api::Bytes& to, std::size_t length) {
  assert(length <= 0xffff'ffff);
  if (length >= 0x80) {
    const unsigned octets = length > 0xff'ffff ? 4 : length > 0xffff ? 3 : length > 0xff ? 2 : 1;
    to.push_back(static_cast<std::uint8_t>(0x80 | octets));
  }
  append_number(to, length);
}

}  // namespace

api::Bytes element(std::uint8_t identifier, std::initializer_list<api::BytesView> parts) {
  std::size_t length = 0;
  for (const auto part : parts) length += part.size();
  api::Bytes out;
  out.reserve(length + 6);
  out.push_back(identifier);
  append_length(out, length);
  for (const auto part : parts) append(out, part);
  return out;
}

api::Bytes number(std::uint64_t value) {
  api::Bytes digits;
  append_number(digits, value);
  if (digits.front() >= 0x80) digits.insert(digits.begin(), 0);  // else it would be negative
  return element(integer, {digits});
}

api::Bytes object_identifier(const std::string& dotted) {
  const ObjectPtr object(OBJ_txt2obj(dotted.c_str(), 1));
  if (!object) {
    openssl_error();
    return {};
  }
  return der_of(i2d_ASN1_OBJECT, object.get());
}

api::Bytes time(api::WallTime when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  const int year = static_cast<int>(date.year());
  const std::string rest = fmt::format("{:02}{:02}{:02}{:02}{:02}Z", static_cast<unsigned>(date.month()),
                                       static_cast<unsigned>(date.day()), clock.hours().count(),
                                       clock.minutes().count(), clock.seconds().count());
  const bool short_year = year >= 1950 && year <= 2049;
  const std::string text =
      short_year ? fmt::format("{:02}{}", year % 100, rest) : fmt::format("{:04}{}", year, rest);
  return element(short_year ? utc_time : generalized_time, {api::bytes_of(text)});
}

api::Bytes signature_algorithm(int nid, bool null_parameters) {
  constexpr std::array<std::uint8_t, 2> null{0x05, 0x00};
  const api::Bytes identifier = der_of(i2d_ASN1_OBJECT, OBJ_nid2obj(nid));
  return null_parameters ? element(sequence, {identifier, null}) : element(sequence, {identifier});
}

api::Bytes extension(int nid, bool critical, api::BytesView value) {
  constexpr std::array<std::uint8_t, 3> yes{boolean, 0x01, 0xff};
  const api::Bytes identifier = der_of(i2d_ASN1_OBJECT, OBJ_nid2obj(nid));
  const api::Bytes wrapped = element(octet_string, {value});
  return critical ? element(sequence, {identifier, yes, wrapped}) : element(sequence, {identifier, wrapped});
}

}  // namespace authority::der
