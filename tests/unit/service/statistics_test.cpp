#include "daemon/service/statistics.hpp"

#include "embedded/ipc.hpp"
#include "tests/unit/service/station.hpp"

namespace service::test {
namespace {

using testing::IsEmpty;

api::WallTime at(std::string_view text) {
  return parse_time(text).value();
}

// The local time of the host, as long as the test runs.
class statistics : public Station {
 protected:
  statistics() { zone("Europe/Berlin"); }
  ~statistics() override {
    ::unsetenv("TZ");
    ::tzset();
  }
  static void zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }

  // An attempt at a card of its own that took a minute.
  void ended(const std::string& when, core::Phase phase = core::Phase::done,
             std::optional<api::Reason> reason = {}, core::AttemptKind kind = core::AttemptKind::produce,
             const std::string& product = "staff") {
    auto of = card(++made_, core::CardState::inProduction);
    of.product = product;
    core::Attempt attempt;
    attempt.id.back() = static_cast<std::uint8_t>(made_);
    attempt.id.front() = static_cast<std::uint8_t>(made_ >> 8);
    attempt.card = of.id;
    attempt.kind = kind;
    attempt.phase = phase;
    attempt.reason = reason;
    attempt.ended = at(when);
    attempt.started = *attempt.ended - std::chrono::minutes(1);
    engine.commit({of, attempt});
  }
  json::object ask(std::string_view parameters) {
    return client.call("org.cardwright.Maintenance.GetStatistics", object(parameters));
  }
  json::array rows(std::string_view parameters) {
    const auto reply = ask(parameters);
    EXPECT_FALSE(reply.contains("error")) << json::serialize(reply);
    return reply.at("parameters").at("statistics").as_array();
  }

 private:
  std::int64_t made_ = 0;
};

TEST_F(statistics, have_rows_that_add_up) {
  ended("2026-03-02T10:01:00Z");
  ended("2026-03-02T10:02:00Z");
  ended("2026-03-02T10:03:00Z");
  ended("2026-03-02T10:11:00Z", core::Phase::spoiled, api::Reason::chipMute);
  ended("2026-03-02T10:04:00Z", core::Phase::voided, api::Reason::chipMute);
  ended("2026-03-02T20:04:00Z", core::Phase::condemned, api::Reason::misprinted);
  ended("2026-03-02T20:05:00Z", core::Phase::inDoubt);
  ended("2026-03-02T12:00:00Z", core::Phase::done, {}, core::AttemptKind::initialize);
  ended("2026-03-02T12:00:00Z", core::Phase::done, {}, core::AttemptKind::reencode);
  ended("2026-03-02T12:00:00Z", core::Phase::spoiled, {}, core::AttemptKind::reencode);
  const auto found =
      rows(R"({"by": "total", "since": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"})");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], json::parse(R"({"start": "2026-03-02T00:00:00.000Z", "end": "2026-03-03T00:00:00.000Z",
      "attempts": 7, "good": 3, "spoiled": 1, "condemned": 1, "nothing": 1, "inDoubt": 1, "yield": "0.6000",
      "cardsPerHour": 16, "initialized": 1, "reencoded": 1, "byHandFailed": 1,
      "reasons": {"chipMute": 1, "misprinted": 1}})"))
      << json::serialize(found[0]);
}

TEST_F(statistics, by_day_have_the_days_of_the_local_time_also_where_the_clock_is_changed) {
  ended("2026-03-28T22:59:59.999Z");  // Saturday
  ended("2026-03-28T23:00:00Z");      // Sunday of 23 hours
  ended("2026-03-29T21:59:59.999Z");
  ended("2026-03-29T22:00:00Z");  // Monday
  ended("2026-10-24T22:00:00Z");  // Sunday of 25 hours
  ended("2026-10-25T22:59:59.999Z");
  const auto found = rows(R"({"since": "2026-03-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"})");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].at("end"), "2026-03-28T23:00:00.000Z");
  EXPECT_EQ(found[1].at("start"), "2026-03-28T23:00:00.000Z");
  EXPECT_EQ(found[1].at("end"), "2026-03-29T22:00:00.000Z");
  EXPECT_EQ(found[1].at("good"), 2);
  EXPECT_EQ(found[2].at("start"), "2026-03-29T22:00:00.000Z");
  EXPECT_EQ(found[3].at("start"), "2026-10-24T22:00:00.000Z");
  EXPECT_EQ(found[3].at("end"), "2026-10-25T23:00:00.000Z");
  EXPECT_EQ(found[3].at("good"), 2);
}

TEST_F(statistics, by_shift_go_over_midnight) {
  ended("2026-07-01T19:59:00Z");  // 21:59 in Berlin
  ended("2026-07-01T20:00:00Z");
  ended("2026-07-02T03:59:00Z");
  ended("2026-07-02T04:00:00Z");
  const auto found =
      rows(R"({"by": "shift", "since": "2026-07-01T00:00:00Z", "until": "2026-07-03T00:00:00Z"})");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].at("start"), "2026-07-01T20:00:00.000Z");
  EXPECT_EQ(found[1].at("end"), "2026-07-02T04:00:00.000Z");
  EXPECT_EQ(found[1].at("good"), 2);
}

