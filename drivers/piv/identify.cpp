#include "drivers/piv/identify.hpp"

#include "drivers/piv/objects.hpp"
#include "drivers/piv/secrets.hpp"
#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

constexpr std::array<std::uint8_t, 9> piv_name{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00};

// Vendor: GET VERSION and GET SERIAL. A chip that does not know them says so, which is no failure.
api::Result<> ask_vendor(Channel& channel, api::ChipIdentity& identity) {
  TRY_ASSIGN(version, channel.send({.ins = 0xFD, .answer = Answer::few}));
  identity.vendor_commands = version.status == status_ok && version.data.size() == 3;
  if (!identity.vendor_commands) return {};
  TRY_ASSIGN(serial, channel.send({.ins = 0xF8, .answer = Answer::few}));
  if (serial.status != status_ok || serial.data.size() != 4) return {};
  std::uint32_t number = 0;
  for (const std::uint8_t byte : serial.data) number = number << 8 | byte;
  identity.serial = std::to_string(number);  // decimal, as it is printed on such chips
  identity.serial_source = "vendor";
  return {};
}

// The chip's production record from the card manager (GlobalPlatform Card Specification 2.3.1, section 11.3):
// fabricator and type, date of fabrication, serial number and batch identify a chip among all chips. Leaves
// the PIV application selected.
api::Result<> ask_card_manager(Channel& channel, api::ChipIdentity& identity) {
  constexpr std::uint32_t record_tag = 0x9F7F;
  constexpr std::size_t record_bytes = 42, identifying = 10, identifying_bytes = 8;
  TRY_ASSIGN(manager, channel.send({.ins = 0xA4, .p1 = 0x04, .answer = Answer::few}));
  if (manager.status != status_ok) return select(channel);
  TRY_ASSIGN(answer, channel.send({.cla = 0x80, .ins = 0xCA, .p1 = 0x9F, .p2 = 0x7F, .answer = Answer::few}));
  TRY(select(channel));
  if (answer.status != status_ok) return {};
  const auto wrapped = parse_only(answer.data, record_tag);
  const api::BytesView record = wrapped ? *wrapped : api::BytesView(answer.data);  // some leave the tag out
  if (record.size() != record_bytes) return {};
  identity.serial = api::to_hex(joined({record.first(4), record.subspan(identifying, identifying_bytes)}));
  identity.serial_source = "cplc";
  return {};
}

api::Result<> read_marks(Channel& channel, api::ChipIdentity& identity) {
  TRY_ASSIGN(chuid_content, get_object(channel, chuid_tag, "CHUID"));
  identity.fresh = !chuid_content;
  if (chuid_content) identity.guid = guid_of(*chuid_content);
  for (std::size_t i = 0; identity.fresh && i < slot_rows.size(); ++i) {
    TRY_ASSIGN(certificate, get_object(channel, slot_rows[i].certificate_tag, slot_rows[i].name));
    identity.fresh = !certificate;
  }
  return {};
}

api::Result<> read_counters(Channel& channel, api::ChipIdentity& identity) {
  if (identity.vendor_commands) {
    TRY_ASSIGN(pin, metadata(channel, pin_reference));
    TRY_ASSIGN(puk, metadata(channel, puk_reference));
    identity.pin_tries = pin.tries;
    identity.puk_tries = puk.tries;
  }
  if (!identity.pin_tries) {
    TRY_ASSIGN(tries, pin_tries(channel));
    identity.pin_tries = tries;
  }
  return {};
}

}  // namespace

api::Result<> select(Channel& channel) {
  TRY(channel.run(
      {.ins = 0xA4, .p1 = 0x04, .data = {piv_name.begin(), piv_name.end()}, .answer = Answer::few},
      "SELECT PIV"));
  return {};
}

api::Result<api::ChipIdentity> identify(api::Transport& chip, bool extended, api::Deadline deadline) {
  const api::BytesView atr = chip.atr();
  api::ChipIdentity identity;
  identity.family = "piv";
  identity.serial_source = "none";
  identity.atr.assign(atr.begin(), atr.end());
  identity.extended_length = extended;
  Channel channel(chip, extended, deadline);
  TRY(select(channel));
  TRY(ask_vendor(channel, identity));
  if (identity.serial.empty()) TRY(ask_card_manager(channel, identity));
  TRY(read_marks(channel, identity));
  TRY(read_counters(channel, identity));
  return identity;
}

}  // namespace piv
