#pragma once
#include "tools/simulator/card/chip.hpp"

namespace simulator {

struct VirtualCard::State {
  Chip chip;
  Session session;
  std::optional<CardCommand> chain;  // the pieces so far
  api::Bytes pending;                // what GET RESPONSE has still to fetch

  // Data and status word of one APDU.
  api::Bytes answer(api::BytesView apdu);
  // Puts a fresh chip with another serial number in this one's place.
  void swap();
};

}  // namespace simulator
