#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/core/engine.hpp"
#include "daemon/store/store.hpp"

namespace fakes {

// An engine without a station behind it: answers commands as the test says, and commits the rows it is given.
class FakeEngine : public core::Engine {
 public:
  explicit FakeEngine(store::Store& store) : store_(store) {}

  // What a command is answered with; called in `submit`.
  std::function<core::Reply(const core::Command&)> answer = [](const core::Command&) { return core::Done{}; };
  // While true, answers wait for `release`.
  bool hold = false;
  std::vector<std::pair<core::Command, core::Caller>> submitted;
  core::Rules known_rules;
  core::StationView view;

  void submit(core::Command command, core::Caller caller,
              std::function<void(const core::Reply&)> deliver) override {
    submitted.emplace_back(command, caller);
    held_.push_back([deliver = std::move(deliver), reply = answer(command)] { deliver(reply); });
    if (!hold) release();
  }
  void release() {
    for (const auto& deliver : std::exchange(held_, {})) deliver();
  }

  // One turn: the rows become durable, then the listeners get the changes among them.
  void commit(std::vector<core::Row> rows) {
    std::vector<core::Change> changes;
    store_.begin();
    for (auto& row : rows) {
      store_.write(row);
      if (const auto* change = std::get_if<core::Change>(&row)) changes.push_back(*change);
    }
    store_.commit();
    const auto listeners = listeners_;
    for (const auto& weak : listeners)
      if (const auto listener = weak.lock()) (*listener)(changes);
  }

  core::StationView station() const override { return view; }
  const core::Rules& rules() const override { return known_rules; }
  std::shared_ptr<void> listen(Listener listener) override {
    auto kept = std::make_shared<Listener>(std::move(listener));
    listeners_.push_back(kept);
    return kept;
  }
  std::size_t listeners() const {
    std::size_t count = 0;
    for (const auto& weak : listeners_) count += weak.expired() ? 0 : 1;
    return count;
  }

 private:
  store::Store& store_;
  std::vector<std::function<void()>> held_;
  std::vector<std::weak_ptr<Listener>> listeners_;
};

}  // namespace fakes
