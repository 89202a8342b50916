#include "daemon/service/parameters.hpp"

#include <limits>

#include "daemon/service/errors.hpp"

namespace service {
namespace {

Problem take_length(std::string_view option, std::optional<std::int64_t> said,
                    std::optional<unsigned>& length) {
  if (!said) return std::nullopt;
  if (*said < 0 || *said > std::numeric_limits<int>::max())
    return refusal(core::Refused::optionInvalid, std::string(option), std::to_string(*said),
                   "no number of digits");
  length = static_cast<unsigned>(*said);
  return std::nullopt;
}

}  // namespace

std::string cut(std::string_view text, std::size_t maximum) {
  if (text.size() <= maximum) return std::string(text);
  auto end = maximum;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

Problem check_length(std::string_view field, std::string_view text, std::size_t maximum) {
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
  if (characters <= maximum) return std::nullopt;
  return limit_exceeded(std::string(field), maximum);
}

bool is_one_line(std::string_view text) {
  unsigned char before = 0;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (before == 0xc2 && byte < 0xa0) return false;  // U+0080 to U+009F as UTF-8
    before = byte;
  }
  return true;
}

Problem check_fields(const wire::Fields& fields) {
  if (fields.size() > fields_max) return limit_exceeded("fields", fields_max);
  for (const auto& [name, value] : fields) {
    if (auto problem = check_length("fields", name, field_name_length_max)) return problem;
    if (auto problem = check_length("fields." + name, value, field_value_length_max)) return problem;
  }
  return std::nullopt;
}

// A name that nothing here can have is not repeated at full length in an error.
Checked<core::BatchId> to_batch_id(std::string_view text) {
  const auto id = core::BatchId::parse(text);
  if (!id) return tl::unexpected(refusal(core::Refused::batchNotFound, cut(text)));
  return *id;
}

Checked<core::CardId> to_card_id(std::string_view text) {
  const auto id = core::CardId::parse(text);
  if (!id) return tl::unexpected(refusal(core::Refused::cardNotFound, cut(text)));
  return *id;
}

Checked<core::OrderId> to_order_id(std::string_view text) {
  const auto id = core::OrderId::parse(text);
  if (!id) return tl::unexpected(refusal(core::Refused::orderNotFound, cut(text)));
  return *id;
}

Checked<std::string> to_holder_id(std::string_view text) {
  if (text.empty() || check_length({}, text, name_length_max))
    return tl::unexpected(refusal(core::Refused::holderNotFound, cut(text)));
  return std::string(text);
}

Checked<std::vector<core::CardId>> to_card_ids(const wire::Strings& texts, const core::Rules& rules) {
  if (texts.size() > rules.batch_cards_max)
    return tl::unexpected(limit_exceeded("cards", rules.batch_cards_max));
  std::vector<core::CardId> cards;
  for (const auto& text : texts) {
    const auto card = to_card_id(text);
    if (!card) return tl::unexpected(card.error());
    cards.push_back(*card);
  }
  return cards;
}

Checked<core::Options> to_options(const wire::Options& options) {
  core::Options result{{}, {}, options.encode, options.certificates};
  if (auto problem = take_length("pinLength", options.pinLength, result.pin_length))
    return tl::unexpected(*problem);
  if (auto problem = take_length("pukLength", options.pukLength, result.puk_length))
    return tl::unexpected(*problem);
  if (!options.certificates) return result;
  if (options.certificates->size() > certificates_max)
    return tl::unexpected(limit_exceeded("options.certificates", certificates_max));
  for (const auto& name : *options.certificates)
    if (auto problem = check_length("options.certificates", name, name_length_max))
      return tl::unexpected(*problem);
  return result;
}

Checked<api::Reason> to_reason(std::string_view text) {
  const auto reason = api::from_name<api::Reason>(text);
  if (!reason) return tl::unexpected(refusal(core::Refused::reasonInvalid, cut(text)));
  return *reason;
}

}  // namespace service
