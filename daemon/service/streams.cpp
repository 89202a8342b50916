#include "daemon/service/streams.hpp"

#include "daemon/service/limits.hpp"

namespace service {

void Feed::start(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end) {
  auto& feeds = *state.feeds;
  const auto feed = std::make_shared<Feed>(feeds, std::move(reply), after, std::move(show), std::move(end));
  feeds.add(feed);
  feed->reply_.on_close([weak = feed->weak_from_this()] {
    if (const auto self = weak.lock()) self->stop();
  });
  feeds.wait(*feed);
}

Feed::Feed(Feeds& feeds, ipc::Reply reply, std::int64_t after, Show show, End end)
    : feeds_(feeds),
      reply_(std::move(reply)),
      sequence_(after),
      show_(std::move(show)),
      end_(std::move(end)) {}

// Never sends by itself: a listener of the engine must not throw, and the store may.
void Feed::begin() {
  state_ = State::sending;
  reply_.when_sent([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->send();
  });
}

void Feed::send() {
  state_ = State::upToDate;
  if (!feeds_.up_to_date(sequence_)) {
    if (show(feeds_.page(sequence_))) {
      state_ = State::sent;
      reply_.when_sent([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->go_on();
      });
    } else {
      refuse_sequence(reply_, feeds_.oldest());
      stop();
    }
  } else if (auto last = end_ ? end_() : std::nullopt) {
    reply_.reply(*std::move(last));
    stop();
  }
  feeds_.turn_is_over();
}

// False when changes between are not there any more.
bool Feed::show(std::span<Recent> page) {
  if (page.empty() || page.front().change.sequence != sequence_ + 1) return false;
  for (auto& [change, watched] : page) {
    sequence_ = change.sequence;
    if (show_) {
      if (auto shown = show_(change)) reply_.reply_continues(*std::move(shown));
      continue;
    }
    if (!watched)
      watched.emplace(ipc::to_json(wire::WatchReply{sequence_, {}, {}, {}, wire::to_wire(change)}));
    reply_.reply_continues(*watched);
  }
  return true;
}

void Feed::go_on() {
  state_ = State::upToDate;
  if (end_ || !feeds_.up_to_date(sequence_)) feeds_.wait(*this);
}

void Feed::stop() {
  const auto self = shared_from_this();
  const bool its_turn = state_ == State::sending;
  state_ = State::sent;
  feeds_.remove(self);
  if (its_turn) feeds_.turn_is_over();
}

void Feeds::add(std::shared_ptr<Feed> feed) {
  if (feeds_.empty()) {
    subscription_ = engine_.listen([this](const std::vector<core::Change>& changes) { changed(changes); });
    newest_ = store_.newest_change();
  }
  feeds_.insert(std::move(feed));
}

void Feeds::remove(const std::shared_ptr<Feed>& feed) {
  feeds_.erase(feed);
  if (!feeds_.empty()) return;
  subscription_.reset();
  recent_ = {};
  standing.reset();
}

// The first who came in this turn has read what is told only now.
void Feeds::changed(const std::vector<core::Change>& changes) {
  for (const auto& change : changes)
    if (change.sequence > newest_) recent_.push_back({change});
  if (!recent_.empty()) newest_ = recent_.back().change.sequence;
  if (recent_.size() > 2 * recent_changes)
    recent_.erase(recent_.begin(), recent_.end() - static_cast<std::ptrdiff_t>(recent_changes));
  for (const auto& feed : feeds_)
    if (feed->state_ == Feed::State::upToDate) wait(*feed);
}

std::span<Recent> Feeds::page(std::int64_t sequence) {
  if (!recent_.empty() && sequence + 1 >= recent_.front().change.sequence) {
    const auto begin = static_cast<std::size_t>(sequence + 1 - recent_.front().change.sequence);
    return std::span(recent_).subspan(begin, std::min(page_changes, recent_.size() - begin));
  }
  read_.clear();
  for (auto& change : store_.changes(sequence, page_changes)) read_.push_back({std::move(change)});
  return read_;
}

void Feeds::wait(Feed& feed) {
  feed.state_ = Feed::State::waiting;
  waiting_.push_back(feed.weak_from_this());
  next();
}

void Feeds::turn_is_over() {
  --sending_;
  next();
}

void Feeds::next() {
  while (sending_ < streams_at_once && !waiting_.empty()) {
    const auto feed = waiting_.front().lock();
    waiting_.pop_front();
    if (!feed || feed->state_ != Feed::State::waiting) continue;
    ++sending_;
    feed->begin();
  }
}

}  // namespace service
