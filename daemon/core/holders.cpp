#include "daemon/core/pool.hpp"

// Whom cards are for, as front ends say.
namespace core {
namespace {

constexpr std::size_t holder_id_max = 64;  // characters

// In UTF-8: continuation bytes do not count.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool one_line(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

std::optional<Refusal> refuse_holder(Turn& turn, const std::string& id) {
  const auto holder = turn.records.holder(id);
  if (!holder) return refuse(Refused::holderNotFound, id);
  if (holder->state == HolderState::active) return std::nullopt;
  return refuse(Refused::holderNotActive, id, std::string(api::name_of(holder->state)));
}

Reply handle(Turn& turn, const PutHolder& command, const Caller& caller) {
  if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::assign)) return *refusal;
  auto holder = command.holder;
  if (holder.id.empty() || characters(holder.id) > holder_id_max || !one_line(holder.id))
    return refuse(Refused::optionInvalid, "id", holder.id, "write 1 to 64 characters on one line");
  if (!holder.photo.empty() && !turn.records.photo_known(holder.photo))
    return refuse(Refused::photoNotFound, holder.photo);
  holder.changed = turn.now;
  turn.audit(caller, "PutHolder", holder.id, api::name_of(holder.state));
  turn.decision.rows.emplace_back(std::move(holder));
  return Done{};
}

// Wherever cards are asked for, theirs may have photos; without that photos are those of holders. A photo
// that is stored again is kept as long as a new one.
Reply handle(Turn& turn, const StorePhoto& command, const Caller& caller) {
  const auto& offered = turn.production.rules.use_cases;
  if (!offered.request && !offered.order && !offered.import)
    if (auto refusal = refuse_use_case(turn.production.rules, &UseCases::assign)) return *refusal;
  auto photo = command.photo;
  photo.stored = turn.now;
  turn.audit(caller, "StorePhoto", photo.digest, "stored");
  turn.decision.rows.emplace_back(std::move(photo));
  return Done{};
}

}  // namespace core
