#include <boost/describe/enum_from_string.hpp>
#include <cassert>
#include <deque>
#include <ranges>

#include "daemon/core/production.hpp"
#include "daemon/service/parameters.hpp"
#include "daemon/service/state.hpp"

// Pictures of cards that may not be made yet.
namespace service {
namespace {

using State = Service::State;
using Pictures = std::deque<DrawnPicture>;

// What a client has still to take, with the slot that it takes.
struct Pages {
  Pictures pictures;
  unsigned dpi;
  Slot slot;
};

// A printed body shows what its attempt had; one that failed does not count, since the next has its own code.
std::optional<core::Attempt> attempt_shown(State& state, core::CardId card) {
  const auto attempts = state.store.attempts(card);
  for (const auto& attempt : attempts | std::views::reverse) {
    if (attempt.kind != core::AttemptKind::produce && attempt.kind != core::AttemptKind::body) continue;
    if (attempt.phase == core::Phase::done || !core::is_over(attempt.phase)) return attempt;
    break;
  }
  return std::nullopt;
}

template <class E>
E value_of(const std::string& name) {
  E found{};
  [[maybe_unused]] const bool is_one = boost::describe::enum_from_string(name.c_str(), found);
  assert(is_one && "what draws uses the words of the interface");
  return found;
}

Pictures wanted_of(std::vector<DrawnPicture> drawn, const wire::PreviewCardCall& call) {
  Pictures wanted;
  for (auto& picture : drawn) {
    if (call.face && value_of<wire::Face>(picture.face) != *call.face) continue;
    if (!call.planes.value_or(false) && value_of<wire::Plane>(picture.plane) != wire::Plane::card) continue;
    wanted.push_back(std::move(picture));
  }
  return wanted;
}

std::size_t base64_size(const DrawnPicture& picture) {
  return (picture.png.size() + 2) / 3 * 4;
}

// The largest thing that has to fit into one reply.
std::size_t reply_size(const Pictures& pictures, bool more) {
  std::size_t sum = 0, largest = 0;
  for (const auto& picture : pictures) {
    sum += base64_size(picture);
    largest = std::max(largest, base64_size(picture));
  }
  return more ? largest : sum;
}

wire::Picture to_wire(const DrawnPicture& picture, unsigned dpi) {
  return {value_of<wire::Face>(picture.face), value_of<wire::Plane>(picture.plane), dpi,
          api::to_base64(picture.png)};
}

// One picture, and the next when the client has taken this one.
void send_one(ipc::Reply reply, const std::shared_ptr<Pages>& pages) {
  auto& pictures = pages->pictures;
  wire::PreviewCardReply page;
  if (!pictures.empty()) page.pictures.push_back(to_wire(pictures.front(), pages->dpi));
  if (pictures.size() <= 1) return reply.reply(ipc::to_json(page));
  pictures.pop_front();
  reply.reply_continues(ipc::to_json(page));
  reply.when_sent([reply, pages] { send_one(reply, pages); });
}

void send(ipc::Reply reply, Pages pages, bool more) {
  if (reply_size(pages.pictures, more) > preview_bytes_max)
    return refuse(reply, limit_exceeded("pictures", preview_bytes_max));
  if (more) return send_one(std::move(reply), std::make_shared<Pages>(std::move(pages)));
  wire::PreviewCardReply all;
  for (const auto& picture : pages.pictures) all.pictures.push_back(to_wire(picture, pages.dpi));
  reply.reply(ipc::to_json(all));
}

void preview_card(State& state, const Asked& asked, wire::PreviewCardCall call, ipc::Reply reply) {
  const auto id = to_card_id(call.card);
  if (!id) return refuse(reply, id.error());
  auto card = state.store.card(*id);
  if (!card) return refuse(reply, refusal(core::Refused::cardNotFound, id->text()));
  auto attempt = attempt_shown(state, *id);
  auto product = core::product_of(state.engine.rules(), *card, attempt ? attempt->id : core::AttemptId{});
  if (!product) return refuse(reply, refusal(core::Refused::productNotFound, card->product));
  if (core::faces_of(*product) == 0) return reply.reply(ipc::to_json(wire::PreviewCardReply{}));
  auto slot = state.previews.take(asked.caller.uid);
  if (!slot) return refuse(reply, slot.error());
  auto portrait = store::portrait_of(state.store, *card);
  state.preview(
      {*std::move(card), *std::move(product), std::move(attempt), std::move(portrait)},
      [slot = *slot, id = *id, call, more = asked.more, reply](api::Result<DrawnCard> drawn) mutable {
        if (!drawn) return refuse_drawing(reply, id, drawn.error());
        send(reply, {wanted_of(std::move(drawn->pictures), call), drawn->dpi, slot}, more);
      });
}

}  // namespace

Methods previews(State& state) {
  return {{"PreviewCard", method(state, preview_card)}};
}

}  // namespace service
