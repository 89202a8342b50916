#include "tools/simulator/card/authenticate.hpp"

#include <utility>

#include "tools/simulator/card/slots.hpp"
#include "tools/simulator/card/tlv.hpp"

namespace simulator {

namespace {

using Template = std::vector<CardTlv>;

// Tags within 7C (SP 800-73-4 part 2, table 7).
constexpr std::uint32_t witness_tag = 0x80, challenge_tag = 0x81, response_tag = 0x82,
                        exponentiation_tag = 0x85;

CardReply wrapped(std::uint32_t tag, api::BytesView value) {
  return {0x9000, make_tlv(0x7C, make_tlv(tag, value))};
}

bool asks_for(const Template& objects, std::uint32_t tag) {
  const auto value = value_of(objects, tag);
  return value && value->empty();
}

bool same(api::BytesView a, const api::Bytes& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

CardReply authenticate_management(Chip& chip, Session& session, std::uint8_t algorithm,
                                  const Template& objects) {
  // 00 names the default algorithm, 3DES (SP 800-78-4 table 6-2).
  const auto named =
      algorithm_of<api::ManagementAlgorithm>(management_algorithm_ids, algorithm ? algorithm : 3);
  if (named != chip.management_algorithm) return {0x6A86};
  const std::size_t block = block_bytes(*named);
  const auto run = [&](Direction direction, api::BytesView bytes) {
    return cipher_block(*named, direction, chip.management_key, bytes);
  };
  const api::Bytes witness = std::exchange(session.witness, {});
  const api::Bytes challenge = std::exchange(session.challenge, {});
  if (asks_for(objects, witness_tag)) {
    session.witness = random_bytes(block);
    return wrapped(witness_tag, run(Direction::encrypt, session.witness));
  }
  if (asks_for(objects, challenge_tag)) {
    session.challenge = random_bytes(block);
    return wrapped(challenge_tag, session.challenge);
  }
  session.management_open = false;
  if (const auto decrypted = value_of(objects, witness_tag)) {
    const auto host_challenge = value_of(objects, challenge_tag);
    if (!host_challenge || host_challenge->size() != block) return {0x6A80};
    if (witness.empty()) return {0x6985};
    if (!same(*decrypted, witness)) return {0x6982};
    session.management_open = true;
    return wrapped(response_tag, run(Direction::encrypt, *host_challenge));
  }
  const auto encrypted = value_of(objects, response_tag);
  if (!encrypted) return {0x6A80};
  if (challenge.empty()) return {0x6985};
  if (!same(*encrypted, run(Direction::encrypt, challenge))) return {0x6982};
  session.management_open = true;
  return {};
}

bool allowed(PinPolicy policy, const Session& session) {
  switch (policy) {
    case PinPolicy::never: return true;
    case PinPolicy::once: return session.pin_verified;
    case PinPolicy::always: return session.pin_verified && session.pin_just_verified;
  }
  return false;
}

CardReply use_key(Chip& chip, const Session& session, const CardSlot& slot, std::uint8_t algorithm,
                  const Template& objects) {
  const auto key = chip.keys.find(slot.reference);
  if (key == chip.keys.end()) return {0x6A88};
  if (algorithm_of<api::KeyAlgorithm>(key_algorithm_ids, algorithm) != key->second.algorithm) return {0x6A86};
  if (!allowed(slot.policy, session)) return {0x6982};
  if (!asks_for(objects, response_tag)) return {0x6A80};
  const SlotKey& used = key->second;
  const auto point = value_of(objects, exponentiation_tag);
  const auto data = value_of(objects, challenge_tag);
  if (!point == !data) return {0x6A80};
  const auto result =
      point ? agree(used.algorithm, *used.key, *point) : private_operation(used.algorithm, *used.key, *data);
  return result ? wrapped(response_tag, *result) : CardReply{0x6A80};
}

}  // namespace

CardReply general_authenticate(Chip& chip, Session& session, const CardCommand& command) {
  const auto outer = all_tlv(command.data);
  if (!outer || outer->size() != 1 || outer->front().tag != 0x7C) return {0x6A80};
  const auto objects = all_tlv(outer->front().value);
  if (!objects) return {0x6A80};
  if (command.p2 == 0x9B) return authenticate_management(chip, session, command.p1, *objects);
  session.witness.clear();
  session.challenge.clear();
  const CardSlot* slot = find_slot(command.p2);
  return slot ? use_key(chip, session, *slot, command.p1, *objects) : CardReply{0x6A86};
}

}  // namespace simulator