TEST_F(statistics, cut_the_first_and_the_last_row_to_the_time_asked_for) {
  ended("2026-07-01T10:00:00Z");
  const auto found =
      rows(R"({"by": "day", "since": "2026-07-01T09:00:00+00:00", "until": "2026-07-01T13:00:00+02:00"})");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("start"), "2026-07-01T09:00:00.000Z");
  EXPECT_EQ(found[0].at("end"), "2026-07-01T11:00:00.000Z");
}

TEST_F(statistics, by_product_count_time_of_production_day_by_day) {
  for (const auto* date : {"2026-07-01", "2026-07-02"})
    for (const auto* time : {"T10:01:00Z", "T10:30:00Z"}) ended(std::string(date) + time);
  ended("2026-07-01T11:00:00Z", core::Phase::spoiled, api::Reason::chipMute, core::AttemptKind::body,
        "guest");
  const auto found =
      rows(R"({"by": "product", "since": "2026-07-01T00:00:00Z", "until": "2026-07-03T00:00:00Z"})");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at("product"), "guest");
  EXPECT_FALSE(found[0].as_object().contains("cardsPerHour"));
  EXPECT_EQ(found[0].at("yield"), "0.0000");
  EXPECT_EQ(found[1].at("product"), "staff");
  EXPECT_EQ(found[1].at("cardsPerHour"), 4) << "four in an hour: the night does not count";
}

TEST_F(statistics, read_more_than_a_page) {
  for (int i = 0; i < 2500; ++i) ended("2026-07-01T10:00:00Z");
  const auto found =
      rows(R"({"by": "total", "since": "2026-07-01T00:00:00Z", "until": "2026-07-02T00:00:00Z"})");
  EXPECT_EQ(found.at(0).at("good"), 2500);
}

TEST_F(statistics, have_no_row_where_nothing_ended) {
  EXPECT_THAT(rows("{}"), IsEmpty());
}

TEST_F(statistics, refuse_a_time_that_is_too_long_or_empty_or_none) {
  auto reply = ask(R"({"since": "2025-01-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"})");
  EXPECT_EQ(reply.at("error"), "org.cardwright.Production.NumberOutOfRange");
  EXPECT_EQ(reply.at("parameters"),
            json::parse(R"({"field": "days", "value": 516, "minimum": 1, "maximum": 366})"));
  reply = ask(R"({"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})");
  EXPECT_EQ(reply.at("parameters").at("value"), 0);
  EXPECT_EQ(ask(R"({"since": "yesterday"})").at("parameters").at("parameter"), "since");
  EXPECT_EQ(ask(R"({"until": "2026-02-29T00:00:00Z"})").at("parameters").at("parameter"), "until");
}

TEST_F(statistics, take_times_as_the_standard_writes_them) {
  EXPECT_EQ(at("1970-01-01T00:00:01.5Z").time_since_epoch().count(), 1500);
  EXPECT_EQ(at("1970-01-01t01:00:00.123456+01:00").time_since_epoch().count(), 123);
  EXPECT_EQ(at("1969-12-31T23:30:00-00:30").time_since_epoch().count(), 0);
  for (const auto* wrong :
       {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-13-01T00:00:00Z",
        "1970-01-01T24:00:00Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+1:00", "1970-01-01T00:00:00Zx",
        "1970-01- 1T00:00:00Z", "+970-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_time(wrong)) << wrong;
}

TEST_F(statistics, know_every_shift_of_a_year_in_odd_zones) {
  const std::vector<std::chrono::minutes> begins{std::chrono::minutes(90), std::chrono::minutes(150),
                                                 std::chrono::hours(14)};
  for (const auto* name :
       {"Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "America/St_Johns", "UTC"}) {
    zone(name);
    auto before = period_of(at("2026-01-01T00:00:00Z"), begins);
    for (auto time = before.end; time < at("2027-01-01T00:00:00Z"); time = before.end) {
      const auto next = period_of(time, begins);
      ASSERT_EQ(next.start, before.end) << name << wire::time_text(time);
      ASSERT_GT(next.end, next.start);
      ASSERT_EQ(period_of(next.end - std::chrono::milliseconds(1), begins).start, next.start) << name;
      before = next;
    }
  }
}

TEST(statistics_on_the_wire, are_what_the_interface_says) {
  const auto interface = ipc::parse_interface(embedded::ipc("org.cardwright.Maintenance.varlink")).value();
  const auto* method = interface.find_method("GetStatistics");
  EXPECT_THAT(ipc::compare<wire::GetStatisticsCall>(method->input, interface), IsEmpty());
  EXPECT_THAT(ipc::compare<wire::GetStatisticsReply>(method->output, interface), IsEmpty());
}

}  // namespace
}  // namespace service::test
