#include "ipc/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "ipc/host.hpp"

namespace ipc {
namespace {

constexpr std::size_t batch_bytes = 64 * 1024;  // queued replies that leave without waiting for more of them
constexpr int calls_per_turn = 64;              // of one connection, before the others have their turn
constexpr std::string_view service_prefix = "org.varlink.service.";

}  // namespace

Session::Session(Host& host, Socket socket, Peer peer)
    : host_(&host),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      input_(host.limits.message_bytes_max) {
  socket_->non_blocking(true);
}

void Session::close() {
  if (!host_) return;
  auto* const host = std::exchange(host_, nullptr);
  const auto self = shared_from_this();
  host->buffered_bytes -= std::exchange(accounted_, 0);
  host->forget(*this);
  socket_.reset();
  outbox_ = {};
  if (auto* const call = std::exchange(current_, nullptr)) {
    // It may hold the last of the call: it goes at the end of this block, not from within itself.
    const auto on_sent = std::exchange(call->on_sent, nullptr);
    if (auto callback = std::exchange(call->on_close, nullptr))
      boost::asio::post(host->io, std::move(callback));
  }
}

// The one way in: from the io loop, after anything happened.
void Session::process() {
  if (!host_) return;
  const auto self = shared_from_this();
  processing_ = true;
  const bool calls_left = run_calls();
  flush();
  processing_ = false;
  call_when_sent();
  if (!host_) return;
  if (calls_left) return wake();
  if (input_ended_ && !current_ && outbox_.empty()) return close();
  read();
}

// True when there may be more to run, but others shall have their turn first.
bool Session::run_calls() {
  for (int calls = 0; host_ && !current_; ++calls) {
    if (calls == calls_per_turn) return true;
    const auto text = input_.next();
    if (!text) {
      if (input_.too_long()) close();
      return false;
    }
    if (auto message = parse_message(*text, host_->limits))
      dispatch(read_call(*std::move(message)));
    else
      close();
  }
  return false;
}

void Session::dispatch(RawCall raw) {
  const bool more = raw.more && !raw.oneway;
  auto state = std::make_shared<Reply::State>(shared_from_this(), more, raw.oneway);
  current_ = state.get();
  Reply reply(state);
  if (!raw.fault.empty()) return reply.invalid_parameter(raw.fault);
  if (raw.upgrade) return reply.invalid_parameter("upgrade");
  const auto found = host_->methods.find(raw.method);
  if (found == host_->methods.end()) return not_found(raw.method, reply);

  const auto& [name, entry] = *found;
  state->entry = &entry;
  if (!name.starts_with(service_prefix) && !(host_->authorise && host_->authorise(peer_, name)))
    return reply.error(errors::permission_denied);
  if (!entry.method.handler) return reply.error(errors::method_not_implemented, {{"method", name}});
  if (entry.method.needs_more && !raw.more) return reply.error(errors::expected_more);
  if (const auto fault = check(raw.parameters, entry.type->input, *entry.interface))
    return reply.invalid_parameter(fault->field);
  Call call{name, std::move(raw.parameters), peer_, more, raw.oneway};
  state.reset();  // from here on the right to answer is the handler's alone
  entry.method.handler(std::move(call), std::move(reply));
}

void Session::not_found(const std::string& method, Reply& reply) const {
  const auto dot = method.rfind('.');
  if (dot == method.npos) return reply.invalid_parameter("method");
  const auto interface = method.substr(0, dot);
  if (host_->interfaces.contains(interface))
    return reply.error(errors::method_not_found, {{"method", method}});
  reply.error(errors::interface_not_found, {{"interface", interface}});
}

void Session::check_reply(const Reply::State& call, const json::object& parameters) const {
  if (!host_->wrong_reply || !call.entry) return;
  const auto& [type, interface, method] = *call.entry;
  if (const auto fault = check(parameters, type->output, *interface))
    host_->wrong_reply("reply of " + interface->name + '.' + type->name + ": " + fault->field + ": " +
                       fault->message);
}

void Session::check_error(std::string_view name, const json::object& parameters) const {
  if (!host_->wrong_reply) return;
  const auto dot = std::min(name.rfind('.'), name.size());
  const auto interface = host_->interfaces.find(name.substr(0, dot));
  const auto* error = interface == host_->interfaces.end()
                          ? nullptr
                          : interface->second.find_error(name.substr(std::min(dot + 1, name.size())));
  if (!error) return host_->wrong_reply("error " + std::string(name) + " is in no interface");
  if (const auto fault = check(parameters, error->type, interface->second))
    host_->wrong_reply("error " + std::string(name) + ": " + fault->field + ": " + fault->message);
}

void Session::queued(std::size_t bytes) {
  const auto& limits = host_->limits;
  if (bytes > limits.message_bytes_max + 1) return close();
  if (outbox_.size() - sent_ >= batch_bytes) flush();
  if (!host_) return;
  if (outbox_.size() - sent_ > limits.queued_bytes_max || !account()) return close();
  wake();
}

void Session::flush() {
  boost::system::error_code fault;
  while (host_ && !waiting_to_write_ && !outbox_.empty()) {
    sent_ += socket_->write_some(boost::asio::buffer(outbox_) + sent_, fault);
    if (fault == boost::asio::error::would_block) {
      waiting_to_write_ = true;
      socket_->async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code&) {
        self->waiting_to_write_ = false;
        self->process();
      });
    } else if (fault) {
      return close();
    }
    if (sent_ == outbox_.size() && outbox_.capacity() > batch_bytes) outbox_ = {};
    if (sent_ * 2 >= outbox_.size()) outbox_.erase(0, std::exchange(sent_, 0));
  }
  if (host_) account();
}

