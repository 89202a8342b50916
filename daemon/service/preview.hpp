#pragma once
#include <functional>

#include "daemon/store/portrait.hpp"

namespace service {

// A card that is drawn without being made.
struct CardToDraw {
  core::Card card;
  core::Product product;                 // as the card's options make it
  std::optional<core::Attempt> attempt;  // that printed it, or is about to; absent: as if it were made now
  store::Portrait portrait;
};

struct DrawnPicture {
  std::string face, plane;  // as the interface calls them
  api::Bytes png;
};

struct DrawnCard {
  unsigned dpi = 0;
  std::vector<DrawnPicture> pictures;  // front before back, of each face "card" and then its planes
};

// Who draws, as the service sees it. Called on the io thread, and must not keep it waiting: `then` is called
// there later, exactly once, and never from inside the call. It holds a connection: no copy of it may be
// destroyed on another thread.
using Preview = std::function<void(CardToDraw card, std::function<void(api::Result<DrawnCard>)> then)>;

}  // namespace service
