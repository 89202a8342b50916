#pragma once
#include <map>
#include <optional>
#include <string>

#include "tools/simulator/card/card_crypto.hpp"
#include "tools/simulator/card/virtual_card.hpp"

namespace simulator {

// A PIN or PUK: 6 to 8 bytes, without padding.
struct ReferenceData {
  std::string value;
  unsigned left = 0;  // tries
};

struct SlotKey {
  api::KeyAlgorithm algorithm;
  CardKey key;
};

// What survives the loss of power.
struct Chip {
  CardOptions options;
  std::uint64_t commands = 0;
  bool dead = false;
  ReferenceData pin, puk;
  api::ManagementAlgorithm management_algorithm = api::ManagementAlgorithm::tripleDes;
  api::Bytes management_key;
  std::map<std::uint8_t, SlotKey> keys;  // by key reference
  std::map<std::uint32_t, api::Bytes>
      objects;  // by tag; the contents of 53, or of the object itself where bare
};

enum class Selected { cardManager, piv };

// What does not.
struct Session {
  Selected selected = Selected::cardManager;
  bool hung = false;
  bool pin_verified = false;
  bool pin_just_verified = false;  // by the command directly before
  bool management_open = false;
  api::Bytes witness;    // mutual authentication: what the host must decrypt
  api::Bytes challenge;  // single authentication: what the host must encrypt
};

// One command, chain already put together.
struct CardCommand {
  std::uint8_t cla = 0, ins = 0, p1 = 0, p2 = 0;
  api::Bytes data;
};

struct CardReply {
  std::uint16_t status = 0x9000;
  api::Bytes data = {};
};

// The chip as it leaves the factory. The options must be valid.
Chip make_chip(CardOptions options);
bool factory_management_key(const Chip& chip);

// Carries one command out (SP 800-73-4 part 2, section 3).
CardReply carry_out(Chip& chip, Session& session, const CardCommand& command);

}  // namespace simulator