void Session::call_when_sent() {
  if (!host_ || !current_ || !outbox_.empty() || !current_->on_sent) return;
  const auto callback = std::exchange(current_->on_sent, nullptr);
  callback();
}

void Session::read() {
  if (reading_ || input_ended_) return;
  const auto room = input_.prepare();
  if (!account()) return close();
  if (room.empty()) return watch_hangup();
  reading_ = true;
  socket_->async_read_some(
      boost::asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](const boost::system::error_code& fault, std::size_t size) {
        self->reading_ = false;
        if (!self->host_) return;
        if (fault && fault != boost::asio::error::eof) return self->close();
        self->input_.commit(size);
        if (fault) {
          self->input_ended_ = true;
          self->watch_hangup();
        }
        self->process();
      });
}

// Notices that the client is gone when no read would: its input has ended or ours is full. A client that has
// only shut down its sending side is not gone.
void Session::watch_hangup() {
  if (watching_) return;
  watching_ = true;
  socket_->async_wait(Socket::wait_error,
                      [self = shared_from_this()](const boost::system::error_code& fault) {
                        self->watching_ = false;
                        if (!fault) self->close();
                      });
}

void Session::finish(Reply::State& call) {
  call.done = true;
  call.on_close = nullptr;
  call.on_sent = nullptr;
  current_ = nullptr;
  wake();
}

void Session::abandon(Reply::State& call) {
  if (!host_) return;
  if (call.oneway) return finish(call);
  current_ = nullptr;
  flush();  // what it did say
  close();
}

void Session::wake() {
  if (!host_ || processing_ || woken_) return;
  woken_ = true;
  boost::asio::post(host_->io, [self = shared_from_this()] {
    self->woken_ = false;
    self->process();
  });
}

// Tells the host what we hold; false when all connections together hold too much.
bool Session::account() {
  const auto now = input_.capacity() + outbox_.size();
  host_->buffered_bytes += now - accounted_;
  accounted_ = now;
  return host_->buffered_bytes <= host_->limits.buffered_bytes_total_max;
}

}  // namespace ipc
