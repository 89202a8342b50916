#include "daemon/bureau/job.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <boost/json.hpp>

namespace bureau {
namespace {

namespace json = boost::json;

constexpr std::string_view format_name = "cardwright-job-1";

// RFC 3339, UTC, whole seconds.
std::string time_text(api::WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

json::object card_object(const JobCard& card) {
  json::object fields;
  for (const auto& [name, value] : card.fields) fields[name] = value;
  return {{"card", card.card}, {"number", card.number}, {"fields", std::move(fields)}};
}

}  // namespace

std::string to_json(const Job& job) {
  json::array cards;
  for (const auto& card : job.cards) cards.push_back(card_object(card));
  const json::object object{{"format", format_name},
                            {"order", job.order},
                            {"created", time_text(job.created)},
                            {"product", job.product},
                            {"productionType", job.production_type},
                            {"priority", job.priority},
                            {"cards", std::move(cards)}};
  return json::serialize(object) + "\n";
}

}  // namespace bureau
