#pragma once
#include <utility>
#include <vector>

#include "drivers/api/encoder.hpp"

namespace fakes {

// A chip that gives these answers, one after the other, whatever it is asked; then it is lost. Never ends the
// session by itself before that.
class ScriptedTransport final : public api::Transport {
 public:
  explicit ScriptedTransport(std::vector<api::Bytes> answers, api::Bytes atr = {})
      : answers_(std::move(answers)), atr_(std::move(atr)) {}

  const std::vector<api::Bytes>& commands() const noexcept { return commands_; }

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline) override {
    if (commands_.size() == answers_.size())
      return api::fail_unknown(api::Reason::linkLost, "the script is at its end");
    commands_.emplace_back(command.begin(), command.end());
    return answers_[commands_.size() - 1];
  }
  api::Result<> reset(api::Deadline) override { return {}; }
  api::BytesView atr() const noexcept override { return atr_; }

 private:
  std::vector<api::Bytes> answers_, commands_;
  api::Bytes atr_;
};

}  // namespace fakes
