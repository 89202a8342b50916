#pragma once
#include <deque>
#include <set>
#include <span>

#include "daemon/service/state.hpp"
#include "daemon/service/wire.hpp"

// Inside of service: replies that follow what happens.
namespace service {

class Feeds;

// A change, and how Watch shows it: written when the first stream needs it.
struct Recent {
  core::Change change;
  std::optional<ipc::Written> watched{};
};

// Sends the changes behind a sequence number to one client, first those that are stored, then those that are
// committed, none left out and none twice. It goes on when the client has taken what it got before: a client
// that is slow costs nothing but its connection, and one that goes away ends its feed. One that was slow for
// so long that its next change is not kept any more is told so (SequenceGone).
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  // What is sent for a change; nothing for a change that is not meant. None: every change, as Watch shows it.
  using Show = std::function<std::optional<boost::json::object>(const core::Change&)>;
  // Asked when nothing is left to send: the last reply, or nothing as long as there is more to come. None:
  // there always is.
  using End = std::function<std::optional<boost::json::object>()>;

  // Owned by `state`, until it ends.
  static void start(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end);

  Feed(Feeds& feeds, ipc::Reply reply, std::int64_t after, Show show, End end);

 private:
  friend class Feeds;
  enum class State {
    upToDate,
    waiting,  // for its turn
    sending,  // it has its turn
    sent      // it waits for its client
  };

  void begin();  // its turn: sends soon
  void send();
  void go_on();  // the client has taken what was sent
  void stop();
  bool show(std::span<Recent> page);

  Feeds& feeds_;
  ipc::Reply reply_;
  std::int64_t sequence_;
  Show show_;
  End end_;
  State state_ = State::upToDate;
};

// All streams, and the changes that they have in common: read once, written once. They send in turns, a few
// at a time, so that the station never waits for a thousand of them: what happens meanwhile is sent together.
class Feeds {
 public:
  Feeds(core::Engine& engine, store::Store& store) : engine_(engine), store_(store) {}

  void add(std::shared_ptr<Feed> feed);
  void remove(const std::shared_ptr<Feed>& feed);
  bool up_to_date(std::int64_t sequence) const { return sequence >= newest_; }
  // The next changes behind that one, until the next call; empty when they are not kept any more.
  std::span<Recent> page(std::int64_t sequence);
  void wait(Feed& feed);  // for its turn
  void turn_is_over();
  std::int64_t oldest() { return store_.oldest_change(); }

  // How things stand, as Watch began with last.
  struct Standing {
    std::int64_t sequence;
    boost::json::value lines;
    ipc::Written reply;
  };
  std::optional<Standing> standing;

 private:
  void changed(const std::vector<core::Change>& changes);
  void next();

  core::Engine& engine_;
  store::Store& store_;
  std::set<std::shared_ptr<Feed>> feeds_;
  std::deque<std::weak_ptr<Feed>> waiting_;
  std::size_t sending_ = 0;
  std::int64_t newest_ = 0;     // change that is known here, as long as there are feeds
  std::vector<Recent> recent_;  // the last changes up to that one, without gaps
  std::vector<Recent> read_;    // a page from the journal
  std::shared_ptr<void> subscription_;
};

// The method.
void watch(Service::State& state, const Asked& asked, wire::WatchCall call, ipc::Reply reply);

}  // namespace service
