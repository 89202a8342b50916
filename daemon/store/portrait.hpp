#pragma once
#include "daemon/store/store.hpp"

namespace store {

// Whose face a card shows: the name and the photo of its own fields, and where these say nothing, of the
// holder its order names.
struct Portrait {
  std::string name;  // may be empty
  api::Bytes photo;  // JPEG or PNG; empty: there is none, or it is erased
};

inline Portrait portrait_of(Store& store, const core::Card& card) {
  core::Holder holder;
  const auto order = card.order ? store.order(*card.order) : std::nullopt;
  if (order && !order->holder.empty()) holder = store.holder(order->holder).value_or(core::Holder{});
  const auto said = [&card](const char* field, const std::string& else_this) {
    const auto own = card.fields.find(field);
    return own == card.fields.end() || own->second.empty() ? else_this : own->second;
  };
  auto photo = store.photo(said("photo", holder.photo)).value_or(core::Photo{});
  return {said("name", holder.name), std::move(photo.image)};
}

}  // namespace store
