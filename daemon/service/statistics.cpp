#include "daemon/service/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

namespace service {
namespace {

using State = Service::State;
using std::chrono::milliseconds;

constexpr std::int64_t days_max = 366;
constexpr std::size_t page_attempts = 1000;  // read at a time: production goes on between two pages
constexpr std::size_t rows_max = 5000;       // a year of ten shifts a day

constexpr std::chrono::days week{7};

// A minute of a day in local time, which mktime takes as it is given. An hour that comes twice counts where
// it comes with daylight saving, one that is left out after the gap.
api::WallTime local_time(const std::tm& date, int days, std::chrono::minutes minute) {
  const auto with = [&](int saving) {
    std::tm time{};
    time.tm_year = date.tm_year;
    time.tm_mon = date.tm_mon;
    time.tm_mday = date.tm_mday + days;
    time.tm_min = static_cast<int>(minute.count());
    time.tm_isdst = saving;
    const auto seconds = std::mktime(&time);
    return std::pair(api::WallTime(std::chrono::seconds(seconds)), time.tm_isdst == saving);
  };
  const auto [saving, right] = with(1);
  return right ? saving : with(0).first;
}

// Digits where the pattern has a 0, else what it has; a letter in either case.
bool looks_like(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(text, pattern, [](char at, char like) {
    return like == '0' ? at >= '0' && at <= '9' : at == like || (like == 'T' && at == 't');
  });
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (!looks_like(text, "+00:00") && !looks_like(text, "-00:00")) return std::nullopt;
  const std::chrono::hours hours(number(text.substr(1, 2)));
  const std::chrono::minutes minutes(number(text.substr(4, 2)));
  if (hours.count() > 23 || minutes.count() > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours + minutes);
}

// What is counted in one row.
struct Row {
  wire::Statistic counts;
  milliseconds producing{0};  // of the periods before this one
  Period period{};            // in which something was counted last
  std::optional<Period> busy;

  void count(const store::EndedAttempt& attempt, const Period& in);
  wire::Statistic result();
};

// By hand: at the second encoder, beside the line.
bool count_by_hand(wire::Statistic& counts, const store::EndedAttempt& attempt) {
  const bool initialized = attempt.kind == core::AttemptKind::initialize;
  if (!initialized && attempt.kind != core::AttemptKind::reencode) return false;
  if (attempt.phase != core::Phase::done)
    ++counts.byHandFailed;
  else
    ++(initialized ? counts.initialized : counts.reencoded);
  return true;
}

constexpr std::array<std::pair<core::Phase, std::int64_t wire::Statistic::*>, 5> ends{
    {{core::Phase::done, &wire::Statistic::good},
     {core::Phase::spoiled, &wire::Statistic::spoiled},
     {core::Phase::condemned, &wire::Statistic::condemned},
     {core::Phase::voided, &wire::Statistic::nothing},
     {core::Phase::inDoubt, &wire::Statistic::inDoubt}}};

void Row::count(const store::EndedAttempt& attempt, const Period& in) {
  if (count_by_hand(counts, attempt)) return;
  ++counts.attempts;
  for (const auto& [phase, sum] : ends)
    if (attempt.phase == phase) ++(counts.*sum);
  const bool bad = attempt.phase == core::Phase::spoiled || attempt.phase == core::Phase::condemned;
  if (bad && attempt.reason) ++counts.reasons[std::string(api::name_of(*attempt.reason))];
  // These end when a person says so, not when the machine has done with them.
  if (attempt.phase == core::Phase::condemned || attempt.phase == core::Phase::inDoubt) return;
  if (busy && in.start != period.start) {
    producing += busy->end - busy->start;
    busy.reset();
  }
  period = in;
  if (!busy) busy = Period{attempt.started, attempt.ended};
  busy->start = std::min(busy->start, attempt.started);
  busy->end = std::max(busy->end, attempt.ended);
}

wire::Statistic Row::result() {
  if (busy) producing += busy->end - busy->start;
  const auto bodies = counts.good + counts.spoiled + counts.condemned;
  if (bodies > 0)
    counts.yield = fmt::format("{:.4f}", static_cast<double>(counts.good) / static_cast<double>(bodies));
  if (counts.good > 0 && producing.count() > 0)
    counts.cardsPerHour =
        std::llround(static_cast<double>(counts.good) * 3'600'000.0 / static_cast<double>(producing.count()));
  return counts;
}

// Reads page after page, each in a turn of the loop by itself.
struct Reading {
  State& state;
  ipc::Reply reply;
  wire::Grouping by;
  Period range;
  std::vector<std::chrono::minutes> begins;  // of shifts, or of days
  std::optional<store::EndedAttempt> last{};
  std::optional<Period> period{};  // that of the last one
  std::map<std::pair<api::WallTime, std::string>, Row> rows{};

