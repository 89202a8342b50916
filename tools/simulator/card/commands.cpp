#include <algorithm>
#include <cassert>

#include "tools/simulator/card/authenticate.hpp"
#include "tools/simulator/card/chip.hpp"
#include "tools/simulator/card/slots.hpp"
#include "tools/simulator/card/tlv.hpp"

namespace simulator {

namespace {

constexpr std::array<std::uint8_t, 11> piv_aid{0xA0, 0, 0, 0x03, 0x08, 0, 0, 0x10, 0, 0x01, 0};
constexpr std::size_t shortest_aid = 5;  // the registered part alone
constexpr std::size_t object_limit = 3052;

constexpr std::uint8_t pin_reference = 0x80, puk_reference = 0x81, management_reference = 0x9B;

constexpr std::uint32_t discovery_tag = 0x7E, biometric_group_tag = 0x7F61;

bool needs_pin(
    std::uint32_t tag) {  // SP 800-73-4 part 1, table 3: fingerprints, face, printed information, iris
  return tag == 0x5FC103 || tag == 0x5FC108 || tag == 0x5FC109 || tag == 0x5FC121;
}

bool known_object(std::uint32_t tag) {
  return (tag >= 0x5FC101 && tag <= 0x5FC123) || tag == 0x5FFF00 || tag == 0x5FFF01 ||
         tag == biometric_group_tag;
}

api::Bytes padded(const std::string& secret) {
  api::Bytes block(8, 0xFF);
  std::copy(secret.begin(), secret.end(), block.begin());
  return block;
}

// The secret in an 8-byte block: 6 to 8 bytes, then FF. A PIN is digits only.
std::optional<std::string> unpadded(api::BytesView block, bool digits) {
  const auto end = std::find(block.begin(), block.end(), 0xFF);
  if (end - block.begin() < 6 || std::any_of(end, block.end(), [](auto byte) { return byte != 0xFF; }))
    return std::nullopt;
  if (digits && std::any_of(block.begin(), end, [](auto byte) { return byte < '0' || byte > '9'; }))
    return std::nullopt;
  return std::string(block.begin(), end);
}

CardReply select(Chip& chip, Session& session, const CardCommand& command) {
  const api::Bytes& aid = command.data;
  if (command.p1 != 0x04) return {0x6A86};
  if (aid.empty() && chip.options.cplc) {
    session = {};
    return {};
  }
  if (aid.size() < shortest_aid || aid.size() > piv_aid.size() ||
      !std::equal(aid.begin(), aid.end(), piv_aid.begin()))
    return {0x6A82};
  if (session.selected != Selected::piv) session = {};  // selected again, it keeps its security status
  session.selected = Selected::piv;
  const api::BytesView name(piv_aid);
  const api::Bytes authority = make_tlv(0x4F, name.first(shortest_aid));
  return {0x9000,
          make_tlv(0x61, joined({make_tlv(0x4F, name.subspan(shortest_aid)), make_tlv(0x79, authority),
                                 make_tlv(0x50, api::bytes_of("Cardwright virtual PIV"))}))};
}

std::uint32_t number_in(api::BytesView bytes) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

CardReply get_data(Chip& chip, Session& session, const CardCommand& command) {
  if (command.p1 != 0x3F || command.p2 != 0xFF) return {0x6A86};
  const auto list = all_tlv(command.data);
  if (!list || list->size() != 1 || list->front().tag != 0x5C || list->front().value.size() > 3)
    return {0x6A80};
  const std::uint32_t tag = number_in(list->front().value);
  if (tag == discovery_tag) {  // SP 800-73-4 part 1, section 3.3.2: the card PIN alone, no global PIN
    constexpr std::array<std::uint8_t, 2> policy{0x40, 0x00};
    return {0x9000, make_tlv(discovery_tag, joined({make_tlv(0x4F, piv_aid), make_tlv(0x5F2F, policy)}))};
  }
  const auto object = chip.objects.find(tag);
  if (object == chip.objects.end()) return {0x6A82};
  if (needs_pin(tag) && !session.pin_verified) return {0x6982};
  return {0x9000, make_tlv(tag == biometric_group_tag ? tag : 0x53, object->second)};
}

CardReply put_data(Chip& chip, Session& session, const CardCommand& command) {
  if (command.p1 != 0x3F || command.p2 != 0xFF) return {0x6A86};
  if (!session.management_open) return {0x6982};
  const auto list = all_tlv(command.data);
  if (!list || list->empty()) return {0x6A80};
  const bool bare = list->size() == 1 && list->front().tag == biometric_group_tag;
  if (!bare &&
      (list->size() != 2 || (*list)[0].tag != 0x5C || (*list)[1].tag != 0x53 || (*list)[0].value.size() > 3))
    return {0x6A80};
  const std::uint32_t tag = bare ? biometric_group_tag : number_in((*list)[0].value);
  const api::BytesView value = list->back().value;
  if (!known_object(tag)) return {0x6A82};
  if (value.size() > object_limit) return {0x6A84};
  if (value.empty()) {
    chip.objects.erase(tag);
  } else {
    chip.objects[tag].assign(value.begin(), value.end());
  }
  return {};
}

// Compares, and counts a wrong try. 9000, 63Cx with the tries left, or 6983 when there was none.
std::uint16_t present(ReferenceData& reference, unsigned limit, api::BytesView block) {
  if (reference.left == 0) return 0x6983;
  const api::Bytes right = padded(reference.value);
  if (!std::equal(block.begin(), block.end(), right.begin(), right.end()))
    return static_cast<std::uint16_t>(0x63C0 | --reference.left);
  reference.left = limit;
  return 0x9000;
}

CardReply verify(Chip& chip, Session& session, const CardCommand& command) {
  session.pin_just_verified = false;
  if (command.p2 != pin_reference) return {0x6A88};
  if (command.p1 == 0xFF && command.data.empty()) {
    session.pin_verified = false;
    return {};
  }
  if (command.p1 != 0) return {0x6A86};
  if (command.data.empty()) {
    if (session.pin_verified) return {};
    return {static_cast<std::uint16_t>(chip.pin.left == 0 ? 0x6983 : 0x63C0 | chip.pin.left)};
  }
  if (command.data.size() != 8) return {0x6A80};
  const std::uint16_t status = present(chip.pin, chip.options.pin_tries, command.data);
  session.pin_verified = session.pin_just_verified = status == 0x9000;
  return {status};
}

CardReply change_reference(Chip& chip, Session& session, const CardCommand& command) {
  const bool pin = command.p2 == pin_reference;
  if (command.p1 != 0 || (!pin && command.p2 != puk_reference)) return {0x6A88};
  if (command.data.size() != 16) return {0x6A80};
  const api::BytesView data(command.data);
  const auto fresh = unpadded(data.subspan(8), pin);
  if (!fresh) return {0x6A80};
  ReferenceData& reference = pin ? chip.pin : chip.puk;
  const std::uint16_t status =
      present(reference, pin ? chip.options.pin_tries : chip.options.puk_tries, data.first(8));
  if (status == 0x9000) {
    reference.value = *fresh;
  } else if (pin) {
    session.pin_verified = false;
  }
  return {status};
}

CardReply reset_retry(Chip& chip, Session&, const CardCommand& command) {
  if (command.p1 != 0 || command.p2 != pin_reference) return {0x6A88};
  if (command.data.size() != 16) return {0x6A80};
  const api::BytesView data(command.data);
  const auto fresh = unpadded(data.subspan(8), true);
  if (!fresh) return {0x6A80};
  const std::uint16_t status = present(chip.puk, chip.options.puk_tries, data.first(8));
  if (status == 0x9000) chip.pin = {*fresh, chip.options.pin_tries};
  return {status};
}

CardReply generate(Chip& chip, Session& session, const CardCommand& command) {
  if (command.p1 != 0 || !find_slot(command.p2)) return {0x6A86};
  if (!session.management_open) return {0x6982};
  const auto outer = all_tlv(command.data);
  if (!outer || outer->size() != 1 || outer->front().tag != 0xAC) return {0x6A80};
  const auto inner = all_tlv(outer->front().value);
  const auto id = inner ? value_of(*inner, 0x80) : std::nullopt;
  if (!id || id->size() != 1) return {0x6A80};
  const auto algorithm = algorithm_of<api::KeyAlgorithm>(key_algorithm_ids, (*id)[0]);
  if (!algorithm) return {0x6A80};
  SlotKey& key = chip.keys[command.p2] = {*algorithm, generate_key(*algorithm)};
  return {0x9000, make_tlv(0x7F49, public_template(*algorithm, *key.key))};
}

// Vendor: FF FF FF, then algorithm, key reference, length, key.
CardReply set_management_key(Chip& chip, Session& session, const CardCommand& command) {
  const api::Bytes& data = command.data;
  if (command.p1 != 0xFF || (command.p2 != 0xFF && command.p2 != 0xFE)) return {0x6A86};
  if (!session.management_open) return {0x6982};
  if (data.size() < 3 || data[1] != management_reference || data.size() != 3u + data[2]) return {0x6A80};
  const auto algorithm = algorithm_of<api::ManagementAlgorithm>(management_algorithm_ids, data[0]);
  if (!algorithm || key_bytes(*algorithm) != data[2]) return {0x6A80};
  chip.management_algorithm = *algorithm;
  chip.management_key.assign(data.begin() + 3, data.end());
  return {};
}

CardReply vendor_version(Chip&, Session&, const CardCommand&) {
  return {0x9000, {5, 4, 3}};  // the level at which other programs expect F7 and F8
}

api::Bytes serial_bytes(const Chip& chip) {
  api::Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(chip.options.serial >> shift));
  return bytes;
}

CardReply vendor_serial(Chip& chip, Session&, const CardCommand&) {
  return {0x9000, serial_bytes(chip)};
}

api::Bytes field(std::uint32_t tag, std::initializer_list<unsigned> bytes) {
  return make_tlv(tag, api::Bytes(bytes.begin(), bytes.end()));
}

CardReply secret_metadata(const ReferenceData& reference, const std::string& factory, unsigned limit) {
  return {0x9000, joined({field(0x01, {0xFF}), field(0x05, {reference.value == factory}),
                          field(0x06, {limit, reference.left})})};
}

// Vendor: 01 algorithm, 02 PIN and touch policy, 03 origin, 04 public key, 05 is it the factory's, 06 tries.
CardReply vendor_metadata(Chip& chip, Session&, const CardCommand& command) {
  if (!chip.options.metadata) return {0x6D00};
  const auto id = [](const auto& ids, auto value) { return ids[static_cast<std::size_t>(value)]; };
  if (command.p2 == pin_reference) return secret_metadata(chip.pin, chip.options.pin, chip.options.pin_tries);
  if (command.p2 == puk_reference) return secret_metadata(chip.puk, chip.options.puk, chip.options.puk_tries);
  if (command.p2 == management_reference)
    return {0x9000, joined({field(0x01, {id(management_algorithm_ids, chip.management_algorithm)}),
                            field(0x02, {0, 1}), field(0x05, {factory_management_key(chip)})})};
  const auto key = chip.keys.find(command.p2);
  if (key == chip.keys.end()) return {0x6A88};
  const unsigned policy = static_cast<unsigned>(find_slot(command.p2)->policy) + 1;
  return {0x9000, joined({field(0x01, {id(key_algorithm_ids, key->second.algorithm)}),
                          field(0x02, {policy, 1}), field(0x03, {1}),
                          make_tlv(0x04, public_template(key->second.algorithm, *key->second.key))})};
}

// The card manager: the production record (GlobalPlatform 2.3, GET DATA 9F7F), with the serial number in it.
CardReply card_manager(Chip& chip, const CardCommand& command) {
  if (command.ins != 0xCA) return {0x6D00};
  if (!chip.options.cplc || command.p1 != 0x9F || command.p2 != 0x7F) return {0x6A88};
  api::Bytes record(42, 0);
  constexpr std::array<std::uint8_t, 4> maker{0x43, 0x57, 0x00, 0x01};  // fabricator and type of the chip
  std::copy(maker.begin(), maker.end(), record.begin());
  const api::Bytes serial = serial_bytes(chip);
  std::copy(serial.begin(), serial.end(), record.begin() + 12);
  return {0x9000, make_tlv(0x9F7F, record)};
}

struct Instruction {
  std::uint8_t ins;
  bool vendor;
  CardReply (*carry_out)(Chip&, Session&, const CardCommand&);
};
constexpr std::array<Instruction, 11> instructions{{
    {0xCB, false, get_data},
    {0xDB, false, put_data},
    {0x20, false, verify},
    {0x24, false, change_reference},
    {0x2C, false, reset_retry},
    {0x87, false, general_authenticate},
    {0x47, false, generate},
    {0xFF, true, set_management_key},
    {0xFD, true, vendor_version},
    {0xF8, true, vendor_serial},
    {0xF7, true, vendor_metadata},
}};

CardReply dispatch(Chip& chip, Session& session, const CardCommand& command) {
  if (command.cla == 0 && command.ins == 0xA4) return select(chip, session, command);
  if (session.selected == Selected::cardManager) return card_manager(chip, command);
  if (command.cla != 0) return {0x6E00};
  for (const Instruction& instruction : instructions)
    if (instruction.ins == command.ins && (!instruction.vendor || chip.options.vendor_commands))
      return instruction.carry_out(chip, session, command);
  return {0x6D00};
}

}  // namespace

