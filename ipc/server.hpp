#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "ipc/call.hpp"
#include "ipc/idl.hpp"
#include "ipc/limits.hpp"
#include "ipc/peer.hpp"

namespace boost::asio {
class io_context;
}

namespace ipc {

struct Identity {  // the answer to GetInfo
  std::string vendor;
  std::string product;
  std::string version;
  std::string url;
};

// May this peer call this method ("org.example.cards.Make")? Asked before the parameters are looked at; `no`
// is answered with PermissionDenied, and so is everything without this function. org.varlink.service is open
// to everybody who may connect.
using Authorise = std::function<bool(const Peer&, std::string_view method)>;

struct Host;

// A Varlink service on a Unix stream socket. Everything happens on the thread that runs `io`, which must
// outlive the server; with one such thread give the context the concurrency hint 1. `upgrade` is refused with
// InvalidParameter (parameter "upgrade"); the connection stays usable.
class Server {
 public:
  Server(boost::asio::io_context& io, Identity identity, Authorise authorise, Limits limits = {});
  // Not from inside a handler. Closes every connection and removes the socket file that `listen` made.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // An interface by its .varlink text, with the handlers of its methods by name. A method of the text without
  // a handler answers MethodNotImplemented. Throws std::invalid_argument for a faulty text, a name that is
  // not in it, or an interface that is there already.
  void add(std::string_view idl, std::map<std::string, Method> methods);

  // Begins to accept. `listen` makes the socket with that mode (a dead one is replaced), `adopt` takes over a
  // listening descriptor, as from socket activation. Both throw std::system_error.
  void listen(const std::filesystem::path& path, unsigned mode = 0660);
  void adopt(int listening_fd);
  // Serves one connection that exists already (takes over the descriptor), as tests do with a socketpair.
  void serve(int connected_fd);

  // For tests: compares every reply and error with its interface and reports, in a sentence, each that
  // differs.
  void check_replies(std::function<void(const std::string&)> report);

  // Accepts no more; connections that exist go on.
  void stop_accepting();

  std::size_t connections() const;
  const Interface* find_interface(std::string_view name) const;  // null when there is none

 private:
  std::shared_ptr<Host> host_;
};

}  // namespace ipc