  bool read();  // false: that was all
  void count(const store::EndedAttempt& attempt);
  void answer();
};

void Reading::count(const store::EndedAttempt& attempt) {
  if (!period || attempt.ended >= period->end) period = period_of(attempt.ended, begins);
  const bool by_time = by == wire::Grouping::shift || by == wire::Grouping::day;
  const auto from = by_time ? std::max(period->start, range.start) : range.start;
  const auto to = by_time ? std::min(period->end, range.end) : range.end;
  const bool by_product = by == wire::Grouping::product;
  const auto [row, is_new] = rows.try_emplace({from, by_product ? attempt.product : ""});
  auto& counts = row->second.counts;
  if (is_new) {
    counts.start = wire::time_text(from);
    counts.end = wire::time_text(to);
    if (by_product) counts.product = attempt.product;
  }
  row->second.count(attempt, *period);
}

bool Reading::read() {
  const auto page = state.store.ended(range.start, range.end, last, page_attempts);
  for (const auto& attempt : page) count(attempt);
  if (!page.empty()) last = page.back();
  return page.size() == page_attempts && rows.size() <= rows_max;
}

void Reading::answer() {
  if (rows.size() > rows_max) return refuse(reply, limit_exceeded("statistics", rows_max));
  wire::GetStatisticsReply result;
  for (auto& [key, row] : rows) result.statistics.push_back(row.result());
  reply.reply(ipc::to_json(result));
}

void go_on(const std::shared_ptr<Reading>& reading) {
  if (!reading->read()) return reading->answer();
  auto reply = reading->reply;
  reply.when_sent([reading] { go_on(reading); });
}

}  // namespace

Period period_of(api::WallTime time, const std::vector<std::chrono::minutes>& begins) {
  const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm date{};
  ::localtime_r(&seconds, &date);
  std::vector<api::WallTime> times;
  for (const int days : {-1, 0, 1, 2})
    for (const auto minute : begins) times.push_back(local_time(date, days, minute));
  std::ranges::sort(times);
  const auto next = std::ranges::upper_bound(times, time);
  return {*(next - 1), *next};
}

std::optional<api::WallTime> parse_time(std::string_view text) {
  if (!looks_like(text.substr(0, 19), "0000-00-00T00:00:00")) return std::nullopt;
  const auto ymd =
      std::chrono::year(number(text.substr(0, 4))) / number(text.substr(5, 2)) / number(text.substr(8, 2));
  const std::chrono::hours hour(number(text.substr(11, 2)));
  const std::chrono::minutes minute(number(text.substr(14, 2)));
  const std::chrono::seconds second(number(text.substr(17, 2)));
  // 60: a leap second, which the clock of the host does not know.
  if (!ymd.ok() || hour.count() > 23 || minute.count() > 59 || second.count() > 60) return std::nullopt;
  auto rest = text.substr(19);
  milliseconds fraction{0};
  if (rest.starts_with('.')) {
    const auto digits = rest.substr(1, std::min(rest.find_first_not_of("0123456789", 1), rest.size()) - 1);
    if (digits.empty()) return std::nullopt;
    fraction = milliseconds(number((std::string(digits) + "00").substr(0, 3)));
    rest.remove_prefix(1 + digits.size());
  }
  const auto offset = parse_offset(rest);
  if (!offset) return std::nullopt;
  return std::chrono::time_point_cast<milliseconds>(std::chrono::sys_days(ymd) + hour + minute + second +
                                                    fraction - *offset);
}

void get_statistics(State& state, const Asked&, wire::GetStatisticsCall call, ipc::Reply reply) {
  Period range;
  range.end = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
  if (call.until) {
    const auto until = parse_time(*call.until);
    if (!until) return reply.invalid_parameter("until");
    range.end = *until;
  }
  range.start = range.end - week;
  if (call.since) {
    const auto since = parse_time(*call.since);
    if (!since) return reply.invalid_parameter("since");
    range.start = *since;
  }
  const auto days = std::chrono::ceil<std::chrono::days>(range.end - range.start).count();
  if (days < 1 || days > days_max) {
    auto problem = refusal(core::Refused::numberOutOfRange, "days", std::to_string(days));
    problem.maximum = days_max;
    return refuse(reply, problem);
  }
  const auto by = call.by.value_or(wire::Grouping::day);
  auto begins =
      by == wire::Grouping::shift ? state.engine.rules().shifts : std::vector{std::chrono::minutes(0)};
  go_on(std::make_shared<Reading>(Reading{state, std::move(reply), by, range, std::move(begins)}));
}

}  // namespace service
