#include "daemon/service/parameters.hpp"
#include "daemon/service/state.hpp"
#include "daemon/service/streams.hpp"

// Requests and batches: each method makes a command of its parameters and hands it to the engine.
namespace service {
namespace {

using State = Service::State;

wire::ProductionReply production_reply(const core::Done& done) {
  wire::ProductionReply reply;
  if (done.batch) reply.batch = done.batch->text();
  reply.cards = texts(done.cards);
  for (const auto& skipped : done.skipped) reply.skipped.push_back({skipped.card.text(), skipped.why});
  return reply;
}

// Follows the batch from `before` on until its production has ended.
void follow(State& state, ipc::Reply reply, const core::Done& done, std::int64_t before) {
  const auto batch = *done.batch;
  auto show = [batch](const core::Change& change) -> std::optional<boost::json::object> {
    if (change.batch != batch) return std::nullopt;
    wire::ProductionReply shown;
    shown.batch = batch.text();
    shown.change = wire::to_wire(change);
    return ipc::to_json(shown);
  };
  auto end = [&state, batch, cards = texts(done.cards)]() -> std::optional<boost::json::object> {
    const auto stored = state.store.batch(batch);
    if (!stored || stored->state == core::BatchState::producing || stored->state == core::BatchState::paused)
      return std::nullopt;
    return ipc::to_json(wire::ProductionReply{batch.text(), cards, {}, {}, stored->state});
  };
  Feed::start(state, std::move(reply), before, std::move(show), std::move(end));
}

// What IssueCards and RepeatProduction do with the answer.
auto produced(State& state, bool more) {
  return [&state, more, before = state.store.newest_change()](ipc::Reply& reply, const core::Done& done) {
    auto first = ipc::to_json(production_reply(done));
    if (!more || !done.batch) return reply.reply(std::move(first));
    reply.reply_continues(std::move(first));
    follow(state, reply, done, before);
  };
}

void request_cards(State& state, const Asked& asked, wire::RequestCardsCall call, ipc::Reply reply) {
  auto fields = call.fields.value_or(wire::Fields{});
  for (const auto& problem :
       {check_length("product", call.product.value_or(""), name_length_max),
        check_length("note", call.note.value_or(""), note_length_max), check_fields(fields)})
    if (problem) return refuse(reply, *problem);
  auto options = to_options(call.options.value_or(wire::Options{}));
  if (!options) return refuse(reply, options.error());
  submit(state, asked,
         core::RequestCards{call.amount, call.product.value_or(""), *std::move(options), std::move(fields),
                            call.note.value_or("")},
         std::move(reply), reply_cards);
}

void issue_cards(State& state, const Asked& asked, wire::IssueCardsCall call, ipc::Reply reply) {
  core::IssueCards command;
  command.all = call.all.value_or(false);
  command.check_only = call.checkOnly.value_or(false);
  if (command.all && call.cards) return reply.invalid_parameter("all");  // which of the two is meant?
  auto cards = to_card_ids(call.cards.value_or(wire::Strings{}), state.engine.rules());
  if (!cards) return refuse(reply, cards.error());
  command.cards = *std::move(cards);
  if (call.options) {
    auto options = to_options(*call.options);
    if (!options) return refuse(reply, options.error());
    command.options = *std::move(options);
  }
  submit(state, asked, std::move(command), std::move(reply), produced(state, asked.more));
}

// CompleteBatch and CancelBatch.
template <class Command>
void settle_batch(State& state, const Asked& asked, wire::BatchCall call, ipc::Reply reply) {
  const auto batch = to_batch_id(call.batch);
  if (!batch) return refuse(reply, batch.error());
  submit(state, asked, Command{*batch}, std::move(reply),
         [batch = batch->text()](ipc::Reply& to, const core::Done& done) {
           to.reply(ipc::to_json(wire::BatchReply{batch, texts(done.cards)}));
         });
}

void repeat_production(State& state, const Asked& asked, wire::RepeatProductionCall call, ipc::Reply reply) {
  if (!call.batch == !call.order) return reply.invalid_parameter("batch");  // which of the two is meant?
  const auto batch = call.batch ? to_batch_id(*call.batch) : core::BatchId{};
  if (!batch) return refuse(reply, batch.error());
  const auto order = call.order ? to_order_id(*call.order) : core::OrderId{};
  if (!order) return refuse(reply, order.error());
  // An empty list is not the same as none: only the latter means all that failed.
  if (call.cards && call.cards->empty())
    return refuse(reply, refusal(core::Refused::noCards, {}, {}, "no card was named"));
  auto cards = to_card_ids(call.cards.value_or(wire::Strings{}), state.engine.rules());
  if (!cards) return refuse(reply, cards.error());
  const auto reason = to_reason(call.reason);
  if (!reason) return refuse(reply, reason.error());
  if (call.batch)
    return submit(state, asked, core::RepeatProduction{*batch, *std::move(cards), *reason}, std::move(reply),
                  produced(state, asked.more));
  submit(state, asked, core::ReorderCards{*order, *std::move(cards), *reason}, std::move(reply),
         [](ipc::Reply& to, const core::Done& done) {
           wire::RepeatProductionReply ordered;
           if (done.order) ordered.order = done.order->text();
           ordered.cards = texts(done.cards);
           to.reply(ipc::to_json(ordered));
         });
}

void give_up_cards(State& state, const Asked& asked, wire::GiveUpCardsCall call, ipc::Reply reply) {
  auto cards = to_card_ids(call.cards, state.engine.rules());
  if (!cards) return refuse(reply, cards.error());
  submit(state, asked, core::GiveUpCards{*std::move(cards)}, std::move(reply), reply_cards);
}

}  // namespace

Methods commands(State& state) {
  return {{"RequestCards", method(state, request_cards)},
          {"IssueCards", method(state, issue_cards)},
          {"CompleteBatch", method(state, settle_batch<core::CompleteBatch>)},
          {"CancelBatch", method(state, settle_batch<core::CancelBatch>)},
          {"RepeatProduction", method(state, repeat_production)},
          {"GiveUpCards", method(state, give_up_cards)}};
}

}  // namespace service
