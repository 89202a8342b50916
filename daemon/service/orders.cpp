#include "daemon/service/state.hpp"
#include "daemon/service/tables.hpp"

// Orders of cards, and tables: what a bureau made, and requests by the hundred.
namespace service {
namespace {

using State = Service::State;

void order_cards(State& state, const Asked& asked, wire::OrderCardsCall call, ipc::Reply reply) {
  core::OrderCards command;
  command.amount = call.amount;
  command.production_type = call.productionType.value_or("");
  command.queue = call.queue;
  command.holder = call.holder.value_or("");
  command.priority = call.priority.value_or(core::priority_default);
  command.fields = call.fields.value_or(wire::Fields{});
  command.note = call.note.value_or("");
  for (const auto& problem :
       {check_length("productionType", command.production_type, name_length_max),
        check_length("holder", command.holder, name_length_max),
        check_length("note", command.note, note_length_max), check_fields(command.fields)})
    if (problem) return refuse(reply, *problem);
  auto options = to_options(call.options.value_or(wire::Options{}));
  if (!options) return refuse(reply, options.error());
  command.options = *std::move(options);
  submit(state, asked, std::move(command), std::move(reply), [](ipc::Reply& to, const core::Done& done) {
    to.reply(ipc::to_json(wire::OrderCardsReply{done.order->text(), texts(done.cards)}));
  });
}

// HoldOrder and ReleaseOrder.
template <class Command>
void hold_or_release(State& state, const Asked& asked, wire::OrderCall call, ipc::Reply reply) {
  const auto order = to_order_id(call.order);
  if (!order) return refuse(reply, order.error());
  submit(state, asked, Command{*order}, std::move(reply),
         [order = order->text()](ipc::Reply& to, const core::Done&) {
           to.reply(ipc::to_json(wire::OrderReply{order}));
         });
}

void abort_cards(State& state, const Asked& asked, wire::AbortCardsCall call, ipc::Reply reply) {
  core::AbortCards command;
  if (call.order) {
    const auto order = to_order_id(*call.order);
    if (!order) return refuse(reply, order.error());
    command.order = *order;
  }
  auto cards = to_card_ids(call.cards.value_or(wire::Strings{}), state.engine.rules());
  if (!cards) return refuse(reply, cards.error());
  if (cards->empty() && !command.order)
    return refuse(reply, refusal(core::Refused::noCards, {}, {}, "neither a card nor an order was named"));
  command.cards = *std::move(cards);
  submit(state, asked, std::move(command), std::move(reply), reply_cards);
}

void refuse_lines(ipc::Reply& reply, core::Refused error, std::string subject,
                  std::vector<core::LineProblem> lines) {
  auto refused = refusal(error, std::move(subject));
  refused.lines = std::move(lines);
  refuse(reply, refused);
}

void import_manifest(State& state, const Asked& asked, wire::ImportManifestCall call, ipc::Reply reply) {
  const auto order = to_order_id(call.order);
  if (!order) return refuse(reply, order.error());
  auto lines = read_manifest(call.manifest, state.engine.rules().import_cards_max);
  if (!lines)
    return refuse_lines(reply, core::Refused::manifestInvalid, order->text(), std::move(lines.error()));
  submit(state, asked, core::ImportManifest{*order, *std::move(lines)}, std::move(reply),
         [](ipc::Reply& to, const core::Done& done) {
           wire::ImportManifestReply taken{texts(done.cards), {}};
           for (const auto& failed : done.skipped) taken.failed.push_back(failed.card.text());
           to.reply(ipc::to_json(taken));
         });
}

void import_batch(State& state, const Asked& asked, wire::ImportBatchCall call, ipc::Reply reply) {
  auto cards = read_requests(call.table, state.engine.rules().import_cards_max);
  if (!cards) return refuse_lines(reply, core::Refused::importInvalid, {}, std::move(cards.error()));
  submit(state, asked, core::ImportBatch{*std::move(cards)}, std::move(reply), reply_cards);
}

}  // namespace

Methods orders(State& state) {
  return {{"OrderCards", method(state, order_cards)},
          {"HoldOrder", method(state, hold_or_release<core::HoldOrder>)},
          {"ReleaseOrder", method(state, hold_or_release<core::ReleaseOrder>)},
          {"AbortCards", method(state, abort_cards)},
          {"ImportManifest", method(state, import_manifest)},
          {"ImportBatch", method(state, import_batch)}};
}

}  // namespace service
