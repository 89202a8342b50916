#include <utility>

#include "ipc/session.hpp"

namespace ipc {

Written::Written(json::object parameters) : parameters_(std::move(parameters)) {
  append_reply(bytes_, parameters_, true);
}

Reply::Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}

void Reply::reply(json::object parameters) {
  if (!state_->open()) return;
  state_->session->check_reply(*state_, parameters);
  state_->session->finish(*state_);
  if (!state_->oneway) state_->session->send([&](std::string& out) { append_reply(out, parameters, false); });
}

void Reply::reply_continues(json::object parameters) {
  if (!state_->open()) return;
  state_->session->check_reply(*state_, parameters);
  if (!state_->more) return;
  state_->session->send([&](std::string& out) { append_reply(out, parameters, true); });
}

void Reply::reply_continues(const Written& reply) {
  if (!state_->open()) return;
  state_->session->check_reply(*state_, reply.parameters_);
  if (!state_->more) return;
  state_->session->send([&](std::string& out) { out += reply.bytes_; });
}

void Reply::error(std::string_view name, json::object parameters) {
  if (!state_->open()) return;
  state_->session->check_error(name, parameters);
  state_->session->finish(*state_);
  if (!state_->oneway) state_->session->send([&](std::string& out) { append_error(out, name, parameters); });
}

void Reply::invalid_parameter(std::string_view field) {
  error(errors::invalid_parameter, {{"parameter", field}});
}

bool Reply::closed() const {
  return !state_->session->open();
}

void Reply::on_close(std::function<void()> callback) {
  if (state_->open()) state_->on_close = std::move(callback);
}

void Reply::when_sent(std::function<void()> callback) {
  if (!state_->open()) return;
  state_->on_sent = std::move(callback);
  state_->session->wake();
}

}  // namespace ipc
