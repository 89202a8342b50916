#pragma once
#include "daemon/service/state.hpp"

// Inside of service: what was made when, and what became of it.
namespace service {

namespace wire {

enum class Grouping { shift, day, product, total };
BOOST_DESCRIBE_ENUM(Grouping, shift, day, product, total)

struct Statistic {
  std::string start, end;
  Optional<std::string> product;
  std::int64_t attempts = 0, good = 0, spoiled = 0, condemned = 0, nothing = 0, inDoubt = 0;
  Optional<std::string> yield;
  Optional<std::int64_t> cardsPerHour;
  std::int64_t initialized = 0, reencoded = 0, byHandFailed = 0;
  std::map<std::string, std::int64_t> reasons;
};
BOOST_DESCRIBE_STRUCT(Statistic, (),
                      (start, end, product, attempts, good, spoiled, condemned, nothing, inDoubt, yield,
                       cardsPerHour, initialized, reencoded, byHandFailed, reasons))

struct GetStatisticsCall {
  Optional<Grouping> by;
  Optional<std::string> since, until;
};
BOOST_DESCRIBE_STRUCT(GetStatisticsCall, (), (by, since, until))

struct GetStatisticsReply {
  std::vector<Statistic> statistics;
};
BOOST_DESCRIBE_STRUCT(GetStatisticsReply, (), (statistics))

}  // namespace wire

// A time of the host's clock: [start, end).
struct Period {
  api::WallTime start{}, end{};
};
// The one that holds the time, between two of these minutes of a day. A day of the local time may have 23 or
// 25 hours.
Period period_of(api::WallTime time, const std::vector<std::chrono::minutes>& begins);

// RFC 3339, section 5.6; fractions are cut to milliseconds.
std::optional<api::WallTime> parse_time(std::string_view text);

// The method.
void get_statistics(Service::State& state, const Asked& asked, wire::GetStatisticsCall call,
                    ipc::Reply reply);

}  // namespace service
