#include "ipc/server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "ipc/host.hpp"

namespace ipc {
namespace {

constexpr std::chrono::milliseconds accept_retry{100};  // after accept() failed, as without descriptors left

}  // namespace

void Host::add(std::string_view idl, std::map<std::string, Method> implementations) {
  auto parsed = parse_interface(idl);
  if (!parsed)
    throw std::invalid_argument("interface, line " + std::to_string(parsed.error().line) + ": " +
                                parsed.error().message);
  const auto [place, is_new] = interfaces.try_emplace(std::string(parsed->name), *std::move(parsed));
  const auto& [name, interface] = *place;
  if (!is_new) throw std::invalid_argument("interface " + name + " is there already");
  for (const MethodType& type : interface.methods) {
    auto method = implementations.extract(type.name);
    methods.emplace(name + '.' + type.name,
                    Entry{&type, &interface, method ? std::move(method.mapped()) : Method{}});
  }
  if (!implementations.empty())
    throw std::invalid_argument("interface " + name + " has no method " + implementations.begin()->first);
}

void Host::accept() {
  acceptor.async_accept(
      [weak = weak_from_this()](const boost::system::error_code& fault, Protocol::socket socket) {
        const auto self = weak.lock();
        if (!self || !self->acceptor.is_open()) return;
        if (!fault) {
          self->admit(std::move(socket));
          return self->accept();
        }
        self->accept_pause.expires_after(accept_retry);
        self->accept_pause.async_wait([weak](const boost::system::error_code& stopped) {
          const auto host = weak.lock();
          if (!stopped && host && host->acceptor.is_open()) host->accept();
        });
      });
}

// Who is one too many is closed at once and so knows it, instead of waiting in the backlog.
void Host::admit(Protocol::socket socket) {
  // Asio accepts without SOCK_CLOEXEC: a program that is started later must not hold the connection open.
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  auto peer = peer_of(socket.native_handle());
  if (!peer || sessions.size() >= limits.connections_max) return;
  const auto uid = peer->uid;
  if (const auto found = sessions_by_uid.find(uid);
      found != sessions_by_uid.end() && found->second >= limits.connections_per_uid_max)
    return;
  ++sessions_by_uid[uid];
  const auto session = std::make_shared<Session>(*this, std::move(socket), *std::move(peer));
  sessions.insert(session);
  session->start();
}

void Host::forget(Session& session) {
  const auto count = sessions_by_uid.find(session.peer().uid);
  if (--count->second == 0) sessions_by_uid.erase(count);
  sessions.erase(session.shared_from_this());
}

Server::Server(boost::asio::io_context& io, Identity identity, Authorise authorise, Limits limits)
    : host_(std::make_shared<Host>(io, std::move(identity), std::move(authorise), limits)) {
  host_->add_service_interface();
}

Server::~Server() {
  stop_accepting();
  while (!host_->sessions.empty()) {
    const auto session = *host_->sessions.begin();
    session->close();
  }
}

void Server::add(std::string_view idl, std::map<std::string, Method> methods) {
  host_->add(idl, std::move(methods));
}

void Server::listen(const std::filesystem::path& path, unsigned mode) {
  const int fd = listen_on(path.string(), mode, host_->limits.backlog_max);
  host_->socket_path = path.string();
  adopt(fd);
}

void Server::adopt(int listening_fd) {
  host_->acceptor.assign(Host::Protocol(), listening_fd);
  host_->accept();
}

void Server::serve(int connected_fd) {
  host_->admit(Host::Protocol::socket(host_->io, Host::Protocol(), connected_fd));
}

void Server::check_replies(std::function<void(const std::string&)> report) {
  host_->wrong_reply = std::move(report);
}

void Server::stop_accepting() {
  boost::system::error_code ignored;
  host_->acceptor.close(ignored);
  host_->accept_pause.cancel();
  if (!host_->socket_path.empty()) ::unlink(std::exchange(host_->socket_path, {}).c_str());
}

std::size_t Server::connections() const {
  return host_->sessions.size();
}

const Interface* Server::find_interface(std::string_view name) const {
  const auto found = host_->interfaces.find(name);
  return found == host_->interfaces.end() ? nullptr : &found->second;
}

}  // namespace ipc
