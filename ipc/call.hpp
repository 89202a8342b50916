#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ipc/error.hpp"
#include "ipc/peer.hpp"

namespace ipc {

class Session;

// One call as a handler gets it: authorised, its parameters agree with the interface.
struct Call {
  std::string_view method;  // "org.example.cards.Make"; lives as long as the server
  json::object parameters;  // may be moved out and kept
  const Peer& peer;         // lives until the handler returns: copy what is needed later
  bool more;                // the client accepts several replies
  bool oneway;              // nobody will see the reply
};

// One of several replies, written out once for any number of connections.
class Written {
 public:
  explicit Written(json::object parameters);

 private:
  friend class Reply;
  json::object parameters_;
  std::string bytes_;
};

// The right to answer one call, now or later: copies are the same right, and may outlive the handler, the
// connection and the server. Used on the io thread only. The connection's next call waits for the last reply,
// so every call must be answered, `oneway` calls too (nothing is sent then). When the last copy goes
// unanswered the connection is closed: the client shall not wait for what cannot come. Once the call is
// answered, or the client is gone, everything here does nothing.
class Reply {
 public:
  struct State;
  explicit Reply(std::shared_ptr<State> state);

  void reply(json::object parameters = {});
  // One of several replies; `reply` or `error` ends them. Sent only for calls with `more`, so that a handler
  // is the same for both. A client that does not read is dropped at Limits::queued_bytes_max: a handler with
  // a long list goes on from `when_sent`.
  void reply_continues(json::object parameters);
  void reply_continues(const Written& reply);
  void error(std::string_view name, json::object parameters = {});
  void invalid_parameter(std::string_view field);

  bool closed() const;  // the client is gone
  // Each is called once, from the io loop, never from inside a function of Reply. `on_close` when the client
  // goes before the call is answered; `when_sent` when everything queued so far has left for the client.
  void on_close(std::function<void()> callback);
  void when_sent(std::function<void()> callback);

 private:
  std::shared_ptr<State> state_;
};

using Handler = std::function<void(Call, Reply)>;

struct Method {
  Handler handler;
  bool needs_more = false;  // has a meaning only as a stream: without `more` the answer is ExpectedMore
};

}  // namespace ipc
