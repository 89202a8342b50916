#include "daemon/service/photo.hpp"
#include "daemon/service/state.hpp"
#include "daemon/service/streams.hpp"

// Holders, and finished cards from body to lock.
namespace service {
namespace {

using State = Service::State;

// Both are written into certificates.
bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 != text.size() && text.rfind('@') == at &&
         std::ranges::all_of(text, [](char byte) { return byte > 0x20 && byte < 0x7f; });
}

// Which parameter of a holder is none; empty: they are right.
std::string_view wrong_of(const core::Holder& holder) {
  if (holder.id.empty() || !is_one_line(holder.id)) return "holder.id";
  if (holder.name.empty() || !is_one_line(holder.name)) return "holder.name";
  if (!is_one_line(holder.upn)) return "holder.upn";
  if (!holder.email.empty() && !is_mail_address(holder.email)) return "holder.email";
  return {};
}

void put_holder(State& state, const Asked& asked, wire::PutHolderCall call, ipc::Reply reply) {
  auto& said = call.holder;
  core::Holder holder{std::move(said.id),
                      said.state,
                      std::move(said.name),
                      said.upn.value_or(""),
                      said.email.value_or(""),
                      said.photo.value_or(""),
                      {}};
  for (const auto& problem : {check_length("holder.id", holder.id, name_length_max),
                              check_length("holder.name", holder.name, holder_name_length_max),
                              check_length("holder.upn", holder.upn, holder_name_length_max),
                              check_length("holder.email", holder.email, email_length_max),
                              check_length("holder.photo", holder.photo, name_length_max)})
    if (problem) return refuse(reply, *problem);
  if (const auto wrong = wrong_of(holder); !wrong.empty()) return reply.invalid_parameter(wrong);
  submit(state, asked, core::PutHolder{holder}, std::move(reply),
         [id = holder.id](ipc::Reply& to, const core::Done&) {
           to.reply(ipc::to_json(wire::PutHolderReply{id}));
         });
}

void store_photo(State& state, const Asked& asked, wire::StorePhotoCall call, ipc::Reply reply) {
  auto photo = read_photo(call.image);
  if (!photo) return refuse_photo(reply, photo.error());
  const auto digest = photo->digest;
  submit(
      state, asked, core::StorePhoto{*std::move(photo)}, std::move(reply),
      [digest](ipc::Reply& to, const core::Done&) { to.reply(ipc::to_json(wire::StorePhotoReply{digest})); });
}

// How the card is; and the attempt, where there was one and it ended badly.
template <class Answer>
boost::json::object answer(State& state, core::CardId card, const std::optional<core::Attempt>& attempt) {
  Answer result;
  result.card = card.text();
  if (auto stored = state.store.card(card)) {
    const auto shown = wire::to_wire(*std::move(stored));
    result.state = shown.state;
    if constexpr (requires { result.validUntil; })
      if (shown.state == core::CardState::assigned) result.validUntil = shown.validUntil;
  }
  if (attempt) {
    const auto shown = wire::to_wire(*attempt, {});
    result.attempt = shown.id;
    if (attempt->phase != core::Phase::done) {
      result.reason = shown.reason;
      result.text = shown.text;
    }
  }
  return ipc::to_json(result);
}

// The answer to what may begin an attempt by hand: at once where it did not, else when the attempt is over,
// and the changes of the card until then. Whether the client is still there makes no difference to the
// attempt.
template <class Answer>
auto when_over(State& state, core::CardId card) {
  return [&state, card, before = state.store.newest_change()](ipc::Reply& reply, const core::Done& done) {
    if (!done.attempt) return reply.reply(answer<Answer>(state, card, std::nullopt));
    auto show = [card](const core::Change& change) -> std::optional<boost::json::object> {
      if (change.card != card) return std::nullopt;
      Answer shown;
      shown.card = card.text();
      shown.change = wire::to_wire(change);
      return ipc::to_json(shown);
    };
    auto end = [&state, card, id = *done.attempt]() -> std::optional<boost::json::object> {
      const auto attempt = state.store.attempt(id);
      if (!attempt || !core::is_over(attempt->phase)) return std::nullopt;
      return answer<Answer>(state, card, attempt);
    };
    Feed::start(state, reply, before, std::move(show), std::move(end));
  };
}

void initialize_card(State& state, const Asked& asked, wire::InitializeCardCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  submit(state, asked, core::InitializeCard{*card}, std::move(reply),
         when_over<wire::InitializeCardReply>(state, *card));
}

void assign_card(State& state, const Asked& asked, wire::AssignCardCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  const auto holder = to_holder_id(call.holder);
  if (!holder) return refuse(reply, holder.error());
  submit(state, asked, core::AssignCard{*card, *holder, call.days}, std::move(reply),
         when_over<wire::AssignmentReply>(state, *card));
}

void extend_card(State& state, const Asked& asked, wire::ExtendCardCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  submit(state, asked, core::ExtendCard{*card, call.days}, std::move(reply),
         when_over<wire::AssignmentReply>(state, *card));
}

void withdraw_card(State& state, const Asked& asked, wire::WithdrawCardCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  submit(state, asked, core::WithdrawCard{*card}, std::move(reply),
         [card = card->text()](ipc::Reply& to, const core::Done&) {
           to.reply(ipc::to_json(wire::WithdrawCardReply{card}));
         });
}

void lock_card(State& state, const Asked& asked, wire::LockCardCall call, ipc::Reply reply) {
  const auto card = to_card_id(call.card);
  if (!card) return refuse(reply, card.error());
  core::LockCard command{*card, {}, call.replace.value_or(false)};
  if (call.reason) {
    const auto reason = to_reason(*call.reason);
    if (!reason) return refuse(reply, reason.error());
    command.reason = *reason;
  }
  submit(state, asked, std::move(command), std::move(reply),
         [locked = *card](ipc::Reply& to, const core::Done& done) {
           wire::LockCardReply result{locked.text(), {}};
           for (const auto other : done.cards)
             if (other != locked) result.replacement = other.text();
           to.reply(ipc::to_json(result));
         });
}

}  // namespace

Methods pool(State& state) {
  return {{"PutHolder", method(state, put_holder)},
          {"StorePhoto", method(state, store_photo)},
          {"InitializeCard", method(state, initialize_card)},
          {"AssignCard", method(state, assign_card)},
          {"ExtendCard", method(state, extend_card)},
          {"WithdrawCard", method(state, withdraw_card)},
          {"LockCard", method(state, lock_card)}};
}

}  // namespace service
