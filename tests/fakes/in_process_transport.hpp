#pragma once
#include <functional>
#include <map>
#include <vector>

#include "drivers/api/encoder.hpp"
#include "tools/simulator/card/virtual_card.hpp"

namespace fakes {

// A session with a virtual card without a reader between. Counts and keeps what passes. A silent chip gives
// `timedOut`, certainty unknown, at once; after that the session is over, as with a real one.
class InProcessTransport final : public api::Transport {
 public:
  // Borrows the card, which must live longer; it is reset first, as by the power coming on.
  explicit InProcessTransport(simulator::VirtualCard& card) : card_(card), atr_(card.atr()) { card_.reset(); }

  struct Exchange {
    api::Bytes command, answer;
  };
  const std::vector<Exchange>& log() const noexcept { return log_; }
  std::size_t count() const noexcept { return log_.size(); }
  unsigned resets() const noexcept { return resets_; }

  // The exchange of this number, from 1, fails so; the card carries the command out first, or never sees it.
  void fail_at(std::size_t number, api::Failure failure, bool carried_out = false) {
    failures_[number] = {std::move(failure), carried_out};
  }
  // Every answer passes through this before the driver sees it: (number of the exchange from 1, answer).
  std::function<void(std::size_t, api::Bytes&)> tamper;

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline) override {
    if (over_) return api::fail(api::Reason::chipLost, "the session is over");
    log_.push_back({{command.begin(), command.end()}, {}});
    if (const auto planned = failures_.find(count()); planned != failures_.end()) {
      const auto& [failure, carried_out] = planned->second;
      if (carried_out) card_.transmit(command);
      over_ = failure.certainty == api::Certainty::unknown;
      return tl::unexpected(failure);
    }
    simulator::CardAnswer answer = card_.transmit(command);
    if (answer.silent) {
      over_ = true;
      return api::fail_unknown(api::Reason::timedOut, "the chip is silent");
    }
    if (tamper) tamper(count(), answer.bytes);
    log_.back().answer = answer.bytes;
    return std::move(answer.bytes);
  }

  api::Result<> reset(api::Deadline) override {
    if (over_) return api::fail(api::Reason::chipLost, "the session is over");
    ++resets_;
    card_.reset();
    return {};
  }

  api::BytesView atr() const noexcept override { return atr_; }

 private:
  simulator::VirtualCard& card_;
  api::Bytes atr_;
  std::vector<Exchange> log_;
  std::map<std::size_t, std::pair<api::Failure, bool>> failures_;
  unsigned resets_ = 0;
  bool over_ = false;
};

}  // namespace fakes
