#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <optional>
#include <string>

#include "ipc/call.hpp"
#include "ipc/frame.hpp"

namespace ipc {

struct Host;
struct Entry;

// One connection of a server: reads, runs one call after the other, writes. Kept alive by its pending
// operations and by the replies that are still owed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;
  Session(Host& host, Socket socket, Peer peer);

  void start() { process(); }
  void close();
  bool open() const { return host_ != nullptr; }
  const Peer& peer() const { return peer_; }

  // For Reply. Compares with the interface what a call is about to be answered, if the server shall do that.
  void check_reply(const Reply::State& call, const json::object& parameters) const;
  void check_error(std::string_view name, const json::object& parameters) const;
  // Something to say: `append` puts it into the outbox, from where it leaves soon.
  template <class Append>
  void send(Append append) {
    const auto before = outbox_.size();
    append(outbox_);
    queued(outbox_.size() - before);
  }
  // The call is answered: the next one may run, soon.
  void finish(Reply::State& call);
  void abandon(Reply::State& call);
  void wake();  // process(), soon

 private:
  void process();
  void queued(std::size_t bytes);
  bool run_calls();
  void dispatch(RawCall raw);
  void not_found(const std::string& method, Reply& reply) const;
  void flush();
  void call_when_sent();
  void read();
  void watch_hangup();
  bool account();

  Host* host_;  // null once closed
  std::optional<Socket> socket_;
  const Peer peer_;
  FrameBuffer input_;
  std::string outbox_;  // replies; the first `sent_` bytes have left
  std::size_t sent_ = 0;
  std::size_t accounted_ = 0;        // our part of Host::buffered_bytes
  Reply::State* current_ = nullptr;  // the call that is being answered
  bool processing_ = false;
  bool woken_ = false;
  bool reading_ = false;
  bool waiting_to_write_ = false;
  bool watching_ = false;
  bool input_ended_ = false;  // the client will send no more; it may still read
};

struct Reply::State {
  const std::shared_ptr<Session> session;
  const bool more;
  const bool oneway;
  const Entry* entry = nullptr;  // null until the method is found
  bool done = false;
  std::function<void()> on_close;
  std::function<void()> on_sent;

  State(std::shared_ptr<Session> owner, bool wants_more, bool wants_nothing)
      : session(std::move(owner)), more(wants_more), oneway(wants_nothing) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!done) session->abandon(*this);
  }
  bool open() const { return !done && session->open(); }
};

}  // namespace ipc
