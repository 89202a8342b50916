#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "ipc/server.hpp"
#include "ipc/session.hpp"

namespace ipc {

struct Entry {  // a method
  const MethodType* type;
  const Interface* interface;
  Method method;
};

// What a server and its sessions share.
struct Host : std::enable_shared_from_this<Host> {
  using Protocol = boost::asio::local::stream_protocol;

  Host(boost::asio::io_context& context, Identity who, Authorise may, Limits limit)
      : io(context), identity(std::move(who)), authorise(std::move(may)), limits(limit) {}

  void add(std::string_view idl, std::map<std::string, Method> implementations);
  void add_service_interface();
  void accept();
  void admit(Protocol::socket socket);
  void forget(Session& session);

  boost::asio::io_context& io;
  const Identity identity;
  const Authorise authorise;
  const Limits limits;
  std::map<std::string, Interface, std::less<>> interfaces;
  std::map<std::string, Entry, std::less<>> methods;  // by full name
  std::function<void(const std::string&)> wrong_reply;
  Protocol::acceptor acceptor{io};
  boost::asio::steady_timer accept_pause{io};
  std::string socket_path;  // that we made
  std::set<std::shared_ptr<Session>> sessions;
  std::map<uid_t, std::size_t> sessions_by_uid;
  std::size_t buffered_bytes = 0;  // of all sessions
};

// A listening descriptor of a new socket; throws std::system_error.
int listen_on(const std::string& path, unsigned mode, std::size_t backlog);

}  // namespace ipc
