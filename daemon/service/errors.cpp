#include "daemon/service/errors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cassert>

#include "daemon/service/parameters.hpp"

namespace service {
namespace {

namespace json = boost::json;
constexpr std::string_view prefix = "org.cardwright.Production.";

json::value number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  assert(error == std::errc{} && end == text.data() + text.size());
  return value;
}

json::array lines_of(const std::vector<core::LineProblem>& problems) {
  json::array lines;
  for (const auto& problem : problems) {
    if (lines.size() == line_problems_max) break;
    json::object line{{"line", problem.line}, {"text", cut(problem.text, text_bytes_max)}};
    if (!problem.column.empty()) line.emplace("column", problem.column);
    lines.push_back(std::move(line));
  }
  return lines;
}

json::value parameter(const core::Refusal& refusal, Source source) {
  switch (source) {
    case Source::subject: return json::value(refusal.subject);
    case Source::value: return json::value(refusal.value);
    case Source::text: return json::value(cut(refusal.text, text_bytes_max));
    case Source::cards: {
      json::array cards;
      for (const auto card : refusal.cards) cards.emplace_back(card.text());
      return cards;
    }
    case Source::lines: return lines_of(refusal.lines);
    case Source::minimum: return refusal.minimum;
    case Source::maximum: return refusal.maximum;
    case Source::valueAsNumber: return number(refusal.value);
  }
  return {};
}

}  // namespace

void refuse(ipc::Reply& reply, const core::Refusal& refusal) {
  json::object parameters;
  for (const auto& row : error_parameters)
    if (row.error == refusal.error) parameters.emplace(row.name, parameter(refusal, row.source));
  reply.error(std::string(prefix).append(api::name_of(refusal.error)), std::move(parameters));
}

void refuse_sequence(ipc::Reply& reply, std::int64_t oldest) {
  reply.error(std::string(prefix) + "SequenceGone", {{"oldest", oldest}});
}

void refuse_photo(ipc::Reply& reply, std::string_view why) {
  reply.error(std::string(prefix) + "PhotoInvalid", {{"text", why}});
}

void refuse_drawing(ipc::Reply& reply, core::CardId card, const api::Failure& why) {
  const auto text = why.detail.empty() ? std::string(api::text_of(why.reason)) : why.detail;
  reply.error(
      std::string(prefix) + "CardNotDrawable",
      {{"card", card.text()}, {"reason", api::name_of(why.reason)}, {"text", cut(text, text_bytes_max)}});
}

core::Refusal refusal(core::Refused error, std::string subject, std::string value, std::string text) {
  return {error, std::move(subject), std::move(value), std::move(text), {}, 0};
}

core::Refusal limit_exceeded(std::string field, std::size_t maximum) {
  auto result = refusal(core::Refused::limitExceeded, std::move(field));
  result.maximum = static_cast<std::int64_t>(maximum);
  return result;
}

}  // namespace service
