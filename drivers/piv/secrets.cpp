#include "drivers/piv/secrets.hpp"

#include <algorithm>
#include <cassert>

#include "drivers/piv/tlv.hpp"

namespace piv {

namespace {

void append_padded(api::Bytes& data, const api::Secret& secret) {
  const api::BytesView clear = secret.reveal();
  assert(clear.size() <= secret_block);
  data.insert(data.end(), clear.begin(), clear.end());
  data.insert(data.end(), secret_block - clear.size(), 0xFF);
}

// The value of one byte under `tag`, at `index`.
std::optional<std::uint8_t> byte_of(const std::vector<Tlv>& objects, std::uint32_t tag,
                                    std::size_t index = 0) {
  const auto value = find_only(objects, tag);
  if (!value || index >= value->size()) return std::nullopt;
  return (*value)[index];
}

}  // namespace

bool is_digits(const api::Secret& secret, std::size_t minimum) {
  const api::BytesView clear = secret.reveal();
  return clear.size() >= minimum && clear.size() <= secret_block &&
         std::all_of(clear.begin(), clear.end(),
                     [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; });
}

api::Result<> verify_pin(Channel& channel, const api::Secret& pin) {
  Command command{.ins = 0x20, .p2 = pin_reference};
  command.data.reserve(secret_block);
  append_padded(command.data, pin);
  TRY(channel.run(std::move(command), "VERIFY"));
  return {};
}

api::Result<> change_secret(Channel& channel, std::uint8_t reference, const api::Secret& current,
                            const api::Secret& next) {
  Command command{.ins = 0x24, .p2 = reference};
  command.data.reserve(2 * secret_block);
  append_padded(command.data, current);
  append_padded(command.data, next);
  TRY(channel.run(std::move(command), reference == pin_reference ? "CHANGE PIN" : "CHANGE PUK"));
  return {};
}

api::Result<> reset_pin(Channel& channel, const api::Secret& puk, const api::Secret& pin) {
  Command command{.ins = 0x2C, .p2 = pin_reference};
  command.data.reserve(2 * secret_block);
  append_padded(command.data, puk);
  append_padded(command.data, pin);
  TRY(channel.run(std::move(command), "RESET RETRY COUNTER"));
  return {};
}

api::Result<std::optional<unsigned>> pin_tries(Channel& channel) {
  TRY_ASSIGN(response, channel.send({.ins = 0x20, .p2 = pin_reference}));
  if ((response.status & 0xFFF0) == 0x63C0) return response.status & 0x000F;
  if (response.status == 0x6983) return 0;
  return std::nullopt;
}

api::Result<Metadata> metadata(Channel& channel, std::uint8_t reference) {
  TRY_ASSIGN(response, channel.send({.ins = 0xF7, .p2 = reference, .answer = Answer::few}));
  if (response.status != status_ok) return Metadata{};
  const auto objects = parse_tlv(response.data);
  if (!objects) return api::fail(api::Reason::chipAnswerInvalid, "GET METADATA: not data objects");
  Metadata out;
  out.algorithm = byte_of(*objects, 0x01);
  if (const auto factory = byte_of(*objects, 0x05)) out.factory_value = *factory != 0;
  if (const auto left = byte_of(*objects, 0x06, 1)) out.tries = *left;
  return out;
}

api::Result<Metadata> metadata(Channel& channel, const api::ChipIdentity& identity, std::uint8_t reference) {
  if (!identity.vendor_commands) return Metadata{};
  return metadata(channel, reference);
}

api::Result<std::optional<unsigned>> tries_left(Channel& channel, const api::ChipIdentity& identity,
                                                std::uint8_t reference) {
  TRY_ASSIGN(told, metadata(channel, identity, reference));
  if (told.tries || reference != pin_reference) return told.tries;
  return pin_tries(channel);
}

}  // namespace piv
