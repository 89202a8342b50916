#pragma once
#include "daemon/service/state.hpp"

// Inside of service: replies that follow what happens.
namespace service {

// Sends the changes behind a sequence number to one client, first those that are stored, then those that are
// committed, none left out and none twice. It reads them from the store whenever the client has taken what
// it got before: a client that is slow costs nothing but its connection, and one that goes away ends its
// feed.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  // What is sent for a change; nothing for a change that is not meant.
  using Show = std::function<std::optional<boost::json::object>(const core::Change&)>;
  // Asked when nothing is left to send: the last reply, or nothing as long as there is more to come.
  using End = std::function<std::optional<boost::json::object>()>;

  // Owned by `state`, until it ends.
  static void start(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end);

  Feed(Service::State& state, ipc::Reply reply, std::int64_t after, Show show, End end);

 private:
  void wake();
  void send();
  void stop();

  Service::State& state_;
  ipc::Reply reply_;
  std::int64_t sequence_;
  Show show_;
  End end_;
  bool woken_ = false;
  std::shared_ptr<void> subscription_;
};

}  // namespace service
