#include "daemon/service/streams.hpp"

#include "daemon/service/limits.hpp"

namespace service {

void Feed::start(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end) {
  const auto feed = std::make_shared<Feed>(state, std::move(reply), after, std::move(show), std::move(end));
  state.feeds.insert(feed);
  const auto weak = feed->weak_from_this();
  feed->subscription_ = state.engine.listen([weak](const std::vector<core::Change>&) {
    if (const auto self = weak.lock()) self->wake();
  });
  feed->reply_.on_close([weak] {
    if (const auto self = weak.lock()) self->stop();
  });
  feed->wake();
}

Feed::Feed(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end)
    : state_(state),
      reply_(std::move(reply)),
      sequence_(after),
      show_(std::move(show)),
      end_(std::move(end)) {}

// Never sends by itself: a listener of the engine must not throw, and the store may.
void Feed::wake() {
  if (woken_) return;
  woken_ = true;
  reply_.when_sent([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->send();
  });
}

void Feed::send() {
  woken_ = false;
  const auto changes = state_.store.changes(sequence_, page_changes);
  for (const auto& change : changes) {
    sequence_ = change.sequence;
    if (auto shown = show_(change)) reply_.reply_continues(*std::move(shown));
  }
  if (!changes.empty()) return wake();
  if (auto last = end_()) {
    reply_.reply(*std::move(last));
    stop();
  }
}

void Feed::stop() {
  const auto self = shared_from_this();
  subscription_.reset();
  state_.feeds.erase(self);
}

}  // namespace service
