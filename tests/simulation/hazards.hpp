#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <random>

#include "drivers/api/enum_table.hpp"

// When something goes wrong with the host or its power, and what.
namespace simulation {

// Moments at which a run can be interrupted. Between two of them nothing changes that anybody could see.
enum class Moment { write, sync, truncate, remove, order, done, command, answer, pass, hand, post };
inline constexpr std::array<api::EnumRow<Moment>, 11> moment_rows{{
    {Moment::write, "write", "a write to the disk"},
    {Moment::sync, "sync", "a sync of the disk"},
    {Moment::truncate, "truncate", "the cutting of a file"},
    {Moment::remove, "remove", "the removal of a file"},
    {Moment::order, "order", "the beginning of a device call, or of the desk's work"},
    {Moment::done, "done", "the end of a device call, or of the desk's work"},
    {Moment::command, "command", "a command to the chip"},
    {Moment::answer, "answer", "an answer of the chip"},
    {Moment::pass, "pass", "some point while time goes by"},
    {Moment::hand, "hand", "the handing on of what was committed"},
    {Moment::post, "post", "some point on the way of a letter"},
}};
static_assert(api::well_formed(moment_rows));
constexpr const auto& rows_of(Moment) {
  return moment_rows;
}

using Moments = unsigned;  // a set
constexpr Moments set_of(auto... moments) {
  return ((1U << static_cast<unsigned>(moments)) | ... | 0U);
}
inline constexpr Moments disk_moments = set_of(Moment::write, Moment::sync, Moment::truncate, Moment::remove);
inline constexpr Moments device_moments = set_of(Moment::order, Moment::done);
inline constexpr Moments chip_moments = set_of(Moment::command, Moment::answer);
inline constexpr Moments all_moments = (1U << moment_rows.size()) - 1;

enum class Blow { stop, process, host, hostAndPrinter, printer, ioError, diskFull };
inline constexpr std::array<api::EnumRow<Blow>, 7> blow_rows{{
    {Blow::stop, "stop", "the daemon is asked to stop"},
    {Blow::process, "process", "the daemon is killed; the host goes on"},
    {Blow::host, "host", "the host loses power"},
    {Blow::hostAndPrinter, "hostAndPrinter", "host and printer lose power"},
    {Blow::printer, "printer", "the printer alone loses power"},
    {Blow::ioError, "ioError", "the disk reports an error"},
    {Blow::diskFull, "diskFull", "the disk is full"},
}};
static_assert(api::well_formed(blow_rows));
constexpr const auto& rows_of(Blow) {
  return blow_rows;
}
constexpr bool ends_life(Blow blow) {
  return blow == Blow::process || blow == Blow::host || blow == Blow::hostAndPrinter;
}

// Thrown at the moment of the blow through all of the daemon's code, which is gone then. Not an
// std::exception: nothing of the daemon catches it.
struct Crash {};

struct Strike {
  Moments moments;
  std::uint64_t nth;  // of these moments, from 1, counted from when it was armed
  Blow blow;
};

// Counts moments, and says at which the blow falls. One blow at a time.
class Hazards {
 public:
  void arm(std::optional<Strike> strike) {
    strike_ = strike;
    left_ = strike ? strike->nth : 0;
  }
  bool armed() const { return strike_.has_value(); }

  // The blow that falls now.
  std::optional<Blow> reach(Moment moment) {
    ++counts_[static_cast<std::size_t>(moment)];
    if (!strike_ || (strike_->moments & set_of(moment)) == 0 || --left_ > 0) return std::nullopt;
    const auto blow = strike_->blow;
    strike_.reset();
    struck_at_ = moment;
    return blow;
  }
  std::uint64_t count(Moment moment) const { return counts_[static_cast<std::size_t>(moment)]; }
  Moment struck_at() const { return struck_at_; }  // the last time

 private:
  std::optional<Strike> strike_;
  std::uint64_t left_ = 0;
  Moment struck_at_ = Moment::write;
  std::array<std::uint64_t, moment_rows.size()> counts_{};
};

}  // namespace simulation
