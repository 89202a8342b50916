#include "drivers/piv/objects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/piv/status.hpp"
#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

// S9999F9999F999999F0F1F0000000000 3 0000 1 E and its check digit, each digit in five bits with odd parity
// (TIG SCEPACS v2.3).
constexpr std::array<std::uint8_t, 25> fasc_n{0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE,
                                              0x73, 0x9D, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10,
                                              0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB};

// Registered part of the GSC identifier, manufacturer unknown, card type Java card (GSC-IS v2.1).
constexpr std::array<std::uint8_t, 7> card_identifier_head{0xA0, 0x00, 0x00, 0x01, 0x16, 0xFF, 0x02};
constexpr std::size_t card_identifier_tail = 14;

// Registered data model of PIV (SP 800-73-4 part 1, section 3.1.1), version 2.1 of the container, no access
// rules; what the container may say beyond that is empty.
constexpr std::array<std::uint8_t, 28> capability_tail{
    0xF1, 0x01, 0x21, 0xF2, 0x01, 0x21, 0xF3, 0x00, 0xF4, 0x01, 0x00, 0xF5, 0x01, 0x10,
    0xF6, 0x00, 0xF7, 0x00, 0xFA, 0x00, 0xFB, 0x00, 0xFC, 0x00, 0xFD, 0x00, 0xFE, 0x00};

constexpr std::uint32_t tag_list = 0x5C, object_tag = 0x53;
constexpr std::uint32_t fasc_n_tag = 0x30, guid_tag = 0x34, expiry_tag = 0x35, signature_tag = 0x3E,
                        check_tag = 0xFE;

std::array<std::uint8_t, 3> tag_bytes(std::uint32_t tag) {
  return {static_cast<std::uint8_t>(tag >> 16), static_cast<std::uint8_t>(tag >> 8),
          static_cast<std::uint8_t>(tag)};
}

}  // namespace

api::Bytes chuid(const api::Uuid& guid, std::chrono::year_month_day expiry) {
  const std::string date =
      fmt::format("{:04}{:02}{:02}", static_cast<int>(expiry.year()), static_cast<unsigned>(expiry.month()),
                  static_cast<unsigned>(expiry.day()));
  return joined({make_tlv(fasc_n_tag, fasc_n), make_tlv(guid_tag, guid),
                 make_tlv(expiry_tag, api::bytes_of(date)), make_tlv(signature_tag), make_tlv(check_tag)});
}

api::Bytes capability_container(const api::Uuid& guid) {
  const api::BytesView tail = api::BytesView(guid).last(card_identifier_tail);
  return joined({make_tlv(0xF0, joined({card_identifier_head, tail})), capability_tail});
}

api::Result<api::Bytes> certificate_object(api::BytesView der) {
  if (der.size() > certificate_limit)
    return api::fail(api::Reason::certificateTooLarge,
                     fmt::format("{} bytes, at most {} fit", der.size(), certificate_limit));
  constexpr std::array<std::uint8_t, 5> not_compressed{0x71, 0x01, 0x00, 0xFE, 0x00};
  return joined({make_tlv(0x70, der), not_compressed});
}

std::optional<api::Uuid> guid_of(api::BytesView chuid_content) {
  const auto fields = parse_tlv(chuid_content);
  const auto guid = fields ? find_only(*fields, guid_tag) : std::nullopt;
  if (!guid || guid->size() != api::Uuid{}.size()) return std::nullopt;
  api::Uuid out{};
  std::copy(guid->begin(), guid->end(), out.begin());
  return out;
}

api::Result<> put_object(Channel& channel, std::uint32_t tag, api::BytesView content, std::string_view what) {
  api::Bytes data = joined({make_tlv(tag_list, tag_bytes(tag)), make_tlv(object_tag, content)});
  TRY(channel.run({.ins = 0xDB, .p1 = 0x3F, .p2 = 0xFF, .data = std::move(data)}, what));
  return {};
}

api::Result<std::optional<api::Bytes>> get_object(Channel& channel, std::uint32_t tag,
                                                  std::string_view what) {
  api::Bytes data = make_tlv(tag_list, tag_bytes(tag));
  TRY_ASSIGN(
      response,
      channel.send({.ins = 0xCB, .p1 = 0x3F, .p2 = 0xFF, .data = std::move(data), .answer = Answer::many}));
  if (response.status == 0x6A82) return std::nullopt;
  if (response.status != status_ok) return tl::unexpected(failure_of(response.status, what));
  if (response.data.empty()) return std::nullopt;
  const auto content = parse_only(response.data, object_tag);
  if (!content)
    return api::fail(api::Reason::chipAnswerInvalid, fmt::format("{}: not one data object", what));
  if (content->empty()) return std::nullopt;
  return api::Bytes(content->begin(), content->end());
}

}  // namespace piv