Chip make_chip(CardOptions options) {
  assert(!defect_of(options));
  if (options.management_key.empty())
    for (std::size_t i = 0; i < key_bytes(options.management_algorithm); ++i)
      options.management_key.push_back(static_cast<std::uint8_t>(i % 8 + 1));
  Chip chip;
  chip.pin = {options.pin, options.pin_tries};
  chip.puk = {options.puk, options.puk_tries};
  chip.management_algorithm = options.management_algorithm;
  chip.management_key = options.management_key;
  chip.options = std::move(options);
  return chip;
}

std::optional<std::string> defect_of(const CardOptions& options) {
  const auto tries_ok = [](unsigned tries) { return tries >= 1 && tries <= 15; };
  if (!tries_ok(options.pin_tries) || !tries_ok(options.puk_tries)) return "tries must be 1 to 15";
  const auto fits = [](const std::string& secret, bool digits) {
    return secret.size() <= 8 && unpadded(padded(secret), digits) == secret;
  };
  if (!fits(options.pin, true)) return "the PIN must be 6 to 8 digits";
  if (!fits(options.puk, false)) return "the PUK must be 6 to 8 bytes";
  if (!options.management_key.empty() &&
      options.management_key.size() != key_bytes(options.management_algorithm))
    return "the management key has not the length of its algorithm";
  if (options.delay_per_command.count() < 0) return "the delay is negative";
  return std::nullopt;
}

bool factory_management_key(const Chip& chip) {
  return chip.management_algorithm == chip.options.management_algorithm &&
         chip.management_key == chip.options.management_key;
}

CardReply carry_out(Chip& chip, Session& session, const CardCommand& command) {
  if (command.ins != 0x87) {  // any other command ends an authentication half done
    session.witness.clear();
    session.challenge.clear();
  }
  const CardReply reply = dispatch(chip, session, command);
  if (command.ins != 0x20) session.pin_just_verified = false;
  return reply;
}

}  // namespace simulator
